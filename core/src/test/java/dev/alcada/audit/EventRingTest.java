package dev.alcada.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A queue with room for so many and no more, that loses nothing it has taken. */
class EventRingTest {
  private static final int THREADS = 4;
  private static final int EACH = 20_000;

  private record Event(int thread, int number) {}

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 8, 1_000})
  void thereIsRoomForAsManyAsWasSaidInEachRound(int capacity) {
    EventRing ring = new EventRing(capacity);
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < capacity; i++) {
        assertThat(ring.offer(i)).isTrue();
      }
      assertThat(ring.offer("one too many")).isFalse();
      assertThat(ring.size()).isEqualTo(capacity);
      for (int i = 0; i < capacity; i++) {
        assertThat(ring.poll()).isEqualTo(i);
      }
      assertThat(ring.poll()).isNull();
      assertThat(ring.isEmpty()).isTrue();
    }
  }

  @Test
  void aClosedOneTakesNothingAndGivesWhatItHas() {
    EventRing ring = new EventRing(3);
    assertThat(ring.offer(1)).isTrue();
    ring.close();

    assertThat(ring.offer(2)).isFalse();
    assertThat(ring.isClosed()).isTrue();
    assertThat(ring.size()).isEqualTo(1);
    assertThat(ring.poll()).isEqualTo(1);
    assertThat(ring.isEmpty()).isTrue();
    ring.close();
    assertThat(ring.isClosed()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 64})
  void eachOfManyThreadsIsHeardInItsOrderAndOnce(int capacity) throws Exception {
    EventRing ring = new EventRing(capacity);
    List<Thread> threads = new ArrayList<>();
    for (int thread = 0; thread < THREADS; thread++) {
      int number = thread;
      threads.add(
          new Thread(
              () -> {
                for (int i = 0; i < EACH; i++) {
                  while (!ring.offer(new Event(number, i))) {
                    Thread.onSpinWait();
                  }
                }
              }));
    }
    threads.forEach(Thread::start);
    int[] next = new int[THREADS];
    for (int told = 0; told < THREADS * EACH; ) {
      Object event = ring.poll();
      if (event instanceof Event one) {
        assertThat(one.number()).isEqualTo(next[one.thread()]++);
        told++;
      } else {
        Thread.onSpinWait();
      }
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(ring.poll()).isNull();
    assertThat(ring.isEmpty()).isTrue();
  }

  @Test
  void whatWasTakenWhileItWasClosedIsAllThere() throws Exception {
    for (int round = 0; round < 200; round++) {
      EventRing ring = new EventRing(1_000);
      AtomicInteger taken = new AtomicInteger();
      List<Thread> threads = new ArrayList<>();
      for (int thread = 0; thread < THREADS; thread++) {
        threads.add(
            new Thread(
                () -> {
                  while (ring.offer("event")) {
                    taken.incrementAndGet();
                  }
                }));
      }
      threads.forEach(Thread::start);
      ring.close();
      int told = 0;
      while (!ring.isEmpty()) {
        if (ring.poll() != null) {
          told++;
        }
      }
      for (Thread thread : threads) {
        thread.join();
      }

      assertThat(told).isEqualTo(taken.get());
      assertThat(ring.poll()).isNull();
    }
  }

  /** A place that is taken and never filled would be waited for for ever. */
  @Test
  void aStackThatEndsWithinItLeavesNoPlaceTakenAndEmpty() throws Exception {
    EventRing ring = new EventRing(64);
    Thread thread = new Thread(null, () -> offerFromTheEnd(ring, 0), "small", 192 << 10);
    thread.start();
    thread.join();

    int told = 0;
    while (ring.poll() != null) {
      told++;
    }
    assertThat(told).isPositive();
    assertThat(ring.isEmpty()).isTrue();
    assertThat(ring.offer("last")).isTrue();
    assertThat(ring.poll()).isEqualTo("last");
  }

  /** Goes down to the end of the stack, and offers an event with ever more of it left. */
  private static void offerFromTheEnd(EventRing ring, int depth) {
    try {
      if (depth < 1_000_000) {
        offerFromTheEnd(ring, depth + 1);
      }
      ring.offer("event");
    } catch (StackOverflowError e) {
      // There is more of it one step up.
    }
  }
}
