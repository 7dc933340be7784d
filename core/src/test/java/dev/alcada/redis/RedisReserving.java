package dev.alcada.redis;

import dev.alcada.counter.Charge;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Reservation;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** Threads that reserve until their server is killed, and know of what they were told. */
final class RedisReserving {
  static final int THREADS = 4;
  static final Charge.Amount SHARED = Charges.one("shared", 100);

  private final RedisCounterStore store;
  private final long[] acknowledged = new long[THREADS];
  private final AtomicLong inAll = new AtomicLong();

  RedisReserving(RedisCounterStore store) {
    this.store = store;
  }

  static Charge.Amount own(int thread) {
    return Charges.one("thread " + thread, 1_000_000);
  }

  /** {@return how often the threads were told that they have a reservation} */
  long inAll() {
    return inAll.get();
  }

  /**
   * Reserves until the store fails.
   *
   * @param killer ends the server once so many were acknowledged
   * @return how many reservations each thread was told of
   */
  long[] until(int many, Runnable killer) throws InterruptedException {
    CountDownLatch enough = new CountDownLatch(many);
    Thread[] threads = new Thread[THREADS];
    for (int i = 0; i < THREADS; i++) {
      int thread = i;
      threads[i] = new Thread(() -> reserve(thread, enough));
      threads[i].start();
    }
    enough.await();
    killer.run();
    for (Thread each : threads) {
      each.join();
    }
    return acknowledged.clone();
  }

  private void reserve(int thread, CountDownLatch enough) {
    try {
      while (true) {
        store.reserve(Demand.of(SHARED));
        if (store.reserve(Demand.of(own(thread))) instanceof Reservation) {
          acknowledged[thread]++;
          inAll.incrementAndGet();
          enough.countDown();
        }
      }
    } catch (RuntimeException e) {
      // It was killed.
    }
  }
}
