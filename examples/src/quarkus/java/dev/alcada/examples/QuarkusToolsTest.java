package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.modelcontextprotocol.spec.McpError;
import io.quarkus.test.QuarkusUnitTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tools with handlers. */
class QuarkusToolsTest extends QuarkusCells {
  @RegisterExtension static final QuarkusUnitTest QUARKUS = running(QuarkusHandlers.class);

  @Test
  void aToolThatComesLaterAndIsNotGuardedIsHidden() {
    assertThat(run("adds", "{}")).isEqualTo("added");

    assertThat(listed()).contains("adds").doesNotContain("late");
    assertThatThrownBy(() -> call("late", "{}")).isInstanceOf(McpError.class);
  }
}
