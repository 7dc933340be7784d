package dev.alcada.benchmark;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Look;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.memory.InMemoryCounterStore;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** A call from its reservation to its settlement: with a limit, and with what marks ask of it. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class MarkBenchmark {
  private static final int MAX = 1_000_000;

  private final InMemoryCounterStore store = InMemoryCounterStore.create();
  private final Charge limit =
      new Charge.Amount(
          new CounterKey(Limits.id(Duration.ofMillis(1)), "agent-7", null), MAX, 1, 9, false);
  private final Mark mark =
      new Mark(
          new CounterKey(CounterId.mark("marks", "read", "grant"), "agent-7", null),
          Duration.ofHours(1));
  private final Demand limited = Demand.of(limit);
  private final Demand leaves = Demand.builder().tried(mark).build();
  private final Demand looks = Demand.builder().reads(mark.key(), null).build();
  private final Demand needs = Demand.builder().charge(limit).reads(mark.key(), true).build();

  /** Leaves the mark that calls need. */
  @Setup
  public void leave() {
    store.reserve(leaves);
  }

  /** {@return what is held for a call with a limit} */
  @Benchmark
  public Reservation limit() {
    return settled(limited);
  }

  /** {@return what is held for a call that leaves a mark} */
  @Benchmark
  public Reservation mark() {
    return settled(leaves);
  }

  /** {@return what a call is judged by that reads a mark} */
  @Benchmark
  public Look look() {
    return store.look(looks);
  }

  /** {@return what is held for a call with a limit that needs a mark} */
  @Benchmark
  public Reservation limitAndMark() {
    return settled(needs);
  }

  private Reservation settled(Demand demand) {
    Reservation reservation = (Reservation) store.reserve(demand);
    reservation.settle(Ended.DONE);
    return reservation;
  }
}
