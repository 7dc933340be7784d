package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import io.quarkus.test.QuarkusUnitTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A tool was defined without the guard. */
class QuarkusUngovernedHandlerTest {
  @RegisterExtension
  static final QuarkusUnitTest QUARKUS =
      QuarkusCells.running(QuarkusUngovernedHandler.class)
          .assertException(
              failure ->
                  assertThat(failure)
                      .hasMessageContaining(
                          "The tool \"forgotten\" would run without the guard: put @Guarded")
                      .hasMessageNotContaining("governed"));

  @Test
  void theApplicationDoesNotStart() {
    fail("it started");
  }
}
