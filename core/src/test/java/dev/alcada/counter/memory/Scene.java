package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.Usage;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.Window;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.ToIntFunction;
import java.util.stream.Stream;

/** A store, what is held in it, and all that can be seen of it. */
final class Scene {
  static final int MOST_KEYS = 60;

  private static final long MAX = 1_000_000_000_000L;
  private static final Duration LEASE = Duration.ofMinutes(1);

  /** So many times it is looked whether a count falls as it should. */
  private static final int FALLS = 3;

  final ManualTime time = new ManualTime();
  final CounterStore store;
  final List<Reservation> held = new ArrayList<>();

  private final ToIntFunction<CounterStore> liveKeys;
  private final Set<CounterKey> known = new LinkedHashSet<>();

  Scene(BiFunction<ManualTime, Integer, CounterStore> stores, ToIntFunction<CounterStore> live) {
    this.store = stores.apply(time, MOST_KEYS);
    this.liveKeys = live;
  }

  static CounterKey sliding(String counter, String value) {
    Window window = new Window.Sliding(Duration.ofMinutes(1));
    return new CounterKey(CounterId.of("limits", counter, "grant", window), value, null);
  }

  static CounterKey daily(String counter, String value) {
    Window window = new Window.Calendar(Duration.ofDays(1), ZoneOffset.UTC);
    return new CounterKey(CounterId.of("limits", counter, "grant", window), value, null);
  }

  /** Returns different values within a minute. */
  static Charge.Distinct distinct(String value, String... values) {
    Window window = new Window.Sliding(Duration.ofMinutes(1));
    CounterId id = CounterId.distinct("limits", "different", "grant", window);
    return new Charge.Distinct(new CounterKey(id, value, null), 1_000, List.of(values));
  }

  /** Returns what runs, for a minute at most. */
  static Charge.InFlight running(String value, long amount) {
    CounterId id = CounterId.inFlight("limits", "running", "grant");
    return new Charge.InFlight(new CounterKey(id, value, null), MAX, amount, 9, LEASE);
  }

  /** Returns what is made once a minute. */
  static Charge.Once once(String value, Duration window) {
    CounterKey key = new CounterKey(CounterId.once("limits", "pay"), value, null).ownedBy("agent");
    return new Charge.Once(key, new Window.Sliding(window), LEASE);
  }

  static Mark mark(String name, String value) {
    CounterId id = CounterId.mark("marks", name, "args.file");
    return new Mark(new CounterKey(id, value, null).ownedBy("agent"), Duration.ofMinutes(1));
  }

  /** Returns a charge in fine units, to be given back if nothing was done. */
  static Charge.Amount charge(CounterKey key, long amount) {
    return new Charge.Amount(key, MAX, amount, 9, true);
  }

  /** Returns a charge in fine units with a maximum, that stays once the call has run. */
  static Charge.Amount limited(CounterKey key, long max, long amount) {
    return new Charge.Amount(key, max, amount, 9, false);
  }

  static Charge.Amount coarse(CounterKey key, long amount) {
    return new Charge.Amount(key, MAX, amount, 3, true);
  }

  ReserveResult reserve(Charge... charges) {
    return reserve(Demand.of(charges));
  }

  ReserveResult reserve(Demand demand) {
    demand.charges().forEach(charge -> known.add(charge.key()));
    demand.tried().forEach(mark -> known.add(mark.key()));
    demand.done().forEach(mark -> known.add(mark.key()));
    ReserveResult result = store.reserve(demand);
    if (result instanceof Reservation reservation) {
      held.add(reservation);
    }
    return result;
  }

  void look(Charge... charges) {
    for (Charge charge : charges) {
      known.add(charge.key());
    }
    store.look(Demand.of(charges));
  }

  long used(CounterKey key) {
    return usage(key).used();
  }

  private Usage usage(CounterKey key) {
    return store.look(Demand.of(none(key))).usage().get(0);
  }

  /** Returns a charge that adds nothing. */
  private static Charge none(CounterKey key) {
    return switch (key.counter().kind()) {
      case AMOUNT -> charge(key, 0);
      case DISTINCT -> new Charge.Distinct(key, 1_000, List.of());
      case IN_FLIGHT -> new Charge.InFlight(key, MAX, 0, 9, LEASE);
      case ONCE, MARK -> throw new IllegalArgumentException("nothing is counted there");
    };
  }

  /** Returns what a new key of a counter would want. */
  private static Demand wanting(CounterId id) {
    CounterKey key = new CounterKey(id, "nobody", null);
    return switch (id.kind()) {
      case AMOUNT -> Demand.of(charge(key, 1));
      case DISTINCT -> Demand.of(new Charge.Distinct(key, 1_000, List.of("nobody")));
      case IN_FLIGHT -> Demand.of(new Charge.InFlight(key, MAX, 1, 9, LEASE));
      case ONCE -> Demand.of(new Charge.Once(key, new Window.Sliding(LEASE), LEASE));
      case MARK -> Demand.builder().tried(new Mark(key, LEASE)).build();
    };
  }

  private static boolean isCounted(CounterKey key) {
    return key.counter().kind() != CounterId.Kind.ONCE
        && key.counter().kind() != CounterId.Kind.MARK;
  }

  private List<String> counts() {
    List<String> counts = new ArrayList<>();
    for (CounterKey key : known) {
      if (isCounted(key)) {
        counts.add(key.counter().name() + " " + key.value() + ": " + usage(key));
      }
    }
    return counts;
  }

  /**
   * Returns all that can be seen: each count, when it falls, which counters have no room, and how
   * many keys are live.
   */
  List<String> seen() {
    List<String> seen = counts();
    for (CounterId.Kind kind :
        List.of(CounterId.Kind.IN_FLIGHT, CounterId.Kind.ONCE, CounterId.Kind.MARK)) {
      store.held(kind, "", 100).forEach(held -> seen.add(held.key().text() + ": " + held));
    }
    // What has expired is cleaned up on the way of later calls.
    for (int i = 0; i < 4; i++) {
      known.stream().map(CounterKey::counter).distinct().forEach(id -> store.look(wanting(id)));
    }
    known.stream()
        .map(CounterKey::counter)
        .distinct()
        .filter(id -> store.look(wanting(id)).refusal() != null)
        .forEach(id -> seen.add(id.name() + " has no room for another key"));
    seen.add("live keys: " + liveKeys.applyAsInt(store));
    return seen;
  }

  /** Returns what is still counted each of the next times that anything stops counting. */
  List<String> seenFalling() {
    List<String> seen = new ArrayList<>();
    for (int fall = 1; fall <= FALLS; fall++) {
      Duration next =
          known.stream()
              .filter(Scene::isCounted)
              .flatMap(key -> Stream.ofNullable(usage(key).nextLeaves()))
              .min(Comparator.naturalOrder())
              .orElse(Duration.ZERO);
      time.advance(next);
      for (String count : counts()) {
        seen.add(fall + ". " + count);
      }
    }
    return seen;
  }

  /** Returns what is seen when all has been given back and long been over. */
  List<String> seenInTheEnd() {
    held.forEach(Reservation::cancel);
    time.advance(Duration.ofDays(2));
    List<String> seen = seen();
    for (CounterKey key : known) {
      if (key.counter().kind() == CounterId.Kind.AMOUNT) {
        seen.add(key.value() + " has room for " + room(key) + " of 2");
      }
    }
    return seen;
  }

  private int room(CounterKey key) {
    int room = 0;
    while (room < 5
        && store.reserve(Demand.of(limited(key, 2, 1))) instanceof Reservation reservation) {
      held.add(reservation);
      room++;
    }
    held.subList(held.size() - room, held.size()).forEach(Reservation::cancel);
    return room;
  }
}
