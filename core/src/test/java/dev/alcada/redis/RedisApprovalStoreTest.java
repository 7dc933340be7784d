package dev.alcada.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalStore;
import dev.alcada.counter.StoreUnavailableException;
import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.TimeSource;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is Redis's own beside what every store of requests must do. */
@Timeout(60)
class RedisApprovalStoreTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final ApprovalStore.Bounds BOUNDS =
      new ApprovalStore.Bounds(5_000, 5_000, Long.MAX_VALUE, Long.MAX_VALUE);

  private final String prefix = RedisProcess.freshPrefix();
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    while (!opened.isEmpty()) {
      opened.remove(opened.size() - 1).close();
    }
  }

  private <T extends AutoCloseable> T kept(T each) {
    opened.add(each);
    return each;
  }

  private RedisApprovalStore.Builder builder(RedisClient client) {
    return RedisApprovalStore.builder(client).prefix(prefix).timeout(Duration.ofSeconds(20));
  }

  private RedisApprovalStore store() {
    return kept(builder(RedisProcess.sharedClient()).build());
  }

  private RedisApprovalStore store(TimeSource clock) {
    return kept(builder(RedisProcess.sharedClient()).clock(clock).build());
  }

  private static ApprovalRequest request(String id, Instant now) {
    return ApprovalRequest.builder(
            id,
            "binding of " + id,
            "transfer",
            Caller.grant("ana@example.com"),
            List.of(
                new AskingRule("/tools/transfer/action", "/tools/transfer/action", "why", "{}")))
        .pending(now, MINUTE, MINUTE);
  }

  private static <T> T got(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  @Test
  void whatOneProcessAsksAnotherAnswersAndOneOfThemClaims() throws Exception {
    RedisApprovalStore one = store();
    RedisApprovalStore other = store();
    for (int round = 0; round < 20; round++) {
      ApprovalRequest asked = request("id " + round, Instant.now());
      assertThat(got(one.add(asked, BOUNDS))).isInstanceOf(ApprovalStore.Added.Yes.class);
      assertThat(got(other.add(request("again " + round, Instant.now()), BOUNDS)))
          .isInstanceOf(ApprovalStore.Added.Yes.class);
      assertThat(got(other.find(asked.binding()))).isEqualTo(asked);
      ApprovalRequest yes = asked.answered(Answer.approve("ana"), Instant.now());
      assertThat(got(other.replace(yes))).isTrue();
      assertThat(got(one.get(asked.id()))).isEqualTo(yes);
      CompletionStage<Boolean> first = one.replace(yes.claimed());
      CompletionStage<Boolean> second = other.replace(yes.claimed());
      assertThat(List.of(got(first), got(second))).containsExactlyInAnyOrder(true, false);
    }
  }

  @Test
  void whatHasEndedIsKeptForAWhileAndTheOldestGoes() throws Exception {
    ManualTime time = new ManualTime();
    RedisApprovalStore store = store(time);
    for (int i = 0; i < 1_200; i++) {
      got(store.add(request("id " + i, time.instant()), BOUNDS));
      time.advance(Duration.ofMillis(1));
    }
    time.advance(MINUTE);
    // Not more than a thousand are put away at a time.
    got(store.add(request("first", time.instant()), BOUNDS));
    got(store.add(request("second", time.instant()), BOUNDS));
    assertThat(got(store.get("id 199"))).isNull();
    assertThat(got(store.get("id 200"))).isNotNull();
    assertThat(got(store.pending()))
        .extracting(ApprovalRequest::id)
        .containsExactly("first", "second");
  }

  @Test
  void theBoundsInBytesHoldAndAreGivenBackWithWhatHasEnded() throws Exception {
    ManualTime time = new ManualTime();
    RedisApprovalStore store = store(time);
    long bytes = request("id 1", time.instant()).bytes();
    ApprovalStore.Bounds two = new ApprovalStore.Bounds(9, 9, 2 * bytes, 9 * bytes);
    for (int round = 0; round < 3; round++) {
      got(store.add(request("id " + round + "a", time.instant()), two));
      assertThat(got(store.add(request("id " + round, time.instant()), two)))
          .isInstanceOf(ApprovalStore.Added.Full.class);
      time.advance(MINUTE);
    }
  }

  @Test
  void aClaimWhoseAnswerIsLostFailsAndIsMadeOnce() throws Exception {
    Proxy proxy = kept(new Proxy(RedisProcess.shared().port(), Duration.ZERO));
    RedisClient through = kept(RedisProcess.client(proxy.port()));
    RedisApprovalStore store = kept(builder(through).build());
    RedisApprovalStore direct = store();
    ApprovalRequest asked = request("id", Instant.now());
    got(direct.add(asked, BOUNDS));
    ApprovalRequest yes = asked.answered(Answer.approve("ana"), Instant.now());
    assertThat(got(direct.replace(yes))).isTrue();
    proxy.cutBeforeTheNextAnswer();
    assertThatThrownBy(() -> got(store.replace(yes.claimed())))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(StoreUnavailableException.class);
    assertThat(got(direct.get("id"))).isEqualTo(yes.claimed());
    assertThat(got(direct.replace(yes.claimed()))).isFalse();
  }

  @Test
  void namesOfKeysHoldNothingPersonal() throws Exception {
    RedisApprovalStore store = store();
    got(store.add(request("id", Instant.now()), BOUNDS));
    RedisCommands<String, String> redis = kept(RedisProcess.sharedClient().connect()).sync();
    assertThat(redis.keys("{" + prefix + "}:*")).isNotEmpty().noneMatch(key -> key.contains("ana"));
  }
}
