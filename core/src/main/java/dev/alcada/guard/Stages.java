package dev.alcada.guard;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stages as the guard takes them: what is complete goes on at once on the thread that asked, what
 * is not goes on on an executor, never on the thread that completes it.
 */
final class Stages {
  private static final Logger LOG = LoggerFactory.getLogger(ToolGuard.class);

  private Stages() {}

  /** Asks; whatever is thrown, and no stage, is a stage that failed. */
  static <T extends @Nullable Object> CompletableFuture<T> asked(
      Supplier<? extends @Nullable CompletionStage<T>> question) {
    try {
      CompletionStage<T> stage = question.get();
      return Objects.requireNonNull(stage, "no stage was answered").toCompletableFuture();
    } catch (Throwable e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Hands on what a stage completes with, once: the value, or null and what it failed with. */
  @SuppressWarnings("FutureReturnValueIgnored") // what is hung on the stage is all there is to do
  static <T extends @Nullable Object> void take(
      CompletableFuture<T> stage, Executor executor, Taker<T> taker) {
    if (stage.isDone()) {
      T value;
      try {
        value = stage.join();
      } catch (Throwable e) {
        taker.take(null, unwrapped(e));
        return;
      }
      taker.take(value, null);
      return;
    }
    stage.whenComplete(
        (value, thrown) -> {
          Throwable failure = thrown == null ? null : unwrapped(thrown);
          try {
            executor.execute(() -> taker.take(value, failure));
          } catch (Throwable e) {
            // No thread is to be had, so the call must not go on; that much is done on this one.
            taker.take(failure == null ? value : null, e);
          }
        });
  }

  /** Goes on with what a stage completes with. */
  static <T extends @Nullable Object, R extends @Nullable Object> CompletableFuture<R> then(
      CompletableFuture<T> stage, Executor executor, Function<T, CompletableFuture<R>> next) {
    if (stage.isDone()) {
      T value;
      try {
        value = stage.join();
      } catch (Throwable e) {
        return CompletableFuture.failedFuture(unwrapped(e));
      }
      return asked(() -> next.apply(value));
    }
    return stage.thenComposeAsync(next, executor);
  }

  /**
   * Does something on an executor in a while.
   *
   * @param refused is told instead, on a timer's thread, if the executor does not take it: one that
   *     is full now may take it a while later
   */
  static void later(long seconds, Executor executor, Runnable task, Runnable refused) {
    CompletableFuture.delayedExecutor(
            seconds,
            TimeUnit.SECONDS,
            due -> {
              try {
                executor.execute(due);
              } catch (RuntimeException e) {
                refused.run();
              }
            })
        .execute(task);
  }

  /** {@return whether an executor will never do anything again, as far as that can be told} */
  static boolean isOver(Executor executor) {
    return executor instanceof ExecutorService service && service.isShutdown();
  }

  static Throwable unwrapped(Throwable thrown) {
    Throwable failure = thrown;
    while ((failure instanceof CompletionException || failure instanceof ExecutionException)
        && failure.getCause() != null) {
      failure = failure.getCause();
    }
    return failure;
  }

  /** Waits on this thread, which a caller that chose to wait may be made to do. */
  static <T extends @Nullable Object> T awaited(CompletableFuture<T> stage) throws Throwable {
    try {
      return stage.get();
    } catch (ExecutionException e) {
      throw unwrapped(e);
    }
  }

  static void cancel(CompletionStage<?> running) {
    try {
      running.toCompletableFuture().cancel(true);
    } catch (RuntimeException e) {
      LOG.debug("A handler's stage cannot be cancelled.", e);
    }
  }

  /** Takes a value, or what kept it from being had. */
  interface Taker<T extends @Nullable Object> {
    void take(@Nullable T value, @Nullable Throwable failure);
  }
}
