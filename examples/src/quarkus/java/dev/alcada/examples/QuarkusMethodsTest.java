package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.test.QuarkusUnitTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tools that are annotated methods. */
class QuarkusMethodsTest extends QuarkusCells {
  @RegisterExtension static final QuarkusUnitTest QUARKUS = running(QuarkusMethodTools.class);

  @Test
  void argumentsAreJudgedByTheNamesThatTheClientGivesThem() {
    assertThat(run("echo", "{\"text\": \"olá\", \"times\": 3}")).isEqualTo("said olá 3 times");
    assertThat(run("echo", "{\"text\": \"olá\", \"times\": 4}")).startsWith("[POLICY DENIED] ");
  }
}
