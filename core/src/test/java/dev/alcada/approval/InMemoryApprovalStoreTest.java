package dev.alcada.approval;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import dev.alcada.testing.ApprovalStoreKit;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class InMemoryApprovalStoreTest extends ApprovalStoreKit {
  private static final int MANY = 40;
  private static final int LONG = 1 << 19;
  private static final long MIB = 1 << 20;
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Override
  protected ApprovalStore emptyStore(TimeSource time) {
    return InMemoryApprovalStore.create(time);
  }

  @Test
  void whatHasEndedIsForgottenByItsBytesTooTheOldestFirst() {
    ManualTime time = new ManualTime();
    ApprovalStore store = InMemoryApprovalStore.create(time);
    ApprovalStore.Bounds bounds = new ApprovalStore.Bounds(100, 100, 100 * MIB, 100 * MIB);
    for (int i = 0; i < MANY; i++) {
      store.add(request("id-" + i, "x".repeat(LONG), time.instant()), bounds);
      time.advance(MINUTE);
    }
    store.add(request("last", "pay", time.instant()), bounds);

    List<ApprovalRequest> known =
        IntStream.range(0, MANY)
            .mapToObj(i -> store.get("id-" + i).toCompletableFuture().join())
            .filter(request -> request != null)
            .toList();

    assertThat(known.stream().mapToLong(ApprovalRequest::bytes).sum())
        .isBetween(14 * MIB, 16 * MIB);
    assertThat(known.get(known.size() - 1).id()).isEqualTo("id-" + (MANY - 1));
    assertThat(known).hasSize(15);
  }

  private static ApprovalRequest request(String id, String tool, Instant at) {
    return ApprovalRequest.builder(
            id,
            "binding of " + id,
            tool,
            Caller.grant("agent"),
            List.of(new AskingRule("/tools/x/action", "/tools/x/action", "why", "{}")))
        .pending(at, MINUTE, MINUTE);
  }
}
