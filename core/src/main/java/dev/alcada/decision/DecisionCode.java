package dev.alcada.decision;

import java.util.Locale;

/**
 * Why a call was not simply let through. The list may grow with the library, so a switch over it
 * needs a default; what a code means never changes.
 */
public enum DecisionCode {
  /** No policy is known for the grant. */
  NO_POLICY,
  /** The call carries no grant. */
  NO_GRANT,
  /** The tool is hidden. */
  HIDDEN,
  /** The tool is not as a person has accepted it. */
  TOOL_CHANGED,
  /** No person has accepted the tool. */
  TOOL_UNPINNED,
  /** The tool is not listed, and the default is to deny. */
  NOT_LISTED,
  /** The tool's action denies. */
  ACTION,
  /** A required predicate is false. */
  REQUIRE,
  /** A denying predicate is true. */
  DENY_IF,
  /**
   * A predicate could not be judged, or the arguments are no JSON object, or none that an approval
   * can be bound to: which is never permission.
   */
  UNJUDGED,
  /** A limit has no room now. */
  LIMIT,
  /** The amount is above the limit's maximum and can never fit. */
  LIMIT_NEVER,
  /** The amount to count is missing, not a number, negative, too fine or too large. */
  AMOUNT_INVALID,
  /** The value a limit counts by is missing or cannot be one. */
  SCOPE_MISSING,
  /** The same call was made before, or runs. */
  DUPLICATE,
  /** The document, or the operator, has stopped every call. */
  HALTED,
  /** A counter has as many live keys as it may have. */
  TOO_MANY_KEYS,
  /** The call is over a bound of size. */
  TOO_LARGE,
  /** A person is asked and has not answered. */
  APPROVAL_PENDING,
  /** A person said no. */
  APPROVAL_DENIED,
  /** An identical approved call is running. */
  APPROVAL_IN_USE,
  /** Too many approval requests have not expired yet, or were made within the last hour. */
  APPROVAL_TOO_MANY,
  /** The arguments are too large to be shown to an approver. */
  APPROVAL_TOO_LARGE,
  /** A store of counters or approvals could not be reached. */
  STORE_UNAVAILABLE,
  /** The call could not be recorded where it must be before it is made. */
  NOT_RECORDED,
  /** Something in the guard itself failed. */
  INTERNAL;

  private final String text = name().toLowerCase(Locale.ROOT);

  /**
   * Returns the code as it is written outside Java, for example {@code limit_never}: what agents,
   * logs and dashboards see.
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
