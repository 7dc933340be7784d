package dev.alcada.traces;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Look;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Refusal.Reason;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A random trace of all kinds of charges and of marks, each answer of which is compared with {@link
 * NaiveRoom}. Times are few, so that ends are met exactly.
 */
public final class KindsTrace {
  private static final long SEED = Long.getLong("alcada.seed", 20261128);

  /** How a call is made: it may end within the store. */
  public interface Runner {
    /** Whether a call was answered. */
    boolean answers(Runnable call);

    /** Makes a call as anybody does. */
    Runner PLAIN =
        call -> {
          call.run();
          return true;
        };
  }

  /**
   * Where a trace takes place. Several may take place in one store, each in counters of its own.
   *
   * @param time the store's clock
   * @param store the store
   */
  public record Place(ManualTime time, CounterStore store) {
    /** {@return one with a new clock} */
    public static Place of(Function<ManualTime, CounterStore> stores) {
      ManualTime time = new ManualTime();
      return new Place(time, stores.apply(time));
    }
  }

  private record Outstanding(Reservation reservation, NaiveRoom.Call call) {}

  private final long seed;
  private final Random random;
  private final Map<String, Integer> met;
  private final ManualTime time;
  private final long origin;
  private final CounterStore store;
  private final Runner runner;
  private final String document;
  private final NaiveRoom model = new NaiveRoom();
  private final List<Outstanding> outstanding = new ArrayList<>();
  private final Window window;
  private final int max;
  private int failed;

  /**
   * @param number of the trace, by which it is the same at each run
   */
  public KindsTrace(int number, Runner runner, Place place) {
    this(number, runner, place, new TreeMap<>());
  }

  private KindsTrace(int number, Runner runner, Place place, Map<String, Integer> met) {
    this.seed = SEED + number;
    this.runner = runner;
    this.time = place.time();
    this.store = place.store();
    this.origin = time.nanoTime();
    this.document = "limits " + number;
    this.random = new Random(seed);
    this.met = met;
    this.window = new Window.Sliding(span(4, 12));
    this.max = 1 + random.nextInt(4);
  }

  /** Runs so many traces, in which everything that can be answered is answered often. */
  public static void runAll(int traces, Supplier<Place> places) {
    Map<String, Integer> met = new TreeMap<>();
    for (int i = 0; i < traces; i++) {
      new KindsTrace(i, Runner.PLAIN, places.get(), met).run();
    }
    for (Reason reason : Reason.values()) {
      if (reason != Reason.TOO_MANY_KEYS) {
        assertThat(met.getOrDefault(reason.name(), 0)).as("%s", reason).isGreaterThan(traces / 2);
      }
    }
    for (String what : List.of("admitted", "taken back", "mark there", "mark not there")) {
      assertThat(met.getOrDefault(what, 0)).as(what).isGreaterThan(traces / 4);
    }
  }

  /** {@return how many calls ended within the store} */
  public int failed() {
    return failed;
  }

  public void run() {
    int steps = 15 + random.nextInt(40);
    for (int step = 0; step < steps; step++) {
      if (random.nextInt(3) == 0) {
        time.advance(span(0, 4));
      }
      switch (random.nextInt(9)) {
        case 0, 1, 2 -> settle();
        case 3 -> {
          if (random.nextInt(3) == 0) {
            takeBack();
          }
        }
        default -> call();
      }
    }
    compare(everything());
  }

  /** Whether a call ended within the store; then all must be as it was. */
  private boolean ended(Runnable call) {
    if (runner.answers(call)) {
      return false;
    }
    failed++;
    compare(everything());
    return true;
  }

  private Duration span(int least, int most) {
    return Duration.ofMillis(least + random.nextInt(most - least + 1));
  }

  private void call() {
    Demand demand = demand();
    compare(demand);
    Refusal expected = model.refusal(now(), demand);
    ReserveResult[] answer = new ReserveResult[1];
    if (ended(() -> answer[0] = store.reserve(demand))) {
      return;
    }
    ReserveResult result = answer[0];
    if (result instanceof Reservation reservation) {
      same(null, expected, demand);
      outstanding.add(new Outstanding(reservation, model.admit(now(), demand)));
      met.merge("admitted", 1, Integer::sum);
    } else {
      same(result, expected, demand);
      model.asked(now(), demand);
      met.merge(((Refusal) result).reason().name(), 1, Integer::sum);
    }
  }

  private void compare(Demand demand) {
    Look look = store.look(demand);
    same(look.refusal(), model.refusal(now(), demand), demand);
    for (int i = 0; i < demand.size(); i++) {
      same(look.usage().get(i).used(), model.used(now(), demand.charge(i)), demand.charge(i));
    }
    for (int i = 0; i < demand.reads().size(); i++) {
      boolean there = model.isThere(now(), demand.reads().get(i).key());
      same(look.marks().get(i), there, demand.reads().get(i));
      met.merge(there ? "mark there" : "mark not there", 1, Integer::sum);
    }
  }

  private void same(@Nullable Object actual, @Nullable Object expected, Object of) {
    if (actual == null ? expected != null : !actual.equals(expected)) {
      assertThat(actual).as("seed %s, %s", seed, of).isEqualTo(expected);
    }
  }

  private Demand demand() {
    Demand.Builder demand = Demand.builder();
    List<Charge> charges = new ArrayList<>(charges());
    Collections.shuffle(charges, random);
    charges.subList(0, random.nextInt(4)).forEach(demand::charge);
    List<String> names = new ArrayList<>(List.of("a", "b"));
    Collections.shuffle(names, random);
    for (String name : names.subList(0, random.nextInt(5) / 2)) {
      demand.tried(mark(name));
    }
    for (int reads = random.nextInt(3); reads > 0; reads--) {
      CounterKey key = mark(random.nextBoolean() ? "a" : "b").key();
      boolean there = model.isThere(now(), key);
      demand.reads(key, random.nextInt(4) == 0 ? null : there ^ random.nextInt(9) == 0);
    }
    return demand.build();
  }

  private Demand everything() {
    Demand.Builder demand = Demand.builder().reads(mark("a").key(), null);
    charges().forEach(demand::charge);
    return demand.reads(mark("b").key(), null).build();
  }

  /** Two of each kind, of different keys. */
  private List<Charge> charges() {
    List<Charge> charges = new ArrayList<>();
    for (String value : List.of("1", "2")) {
      int amount = random.nextInt(max + 2);
      CounterId amounts = CounterId.of(document, "n", "grant", window);
      charges.add(new Charge.Amount(key(amounts, value), max, amount, 9, random.nextInt(3) != 0));
      CounterId running = CounterId.inFlight(document, "n", "grant");
      charges.add(new Charge.InFlight(key(running, value), max, amount, 9, span(2, 9)));
      CounterId different = CounterId.distinct(document, "n", "grant", window);
      List<String> values = new ArrayList<>(List.of("u", "v", "w", "x", "y", "u"));
      Collections.shuffle(values, random);
      values = values.subList(0, random.nextInt(random.nextInt(5) + 1));
      charges.add(new Charge.Distinct(key(different, value), max, values));
      CounterId once = CounterId.once(document, "n");
      charges.add(new Charge.Once(key(once, value), new Window.Sliding(span(1, 8)), span(1, 8)));
    }
    return charges;
  }

  private Mark mark(String name) {
    return new Mark(key(CounterId.mark(document, name, "grant"), "1"), span(1, 8));
  }

  private void settle() {
    if (outstanding.isEmpty()) {
      return;
    }
    Outstanding one = outstanding.get(random.nextInt(outstanding.size()));
    int how = random.nextInt(5);
    if (how == 4) {
      if (ended(one.reservation()::cancel)) {
        return;
      }
      model.end(now(), one.call(), null, List.of());
    } else {
      List<Mark> done = new ArrayList<>();
      for (int marks = random.nextInt(3); marks > 0; marks--) {
        done.add(mark(random.nextBoolean() ? "a" : "b"));
      }
      Ended ended = List.of(Ended.values()).get(how % 3);
      if (ended(() -> one.reservation().settle(ended, done))) {
        return;
      }
      model.end(now(), one.call(), ended, done);
    }
    // Settled twice now and then: only the first counts.
    if (random.nextInt(4) != 0) {
      outstanding.remove(one);
    }
  }

  private void takeBack() {
    CounterKey key =
        switch (random.nextInt(3)) {
          case 0 -> mark(random.nextBoolean() ? "a" : "b").key();
          case 1 -> key(CounterId.inFlight(document, "n", "grant"), "1");
          default -> key(CounterId.once(document, "n"), "1");
        };
    boolean[] answer = new boolean[1];
    if (ended(() -> answer[0] = store.takeBack(key))) {
      return;
    }
    boolean there = model.takeBack(now(), key);
    same(answer[0], there, key);
    met.merge(there ? "taken back" : "nothing to take back", 1, Integer::sum);
  }

  private static CounterKey key(CounterId id, String value) {
    return new CounterKey(id, value, null);
  }

  private long now() {
    return time.nanoTime() - origin;
  }
}
