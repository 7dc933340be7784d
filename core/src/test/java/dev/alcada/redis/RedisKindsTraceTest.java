package dev.alcada.redis;

import dev.alcada.testing.ManualTime;
import dev.alcada.traces.BesideMemory;
import dev.alcada.traces.BesideMemory.Bounds;
import dev.alcada.traces.KindsTrace;
import dev.alcada.traces.KindsTrace.Place;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random traces of every kind of charge and of marks. */
@Timeout(3_600)
class RedisKindsTraceTest {
  private static final int TRACES = Integer.getInteger("alcada.traces", 100);

  private static RedisCounterStore store(ManualTime time, Bounds bounds) {
    return RedisCounterStore.builder(RedisProcess.sharedClient())
        .prefix(RedisProcess.freshPrefix())
        .timeout(Duration.ofSeconds(20))
        .clock(time)
        .maxKeysPerCounter(bounds.ofCounter())
        .maxKeysPerGrant(bounds.ofGrant())
        .build();
  }

  @Test
  void everyAnswerIsThatOfTheNaiveModel() {
    ManualTime time = new ManualTime();
    try (RedisCounterStore store = store(time, Bounds.NONE)) {
      KindsTrace.runAll(TRACES, () -> new Place(time, store));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void everyAnswerIsThatOfTheStoreInMemory(long seed) {
    besideMemory(seed, Bounds.NONE);
  }

  @ParameterizedTest
  @ValueSource(longs = {4, 5, 6})
  void soItIsWhereFewKeysMayBeLive(long seed) {
    besideMemory(seed, new Bounds(7, 8));
  }

  private static void besideMemory(long seed, Bounds bounds) {
    ManualTime time = new ManualTime(1_000, ManualTime.START);
    try (RedisCounterStore store = store(time, bounds)) {
      new BesideMemory(seed, time, store, bounds).run();
    }
  }
}
