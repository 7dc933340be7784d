package dev.alcada.internal.value;

/** What a path finds where it finds no value. */
public enum Missing {
  /** There is nothing at the path. */
  ABSENT,
  /** There is something that cannot be read as a value. */
  UNREADABLE,
  /** The host supplied no such attribute, session or client. */
  NOT_SUPPLIED
}
