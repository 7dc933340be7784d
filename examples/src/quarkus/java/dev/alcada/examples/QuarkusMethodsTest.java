package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.spec.McpError;
import io.quarkus.test.QuarkusUnitTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tools that are annotated methods. */
class QuarkusMethodsTest extends QuarkusCells {
  @RegisterExtension
  static final QuarkusUnitTest QUARKUS =
      running(QuarkusMethodTools.class, QuarkusHalfGuarded.class);

  @Test
  void argumentsAreJudgedByTheNamesThatTheClientGivesThem() {
    assertThat(run("echo", "{\"text\": \"olá\", \"times\": 3}")).isEqualTo("said olá 3 times");
    assertThat(run("echo", "{\"text\": \"olá\", \"times\": 4}")).startsWith("[POLICY DENIED] ");
  }

  @ParameterizedTest
  @CsvSource({"governed, '[POLICY DENIED] '", "forgotten, hidden"})
  void aMethodByItselfIsGuardedAndOneBesideItThatIsNotIsHidden(String tool, String answer) {
    String told;
    try {
      told = run(tool, "{}");
    } catch (McpError unknown) {
      told = "hidden";
    }

    assertThat(told).startsWith(answer);
  }
}
