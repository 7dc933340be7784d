package dev.alcada.audit;

import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What has become of a request for an approval. Carries no argument's value. Immutable. */
public final class ApprovalEvent {
  /** What has happened to the request. The list may grow with the library. */
  public enum Change {
    /** It was made: a person is to answer it. */
    ASKED,
    /** A person has answered it. */
    ANSWERED,
    /** A call has taken its yes and runs. */
    CLAIMED,
    /** That call was made, or nobody knows; the yes is used up. */
    SPENT,
    /** That call did nothing; the yes may be used until it expires. */
    GIVEN_BACK,
    /** It was withdrawn. */
    CANCELLED,
    /** Its time has passed: for an answer, or to use the yes. */
    EXPIRED
  }

  private final Instant at;
  private final Change change;
  private final ApprovalRequest request;

  private ApprovalEvent(Instant at, Change change, ApprovalRequest request) {
    this.at = at.truncatedTo(ChronoUnit.MICROS);
    this.change = Objects.requireNonNull(change, "change");
    this.request = Objects.requireNonNull(request, "request");
  }

  /**
   * Returns an event.
   *
   * @param at when it was seen, by the wall clock; kept to the microsecond
   * @param change what has happened
   * @param request the request as it is since then
   */
  public static ApprovalEvent of(Instant at, Change change, ApprovalRequest request) {
    return new ApprovalEvent(at, change, request);
  }

  /** {@return when it was seen, by the wall clock, to the microsecond} */
  public Instant at() {
    return at;
  }

  /** {@return what has happened} */
  public Change change() {
    return change;
  }

  /** {@return the request's identifier} */
  public String approvalId() {
    return request.id();
  }

  /** {@return the tool whose call needs the approval} */
  public String tool() {
    return request.tool();
  }

  /** {@return the grant of that call} */
  public String grant() {
    return request.caller().grant();
  }

  /** {@return who has answered, the last of several; {@code null} if nobody has} */
  public @Nullable String answeredBy() {
    Answer answer = last();
    return answer == null ? null : answer.approver();
  }

  /** {@return whether that answer was yes, or {@code null} if nobody has answered} */
  public @Nullable Boolean approved() {
    Answer answer = last();
    return answer == null ? null : answer.approved();
  }

  private @Nullable Answer last() {
    List<Answer> approvals = request.approvals();
    return request.answer() != null || approvals.isEmpty()
        ? request.answer()
        : approvals.get(approvals.size() - 1);
  }

  /** {@return whether the request waits for an answer} */
  public boolean pending() {
    return request.state() == ApprovalState.PENDING;
  }

  /** {@return when the request was made} */
  public Instant createdAt() {
    return request.createdAt();
  }

  /** {@return when its present state lapses} */
  public Instant expiresAt() {
    return request.expiresAt();
  }

  /** {@return whether the other is an event with equal parts} */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ApprovalEvent event
        && at.equals(event.at)
        && change == event.change
        && request.equals(event.request);
  }

  @Override
  public int hashCode() {
    return Objects.hash(at, change, request);
  }

  /** {@return the event, and of the request what may be logged} */
  @Override
  public String toString() {
    return "ApprovalEvent[at=" + at + ", change=" + change + ", request=" + request + "]";
  }
}
