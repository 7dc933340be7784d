package dev.alcada.counter.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.time.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The heap against a list that is searched from end to end. */
class ExpiryHeapTest {
  private static final long SEED = Long.getLong("alcada.seed", 20261122);
  private static final int TRACES = 60;
  private static final int STEPS = 1_500;

  private static final Counter COUNTER =
      Counter.of(
          CounterId.of("limits", "rate", "grant", new Window.Sliding(Duration.ofMinutes(1))),
          InMemoryCounterStore.create());
  private static final Stripe STRIPE = new Stripe(0);

  @Test
  void itsFirstIsTheEarliestWhateverComesGoesOrMoves() {
    for (int trace = 0; trace < TRACES; trace++) {
      run(SEED + trace);
    }
  }

  private static void run(long seed) {
    Random random = new Random(seed);
    ExpiryHeap heap = new ExpiryHeap();
    List<Tally> model = new ArrayList<>();
    // Equal due times are common in some traces, hardly ever met in others.
    int times = random.nextBoolean() ? 20 : 1_000_000;
    for (int step = 0; step < STEPS; step++) {
      // First it grows, then it shrinks.
      int arrivals = step < STEPS / 2 ? 5 : 2;
      int operation = random.nextInt(10);
      if (model.isEmpty() || operation < arrivals) {
        Tally count =
            COUNTER.newTally(new CounterKey(COUNTER.id(), "key-" + step, null), STRIPE, null);
        heap.add(count, random.nextInt(times));
        model.add(count);
      } else if (random.nextInt(100) == 0) {
        int latest = random.nextInt(times);
        heap.bringForward(latest);
        assertThat(model).allSatisfy(count -> assertThat(count.due).isLessThanOrEqualTo(latest));
      } else if (operation < 7) {
        Tally first = heap.first();
        Tally gone =
            first != null && random.nextInt(3) == 0
                ? first
                : model.get(random.nextInt(model.size()));
        heap.remove(gone);
        model.remove(gone);
      } else {
        Tally moved = model.get(random.nextInt(model.size()));
        heap.move(moved, random.nextInt(times));
      }
      check(heap, model, seed, step);
    }
    drain(heap, model, seed);
  }

  private static void check(ExpiryHeap heap, List<Tally> model, long seed, int step) {
    long earliest = model.stream().mapToLong(count -> count.due).min().orElse(Long.MAX_VALUE);
    Tally first = heap.first();
    boolean right =
        heap.firstDue() == earliest
            && (first == null ? model.isEmpty() : first.due == earliest && model.contains(first));
    assertThat(right).as("seed %s, step %s: the first is the earliest", seed, step).isTrue();
  }

  /** That nothing was lost, and nothing is there twice. */
  private static void drain(ExpiryHeap heap, List<Tally> model, long seed) {
    List<Tally> drained = new ArrayList<>();
    for (Tally first = heap.first(); first != null; first = heap.first()) {
      heap.remove(first);
      drained.add(first);
    }
    assertThat(drained)
        .as("seed %s", seed)
        .isSortedAccordingTo(Comparator.comparingLong(count -> count.due))
        .containsExactlyInAnyOrderElementsOf(model);
    assertThat(heap.firstDue()).isEqualTo(Long.MAX_VALUE);
  }
}
