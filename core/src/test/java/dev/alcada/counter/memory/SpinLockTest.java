package dev.alcada.counter.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One thread at a time, however many there are and however short their turns. */
@Timeout(120)
class SpinLockTest {
  private static final int THREADS = 4;
  private static final int LOOKS = 100;
  private static final int TURNS = 1_000_000;

  private final SpinLock lock = new SpinLock();
  private final AtomicInteger disturbed = new AtomicInteger();
  private volatile int owner;

  @Test
  void noTwoHaveItAtOnce() throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      int number = i;
      Thread thread =
          new Thread(
              () -> {
                try {
                  start.await();
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
                for (int turn = 0; turn < TURNS; turn++) {
                  lock.lock();
                  owner = number;
                  for (int look = 0; look < LOOKS; look++) {
                    if (owner != number) {
                      disturbed.incrementAndGet();
                    }
                  }
                  lock.held = 0;
                  // So that others find it free at times.
                  Thread.onSpinWait();
                }
              });
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(disturbed).hasValue(0);
  }
}
