package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What holds as well where the tool runs in this process and may throw what it likes. */
abstract class LocalCells extends FrameworkCells {
  @Test
  void aToolThatSaysNothingWasDoneIsNotCounted() {
    for (int i = 0; i < 3; i++) {
      assertThat(run("nothing", "{}")).startsWith("The tool failed; nothing was done.");
    }
  }

  @Test
  void anErrorOfTheMachineIsAFailureLikeAnyOther() {
    assertThat(run("errs", "{}"))
        .startsWith("The tool failed; what it had done by then is not known.")
        .doesNotContain("hunter2", "Error");
  }
}
