package dev.alcada.benchmark;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.memory.InMemoryCounterStore;
import io.github.bucket4j.Bucket;
import io.github.resilience4j.ratelimiter.RateLimiter;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * From a grant's name to a decision: our store; and the token buckets, each in a Caffeine cache
 * with expiry, as their users keep one per key.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ReserveBenchmark {
  /** What is measured: how many grants there are, and whether their limit has room. */
  public enum Load {
    /** Some hundred live admissions a grant, and always room. */
    ADMITTED(1_024, Duration.ofMillis(10), 1_000),
    /** The limit of the founding policy, which is used up at once. */
    REFUSED(1_024, Duration.ofMinutes(1), 30),
    /** So many grants that none is in the processor's cache. */
    MANY_GRANTS(100_000, Duration.ofSeconds(1), 1_000);

    final int grants;
    final Duration window;
    final int max;

    Load(int grants, Duration window, int max) {
      this.grants = grants;
      this.window = window;
      this.max = max;
    }
  }

  /** The load. */
  @Param public Load load = Load.ADMITTED;

  private String[] grants = {};
  private CounterId id = Limits.id(Duration.ofMinutes(1));
  private InMemoryCounterStore store = InMemoryCounterStore.create();
  private Cache<String, Bucket> buckets = Caffeine.newBuilder().build();
  private Cache<String, RateLimiter> limiters = Caffeine.newBuilder().build();

  /** Fills the tables. */
  @Setup
  public void fill() {
    grants = new String[load.grants];
    for (int i = 0; i < grants.length; i++) {
      grants[i] = "agent-" + Integer.toHexString(i * 0x9E3779B9);
    }
    id = Limits.id(load.window);
    store = InMemoryCounterStore.create();
    buckets = Caffeine.newBuilder().expireAfterAccess(Duration.ofMinutes(5)).build();
    limiters = Caffeine.newBuilder().expireAfterAccess(Duration.ofMinutes(5)).build();
    for (String ignored : grants) {
      alcada();
      bucket4j();
      resilience4j();
    }
  }

  private String grant() {
    return grants[ThreadLocalRandom.current().nextInt(grants.length)];
  }

  /** {@return our decision} */
  @Benchmark
  public ReserveResult alcada() {
    return store.reserve(
        Demand.of(new Charge.Amount(new CounterKey(id, grant(), null), load.max, 1, 9, false)));
  }

  /** {@return Bucket4j's decision} */
  @Benchmark
  public boolean bucket4j() {
    return buckets.get(grant(), grant -> Limits.bucket(load.window, load.max)).tryConsume(1);
  }

  /** {@return Resilience4j's decision} */
  @Benchmark
  public boolean resilience4j() {
    return limiters
        .get(grant(), grant -> Limits.limiter(load.window, load.max))
        .acquirePermission();
  }
}
