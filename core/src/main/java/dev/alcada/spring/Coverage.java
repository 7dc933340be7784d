package dev.alcada.spring;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What happens where a tool could be reached past the guard: the start fails, or a warning. */
final class Coverage {
  private static final Logger LOG = LoggerFactory.getLogger(Coverage.class);

  private final boolean fail;

  Coverage(boolean fail) {
    this.fail = fail;
  }

  /**
   * Takes note of a way past the guard.
   *
   * @param problem names the bean, without a full stop
   * @param cure what to do about it, in the imperative
   */
  void uncovered(String problem, String cure) {
    if (fail) {
      throw new StartFailure(
          Settings.POLICY + " is set and " + problem,
          cure + ", or set " + Settings.COVERAGE + ": warn");
    }
    LOG.warn("{}; {}.", problem, cure);
  }
}
