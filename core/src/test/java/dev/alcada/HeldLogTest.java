package dev.alcada;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A test that passes prints no warning that nobody expects, and other tests are not to blame. */
class HeldLogTest {
  private static final String OWN = Thread.currentThread().getName();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[%s] WARN dev.alcada.guard.ToolGuard - never heard of",
        "[%s] ERROR dev.alcada.guard.ToolGuard - never heard of",
        "[%s] WARN io.some.Library - never heard of",
        "[other-1] WARN dev.alcada.guard.ToolGuard - never heard of",
        "WARN ToolGuard - never heard of",
        "SEVERE: never heard of",
        "WARNING: never heard of"
      })
  void whatNobodyExpectsIsFound(String line) {
    String lines = "[main] INFO a - b\n" + line.formatted(OWN) + "\n\tat some.Place\n";

    assertThat(HeldLog.unexpected(lines, "SomeTest")).containsExactly(line.formatted(OWN));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[%s] INFO dev.alcada.guard.ToolGuard - WARN is a word",
        "[other-1] WARN io.some.Library - never heard of",
        "[%s] ERROR dev.alcada.guard.ToolGuard - A decision listener failed; the decision stands.",
        "WARNING: A Java agent has been loaded dynamically (/some/agent.jar)",
        "WARNING: sun.misc.Unsafe::objectFieldOffset has been called by some.Library",
        "a line of a program"
      })
  void whatIsExpectedOrNoWarningIsNot(String line) {
    assertThat(HeldLog.unexpected(line.formatted(OWN), "DecisionListenerTest")).isEmpty();
  }

  @Test
  void anotherClassExpectsItOnAnotherThreadAlone() {
    String line =
        "[%s] ERROR dev.alcada.guard.ToolGuard - A decision listener failed; the decision stands.";

    assertThat(HeldLog.unexpected(line.formatted("other-1"), "SomeTest")).isEmpty();
    assertThat(HeldLog.unexpected(line.formatted(OWN), "SomeTest")).hasSize(1);
  }
}
