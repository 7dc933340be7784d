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
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.Window;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A random trace of every kind of charge and of marks, in all windows and units, the ends of calls
 * and an operator's words: all that a store tells is what the store in memory tells.
 */
public final class BesideMemory {
  private static final int STEPS = Integer.getInteger("alcada.steps", 1_500);
  private static final List<Ended> ENDS = List.of(Ended.DONE, Ended.NOT_DONE, Ended.UNKNOWN);
  private static final List<Window> WINDOWS =
      List.of(
          new Window.Sliding(Duration.ofMillis(7)),
          new Window.Sliding(Duration.ofSeconds(1)),
          new Window.Sliding(Duration.ofMinutes(1)),
          new Window.Calendar(Duration.ofMinutes(1), ZoneId.of("UTC")),
          new Window.Calendar(Duration.ofHours(1), ZoneId.of("Asia/Kathmandu")));

  /**
   * How many keys the stores keep; so few that they are met where {@link #isMet} says so.
   *
   * @param ofCounter of one counter
   * @param ofGrant that a grant's own calls choose
   */
  public record Bounds(int ofCounter, int ofGrant) {
    /** Bounds that no trace meets. */
    public static final Bounds NONE = new Bounds(100_000, 10_000);

    boolean isMet() {
      return !equals(NONE);
    }
  }

  private record Call(Reservation ours, Reservation theirs, List<Mark> done) {}

  private final Random random;
  private final String seed;
  private final ManualTime time;
  private final Bounds bounds;
  private final CounterStore ours;
  private final CounterStore theirs;
  private final List<Call> running = new ArrayList<>();
  private final List<Call> named = new ArrayList<>();
  private final Map<String, Integer> answers = new TreeMap<>();
  private String step = "";

  /**
   * @param time the clock of both stores
   * @param ours an empty store
   * @param bounds its bounds
   */
  public BesideMemory(long seed, ManualTime time, CounterStore ours, Bounds bounds) {
    this.random = new Random(seed);
    this.seed = "seed " + seed;
    this.time = time;
    this.bounds = bounds;
    this.ours = ours;
    this.theirs =
        InMemoryCounterStore.builder()
            .timeSource(time)
            .maxKeysPerCounter(bounds.ofCounter())
            .maxKeysPerGrant(bounds.ofGrant())
            .build();
  }

  /** Runs the trace, in which everything that can be answered is answered often. */
  public void run() {
    for (int i = 0; i < STEPS; i++) {
      step = seed + ", step " + i;
      time.advance(
          Duration.ofNanos(1_000L * random.nextInt(random.nextInt(9) == 0 ? 9_000_000 : 90_000)));
      if (!running.isEmpty() && random.nextInt(2) == 0) {
        end(running.remove(random.nextInt(running.size())));
      } else if (!named.isEmpty() && random.nextInt(9) == 0) {
        settleLate(named.get(named.size() - 1 - random.nextInt(Math.min(9, named.size()))));
      } else if (random.nextInt(20) == 0) {
        takeBack(held());
      } else {
        call(demand());
      }
    }
    List<String> often =
        new ArrayList<>(
            List.of("ABOVE_MAX", "DUPLICATE", "EXHAUSTED", "MARKS_CHANGED", "reserved"));
    if (bounds.isMet()) {
      often.add("TOO_MANY_KEYS");
    }
    for (String answer : often) {
      assertThat(answers.getOrDefault(answer, 0)).as(answer).isGreaterThan(STEPS / 100);
    }
    assertThat(answers).as("words of an operator").containsKeys("settled late", "taken back");
    assertThat(answers).hasSize(often.size() + 2);
  }

  private void call(Demand demand) {
    Look our = ours.look(demand);
    Look their = theirs.look(demand);
    assertSame(our.refusal(), their.refusal());
    assertThat(our.marks()).as(step).isEqualTo(their.marks());
    assertThat(our.usage()).as(step).hasToString(their.usage().toString());
    ReserveResult mine = ours.reserve(demand);
    ReserveResult yours = theirs.reserve(demand);
    if (!(yours instanceof Reservation other)) {
      assertThat(mine).as(step).isInstanceOf(Refusal.class);
      assertSame((Refusal) mine, (Refusal) yours);
      answers.merge(((Refusal) yours).reason().name(), 1, Integer::sum);
      return;
    }
    assertThat(mine).as(step).isInstanceOf(Reservation.class);
    Reservation one = (Reservation) mine;
    assertThat(one.usage()).as(step).hasToString(other.usage().toString());
    // In memory a call is kept by a name from when that is asked for.
    assertThat(one.id() == null).as(step).isEqualTo(other.id() == null);
    Call call = new Call(one, other, demand.done());
    running.add(call);
    if (one.id() != null) {
      named.add(call);
    }
    answers.merge("reserved", 1, Integer::sum);
  }

  /**
   * Where keys are few, stores may differ in two words: memory may not have looked whether what is
   * in the way of an exhausted call's new keys still counts, and then knows no wait; and which of
   * several keys has no room depends on what is kept of those that count no more.
   */
  private void assertSame(@Nullable Refusal our, @Nullable Refusal their) {
    Refusal same = our;
    if (bounds.isMet() && our != null && their != null && our.reason() == their.reason()) {
      switch (their.reason()) {
        case EXHAUSTED -> {
          if (their.retryAfter() == null) {
            same = new Refusal(our.index(), our.reason(), null);
          }
        }
        case TOO_MANY_KEYS -> same = new Refusal(their.index(), our.reason(), our.retryAfter());
        default -> {}
      }
    }
    assertThat(same).as(step).isEqualTo(their);
  }

  private void end(Call call) {
    List<Mark> done = random.nextBoolean() ? call.done() : List.of();
    int how = random.nextInt(ENDS.size() + 1);
    for (Reservation each : List.of(call.ours(), call.theirs())) {
      if (how == ENDS.size()) {
        each.cancel();
      } else {
        each.settle(ENDS.get(how), done);
      }
    }
  }

  private void settleLate(Call call) {
    String ourId = call.ours().id();
    String theirId = call.theirs().id();
    if (ourId == null || theirId == null) {
      throw new AssertionError("it had a name");
    }
    Ended said = random.nextBoolean() ? Ended.DONE : Ended.NOT_DONE;
    boolean taken = ours.settleLate(ourId, said);
    // What is over each drops when it comes to it; of that, nothing changes.
    assertThat(theirs.settleLate(theirId, said) || !taken).as(step).isTrue();
    if (taken) {
      answers.merge("settled late", 1, Integer::sum);
    }
  }

  private void takeBack(CounterKey held) {
    boolean taken = theirs.takeBack(held);
    assertThat(ours.takeBack(held)).as(step).isEqualTo(taken);
    if (taken) {
      answers.merge("taken back", 1, Integer::sum);
    }
  }

  /** One of few keys; where there are bounds, of more, some of which a grant's calls choose. */
  private CounterKey key(CounterId counter) {
    if (!bounds.isMet()) {
      return new CounterKey(counter, "k" + random.nextInt(3), null);
    }
    String grant = "g" + random.nextInt(2);
    CounterKey key = new CounterKey(counter, grant, "k" + random.nextInt(5));
    boolean chosen = counter.kind() == CounterId.Kind.ONCE || counter.scope().startsWith("args");
    return chosen ? key.ownedBy(grant) : key;
  }

  private Mark mark() {
    CounterId id = CounterId.mark("marks", "read", "args.file");
    return new Mark(key(id), Duration.ofMillis(1 + random.nextInt(3_000)));
  }

  private CounterKey held() {
    return switch (random.nextInt(3)) {
      case 0 -> key(CounterId.inFlight("limits", "f", "grant"));
      case 1 -> key(CounterId.once("limits", "pay"));
      default -> mark().key();
    };
  }

  private Window window() {
    return WINDOWS.get(random.nextInt(WINDOWS.size()));
  }

  private Duration lease() {
    return Duration.ofMillis(1 + random.nextInt(5_000));
  }

  private Demand demand() {
    Demand.Builder demand = Demand.builder();
    List<Window> windows = new ArrayList<>(WINDOWS);
    for (int amounts = random.nextInt(3); amounts > 0; amounts--) {
      demand.charge(amount(windows.remove(random.nextInt(windows.size()))));
    }
    if (random.nextInt(3) == 0) {
      CounterId id = CounterId.distinct("limits", "d", "args.to", window());
      List<String> values = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        values.add("v" + random.nextInt(7));
      }
      demand.charge(new Charge.Distinct(key(id), 2 + random.nextInt(2), values));
    }
    if (random.nextInt(3) == 0) {
      boolean coarse = random.nextInt(9) == 0;
      long unit = coarse ? 1_000L : 1_000_000_000L;
      long amount = random.nextInt(6) * unit / (random.nextBoolean() ? 1 : 3);
      CounterKey key = key(CounterId.inFlight("limits", "f", "grant"));
      demand.charge(new Charge.InFlight(key, 4 * unit, amount, coarse ? 3 : 9, lease()));
    }
    if (random.nextInt(3) == 0) {
      demand.charge(new Charge.Once(key(CounterId.once("limits", "pay")), window(), lease()));
    }
    if (random.nextInt(3) == 0) {
      demand.tried(mark());
    }
    if (random.nextInt(3) == 0) {
      int there = random.nextInt(3);
      demand.reads(mark().key(), there == 2 ? null : there == 1);
    }
    for (int done = random.nextInt(3); done > 0; done--) {
      demand.done(mark());
    }
    return demand.build();
  }

  /** Of calls, or of more than a double can tell apart. */
  private Charge amount(Window window) {
    boolean large = random.nextInt(3) == 0;
    long unit = large ? 1_000_000_000_000_000_007L : 1;
    CounterId id =
        CounterId.of("limits", large ? "spend" : "rate", large ? "grant" : "args.to", window);
    long max = large ? 3 * unit + 17 : 9;
    long amount = random.nextInt(large ? 4 : 6) * unit;
    return new Charge.Amount(key(id), max, amount, 9, random.nextBoolean());
  }
}
