package dev.alcada.guard;

import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stages as the guard takes them: what is complete goes on at once on the thread that asked, what
 * is not goes on on an executor, or on the thread that waits for it, never on the one that
 * completes it.
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
    Executor here = Waiting.orElse(executor);
    stage.whenComplete(
        (value, thrown) -> {
          Throwable failure = thrown == null ? null : unwrapped(thrown);
          try {
            here.execute(() -> taker.take(value, failure));
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
    return stage.thenComposeAsync(next, Waiting.orElse(executor));
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

  /**
   * Asks and waits on this thread, which a caller that chose to wait may be made to do. What goes
   * on once a store has answered is done on it too.
   */
  static <T extends @Nullable Object> T awaited(Supplier<CompletableFuture<T>> question)
      throws Throwable {
    try {
      return Waiting.awaited(question).get();
    } catch (ExecutionException e) {
      throw unwrapped(e);
    }
  }

  /**
   * As {@link #awaited}, with what failed unchecked.
   *
   * @throws IllegalStateException if the thread is interrupted meanwhile
   */
  static <T extends @Nullable Object> T joined(Supplier<CompletableFuture<T>> question) {
    try {
      return awaited(question);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "interrupted while a store was awaited; whether it does what it was asked is not known",
          e);
    } catch (Throwable e) {
      throw new CompletionException(e);
    }
  }

  /**
   * Calls what is not ours on a thread that may be going to wait: stages that this waits for by
   * itself go on elsewhere.
   */
  static <T extends @Nullable Object> T apart(Supplier<T> foreign) {
    Waiting present = Waiting.PRESENT.get();
    if (present == null) {
      return foreign.get();
    }
    Waiting.PRESENT.remove();
    try {
      return foreign.get();
    } finally {
      Waiting.PRESENT.set(present);
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

  /**
   * A thread that waits for a stage, and meanwhile does itself what goes on once a store has
   * answered. The threads of an executor may all wait likewise, and then none would be left for it.
   */
  private static final class Waiting {
    private static final ThreadLocal<@Nullable Waiting> PRESENT = new ThreadLocal<>();

    /** What is to be done, and where if nobody waits any more. */
    private record Task(Runnable work, Executor otherwise) {}

    private final BlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
    private volatile boolean over;

    private Waiting() {}

    /** {@return what does a task: this thread if it is going to wait, else an executor} */
    static Executor orElse(Executor executor) {
      Waiting present = PRESENT.get();
      return present == null || present.over
          ? executor
          : work -> present.add(new Task(work, executor));
    }

    /** Asks on this thread; {@return the stage once it is complete} */
    @SuppressWarnings("FutureReturnValueIgnored") // it is waited for
    static <T extends @Nullable Object> CompletableFuture<T> awaited(
        Supplier<CompletableFuture<T>> question) throws InterruptedException {
      Waiting before = PRESENT.get();
      Waiting own = new Waiting();
      PRESENT.set(own);
      try {
        CompletableFuture<T> stage = question.get();
        if (!stage.isDone()) {
          stage.whenComplete((value, failure) -> own.add(new Task(() -> {}, Runnable::run)));
          while (!stage.isDone()) {
            own.next().work().run();
          }
        }
        return stage;
      } finally {
        own.over = true; // first, as the stack may end in what follows
        if (before == null) {
          PRESENT.remove();
        } else {
          PRESENT.set(before);
        }
        own.end();
      }
    }

    private void add(Task task) {
      synchronized (this) {
        if (!over) {
          tasks.add(task);
          return;
        }
      }
      task.otherwise().execute(task.work());
    }

    private Task next() throws InterruptedException {
      Next next = new Next();
      ForkJoinPool.managedBlock(next); // a pool of that kind has another thread meanwhile
      return next.taken();
    }

    /** What is left is done elsewhere, as for whoever does not wait. */
    private void end() {
      synchronized (this) {
        over = true;
      }
      for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
        try {
          task.otherwise().execute(task.work());
        } catch (RuntimeException e) {
          task.work().run(); // no other thread is to be had
        }
      }
    }

    private final class Next implements ForkJoinPool.ManagedBlocker {
      private @Nullable Task task;

      Task taken() {
        if (task == null) {
          throw new IllegalStateException("it was not waited for");
        }
        return task;
      }

      @Override
      public boolean isReleasable() {
        if (task == null) {
          task = tasks.poll();
        }
        return task != null;
      }

      @Override
      public boolean block() throws InterruptedException {
        if (task == null) {
          task = tasks.take();
        }
        return true;
      }
    }
  }
}
