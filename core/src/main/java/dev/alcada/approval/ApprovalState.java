package dev.alcada.approval;

import java.util.Locale;

/** Where an approval request stands. */
public enum ApprovalState {
  /** A person is asked and has not answered. */
  PENDING,
  /** A person said yes, and the call has not run. */
  APPROVED,
  /** The approved call is running. */
  IN_USE,
  /** The approved call ran, or nobody knows whether it did. */
  SPENT,
  /** A person said no. */
  DENIED,
  /** The host withdrew the request, or what was answered to it. */
  CANCELLED,
  /** Nobody answered in time, or the answer lapsed. */
  EXPIRED;

  private final String text = name().toLowerCase(Locale.ROOT);

  /**
   * Returns the state as it is written outside Java, for example {@code in_use}: what people, logs
   * and stores see.
   */
  public String text() {
    return text;
  }

  /** {@return {@link #text}} */
  @Override
  public String toString() {
    return text;
  }
}
