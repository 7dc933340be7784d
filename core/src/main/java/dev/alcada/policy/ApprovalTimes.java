package dev.alcada.policy;

import java.time.Duration;

/**
 * How long an approval takes and lasts.
 *
 * @param timeout how long a request waits for an answer, 1 second to 7 days
 * @param valid how long a yes may be used, 1 second to 7 days
 */
public record ApprovalTimes(Duration timeout, Duration valid) {
  /** Ten minutes each, the values of a document that names none. */
  public static final ApprovalTimes DEFAULT =
      new ApprovalTimes(Duration.ofMinutes(10), Duration.ofMinutes(10));
}
