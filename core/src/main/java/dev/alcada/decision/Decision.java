package dev.alcada.decision;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a policy says of one call. Never carries a value of the call's arguments. Immutable. */
public sealed interface Decision {

  /**
   * Returns the rule that decided, as a path in JSON Pointer syntax (RFC 6901) that stays the same
   * while the document is edited, for example {@code /tools/create_charge/limits/daily}; or a name
   * in parentheses such as {@code (default deny)}. Empty when allowed.
   */
  String rule();

  /** {@return the JSON Pointer of that rule in the document as it is; empty where there is none} */
  String location();

  /** {@return what the agent is told; empty when allowed} */
  String message();

  /** {@return why the call was not let through, or {@code null} when allowed} */
  @Nullable DecisionCode code();

  /**
   * Returns how long to wait until the same call would fit, in whole seconds of at least 1, or
   * {@code null} where waiting does not help or is not known to.
   */
  @Nullable Duration retryAfter();

  /**
   * Returns what a tool's result says in place of the tool: {@code [POLICY DENIED]} or {@code
   * [APPROVAL REQUIRED]} and the message; empty when allowed.
   */
  default String text() {
    return this instanceof Denied
        ? "[POLICY DENIED] " + message()
        : this instanceof ApprovalRequired ? "[APPROVAL REQUIRED] " + message() : "";
  }

  /**
   * Returns the decision as JSON's values, for programs to read: what a tool's result carries in
   * its metadata under {@code dev.alcada/decision}. Always {@code outcome} ({@code allowed}, {@code
   * denied}, {@code approval_required}); unless allowed {@code rule} and {@code code}; and where
   * known {@code retryAfterSeconds}, {@code approvalId} and {@code expiresAt} (ISO 8601).
   */
  default Map<String, Object> metadata() {
    return DecisionMetadata.of(this);
  }

  /** The call may run. */
  record Allowed() implements Decision {
    /** The only value this type needs. */
    public static final Allowed INSTANCE = new Allowed();

    @Override
    public String rule() {
      return "";
    }

    @Override
    public String location() {
      return "";
    }

    @Override
    public String message() {
      return "";
    }

    @Override
    public @Nullable DecisionCode code() {
      return null;
    }

    @Override
    public @Nullable Duration retryAfter() {
      return null;
    }
  }

  /**
   * The call must not run.
   *
   * @param rule the rule that decided
   * @param location where it stands in the document
   * @param code why
   * @param message what the agent is told
   * @param retryAfter how long to wait, where waiting helps
   */
  record Denied(
      String rule,
      String location,
      DecisionCode code,
      String message,
      @Nullable Duration retryAfter)
      implements Decision {}

  /**
   * The call may run once a person has approved it.
   *
   * @param rule the first rule that asks
   * @param location where it stands in the document
   * @param message what the agent is told
   * @param approvalId the request a person can answer, or {@code null} where none was made, as in a
   *     mere check
   * @param expiresAt when the request lapses, or {@code null} where none was made
   */
  record ApprovalRequired(
      String rule,
      String location,
      String message,
      @Nullable String approvalId,
      @Nullable Instant expiresAt)
      implements Decision {
    @Override
    public DecisionCode code() {
      return DecisionCode.APPROVAL_PENDING;
    }

    @Override
    public @Nullable Duration retryAfter() {
      return null;
    }
  }
}
