package dev.alcada.benchmark;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A million keys that expire at once, and the calls on whose way they are cleaned up. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(jvmArgs = "-Xmx2g")
@Warmup(iterations = 1)
@Measurement(iterations = 3)
public class CleanUpBenchmark {
  private static final int KEYS = 1_000_000;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final CounterId id = Limits.id(MINUTE);
  private Settable time = new Settable();
  private InMemoryCounterStore store = InMemoryCounterStore.create();

  /** The longest single call, in milliseconds. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Pause {
    /** The longest single call, in milliseconds. */
    public double longestMillis;

    /** Begins anew. */
    @Setup(Level.Iteration)
    public void reset() {
      longestMillis = 0;
    }
  }

  private static final class Settable implements TimeSource {
    long nanos;

    @Override
    public long nanoTime() {
      return nanos;
    }

    @Override
    public Instant instant() {
      return Instant.EPOCH;
    }
  }

  /** Fills the store, and lets all of it expire. */
  @Setup(Level.Iteration)
  public void fill() {
    time = new Settable();
    store =
        InMemoryCounterStore.builder()
            .timeSource(time)
            .maxKeysPerCounter(KEYS)
            .maxKeys(2 * KEYS)
            .build();
    for (int i = 0; i < KEYS; i++) {
      time.nanos++;
      store.reserve(demand("grant-" + i));
    }
    time.nanos += MINUTE.toNanos();
    System.gc();
  }

  /**
   * Calls until all old keys are gone.
   *
   * @param pause takes the longest call
   * @return how many calls it took
   */
  @Benchmark
  public int cleanUp(Pause pause) {
    int calls = 0;
    long longest = 0;
    while (store.liveKeys() > 1) {
      Demand demand = demand("grant-new");
      long start = System.nanoTime();
      store.reserve(demand);
      longest = Math.max(longest, System.nanoTime() - start);
      calls++;
    }
    pause.longestMillis = longest / 1e6;
    return calls;
  }

  private Demand demand(String grant) {
    return Demand.of(new Charge.Amount(new CounterKey(id, grant, null), KEYS, 1, 9, false));
  }
}
