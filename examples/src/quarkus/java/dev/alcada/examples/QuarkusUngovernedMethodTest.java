package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import io.quarkus.test.QuarkusUnitTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A method was forgotten. */
class QuarkusUngovernedMethodTest {
  @RegisterExtension
  static final QuarkusUnitTest QUARKUS =
      QuarkusCells.running(QuarkusHalfGuarded.class)
          .assertException(
              failure ->
                  assertThat(failure)
                      .hasMessageContaining("The tool \"forgotten\" (java.lang.String")
                      .hasMessageNotContaining("governed"));

  @Test
  void theApplicationDoesNotStart() {
    fail("it started");
  }
}
