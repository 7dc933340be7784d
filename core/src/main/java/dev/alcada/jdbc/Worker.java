package dev.alcada.jdbc;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where a database is asked so that no caller waits. What its own threads ask in turn they do
 * themselves: they never wait for each other.
 */
final class Worker implements AutoCloseable {
  private static final int THREADS = 4;
  private static final int MOST_WAITING = 10_000;
  private static final int IDLE_SECONDS = 10;

  /** One of this worker's own. */
  private static final class OwnThread extends Thread {
    private final Worker worker;

    OwnThread(Worker worker, Runnable task, String name) {
      super(task, name);
      this.worker = worker;
      setDaemon(true);
    }
  }

  private final Executor executor;
  private final @Nullable ThreadPoolExecutor own;
  private final Duration timeout;

  Worker(@Nullable Executor given, String name, Duration timeout) {
    this.timeout = timeout;
    if (given != null) {
      this.executor = given;
      this.own = null;
      return;
    }
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MOST_WAITING),
            task -> new OwnThread(this, task, name));
    pool.allowCoreThreadTimeOut(true);
    this.executor = pool;
    this.own = pool;
  }

  boolean isOwnThread() {
    return Thread.currentThread() instanceof OwnThread thread && thread.worker == this;
  }

  /** Asks, unless the question had to wait for longer than an operation may take. */
  <T extends @Nullable Object> CompletionStage<T> ask(Supplier<T> question) {
    if (isOwnThread()) {
      CompletableFuture<T> answer = new CompletableFuture<>();
      complete(answer, question);
      return answer;
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    long asked = System.nanoTime();
    try {
      executor.execute(
          () -> {
            if (System.nanoTime() - asked > timeout.toNanos()) {
              answer.completeExceptionally(
                  new IllegalStateException(
                      "too much is asked of the database: it waited for "
                          + timeout.toMillis()
                          + " ms"));
            } else {
              complete(answer, question);
            }
          });
    } catch (RejectedExecutionException e) {
      answer.completeExceptionally(
          new IllegalStateException("too much is asked of the database", e));
    }
    return answer;
  }

  private static <T extends @Nullable Object> void complete(
      CompletableFuture<T> answer, Supplier<T> question) {
    T value;
    try {
      value = question.get();
    } catch (Throwable e) {
      answer.completeExceptionally(e);
      return;
    }
    answer.complete(value);
  }

  /** Does something when a thread is free; {@return whether it will be done} */
  boolean later(Runnable task) {
    try {
      executor.execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** Does what is waiting, as far as it is done in time. */
  @Override
  public void close() {
    ThreadPoolExecutor pool = own;
    if (pool == null) {
      return;
    }
    pool.shutdown();
    try {
      if (!pool.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        pool.shutdownNow();
      }
    } catch (InterruptedException e) {
      pool.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
