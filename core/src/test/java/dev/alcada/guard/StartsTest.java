package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever halts waits for each thread that is about to start a handler, wherever it says so. */
@Timeout(120)
class StartsTest {
  /** More threads than there are cells: each cell is used by one at least, and some share. */
  private static final int THREADS = 300;

  private final Starts starts = new Starts();

  /** Waits for those under way in a thread of its own. */
  private Thread waiting() {
    Thread thread = new Thread(starts::awaitThoseUnderWay);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void assertStillWaits(Thread thread) {
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      assertThat(thread.getState()).isNotEqualTo(Thread.State.TERMINATED);
      Thread.onSpinWait();
    }
  }

  @Test
  void nobodyUnderWayIsNotWaitedFor() throws Exception {
    waiting().join();
  }

  @Test
  void eachThreadIsWaitedForWhicheverItsCell() throws Exception {
    for (int i = 0; i < THREADS; i++) {
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch ends = new CountDownLatch(1);
      Thread starting = starting(begun, ends);
      begun.await();
      Thread halting = waiting();
      assertStillWaits(halting);
      ends.countDown();
      starting.join();
      halting.join();
      // Cells go by the numbers of threads: with three a round each has its turn.
      assertThat(new Thread().isAlive()).isFalse();
    }
  }

  @Test
  void threadsThatShareACellAreWaitedForToTheLast() throws Exception {
    CountDownLatch begun = new CountDownLatch(THREADS);
    List<CountDownLatch> ends = new ArrayList<>();
    List<Thread> starting = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      ends.add(new CountDownLatch(1));
      starting.add(starting(begun, ends.get(i)));
    }
    begun.await();
    Thread halting = waiting();
    for (int i = 0; i < THREADS; i++) {
      assertStillWaits(halting);
      ends.get(i).countDown();
      starting.get(i).join();
    }
    halting.join();
  }

  @Test
  void anInterruptionDoesNotEndTheWaitAndIsNotLost() throws Exception {
    int place = starts.begin();
    boolean[] interrupted = {false};
    Thread halting =
        new Thread(
            () -> {
              starts.awaitThoseUnderWay();
              interrupted[0] = Thread.currentThread().isInterrupted();
            });
    halting.start();
    assertStillWaits(halting);
    halting.interrupt();
    assertStillWaits(halting);
    starts.end(place);
    halting.join();

    assertThat(interrupted[0]).isTrue();
  }

  private Thread starting(CountDownLatch begun, CountDownLatch ends) {
    Thread thread =
        new Thread(
            () -> {
              int place = starts.begin();
              begun.countDown();
              try {
                assertThat(ends.await(2, TimeUnit.MINUTES)).isTrue();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              } finally {
                starts.end(place);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
