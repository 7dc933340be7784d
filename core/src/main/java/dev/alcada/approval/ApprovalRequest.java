package dev.alcada.approval;

import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Quorum;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One request for a person's approval, as it stood at one instant. Immutable: every change of state
 * is a new value with the next version.
 *
 * <pre>
 *    ┌── approved by some of several
 *    ▼ │
 *   pending ──approved──► approved ──claimed──► in use ──spent──► spent
 *      │                    ▲   │                 │
 *      │ denied             └───┼───given back────┘
 *      ▼                        │
 *   denied                      └── cancelled, from every state but spent
 * </pre>
 *
 * <p>Pending, approved and denied requests expire. The arguments are kept for the approver to read;
 * {@link #toString} shows neither them nor the approver's note.
 */
public final class ApprovalRequest {
  private static final int MAX_METADATA = 20;
  private static final int MAX_METADATA_NAME = 100;
  private static final int MAX_METADATA_VALUE = 2_000;

  private final String id;
  private final String binding;
  private final String tool;
  private final String arguments;
  private final Caller caller;
  private final List<AskingRule> asks;
  private final Quorum quorum;
  private final Map<String, String> metadata;
  private final Instant createdAt;
  private final Duration valid;
  private final Instant expiresAt;
  private final ApprovalState state;
  private final List<Answer> approvals;
  private final @Nullable Answer answer;
  private final @Nullable Instant answeredAt;
  private final long version;
  private final long bytes;

  ApprovalRequest(
      Builder of,
      Instant expiresAt,
      ApprovalState state,
      List<Answer> approvals,
      @Nullable Answer answer,
      @Nullable Instant answeredAt,
      long version) {
    this.id = of.id;
    this.binding = of.binding;
    this.tool = of.tool;
    this.arguments = of.arguments;
    this.caller = of.caller;
    this.asks = of.asks;
    this.quorum = of.quorum;
    this.metadata = of.metadata;
    this.createdAt = of.createdAt;
    this.valid = of.valid;
    this.expiresAt = expiresAt;
    this.state = state;
    this.approvals = approvals;
    this.answer = answer;
    this.answeredAt = answeredAt;
    this.version = version;
    this.bytes = reckoned();
  }

  private ApprovalRequest(
      ApprovalRequest of,
      Instant expiresAt,
      ApprovalState state,
      List<Answer> approvals,
      @Nullable Answer answer,
      @Nullable Instant answeredAt,
      long version) {
    this.id = of.id;
    this.binding = of.binding;
    this.tool = of.tool;
    this.arguments = of.arguments;
    this.caller = of.caller;
    this.asks = of.asks;
    this.quorum = of.quorum;
    this.metadata = of.metadata;
    this.createdAt = of.createdAt;
    this.valid = of.valid;
    this.expiresAt = expiresAt;
    this.state = state;
    this.approvals = approvals;
    this.answer = answer;
    this.answeredAt = answeredAt;
    this.version = version;
    this.bytes = of.bytes;
  }

  /**
   * Returns a builder of a new request, pending and of version 1.
   *
   * @param id an identifier that cannot be guessed
   * @param binding the SHA-256, in hexadecimal, of everything the approval holds for
   * @param tool the tool's name
   * @param caller on whose behalf the tool is called, with what the approver is to know of it
   * @param asks the rules that ask, in document order, at least one
   * @throws IllegalArgumentException if no rule asks
   */
  public static Builder builder(
      String id, String binding, String tool, Caller caller, List<AskingRule> asks) {
    return new Builder(id, binding, tool, caller, asks);
  }

  /** {@return an identifier that cannot be guessed} */
  public String id() {
    return id;
  }

  /**
   * Returns the SHA-256, in hexadecimal, of everything the approval holds for: tool, arguments,
   * caller, and the rules that ask.
   */
  public String binding() {
    return binding;
  }

  /** {@return the tool's name} */
  public String tool() {
    return tool;
  }

  /**
   * Returns the call's arguments as the approver may see them, redacted if the host redacts: a JSON
   * object of at most 64 KiB with sorted keys and exact numbers.
   */
  public String arguments() {
    return arguments;
  }

  /** {@return on whose behalf the tool is called} */
  public Caller caller() {
    return caller;
  }

  /** {@return the rules that ask, in document order, at least one; unmodifiable} */
  public List<AskingRule> asks() {
    return asks;
  }

  /** {@return whose yes the call needs} */
  public Quorum quorum() {
    return quorum;
  }

  /** {@return what the host says of the request to the approver, by name; unmodifiable} */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** {@return what the approver is shown: nothing hidden, turned or pushed out of sight} */
  public ShownRequest shown() {
    return new ShownRequest(this);
  }

  /** {@return when the request was made} */
  public Instant createdAt() {
    return createdAt;
  }

  /** {@return how long a yes may be used} */
  public Duration valid() {
    return valid;
  }

  /**
   * Returns when the state lapses: while pending or denied the end of the wait, once approved the
   * end of the yes.
   */
  public Instant expiresAt() {
    return expiresAt;
  }

  /**
   * Returns the state; never {@link ApprovalState#EXPIRED} in a store, because that follows from
   * the time: see {@link #at}.
   */
  public ApprovalState state() {
    return state;
  }

  /**
   * Returns each yes that was given, in order: fewer than {@link #quorum} asks for while the
   * request is pending, and where somebody has denied it. Unmodifiable.
   */
  public List<Answer> approvals() {
    return approvals;
  }

  /** {@return the answer that decided, the last of several; {@code null} while none has} */
  public @Nullable Answer answer() {
    return answer;
  }

  /** {@return when the answer that decided was taken, or {@code null} while none has} */
  public @Nullable Instant answeredAt() {
    return answeredAt;
  }

  /** {@return 1 for a new request, one more with every change} */
  public long version() {
    return version;
  }

  /** {@return how much memory a store may reckon for this request, in bytes} */
  public long bytes() {
    return bytes;
  }

  private long reckoned() {
    long characters = (long) id.length() + binding.length() + tool.length() + arguments.length();
    for (AskingRule ask : asks) {
      characters += (long) ask.rule().length() + ask.location().length();
      characters += (long) ask.reason().length() + ask.content().length();
    }
    characters +=
        (long) caller.grant().length() + length(caller.session()) + length(caller.client());
    characters += caller.attributes().toString().length() + metadata.toString().length();
    return 1_000 + 2 * characters;
  }

  private static int length(@Nullable String text) {
    return text == null ? 0 : text.length();
  }

  /**
   * Returns this request as it stands at a later instant: {@linkplain ApprovalState#EXPIRED
   * expired} if it was pending, approved or denied and has lapsed, otherwise itself.
   *
   * @param now the instant
   */
  public ApprovalRequest at(Instant now) {
    boolean lapses =
        switch (state) {
          case PENDING, APPROVED, DENIED -> true;
          case IN_USE, SPENT, CANCELLED, EXPIRED -> false;
        };
    return lapses && !now.isBefore(expiresAt)
        ? new ApprovalRequest(
            this, expiresAt, ApprovalState.EXPIRED, approvals, answer, answeredAt, version)
        : this;
  }

  /**
   * Returns whether an identical call meets this request at an instant rather than making a new
   * one: it is pending, approved or denied and has not lapsed, or its call is running, however
   * long.
   *
   * @param now the instant
   */
  public boolean holdsAt(Instant now) {
    return switch (at(now).state) {
      case PENDING, APPROVED, IN_USE, DENIED -> true;
      case SPENT, CANCELLED, EXPIRED -> false;
    };
  }

  /**
   * Returns whether this request counts towards the bounds at an instant: until it expires in
   * whatever state, and as long as its call is running.
   *
   * @param now the instant
   */
  public boolean countsAt(Instant now) {
    return state == ApprovalState.IN_USE || now.isBefore(expiresAt);
  }

  /**
   * Returns why a pending request does not take an answer: its giver is the requester, has said yes
   * already, lacks a role, or is not known where that matters. A no is refused to the requester
   * alone.
   *
   * @param given the answer
   * @return why, to be read after {@code approval … is pending;}, or {@code null} if it is taken
   */
  public @Nullable String refusal(Answer given) {
    return Givers.refusal(this, given);
  }

  /**
   * Returns the next state of a pending request that was answered: approved until {@link #valid}
   * from now once as many people have said yes as {@link #quorum} asks for, and pending with one
   * yes more before; or denied until it would have expired.
   *
   * @param given the answer
   * @param now when it is taken
   * @throws IllegalStateException if this request is not pending, or for the reason that {@link
   *     #refusal} tells
   */
  public ApprovalRequest answered(Answer given, Instant now) {
    require(state == ApprovalState.PENDING, "answered");
    String refusal = refusal(given);
    if (refusal != null) {
      throw new IllegalStateException("approval " + id + " is " + state + "; " + refusal);
    }
    if (!given.approved()) {
      return next(expiresAt, ApprovalState.DENIED, given, now);
    }
    List<Answer> more = new ArrayList<>(approvals);
    more.add(given);
    boolean last = more.size() >= quorum.approvers();
    return new ApprovalRequest(
        this,
        last ? now.plus(valid) : expiresAt,
        last ? ApprovalState.APPROVED : ApprovalState.PENDING,
        List.copyOf(more),
        last ? given : null,
        last ? now : null,
        version + 1);
  }

  /**
   * Returns the next state of an approved request whose call begins to run.
   *
   * @throws IllegalStateException if this request is not approved
   */
  public ApprovalRequest claimed() {
    require(state == ApprovalState.APPROVED, "claimed");
    return next(expiresAt, ApprovalState.IN_USE, answer, answeredAt);
  }

  /**
   * Returns the next state of a request in use whose call ran, or nobody knows.
   *
   * @throws IllegalStateException if this request is not in use
   */
  public ApprovalRequest spent() {
    require(state == ApprovalState.IN_USE, "spent");
    return next(expiresAt, ApprovalState.SPENT, answer, answeredAt);
  }

  /**
   * Returns the next state of a request in use whose call did nothing: approved as before.
   *
   * @throws IllegalStateException if this request is not in use
   */
  public ApprovalRequest givenBack() {
    require(state == ApprovalState.IN_USE, "given back");
    return next(expiresAt, ApprovalState.APPROVED, answer, answeredAt);
  }

  /**
   * Returns the next state of a request that is withdrawn.
   *
   * @throws IllegalStateException if this request is spent, cancelled or expired
   */
  public ApprovalRequest cancelled() {
    require(
        switch (state) {
          case PENDING, APPROVED, IN_USE, DENIED -> true;
          case SPENT, CANCELLED, EXPIRED -> false;
        },
        "cancelled");
    return next(expiresAt, ApprovalState.CANCELLED, answer, answeredAt);
  }

  private void require(boolean possible, String change) {
    if (!possible) {
      throw new IllegalStateException(
          "approval " + id + " is " + state + ", so it cannot be " + change);
    }
  }

  private ApprovalRequest next(
      Instant nextExpiry,
      ApprovalState nextState,
      @Nullable Answer nextAnswer,
      @Nullable Instant at) {
    return new ApprovalRequest(this, nextExpiry, nextState, approvals, nextAnswer, at, version + 1);
  }

  /**
   * Returns this request as a JSON object with a format number, for a store to keep. {@link
   * #fromJson} reads it back, in this version of the library and in later ones.
   */
  public String toJson() {
    return ApprovalJson.write(this);
  }

  /**
   * Returns the request that {@link #toJson} wrote.
   *
   * @param json the text
   * @throws IllegalArgumentException if it is none, or of a format that this version does not know
   */
  public static ApprovalRequest fromJson(String json) {
    return ApprovalJson.read(json);
  }

  private List<@Nullable Object> parts() {
    return Arrays.asList(
        id,
        binding,
        tool,
        arguments,
        caller,
        asks,
        quorum,
        metadata,
        createdAt,
        valid,
        expiresAt,
        state,
        approvals,
        answer,
        answeredAt,
        version);
  }

  @Override
  public boolean equals(Object object) {
    return this == object
        || (object instanceof ApprovalRequest other && parts().equals(other.parts()));
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, version, state);
  }

  /** {@return what may be logged: neither arguments nor the note} */
  @Override
  public String toString() {
    return "ApprovalRequest[id="
        + id
        + ", tool="
        + tool
        + ", grant="
        + caller.grant()
        + ", state="
        + state
        + ", expiresAt="
        + expiresAt
        + "]";
  }

  /** Builds a new request. Not safe for use by several threads. */
  public static final class Builder {
    private final String id;
    private final String binding;
    private final String tool;
    private final Caller caller;
    private final List<AskingRule> asks;
    private Quorum quorum = Quorum.ONE;
    private String arguments = "{}";
    private Map<String, String> metadata = Map.of();
    private Instant createdAt = Instant.EPOCH;
    private Duration valid = Duration.ZERO;

    private Builder(String id, String binding, String tool, Caller caller, List<AskingRule> asks) {
      this.id = Objects.requireNonNull(id, "id");
      this.binding = Objects.requireNonNull(binding, "binding");
      this.tool = Objects.requireNonNull(tool, "tool");
      this.caller = Objects.requireNonNull(caller, "caller");
      this.asks = List.copyOf(asks);
      if (this.asks.isEmpty()) {
        throw new IllegalArgumentException("a request needs at least one rule that asks");
      }
    }

    /**
     * Sets whose yes the call needs; one person's, unless set.
     *
     * @param needed how many people, and of which roles
     */
    public Builder quorum(Quorum needed) {
      quorum = Objects.requireNonNull(needed, "needed");
      return this;
    }

    /**
     * Sets the arguments as the approver may see them; none, unless set.
     *
     * @param shown a JSON object
     * @return this builder
     */
    public Builder arguments(String shown) {
      arguments = Objects.requireNonNull(shown, "shown");
      return this;
    }

    /**
     * Sets what the host says of the request to the approver, such as a ticket or the name of an
     * account; nothing, unless set.
     *
     * @param said at most 20 texts of at most 2,000 characters, by names of 1 to 100
     * @return this builder
     * @throws IllegalArgumentException if there are more, or one is longer
     */
    public Builder metadata(Map<String, String> said) {
      Map<String, String> copy = new TreeMap<>(said);
      if (copy.size() > MAX_METADATA) {
        throw new IllegalArgumentException(
            "metadata must be at most " + MAX_METADATA + " texts, not " + copy.size());
      }
      copy.forEach(
          (name, value) -> {
            if (name.isBlank()
                || name.length() > MAX_METADATA_NAME
                || value.length() > MAX_METADATA_VALUE) {
              throw new IllegalArgumentException(
                  "metadata must have names of 1 to "
                      + MAX_METADATA_NAME
                      + " characters and texts of at most "
                      + MAX_METADATA_VALUE);
            }
          });
      metadata = Collections.unmodifiableMap(copy);
      return this;
    }

    /**
     * Returns the request.
     *
     * @param now when it is made
     * @param timeout how long it waits for an answer
     * @param validFor how long a yes may be used
     */
    public ApprovalRequest pending(Instant now, Duration timeout, Duration validFor) {
      valid = Objects.requireNonNull(validFor, "validFor");
      createdAt = Objects.requireNonNull(now, "now");
      return new ApprovalRequest(
          this, now.plus(timeout), ApprovalState.PENDING, List.of(), null, null, 1);
    }

    /** As it was stored in whatever state. */
    ApprovalRequest stored(
        Instant created,
        Duration validFor,
        Instant expiresAt,
        ApprovalState state,
        List<Answer> approvals,
        @Nullable Answer answer,
        @Nullable Instant answeredAt,
        long version) {
      createdAt = created;
      valid = validFor;
      return new ApprovalRequest(
          this, expiresAt, state, List.copyOf(approvals), answer, answeredAt, version);
    }
  }
}
