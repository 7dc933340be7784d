package dev.alcada.approval;

import java.util.Locale;

/** Where an approval request stands. {@link #toString} is the text people and logs see. */
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

  /** {@return the state as it is written outside Java, for example {@code in_use}} */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
