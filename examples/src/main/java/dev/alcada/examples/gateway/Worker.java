package dev.alcada.examples.gateway;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Does one session's work, one task after the other, on a thread that is there while there is work.
 * A session that takes long holds up nobody but itself. Thread-safe.
 */
final class Worker implements Executor, AutoCloseable {
  private static final long IDLE_SECONDS = 5;

  private final ThreadPoolExecutor thread;

  Worker() {
    thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread made = new Thread(task, "session");
              made.setDaemon(true);
              return made;
            });
    thread.allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable task) {
    try {
      thread.execute(task);
    } catch (RejectedExecutionException e) {
      // The session is over; who waits for an answer still gets one.
      task.run();
    }
  }

  @Override
  public void close() {
    thread.shutdown();
  }
}
