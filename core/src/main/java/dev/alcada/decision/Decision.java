package dev.alcada.decision;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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

  /** The call may run. There is one such decision, {@link #INSTANCE}. */
  final class Allowed implements Decision {
    /** The only value of this type. */
    public static final Allowed INSTANCE = new Allowed();

    private Allowed() {}

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

    /** {@return its name, for people} */
    @Override
    public String toString() {
      return "Allowed";
    }
  }

  /** The call must not run. */
  final class Denied implements Decision {
    /** What the agent is told of a denial. Made when it is read: few denials ever are. */
    @FunctionalInterface
    interface Text {
      String of(Denied denied);
    }

    private final DecisionCode code;
    private final String rule;
    private final String location;
    private final @Nullable Duration wait;
    private final Text text;

    /** Written when first read; a race writes an equal one twice. */
    private @Nullable String message;

    Denied(DecisionCode code, String rule, String location, @Nullable Duration wait, Text text) {
      this.code = code;
      this.rule = rule;
      this.location = location;
      this.wait = wait;
      this.text = text;
    }

    /**
     * Returns a denial.
     *
     * @param code why
     * @param rule the rule that decided, or a name in parentheses
     * @param message what the agent is told: the cause and what to do, never a value of the call
     */
    public static Denied of(DecisionCode code, String rule, String message) {
      Objects.requireNonNull(message, "message");
      return new Denied(
          Objects.requireNonNull(code, "code"),
          Objects.requireNonNull(rule, "rule"),
          "",
          null,
          denied -> message);
    }

    /**
     * Returns this denial with the place of its rule.
     *
     * @param pointer the rule's JSON Pointer in the document as it is
     */
    public Denied withLocation(String pointer) {
      return new Denied(code, rule, Objects.requireNonNull(pointer, "pointer"), wait, text);
    }

    /**
     * Returns this denial with a time to wait, which is rounded up to whole seconds of at least 1.
     *
     * @param untilItFits how long until the same call would fit, or {@code null} where waiting does
     *     not help or is not known to
     */
    public Denied withRetryAfter(@Nullable Duration untilItFits) {
      return new Denied(code, rule, location, untilItFits, text);
    }

    @Override
    public DecisionCode code() {
      return code;
    }

    @Override
    public String rule() {
      return rule;
    }

    @Override
    public String location() {
      return location;
    }

    @Override
    public String message() {
      String made = message;
      if (made == null) {
        made = text.of(this);
        message = made;
      }
      return made;
    }

    @Override
    public @Nullable Duration retryAfter() {
      if (wait == null) {
        return null;
      }
      long seconds = wait.toSeconds() + (wait.toNanosPart() == 0 ? 0 : 1);
      return Duration.ofSeconds(Math.max(1, seconds));
    }

    private List<?> parts() {
      return Arrays.asList(code, rule, location, message(), retryAfter());
    }

    /** {@return whether the other is a denial that says the same} */
    @Override
    public boolean equals(@Nullable Object other) {
      return this == other || (other instanceof Denied denied && parts().equals(denied.parts()));
    }

    @Override
    public int hashCode() {
      return parts().hashCode();
    }

    /** {@return all it says, for people} */
    @Override
    public String toString() {
      return "Denied" + parts();
    }
  }

  /** The call may run once a person has approved it. */
  final class ApprovalRequired implements Decision {
    private final String rule;
    private final String location;
    private final String message;
    private final @Nullable String approvalId;
    private final @Nullable Instant expiresAt;

    private ApprovalRequired(
        String rule,
        String location,
        String message,
        @Nullable String approvalId,
        @Nullable Instant expiresAt) {
      this.rule = Objects.requireNonNull(rule, "rule");
      this.location = Objects.requireNonNull(location, "location");
      this.message = Objects.requireNonNull(message, "message");
      this.approvalId = approvalId;
      this.expiresAt = expiresAt;
    }

    /**
     * Returns that an approval is required of which no request has been made, as in a mere check.
     *
     * @param ask the first rule that asks
     * @param message what the agent is told: the cause and what to do, never a value of the call
     */
    public static ApprovalRequired of(AskingRule ask, String message) {
      return new ApprovalRequired(ask.rule(), ask.location(), message, null, null);
    }

    /**
     * Returns this decision with the request that was made.
     *
     * @param id the request a person can answer
     * @param lapsesAt when it lapses
     */
    public ApprovalRequired withRequest(String id, Instant lapsesAt) {
      return new ApprovalRequired(
          rule,
          location,
          message,
          Objects.requireNonNull(id, "id"),
          Objects.requireNonNull(lapsesAt, "lapsesAt"));
    }

    @Override
    public String rule() {
      return rule;
    }

    @Override
    public String location() {
      return location;
    }

    @Override
    public String message() {
      return message;
    }

    @Override
    public DecisionCode code() {
      return DecisionCode.APPROVAL_PENDING;
    }

    @Override
    public @Nullable Duration retryAfter() {
      return null;
    }

    /** {@return the request a person can answer, or {@code null} where none was made} */
    public @Nullable String approvalId() {
      return approvalId;
    }

    /** {@return when the request lapses, or {@code null} where none was made} */
    public @Nullable Instant expiresAt() {
      return expiresAt;
    }

    private List<?> parts() {
      return Arrays.asList(rule, location, message, approvalId, expiresAt);
    }

    /** {@return whether the other says the same} */
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof ApprovalRequired required && parts().equals(required.parts());
    }

    @Override
    public int hashCode() {
      return parts().hashCode();
    }

    /** {@return all it says, for people} */
    @Override
    public String toString() {
      return "ApprovalRequired" + parts();
    }
  }
}
