package dev.alcada.redis;

import dev.alcada.approval.ApprovalStore;
import dev.alcada.testing.ApprovalStoreKit;
import dev.alcada.time.TimeSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;

class RedisApprovalStoreKitTest extends ApprovalStoreKit {
  private final List<RedisApprovalStore> opened = new ArrayList<>();

  @Override
  protected ApprovalStore emptyStore(TimeSource clock) {
    RedisApprovalStore store =
        RedisApprovalStore.builder(RedisProcess.sharedClient())
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
