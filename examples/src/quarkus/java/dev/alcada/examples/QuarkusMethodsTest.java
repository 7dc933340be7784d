package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.examples.quarkus.Guarded;
import io.quarkiverse.mcp.server.Tool;
import io.quarkus.test.QuarkusUnitTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tools that are annotated methods. */
class QuarkusMethodsTest extends QuarkusCells {
  @RegisterExtension
  static final QuarkusUnitTest QUARKUS = running(QuarkusMethodTools.class, OneMethod.class);

  /** A class of which one method is guarded, and nothing else is a tool. */
  public static class OneMethod {
    @Guarded
    @Tool(description = "Is in no rule")
    final String governed() {
      return "ran";
    }
  }

  @Test
  void argumentsAreJudgedByTheNamesThatTheClientGivesThem() {
    assertThat(run("echo", "{\"text\": \"olá\", \"times\": 3}")).isEqualTo("said olá 3 times");
    assertThat(run("echo", "{\"text\": \"olá\", \"times\": 4}")).startsWith("[POLICY DENIED] ");
  }

  @Test
  void aMethodByItselfIsGuarded() {
    assertThat(run("governed", "{}")).startsWith("[POLICY DENIED] ");
  }
}
