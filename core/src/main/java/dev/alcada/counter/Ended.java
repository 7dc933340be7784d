package dev.alcada.counter;

/** How a call that was let through has ended. */
public enum Ended {
  /** Its handler did what it was asked to do. */
  DONE,
  /** Its handler says that nothing was done. */
  NOT_DONE,
  /** Nobody knows: it failed in another way, timed out, was cancelled, or its peer was lost. */
  UNKNOWN
}
