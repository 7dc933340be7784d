package dev.alcada.examples.gateway;

import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.decision.Decision;
import dev.alcada.guard.ApprovalException;
import dev.alcada.guard.Approvals;
import dev.alcada.time.TimeSource;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Asks the person at a client to approve a call, with the protocol's form, if the client has one. A
 * question belongs to the approval request: one is open at a time however many calls and sessions
 * meet it, and it is taken back when somebody else answers or the call's client gives up. No thread
 * waits. Thread-safe.
 */
final class Forms {
  private static final String APPROVER = "elicitation";
  private static final String FIELD = "approve";
  private static final int MOST_OPEN = 1_000;
  private static final int MOST_OF_ONE_CLIENT = 2;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofSeconds(30);

  /** Beyond this the client may have given its call up, so nothing is run for nobody. */
  private static final Duration SOON = Duration.ofSeconds(15);

  /** A client answers a ping at once, whatever else it does. */
  private static final Duration PING = Duration.ofSeconds(5);

  private static final Map<String, Object> FORM =
      Map.of(
          "type",
          "object",
          "properties",
          Map.of(FIELD, Map.of("type", "boolean", "title", "Approve this call")),
          "required",
          List.of(FIELD));

  private final Approvals approvals;
  private final TimeSource time;
  private final Duration ping;

  /** The questions that are open, or were not answered lately. Guarded by itself. */
  private final Map<String, Question> questions = new LinkedHashMap<>();

  /**
   * A question.
   *
   * @param at when it was put, or else given up
   * @param answered whether the call is worth making again; complete once the question is closed
   */
  private record Question(ToClient client, long at, CompletableFuture<Boolean> answered) {}

  Forms(Approvals approvals, TimeSource time) {
    this(approvals, time, PING);
  }

  /**
   * Asks about calls of one guard.
   *
   * @param ping how long a client may take to answer one
   */
  Forms(Approvals approvals, TimeSource time, Duration ping) {
    this.approvals = approvals;
    this.time = time;
    this.ping = ping;
    approvals.listen(this::changed);
  }

  /** Who answers at the desk closes the form. */
  private void changed(ApprovalRequest request) {
    Question question;
    synchronized (questions) {
      question = questions.get(request.id());
    }
    if (question != null && request.state() != ApprovalState.PENDING) {
      question.answered.complete(true);
    }
  }

  /**
   * Asks about a call that waits for a person's approval.
   *
   * @param decision what was decided about it
   * @param call the client's request, which the client may take back
   * @return the stage of whether the call is worth making again
   */
  CompletionStage<Boolean> ask(Decision decision, Exchange call, ToClient client) {
    String id =
        decision instanceof Decision.ApprovalRequired required ? required.approvalId() : null;
    if (id == null || !client.takesForms()) {
      return CompletableFuture.completedStage(false);
    }
    return approvals
        .getAsync(id)
        .thenCompose(
            request ->
                request == null || request.state() != ApprovalState.PENDING
                    ? CompletableFuture.completedStage(request != null)
                    : !request.quorum().isOne() // which a form has no proof of
                        ? CompletableFuture.completedStage(false)
                        : put(request, call, client))
        .exceptionally(thrown -> false);
  }

  private CompletionStage<Boolean> put(ApprovalRequest request, Exchange call, ToClient client) {
    Question question = open(request.id(), client);
    if (question == null) {
      return CompletableFuture.completedStage(false);
    }
    Later.Due watch = Later.in(PATIENCE, () -> question.answered.complete(false));
    Exchange form =
        client.ask(
            "elicitation/create",
            Map.of("message", request.shown().text(), "requestedSchema", FORM));
    CompletionStage<Message.Answer> filledIn = form.answer();
    filledIn.whenComplete((answer, thrown) -> take(request.id(), question, answer));
    CompletionStage<Message.Answer> givenUp = call.answer();
    givenUp.whenComplete((answer, thrown) -> question.answered.complete(false));
    return question.answered.thenCompose(
        answered -> {
          watch.cancel();
          client.takeBack(form);
          close(request.id(), answered);
          // Asked even of one that has just filled in the form: that came on another connection.
          return answered && !call.cancelled()
              ? client
                  .isThere(call, ping)
                  .thenApply(there -> there && !call.cancelled() && isSoon(question))
              : CompletableFuture.completedStage(false);
        });
  }

  private boolean isSoon(Question question) {
    return time.nanoTime() - question.at < SOON.toNanos();
  }

  private @Nullable Question open(String id, ToClient client) {
    long now = time.nanoTime();
    synchronized (questions) {
      questions
          .values()
          .removeIf(question -> question.answered.isDone() && now - question.at >= PAUSE.toNanos());
      long open = questions.values().stream().filter(one -> !one.answered.isDone()).count();
      long ofClient =
          questions.values().stream()
              .filter(one -> !one.answered.isDone() && one.client == client)
              .count();
      if (questions.containsKey(id) || open >= MOST_OPEN || ofClient >= MOST_OF_ONE_CLIENT) {
        return null;
      }
      Question question = new Question(client, now, new CompletableFuture<>());
      questions.put(id, question);
      return question;
    }
  }

  /** One that was not answered is not put again for a while. */
  private void close(String id, boolean answered) {
    synchronized (questions) {
      Question question = questions.remove(id);
      if (!answered && question != null) {
        questions.put(id, new Question(question.client, time.nanoTime(), question.answered));
      }
    }
  }

  /**
   * Only an accepted form with the box ticked is a yes, only a declined one or an unticked box a
   * no; whatever else leaves the request to others.
   */
  private void take(String id, Question question, Message.@Nullable Answer filledIn) {
    Answer answer = filledIn == null || filledIn.error() != null ? null : answer(filledIn.result());
    if (answer == null) {
      question.answered.complete(false);
      return;
    }
    approvals
        .answer(id, answer)
        .whenComplete(
            (taken, failure) ->
                // Somebody else was quicker, or it has lapsed: what stands now decides.
                question.answered.complete(
                    failure == null || Failures.cause(failure) instanceof ApprovalException));
  }

  private static @Nullable Answer answer(@Nullable Object result) {
    Map<String, @Nullable Object> members = Json.object(result);
    if ("decline".equals(members.get("action"))) {
      return Answer.deny(APPROVER).unidentified();
    }
    Object ticked = Json.object(members.get("content")).get(FIELD);
    if (!"accept".equals(members.get("action")) || !(ticked instanceof Boolean yes)) {
      return null;
    }
    return yes ? Answer.approve(APPROVER).unidentified() : Answer.deny(APPROVER).unidentified();
  }
}
