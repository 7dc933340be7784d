package dev.alcada.redis;

import dev.alcada.testing.ManualTime;
import dev.alcada.traces.BesideMemory;
import dev.alcada.traces.BesideMemory.Bounds;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random calls that need several slots: told as one is. */
@Timeout(600)
class RedisSlotsTraceTest {
  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void everyAnswerIsThatOfTheStoreInMemory(long seed) {
    ManualTime time = new ManualTime(1_000, ManualTime.START);
    try (RedisCounterStore store =
        RedisCounterStore.builder(RedisCluster.sharedClient())
            .prefix(RedisProcess.freshPrefix())
            .timeout(Duration.ofSeconds(20))
            .clock(time)
            .slotPerGrant()
            .build()) {
      new BesideMemory(seed, time, store, Bounds.NONE).run();
    }
  }
}
