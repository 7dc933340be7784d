package dev.alcada.mcp;

import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.guard.ApprovalException;
import dev.alcada.guard.Approvals;
import dev.alcada.time.TimeSource;
import io.modelcontextprotocol.spec.McpSchema.ClientCapabilities;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the person at the client to approve a call, with the protocol's form. A question belongs to
 * the request and not to the call: however many calls meet a request, one question about it is open
 * at a time, and one that nobody answered is not put again for a while. Safe for use by several
 * threads.
 */
final class Elicitation {
  private static final String APPROVER = "elicitation";
  private static final String FIELD = "approve";

  /** Every question that is open may hold a thread of a synchronous server, which has some 20. */
  static final int MOST_WAITED_FOR = 8;

  private static final int MOST_OPEN = 1_000;
  private static final int MOST_OF_ONE_CALLER = 2;
  private static final Duration PAUSE = Duration.ofSeconds(30);

  /** Beyond this a client may have given its call up, so nothing is run for nobody. */
  static final Duration SOON = Duration.ofSeconds(15);

  private static final Map<String, Object> FORM =
      Map.of(
          "type",
          "object",
          "properties",
          Map.of(FIELD, Map.of("type", "boolean", "title", "Approve this call")),
          "required",
          List.of(FIELD));

  private static final Logger LOG = LoggerFactory.getLogger(McpTools.class);

  private final Approvals approvals;
  private final TimeSource time;
  private final Ping ping;
  private final Duration soon;
  private final AtomicBoolean told = new AtomicBoolean();

  /** The questions that are open, or were not answered lately, by the request's identifier. */
  private final Map<String, Question> questions = new LinkedHashMap<>();

  /**
   * A question.
   *
   * @param caller whose call made it be put
   * @param at when it was put, or else given up
   * @param open whether it is open
   */
  private record Question(Caller caller, long at, boolean open) {}

  /**
   * @param soon how long after its question a yes runs the call
   */
  Elicitation(Approvals approvals, Duration soon) {
    this(approvals, TimeSource.system(), Ping.USUAL, soon);
  }

  Elicitation(Approvals approvals, TimeSource time) {
    this(approvals, time, Ping.USUAL);
  }

  Elicitation(Approvals approvals, TimeSource time, Ping ping) {
    this(approvals, time, ping, SOON);
  }

  Elicitation(Approvals approvals, TimeSource time, Ping ping, Duration soon) {
    this.approvals = approvals;
    this.time = time;
    this.ping = ping;
    this.soon = soon;
  }

  /** {@return whether a client can show a form; one that names no mode can} */
  static boolean possible(@Nullable ClientCapabilities client) {
    return client != null
        && client.elicitation() != null
        && (client.elicitation().form() != null || client.elicitation().url() == null);
  }

  /** {@return the request that a decision waits for, or null if it waits for none} */
  static @Nullable String request(Decision decision) {
    return decision instanceof Decision.ApprovalRequired required ? required.approvalId() : null;
  }

  /** {@return the present on the clock that {@link #soon} reads} */
  long now() {
    return time.nanoTime();
  }

  /** {@return whether so little time has passed that a call's client may still wait for it} */
  boolean soon(long since) {
    return time.nanoTime() - since < soon.toNanos();
  }

  /** {@return what asks the client of a call that was approved whether it is there} */
  Ping ping() {
    return ping;
  }

  /**
   * Opens the question about a request, unless it is open, was given up a moment ago, or as many
   * are open as may be.
   *
   * @param most how many may be open in all
   * @return whether it is to be put; then {@link #close} must follow
   */
  boolean open(String id, Caller caller, int most) {
    long now = time.nanoTime();
    synchronized (questions) {
      questions
          .values()
          .removeIf(question -> !question.open && now - question.at >= PAUSE.toNanos());
      int mostOpen = Math.min(most, MOST_OPEN);
      int open = 0;
      int ofGrant = 0;
      int ofCaller = 0;
      for (Question question : questions.values()) {
        if (question.open) {
          boolean sameGrant = question.caller.grant().equals(caller.grant());
          open++;
          ofGrant += sameGrant ? 1 : 0;
          ofCaller +=
              sameGrant && Objects.equals(question.caller.session(), caller.session()) ? 1 : 0;
        }
      }
      if (questions.containsKey(id)
          || open >= mostOpen
          || ofGrant >= mostOpen / 2 // whoever begins many sessions leaves room for others
          || ofCaller >= MOST_OF_ONE_CALLER) {
        return false;
      }
      questions.put(id, new Question(caller, now, true));
      return true;
    }
  }

  /** Closes a question; one that was not answered is not put again for a while. */
  void close(String id, boolean answered) {
    synchronized (questions) {
      Question question = questions.remove(id);
      if (!answered && question != null) {
        questions.put(id, new Question(question.caller, time.nanoTime(), false));
      }
    }
  }

  /** Says that pings fail for a client that has cancelled its call. */
  void hearsCancellations() {
    told.set(true);
  }

  /** Says once that a call may run whose client has cancelled it, unless that is heard. */
  void warnOfCancellations() {
    if (!soon.isZero() && told.compareAndSet(false, true)) {
      LOG.warn(
          "Nothing tells these tools that a client has cancelled a call: it still runs if it is"
              + " approved within {} s of the question. Give the SDK's server"
              + " tools.heard(transport).",
          soon.toSeconds());
    }
  }

  /** {@return the stage of what to ask, or of null if there is nothing to be answered} */
  CompletionStage<@Nullable ElicitFormRequest> form(String id) {
    return approvals
        .getAsync(id)
        .thenApply(
            request ->
                request == null
                        || request.state() != ApprovalState.PENDING
                        || !request.quorum().isOne() // which a form has no proof of
                    ? null
                    : ElicitFormRequest.builder(request.shown().text(), FORM).build());
  }

  /**
   * Takes an answer down. Only an accepted form with the box ticked is a yes, only a declined one
   * or an unticked box a no; whatever else leaves the request to others.
   *
   * @return the stage of whether there is an answer, so that the call is worth making again
   */
  CompletionStage<Boolean> takes(String id, @Nullable ElicitResult result) {
    Answer answer = result == null || result.action() == null ? null : answer(result);
    if (answer == null) {
      return CompletableFuture.completedFuture(false);
    }
    return approvals
        .answer(id, answer)
        .handle((taken, failure) -> failure == null ? null : cause(failure))
        .thenCompose(
            failure -> {
              if (failure == null) {
                return CompletableFuture.completedFuture(true);
              } else if (failure instanceof ApprovalException) {
                return approvals
                    .getAsync(id)
                    .thenApply(request -> overtaken(request, answer, failure));
              }
              LOG.error("An answer in a client's form could not be taken down", failure);
              return CompletableFuture.completedFuture(false);
            });
  }

  /**
   * Returns whether an answer that was not taken makes the call be decided by what stands now: a
   * person who says no here runs nothing by somebody else's yes.
   */
  private static boolean overtaken(
      @Nullable ApprovalRequest request, Answer answer, Throwable failure) {
    if (request != null && request.state() == ApprovalState.PENDING) {
      LOG.warn("An answer in a client's form was not taken: {}", failure.getMessage());
      return false;
    }
    return request != null && answer.approved();
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private static @Nullable Answer answer(ElicitResult result) {
    Object ticked = result.content() == null ? null : result.content().get(FIELD);
    return switch (result.action()) {
      case ACCEPT ->
          Boolean.TRUE.equals(ticked)
              ? Answer.approve(APPROVER).unidentified()
              : Boolean.FALSE.equals(ticked) ? Answer.deny(APPROVER).unidentified() : null;
      case DECLINE -> Answer.deny(APPROVER).unidentified();
      case CANCEL -> null;
    };
  }
}
