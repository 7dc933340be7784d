package dev.alcada.examples.gateway;

import dev.alcada.guard.NotDoneException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls that their client does not wait for any more and the server may still be working on: those
 * that were cancelled, and those that were made as tasks. Where a limit counts what runs, they run
 * until the server says that it is done with them, is gone, or the limit's lease is over.
 * Thread-safe.
 *
 * <pre>
 *   client             guard               server
 *     |----- call ------>|------- call ------>|
 *     |---- cancel ----->|------ cancel ----->|   the client has its id back,
 *     |                  |        ...         |   the call its place in the limit
 *     |                  |&lt;---- answer -------|   until here
 * </pre>
 */
final class Unended {
  private static final int MOST_TASKS = 1_000;
  private static final Set<String> ENDED = Set.of("completed", "failed", "cancelled");
  private static final String OVER = "the server has not ended it within the limit's lease";

  private final Map<Object, CompletableFuture<Void>> tasks = new ConcurrentHashMap<>();

  /**
   * Returns the answer to a call, but only when the server is done with it.
   *
   * @param exchange which keeps its end to be known
   * @param lease how long the call may be taken to run at most
   */
  CompletionStage<Message.Answer> end(
      Exchange exchange, Exchange after, Duration lease, CompletionStage<Message.Answer> answer) {
    return answer
        .handle(
            (said, thrown) -> {
              if (thrown != null) {
                return exchange.cancelled() && !(Failures.cause(thrown) instanceof NotDoneException)
                    ? within(lease, after.answer())
                    : CompletableFuture.<Message.Answer>failedFuture(thrown);
              }
              CompletableFuture<Void> task = task(said);
              if (task == null) {
                return CompletableFuture.completedFuture(said);
              }
              exchange.told().complete(Relay.cleaned(said));
              return within(lease, task).thenApply(ended -> said);
            })
        .thenCompose(Function.identity());
  }

  private static <T> CompletableFuture<T> within(Duration lease, CompletableFuture<T> end) {
    Later.Due over = Later.in(lease, () -> end.completeExceptionally(new UpstreamException(OVER)));
    return end.whenComplete((value, thrown) -> over.cancel());
  }

  /** {@return what completes when the task has ended that an answer speaks of, or {@code null}} */
  private @Nullable CompletableFuture<Void> task(Message.Answer answer) {
    Map<String, @Nullable Object> task = Json.object(Json.object(answer.result()).get("task"));
    Object id = Message.idOrNull(task.get("taskId"));
    if (id == null || ENDED.contains(task.get("status"))) {
      return null;
    }
    CompletableFuture<Void> end = new CompletableFuture<>();
    if (tasks.size() < MOST_TASKS) {
      tasks.put(id, end);
    }
    return end.whenComplete((value, thrown) -> tasks.remove(id, end));
  }

  /** Hears what the server says of a task. */
  void heard(Map<String, @Nullable Object> status) {
    if (ENDED.contains(status.get("status"))) {
      ended(status.get("taskId"));
    }
  }

  /** The server has given a task's result. */
  void ended(@Nullable Object id) {
    CompletableFuture<Void> task = id == null ? null : tasks.get(id);
    if (task != null) {
      task.complete(null);
    }
  }

  /** The server is gone. */
  void lost() {
    tasks.values().forEach(task -> task.complete(null));
  }
}
