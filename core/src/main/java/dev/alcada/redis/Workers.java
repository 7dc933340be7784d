package dev.alcada.redis;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A few threads that end when there is nothing to do, for what must not run on an event loop. Where
 * all of them wait for a stage, as what is hung on another may do, there are more: each would wait
 * for what none is left to complete.
 */
final class Workers implements Executor, AutoCloseable {
  private static final int MOST = 4;
  private static final int MOST_WITH_THOSE_THAT_WAIT = 1_024;
  private static final long IDLE_SECONDS = 10;

  private final ForkJoinPool threads;

  Workers(String name) {
    AtomicInteger number = new AtomicInteger();
    threads =
        new ForkJoinPool(
            MOST,
            pool -> {
              ForkJoinWorkerThread thread =
                  ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
              // Else a host's classes are not found by what it hangs on a stage.
              thread.setContextClassLoader(Workers.class.getClassLoader());
              thread.setName(name + "-" + number.incrementAndGet());
              return thread;
            },
            null,
            true,
            0,
            MOST_WITH_THOSE_THAT_WAIT,
            1,
            pool -> true,
            IDLE_SECONDS,
            TimeUnit.SECONDS);
  }

  @Override
  public void execute(Runnable task) {
    threads.execute(task);
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
