package dev.alcada.redis;

import dev.alcada.approval.ApprovalStore;
import dev.alcada.counter.CounterStore;
import dev.alcada.testing.ApprovalStoreKit;
import dev.alcada.testing.CounterStoreKit;
import dev.alcada.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** What every store must do, on a cluster of three nodes. */
class RedisClusterKitTest {
  private static RedisCounterStore.Builder counters(TimeSource time, int maxKeysPerCounter) {
    return RedisCounterStore.builder(RedisCluster.sharedClient())
        .prefix(RedisProcess.freshPrefix())
        .timeout(Duration.ofSeconds(20))
        .maxKeysPerCounter(maxKeysPerCounter)
        .clock(time);
  }

  @Nested
  class InOneSlot extends Counters {
    @Override
    RedisCounterStore.Builder builder(TimeSource time, int maxKeysPerCounter) {
      return counters(time, maxKeysPerCounter);
    }
  }

  @Nested
  class InASlotForEachGrant extends Counters {
    @Override
    RedisCounterStore.Builder builder(TimeSource time, int maxKeysPerCounter) {
      return counters(time, maxKeysPerCounter).slotPerGrant();
    }
  }

  abstract static class Counters extends CounterStoreKit {
    private final List<RedisCounterStore> opened = new ArrayList<>();

    abstract RedisCounterStore.Builder builder(TimeSource time, int maxKeysPerCounter);

    @Override
    protected CounterStore store(TimeSource time, int maxKeysPerCounter) {
      RedisCounterStore store = builder(time, maxKeysPerCounter).build();
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

  @Nested
  class Approvals extends ApprovalStoreKit {
    private final List<RedisApprovalStore> opened = new ArrayList<>();

    @Override
    protected ApprovalStore emptyStore(TimeSource clock) {
      RedisApprovalStore store =
          RedisApprovalStore.builder(RedisCluster.sharedClient())
              .prefix(RedisProcess.freshPrefix())
              .timeout(Duration.ofSeconds(20))
              .clock(clock)
              .build();
      opened.add(store);
      return store;
    }

    @AfterEach
    void close() {
      opened.forEach(RedisApprovalStore::close);
    }
  }
}
