package dev.alcada.policy;

/** How a limit's window lies in time. */
public enum Alignment {
  /** The window ends now and moves with it. */
  SLIDING,
  /** The window is the current minute, hour, day or week of a time zone. */
  CALENDAR
}
