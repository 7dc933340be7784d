package dev.alcada.counter.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.memory.NaiveCounters.Admission;
import dev.alcada.counter.memory.NaiveCounters.Wanted;
import dev.alcada.testing.ManualTime;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * An agent that pays, and has payments refused, while every other call ends somewhere within the
 * store: of a cap of 100 never more than 100 are paid, and never is less paid than there was room
 * for.
 */
@Timeout(120)
class FaultyTraceTest {
  private static final int TRACES = Integer.getInteger("alcada.faultyTraces", 60);
  private static final int STEPS = 120;
  private static final long CAP = 100;
  private static final long WINDOW = Duration.ofMinutes(1).toNanos();
  private static final FaultyRoom ROOM = FaultyRoom.withFaults();

  @Test
  void neverIsMorePaidThanTheCapAndNeverLess() {
    int struck = 0;
    int full = 0;
    for (int seed = 0; seed < TRACES; seed++) {
      Trace trace = new Trace(seed);
      for (int step = 0; step < STEPS; step++) {
        trace.step();
      }
      trace.useUp();
      struck += trace.struck;
      full += trace.refused;
    }
    assertThat(struck).as("calls that ended within the store").isGreaterThan(TRACES * STEPS / 20);
    assertThat(full).as("payments beyond the cap").isGreaterThan(TRACES);
  }

  private static final class Trace {
    final long seed;
    final Random random;
    final ManualTime time = new ManualTime();
    final long origin = time.nanoTime();
    final CounterStore store = ROOM.store(time, 10);
    final NaiveCounters model = new NaiveCounters();
    final List<Reservation> held = new ArrayList<>();
    final List<List<Admission>> admitted = new ArrayList<>();
    int struck;
    int refused;

    Trace(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
    }

    void step() {
      time.advance(Duration.ofMillis(random.nextInt(random.nextInt(9) == 0 ? 30_000 : 800)));
      if (held.isEmpty() || random.nextInt(5) > 1) {
        List<String> keys = new ArrayList<>(List.of("a", "b", "c"));
        Collections.shuffle(keys, random);
        pay(keys.subList(0, random.nextInt(3) == 0 ? 2 : 1), 1 + random.nextInt(4) % 3 * 2, true);
      } else {
        refund();
      }
    }

    private void pay(List<String> keys, long amount, boolean faulty) {
      List<Charge.Amount> charges =
          keys.stream().map(key -> new Charge.Amount(key(key), CAP, amount, 9, true)).toList();
      ReserveResult[] result = new ReserveResult[1];
      if (!ends(faulty, () -> result[0] = store.reserve(Demand.of(charges)))) {
        List<Wanted> wanted =
            keys.stream()
                .map(key -> new Wanted(key, WINDOW, decimal(CAP), decimal(amount)))
                .toList();
        boolean fits = model.look(now(), wanted).equals(NaiveCounters.Answer.ADMITTED);
        assertThat(result[0] instanceof Reservation)
            .as("seed %s: paid of %s, of which %s", seed, CAP, totals())
            .isEqualTo(fits);
        if (result[0] instanceof Reservation reservation) {
          held.add(reservation);
          admitted.add(model.admit(now(), wanted));
        } else {
          refused++;
        }
      }
    }

    private void refund() {
      int which = random.nextInt(held.size());
      Reservation reservation = held.get(which);
      if (!ends(true, () -> reservation.settle(Ended.NOT_DONE))) {
        held.remove(which);
        admitted.remove(which).forEach(admission -> admission.takenBack = true);
      }
    }

    /** Pays until nothing fits: what the faults have left behind shows at the latest now. */
    void useUp() {
      for (String key : List.of("a", "b", "c")) {
        for (int i = 0; i < CAP + 1; i++) {
          pay(List.of(key), 1, false);
        }
      }
    }

    private boolean ends(boolean faulty, Runnable call) {
      boolean ended =
          Faults.strikes(
              List.of(Faults.Kind.values()).get(random.nextInt(3)),
              faulty && random.nextBoolean() ? 1 + random.nextInt(120) : Integer.MAX_VALUE,
              call);
      struck += ended ? 1 : 0;
      return ended;
    }

    private List<BigDecimal> totals() {
      return List.of("a", "b", "c").stream().map(key -> model.total(key, WINDOW, now())).toList();
    }

    private static CounterKey key(String value) {
      return Scene.sliding("paid", value);
    }

    private static BigDecimal decimal(long amount) {
      return BigDecimal.valueOf(amount);
    }

    private long now() {
      return time.nanoTime() - origin;
    }
  }
}
