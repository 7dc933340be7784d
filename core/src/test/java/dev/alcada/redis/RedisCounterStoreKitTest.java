package dev.alcada.redis;

import dev.alcada.counter.CounterStore;
import dev.alcada.testing.CounterStoreKit;
import dev.alcada.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

class RedisCounterStoreKitTest extends CounterStoreKit {
  private final List<RedisCounterStore> opened = new ArrayList<>();

  @Override
  protected CounterStore store(TimeSource time, int maxKeysPerCounter) {
    RedisCounterStore store =
        RedisCounterStore.builder(RedisProcess.sharedClient())
            .prefix(RedisProcess.freshPrefix())
            .timeout(Duration.ofSeconds(20))
            .maxKeysPerCounter(maxKeysPerCounter)
            .clock(time)
            .build();
    opened.add(store);
    return store;
  }

  @Override
  protected Duration resolution() {
    return Duration.ofNanos(1_000);
  }

  @Override
  protected boolean slidesOnWallClock() {
    return true;
  }

  @Override
  protected boolean lists() {
    return false;
  }

  @AfterEach
  void close() {
    opened.forEach(RedisCounterStore::close);
  }
}
