package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.guard.Approvals;
import dev.alcada.guard.ToolGuard;
import org.junit.jupiter.api.Test;

/** What holds in each framework, in whichever way it runs a tool. */
abstract class FrameworkCells {
  private final Approvals approvals = Approvals.inMemory();
  private final ToolGuard guard = FrameworkPolicy.guard(approvals);

  /** {@return what the model is told, or the agent} */
  abstract String run(String tool, String arguments);

  /** {@return where a person answers} */
  Approvals approvals() {
    return approvals;
  }

  /** {@return a guard for this one test} */
  ToolGuard guard() {
    return guard;
  }

  @Test
  void anAllowedToolRunsWithItsArguments() {
    assertThat(run("echo", "{\"text\": \"olá\"}")).contains("said olá");
  }

  @Test
  void aCallOverItsLimitIsDeniedAndSaysHowLongToWait() {
    assertThat(run("limited", "{}")).contains("ran");
    assertThat(run("limited", "{}")).contains("ran");
    assertThat(run("limited", "{}"))
        .startsWith("[POLICY DENIED] ")
        .containsPattern("Wait \\d+ s, then call again");
  }

  @Test
  void aHiddenToolDoesNotRun() {
    assertThat(run("secret", "{}")).startsWith("[POLICY DENIED] ");
  }

  @Test
  void aCallThatNeedsApprovalRunsOnceAfterAYes() {
    assertThat(run("refund", "{}")).startsWith("[APPROVAL REQUIRED] ");
    assertThat(run("refund", "{}")).startsWith("[APPROVAL REQUIRED] ");
    approvals().approve(approvals().pending().get(0).id(), "a person", null);
    assertThat(run("refund", "{}")).contains("refunded");
    assertThat(run("refund", "{}")).startsWith("[APPROVAL REQUIRED] ");
  }

  @Test
  void whatAToolThrowsReachesNoModel() {
    assertThat(run("fails", "{}"))
        .startsWith("The tool failed; what it had done by then is not known.")
        .doesNotContain("hunter2", "Exception");
  }

  @Test
  void concurrentCallsNeverGetPastTheLimit() throws Exception {
    assertThat(FrameworkPolicy.ranOf32(() -> run("capped", "{}"))).isEqualTo(FrameworkPolicy.CAP);
  }
}
