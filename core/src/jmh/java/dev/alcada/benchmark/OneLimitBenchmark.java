package dev.alcada.benchmark;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.memory.BareLimit;
import dev.alcada.counter.memory.InMemoryCounterStore;
import io.github.bucket4j.Bucket;
import io.github.resilience4j.ratelimiter.RateLimiter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/** One key: the limiters by themselves, without a look-up; and two threads at once, with one. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class OneLimitBenchmark {
  private static final Duration WINDOW = Duration.ofMillis(1);
  private static final int MAX = 1_000_000;

  private final CounterId id = Limits.id(WINDOW);
  private final CounterKey key = new CounterKey(id, "agent-7", null);
  private final BareLimit bare = new BareLimit(id, MAX);
  private final Demand demand = Demand.of(new Charge.Amount(key, MAX, 1, 9, false));

  private final Bucket bucket = Limits.bucket(WINDOW, MAX);
  private final RateLimiter limiter = Limits.limiter(WINDOW, MAX);
  private final InMemoryCounterStore store = InMemoryCounterStore.create();
  private final Cache<String, Bucket> buckets =
      Caffeine.newBuilder().expireAfterAccess(Duration.ofMinutes(5)).build();

  /** {@return whether there was room} */
  @Benchmark
  public boolean bareAlcada() {
    return bare.tryCount();
  }

  /** {@return whether there was room} */
  @Benchmark
  public boolean bareBucket4j() {
    return bucket.tryConsume(1);
  }

  /** {@return whether there was room} */
  @Benchmark
  public boolean bareResilience4j() {
    return limiter.acquirePermission();
  }

  /** {@return our decision on a demand made beforehand: what reserving itself allocates} */
  @Benchmark
  public ReserveResult reserve() {
    return store.reserve(demand);
  }

  /** {@return our decision} */
  @Benchmark
  @Threads(2)
  public ReserveResult twoThreadsAlcada() {
    return store.reserve(
        Demand.of(new Charge.Amount(new CounterKey(id, "agent-7", null), MAX, 1, 9, false)));
  }

  /** {@return Bucket4j's decision} */
  @Benchmark
  @Threads(2)
  public boolean twoThreadsBucket4j() {
    return buckets.get("agent-7", grant -> Limits.bucket(WINDOW, MAX)).tryConsume(1);
  }
}
