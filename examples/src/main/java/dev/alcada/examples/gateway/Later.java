package dev.alcada.examples.gateway;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The gateway's one clock: runs what is due, and nothing that waits. Thread-safe. */
final class Later {
  private static final ScheduledThreadPoolExecutor CLOCK = clock();

  private Later() {}

  /** What is due at some time. */
  interface Due {
    /** It is not wanted any more. */
    void cancel();
  }

  private static ScheduledThreadPoolExecutor clock() {
    ScheduledThreadPoolExecutor clock =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "gateway-clock");
              thread.setDaemon(true);
              return thread;
            });
    clock.setRemoveOnCancelPolicy(true);
    return clock;
  }

  /** Runs a task once; {@return what cancels it} */
  static Due in(Duration time, Runnable task) {
    Future<?> due = CLOCK.schedule(task, time.toMillis(), TimeUnit.MILLISECONDS);
    return () -> due.cancel(false);
  }

  /** Runs a task again and again until it throws; {@return what cancels it} */
  static Due every(Duration time, Runnable task) {
    long millis = time.toMillis();
    Future<?> due = CLOCK.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
    return () -> due.cancel(false);
  }
}
