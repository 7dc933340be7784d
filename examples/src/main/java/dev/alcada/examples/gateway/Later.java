package dev.alcada.examples.gateway;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The gateway's one clock: runs what is due, and nothing that waits. Thread-safe. */
final class Later {
  private static final Logger LOG = LoggerFactory.getLogger(Later.class);
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

  // One that fails is run again all the same.
  private static void tried(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      LOG.error("What is done from time to time failed: {}", Quoted.of(e));
    }
  }

  /** Runs a task again and again; {@return what cancels it} */
  static Due every(Duration time, Runnable task) {
    long millis = time.toMillis();
    Future<?> due =
        CLOCK.scheduleWithFixedDelay(() -> tried(task), millis, millis, TimeUnit.MILLISECONDS);
    return () -> due.cancel(false);
  }
}
