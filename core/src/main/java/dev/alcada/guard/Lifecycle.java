package dev.alcada.guard;

import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.approval.ApprovalStore;
import dev.alcada.time.TimeSource;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The state table: which change a request takes in which state. Tells listeners of each change. */
final class Lifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Approvals.class);

  /** Each lost attempt means that another change was made, so this is never reached by chance. */
  private static final int MAX_ATTEMPTS = 100;

  private final ApprovalStore store;
  private final TimeSource time;
  private final Executor executor;
  private final BiPredicate<ApprovalRequest, Answer> mayAnswer;
  private final List<Consumer<ApprovalRequest>> listeners = new CopyOnWriteArrayList<>();

  /** Told after all listeners, so that these hear of a yes before of the call that it lets run. */
  private volatile Consumer<ApprovalRequest> last = request -> {};

  /** Told after the listeners; whoever records does not count as one who hears of requests. */
  private volatile Consumer<ApprovalRequest> recorder = request -> {};

  private final News news = new News(this::changed);

  Lifecycle(
      ApprovalStore store,
      TimeSource time,
      Executor executor,
      BiPredicate<ApprovalRequest, Answer> mayAnswer) {
    this.store = store;
    this.time = time;
    this.executor = executor;
    this.mayAnswer = mayAnswer;
  }

  Registration listen(Consumer<ApprovalRequest> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  void afterwards(Consumer<ApprovalRequest> told) {
    last = told;
  }

  void recorded(Consumer<ApprovalRequest> told) {
    recorder = told;
  }

  CompletableFuture<@Nullable ApprovalRequest> get(String id) {
    return Stages.then(
        stored(id),
        executor,
        request ->
            CompletableFuture.completedFuture(request == null ? null : request.at(time.instant())));
  }

  /** A store is not believed: what is shown and answered is the request that was asked for. */
  private CompletableFuture<@Nullable ApprovalRequest> stored(String id) {
    return Stages.then(
        Stages.asked(() -> store.get(id)),
        executor,
        request -> {
          if (request != null && !request.id().equals(id)) {
            throw new IllegalStateException("the store returned another request than " + id);
          }
          return CompletableFuture.completedFuture(request);
        });
  }

  CompletableFuture<ApprovalRequest> answer(String id, Answer answer) {
    return change(
        new Change(
            id,
            answer.approved() ? "approved" : "denied",
            Set.of(ApprovalState.PENDING),
            (request, now) -> {
              String refusal = request.refusal(answer);
              if (refusal != null) {
                throw new ApprovalException(
                    "approval " + id + " is " + request.state() + "; " + refusal, request.state());
              }
              requireMayAnswer(request, answer);
              return request.answered(answer, now);
            }),
        MAX_ATTEMPTS);
  }

  CompletableFuture<ApprovalRequest> cancel(String id) {
    return change(
        new Change(
            id,
            "cancelled",
            Set.of(
                ApprovalState.PENDING,
                ApprovalState.APPROVED,
                ApprovalState.IN_USE,
                ApprovalState.DENIED),
            (request, now) -> request.cancelled()),
        MAX_ATTEMPTS);
  }

  private record Change(
      String id,
      String name,
      Set<ApprovalState> from,
      BiFunction<ApprovalRequest, Instant, ApprovalRequest> step) {}

  private CompletableFuture<ApprovalRequest> change(Change change, int attempts) {
    if (attempts == 0) {
      return CompletableFuture.failedFuture(
          new ApprovalException(
              "approval " + change.id + " changes too often, so it was not " + change.name, null));
    }
    return Stages.then(
        stored(change.id),
        executor,
        stored -> {
          if (stored == null) {
            throw new ApprovalException(
                "no approval "
                    + change.id
                    + " is known, so it cannot be "
                    + change.name
                    + ": it was never requested here, or it expired and is forgotten",
                null);
          }
          Instant now = time.instant();
          ApprovalRequest present = stored.at(now);
          if (!change.from.contains(present.state())) {
            throw new ApprovalException(
                "approval "
                    + change.id
                    + " is "
                    + present.state()
                    + ", so it cannot be "
                    + change.name,
                present.state());
          }
          ApprovalRequest next = change.step.apply(present, now);
          return Stages.then(
              replaced(next),
              executor,
              taken ->
                  taken ? CompletableFuture.completedFuture(next) : change(change, attempts - 1));
        });
  }

  /**
   * Takes the yes for one run, unless it is not there any more.
   *
   * @param claimed the request as it will be, in use
   */
  CompletableFuture<Boolean> claim(ApprovalRequest claimed) {
    return replaced(claimed);
  }

  CompletableFuture<Boolean> settle(ApprovalRequest claimed, boolean notDone) {
    return replaced(notDone ? claimed.givenBack() : claimed.spent());
  }

  private CompletableFuture<Boolean> replaced(ApprovalRequest next) {
    return announced(next, () -> store.replace(next), taken -> taken);
  }

  /** Asks the store for a change, and tells of it if it was made. */
  <T> CompletableFuture<T> announced(
      ApprovalRequest next, Supplier<CompletionStage<T>> question, Predicate<T> made) {
    CompletableFuture<T> told = new CompletableFuture<>();
    news.begin(next);
    Stages.take(
        Stages.asked(question),
        executor,
        (answer, failure) -> {
          try {
            news.end(next, failure == null && answer != null && made.test(answer));
          } catch (Throwable e) {
            Gate.logged("A change of an approval could not be told; it stands.", e);
          }
          if (failure == null && answer != null) {
            told.complete(answer);
          } else {
            told.completeExceptionally(
                failure == null
                    ? new IllegalStateException("the store answered nothing")
                    : failure);
          }
        });
    return told;
  }

  /** {@return whether anybody hears of new requests} */
  boolean heard() {
    return !listeners.isEmpty();
  }

  private void changed(ApprovalRequest request) {
    listeners.forEach(listener -> tell(listener, request));
    tell(recorder, request);
    tell(last, request);
  }

  private static void tell(Consumer<ApprovalRequest> listener, ApprovalRequest request) {
    try {
      Stages.apart(
          () -> {
            listener.accept(request);
            return null;
          });
    } catch (Throwable e) {
      // Its message is left out: it may repeat what the listener was shown.
      try {
        LOG.warn("A listener failed on approval {} with {}", request.id(), e.getClass().getName());
      } catch (Throwable ignored) {
        // The others are told all the same.
      }
    }
  }

  private void requireMayAnswer(ApprovalRequest request, Answer answer) {
    String why;
    try {
      why = mayAnswer.test(request, answer) ? "" : "the host's mayAnswer refuses an answer by ";
    } catch (Throwable e) {
      // Its message is left out: it may repeat what it was shown.
      LOG.error("mayAnswer failed with {}; the answer is refused.", e.getClass().getName());
      why = "the host's mayAnswer failed on an answer by ";
    }
    if (!why.isEmpty()) {
      throw new ApprovalException(
          "approval "
              + request.id()
              + " is "
              + request.state()
              + "; "
              + why
              + answer.approver().replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "?"),
          request.state());
    }
  }
}
