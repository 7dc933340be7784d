package dev.alcada.approval;

import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request for a person's approval, as it stood at one instant. Immutable: every change of state
 * is a new value with the next version.
 *
 * <p>The arguments are kept for the approver to read; {@link #toString} shows neither them nor the
 * approver's note.
 *
 * @param id an identifier that cannot be guessed
 * @param binding the SHA-256, in hexadecimal, of everything the approval holds for: tool,
 *     arguments, grant, the context values the policy mentions and the rules that ask
 * @param tool the tool's name
 * @param arguments the call's arguments as the approver may see them, redacted if the host redacts:
 *     a JSON object of at most 64 KiB with sorted keys and exact numbers
 * @param caller on whose behalf the tool is called, with the context values the approval binds
 * @param asks the rules that ask, in document order, at least one
 * @param createdAt when the request was made
 * @param valid how long a yes may be used
 * @param expiresAt when the state lapses: while pending or denied the end of the wait, once
 *     approved the end of the yes
 * @param state the state; never {@link ApprovalState#EXPIRED} in a store, because that follows from
 *     the time: see {@link #at}
 * @param answer who answered and when, or {@code null} while nobody has
 * @param version 1 for a new request, one more with every change
 */
public record ApprovalRequest(
    String id,
    String binding,
    String tool,
    String arguments,
    Caller caller,
    List<AskingRule> asks,
    Instant createdAt,
    Duration valid,
    Instant expiresAt,
    ApprovalState state,
    @Nullable Answer answer,
    long version) {

  /**
   * A person's answer.
   *
   * @param approver who answered
   * @param note what the agent is told with it, or {@code null} if nothing
   * @param at when
   */
  public record Answer(String approver, @Nullable String note, Instant at) {
    /** Requires an approver and a time. */
    public Answer {
      Objects.requireNonNull(approver, "approver");
      Objects.requireNonNull(at, "at");
    }

    /** {@return the answer without its note} */
    @Override
    public String toString() {
      return "Answer[approver=" + approver + ", at=" + at + "]";
    }
  }

  /** Requires everything but the answer, and at least one rule that asks. */
  public ApprovalRequest {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(binding, "binding");
    Objects.requireNonNull(tool, "tool");
    Objects.requireNonNull(arguments, "arguments");
    Objects.requireNonNull(caller, "caller");
    asks = List.copyOf(asks);
    Objects.requireNonNull(createdAt, "createdAt");
    Objects.requireNonNull(valid, "valid");
    Objects.requireNonNull(expiresAt, "expiresAt");
    Objects.requireNonNull(state, "state");
    if (asks.isEmpty()) {
      throw new IllegalArgumentException("a request needs at least one rule that asks");
    }
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
            id,
            binding,
            tool,
            arguments,
            caller,
            asks,
            createdAt,
            valid,
            expiresAt,
            ApprovalState.EXPIRED,
            answer,
            version)
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

  public ApprovalRequest with(ApprovalState next, Instant nextExpiry, @Nullable Answer nextAnswer) {
    return new ApprovalRequest(
        id,
        binding,
        tool,
        arguments,
        caller,
        asks,
        createdAt,
        valid,
        nextExpiry,
        next,
        nextAnswer,
        version + 1);
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
}
