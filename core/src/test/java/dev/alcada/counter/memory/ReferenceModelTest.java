package dev.alcada.counter.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.memory.NaiveCounters.Admission;
import dev.alcada.counter.memory.NaiveCounters.Answer;
import dev.alcada.counter.memory.NaiveCounters.Wanted;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.Window;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The in-memory store against {@link NaiveCounters}, over random traces. */
class ReferenceModelTest {
  private static final int TRACES = Integer.getInteger("alcada.traces", 20_000);
  private static final long SEED = Long.getLong("alcada.seed", 20261122);

  private static final List<Duration> WINDOWS =
      List.of(
          Duration.ofMillis(1),
          Duration.ofMillis(7),
          Duration.ofSeconds(1),
          Duration.ofSeconds(60),
          Duration.ofHours(1),
          Duration.ofDays(1),
          Duration.ofDays(7));

  @Test
  void theStoreDecidesAsTheNaiveModelAndNoSpanHoldsTooMuch() {
    long refusals = 0;
    long releases = 0;
    for (int i = 0; i < TRACES; i++) {
      Trace trace = new Trace(SEED + i);
      trace.run();
      refusals += trace.refusals;
      releases += trace.releases;
    }
    assertThat(refusals).as("refusals compared").isGreaterThan(10L * TRACES);
    assertThat(releases).as("releases compared").isGreaterThan(2L * TRACES);
  }

  /** Something admitted, for the checker: which does not look at the model. */
  private static final class Event {
    final int sequence;
    final Charge.Amount charge;
    final long time;
    int takenBack = Integer.MAX_VALUE;

    Event(int sequence, Charge.Amount charge, long time) {
      this.sequence = sequence;
      this.charge = charge;
      this.time = time;
    }
  }

  private record Outstanding(
      Reservation reservation,
      List<Charge.Amount> charges,
      List<Admission> model,
      List<Event> events) {}

  private static final class Trace {
    final long seed;
    final Random random;
    final ManualTime time;
    final InMemoryCounterStore store;
    final NaiveCounters model = new NaiveCounters();
    final List<CounterId> ids = new ArrayList<>();
    final List<Long> maxima = new ArrayList<>();
    final List<Outstanding> outstanding = new ArrayList<>();
    final Set<Outstanding> settled = Collections.newSetFromMap(new IdentityHashMap<>());
    final List<Event> events = new ArrayList<>();
    final long origin;
    final List<Long> edges = new ArrayList<>();
    int sequence;
    int refusals;
    int releases;

    Trace(long seed) {
      this.seed = seed;
      this.random = new Random(seed);
      // Near the wrap of the clock for every other trace.
      this.time =
          new ManualTime(
              random.nextBoolean() ? random.nextLong() : Long.MAX_VALUE - random.nextInt(1_000_000),
              new ManualTime().instant());
      this.origin = time.nanoTime();
      this.store = InMemoryCounterStore.builder().timeSource(time).build();
      int counters = 1 + random.nextInt(3);
      for (int i = 0; i < counters; i++) {
        Duration window = WINDOWS.get(random.nextInt(WINDOWS.size()));
        ids.add(CounterId.of("document", "c" + i, "grant", new Window.Sliding(window)));
        maxima.add(random.nextInt(8) == 0 ? Charge.MAX_UNITS : random.nextInt(12));
      }
    }

    void run() {
      int steps = 20 + random.nextInt(60);
      for (int step = 0; step < steps; step++) {
        move();
        switch (random.nextInt(8)) {
          case 0 -> settle();
          case 1 -> peek();
          default -> reserve();
        }
      }
      check();
    }

    private void move() {
      long window = length(ids.get(random.nextInt(ids.size())));
      long by =
          switch (random.nextInt(8)) {
            case 0 -> 1;
            case 1 -> random.nextLong(window);
            case 2 -> random.nextLong(window / 8);
            case 3 ->
                edges.isEmpty() ? 0 : edges.get(random.nextInt(edges.size())) - time.nanoTime();
            case 4 ->
                edges.isEmpty() ? 0 : edges.get(random.nextInt(edges.size())) - time.nanoTime() - 1;
            default -> 0;
          };
      if (by > 0) {
        time.advance(Duration.ofNanos(by));
      }
    }

    private List<Charge.Amount> charges() {
      List<Integer> which = new ArrayList<>();
      for (int i = 0; i < ids.size() * 2; i++) {
        which.add(i);
      }
      Collections.shuffle(which, random);
      List<Charge.Amount> charges = new ArrayList<>();
      int count = 1 + random.nextInt(which.size());
      for (int i : which.subList(0, random.nextBoolean() ? 1 : count)) {
        long max = maxima.get(i / 2);
        // Now and then another limit's maximum on the same counter.
        max = random.nextInt(6) == 0 ? max / 2 : max;
        long amount =
            switch (random.nextInt(8)) {
              case 0 -> 0;
              case 1 -> max + 1;
              case 2 -> max;
              case 3, 4 -> max > 3 ? random.nextLong(max / 3) : 1;
              default -> 1;
            };
        CounterKey key = new CounterKey(ids.get(i / 2), "k" + i % 2, null);
        charges.add(new Charge.Amount(key, max, amount, 9, random.nextInt(3) != 0));
      }
      return charges;
    }

    private void reserve() {
      List<Charge.Amount> charges = charges();
      List<Wanted> wanted = charges.stream().map(Trace::wanted).toList();
      Answer expected = model.look(now(), wanted);
      ReserveResult result = store.reserve(Demand.of(charges));
      if (result instanceof Reservation reservation) {
        admitted(expected);
        List<Event> admitted = new ArrayList<>();
        for (Charge.Amount charge : charges) {
          edges.add(time.nanoTime() + length(charge.key().counter()));
          admitted.add(new Event(sequence++, charge, now()));
        }
        events.addAll(admitted);
        outstanding.add(
            new Outstanding(reservation, charges, model.admit(now(), wanted), admitted));
      } else {
        compare((Refusal) result, expected);
      }
    }

    private void peek() {
      List<Charge.Amount> charges = charges();
      Answer expected = model.look(now(), charges.stream().map(Trace::wanted).toList());
      Refusal refusal = store.look(Demand.of(charges)).refusal();
      if (refusal == null) {
        admitted(expected);
      } else {
        compare(refusal, expected);
      }
    }

    private void admitted(Answer expected) {
      if (!expected.equals(Answer.ADMITTED)) {
        assertThat(expected).as("seed %s", seed).isEqualTo(Answer.ADMITTED);
      }
    }

    private void compare(Refusal refusal, Answer expected) {
      refusals++;
      Refusal.Reason reason =
          expected.never() ? Refusal.Reason.ABOVE_MAX : Refusal.Reason.EXHAUSTED;
      Duration wait = expected.delay() < 0 ? null : Duration.ofNanos(expected.delay());
      Refusal wanted = new Refusal(expected.refused(), reason, wait);
      if (!refusal.equals(wanted)) {
        assertThat(refusal).as("seed %s", seed).isEqualTo(wanted);
      }
    }

    private void settle() {
      if (outstanding.isEmpty()) {
        return;
      }
      Outstanding one = outstanding.get(random.nextInt(outstanding.size()));
      boolean all = random.nextInt(3) == 0;
      boolean keep = !all && random.nextInt(4) == 0;
      if (keep) {
        one.reservation().settle(Ended.DONE);
      } else if (all) {
        one.reservation().cancel();
      } else {
        one.reservation().settle(Ended.NOT_DONE);
      }
      // Settled twice now and then: only the first counts.
      if (random.nextInt(4) != 0) {
        outstanding.remove(one);
      }
      if (settled.add(one)) {
        for (int i = 0; i < one.charges().size(); i++) {
          if (!keep && (all || one.charges().get(i).releasable())) {
            one.model().get(i).takenBack = true;
            one.events().get(i).takenBack = sequence;
            releases++;
          }
        }
      }
    }

    /** No look at the model: at each admission, all that then counted within its maximum. */
    private void check() {
      for (Event event : events) {
        Charge.Amount charge = event.charge;
        long window = length(charge.key().counter());
        BigDecimal held = BigDecimal.ZERO;
        for (Event other : events) {
          if (other.sequence <= event.sequence
              && event.time - other.time < window
              && other.charge.key().equals(charge.key())
              && other.takenBack > event.sequence) {
            held = held.add(BigDecimal.valueOf(other.charge.amount()));
          }
        }
        if (charge.amount() > 0 && held.compareTo(BigDecimal.valueOf(charge.max())) > 0) {
          assertThat(held)
              .as("seed %s", seed)
              .isLessThanOrEqualTo(BigDecimal.valueOf(charge.max()));
        }
      }
    }

    private long now() {
      return time.nanoTime() - origin;
    }

    private static Wanted wanted(Charge.Amount charge) {
      return new Wanted(
          name(charge),
          length(charge.key().counter()),
          BigDecimal.valueOf(charge.max(), 9),
          BigDecimal.valueOf(charge.amount(), 9));
    }

    private static long length(CounterId id) {
      return Objects.requireNonNull(id.window(), "window").length().toNanos();
    }

    private static String name(Charge charge) {
      return charge.key().counter().name() + "/" + charge.key().value();
    }
  }
}
