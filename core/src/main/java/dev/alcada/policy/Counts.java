package dev.alcada.policy;

/** Which calls a limit keeps counting once they have run. */
public enum Counts {
  /** Every call that was let through, whatever became of it. */
  ATTEMPTS,
  /** All but those whose handler says that nothing was done. */
  SUCCESSES
}
