package dev.alcada.guard;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import dev.alcada.internal.value.UnwritableException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What the agent is told about an approval: the cause and what to do, never an argument's value.
 */
final class ApprovalMessages {
  private ApprovalMessages() {}

  static Decision.ApprovalRequired pending(ApprovalRequest request, boolean asked) {
    return required(
        request.asks(),
        (asked
                ? "A person has been asked (approval " + request.id() + ") and can answer until "
                : "The call waits for a person's approval ("
                    + request.id()
                    + "), which can be given until ")
            + seconds(request.expiresAt())
            + people(request)
            + ". Make exactly the same call again after the answer.",
        request.id(),
        request.expiresAt());
  }

  private static String people(ApprovalRequest request) {
    int needed = request.quorum().approvers();
    return needed == 1
        ? ""
        : ". It needs the yes of "
            + needed
            + " different people, of whom "
            + request.approvals().size()
            + (request.approvals().size() == 1 ? " has said it" : " have said it");
  }

  static Decision.ApprovalRequired notRequested(List<AskingRule> asks) {
    return required(asks, "A person would be asked.", null, null);
  }

  static Decision.ApprovalRequired lapsed(List<AskingRule> asks) {
    return required(
        asks,
        "The request has ended without an answer. The same call made again requests it anew.",
        null,
        null);
  }

  private static Decision.ApprovalRequired required(
      List<AskingRule> asks, String message, @Nullable String id, @Nullable Instant expiresAt) {
    AskingRule first = asks.get(0);
    String reasons =
        asks.stream()
            .map(AskingRule::reason)
            .distinct()
            .map(reason -> reason.matches("(?s).*[.!?]") ? reason + " " : reason + ". ")
            .collect(Collectors.joining());
    Decision.ApprovalRequired required = Decision.ApprovalRequired.of(first, reasons + message);
    return id == null || expiresAt == null ? required : required.withRequest(id, expiresAt);
  }

  static Decision.Denied denied(ApprovalRequest request, AskingRule ask) {
    var answer = request.answer();
    String note = answer == null ? null : answer.note();
    return denied(
        ask,
        DecisionCode.APPROVAL_DENIED,
        (note == null || note.isBlank()
                ? "A person denied this call."
                : "A person denied this call: " + note)
            + "\nThe same call stays denied until "
            + seconds(request.expiresAt())
            + "; do not repeat it.",
        null);
  }

  static Decision.Denied inUse(AskingRule ask) {
    return denied(
        ask,
        DecisionCode.APPROVAL_IN_USE,
        "An identical call is using the approval. Wait for its result; a further run needs a new"
            + " approval.",
        null);
  }

  static Decision.Denied tooMany(AskingRule ask, @Nullable Duration retryAfter) {
    return denied(
        ask,
        DecisionCode.APPROVAL_TOO_MANY,
        "This call needs a person's approval, and too many approvals have been requested. Wait for"
            + " those to be answered before you request more.",
        retryAfter);
  }

  static Decision.Denied unwritable(AskingRule ask, UnwritableException e) {
    return e.isTooLarge()
        ? denied(
            ask,
            DecisionCode.APPROVAL_TOO_LARGE,
            "This call needs a person's approval, and its arguments are too large to be shown to"
                + " one. Make it smaller.",
            null)
        : denied(
            ask,
            DecisionCode.UNJUDGED,
            "This call needs a person's approval, and none can be bound to "
                + e.getMessage()
                + ". Send plain JSON values.",
            null);
  }

  private static Decision.Denied denied(
      AskingRule ask, DecisionCode code, String message, @Nullable Duration retryAfter) {
    return Decision.Denied.of(code, ask.rule(), message)
        .withLocation(ask.location())
        .withRetryAfter(retryAfter);
  }

  private static Instant seconds(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS);
  }
}
