package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.audit.LateSettlementEvent;
import dev.alcada.audit.TakenBackEvent;
import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Held;
import dev.alcada.counter.Look;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** An operator says afterwards how a call has ended, or takes back what it left. */
class OperatorsWordTest {
  private static final ToolCall CALL = ToolCall.of("pay", Map.of(), Caller.grant("agent-7"));

  private final ManualTime time = new ManualTime();
  private final InMemoryCounterStore store =
      InMemoryCounterStore.builder().timeSource(time).build();
  private final List<String> told = new ArrayList<>();
  private String lastId = "";

  private final DecisionListener listener =
      new DecisionListener() {
        @Override
        public void onDecision(DecisionEvent event) {
          lastId = event.id();
        }

        @Override
        public void onSettledLate(LateSettlementEvent event) {
          told.add((event.callId().equals(lastId) ? "it is " : "? ") + event.result());
        }

        @Override
        public void onTakenBack(TakenBackEvent event) {
          told.add("taken back " + event.key().counter().name());
        }
      };

  private ToolGuard guard(String counts) {
    return guard(counts, store);
  }

  private ToolGuard guard(String counts, CounterStore counters) {
    return ToolGuard.builder(
            Policy.parse(
                """
                {"version": "1", "default": "deny", "tools": {"pay": {"limits": [
                  {"counter": "paid", "window": "hour", "max": 1, "counts": "%s"}]}}}
                """
                    .formatted(counts)))
        .timeSource(time)
        .counterStore(counters)
        .listener(listener)
        .build();
  }

  private static void fail(ToolGuard guard) {
    assertThatThrownBy(
            () ->
                guard.call(
                    CALL,
                    judged -> {
                      throw new IllegalStateException("no answer");
                    }))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aCallOfWhichNobodyKnewIsGivenBackByAnotherGuardThatSharesTheStore() {
    ToolGuard guard = guard("successes");
    fail(guard);
    assertThat(guard.check(CALL).code()).isNotNull();

    assertThat(guard("successes").settle(lastId, Ended.NOT_DONE)).isTrue();

    assertThat(guard.check(CALL).code()).isNull();
    assertThat(told).containsExactly("it is NOT_DONE");
  }

  @Test
  void whatWasDoneStaysCountedAndNobodyIsAskedTwice() {
    ToolGuard guard = guard("successes");
    fail(guard);

    assertThat(guard.settle(lastId, Ended.DONE)).isTrue();
    assertThat(guard.settle(lastId, Ended.NOT_DONE)).isFalse();

    assertThat(guard.check(CALL).code()).isNotNull();
    assertThat(told).containsExactly("it is DONE");
  }

  @Test
  void aCallThatNeverComesBackIsSettledWhileItRuns() {
    ToolGuard guard = guard("successes");
    CompletableFuture<String> never = new CompletableFuture<>();
    CompletableFuture<Outcome<String>> outcome =
        guard.<String>callAsync(CALL, judged -> never).toCompletableFuture();

    assertThat(guard.settle(lastId, Ended.NOT_DONE)).isTrue();
    assertThat(guard.check(CALL).code()).isNull();

    never.complete("after all");
    assertThat(outcome.join()).isEqualTo(new Outcome.Completed<>("after all"));
    assertThat(guard.check(CALL).code()).as("the operator's was the last word").isNull();
  }

  @Test
  void aCallWhoseEndChangesNothingIsNotThere() {
    ToolGuard guard = guard("attempts");
    fail(guard);

    assertThat(guard.settle(lastId, Ended.NOT_DONE)).isFalse();
    assertThat(guard.settle("no such call", Ended.NOT_DONE)).isFalse();
    assertThat(guard.check(CALL).code()).isNotNull();
    assertThat(told).isEmpty();
  }

  @Test
  void nobodyKnowsIsNoWord() {
    ToolGuard guard = guard("successes");
    fail(guard);

    assertThatThrownBy(() -> guard.settle(lastId, Ended.UNKNOWN))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(guard.settle(lastId, Ended.NOT_DONE)).isTrue();
  }

  @Test
  void aStoreThatKeepsNoNamesSaysSo() {
    CounterStore plain =
        new CounterStore() {
          @Override
          public ReserveResult reserve(Demand demand) {
            return store.reserve(demand);
          }

          @Override
          public Look look(Demand demand) {
            return store.look(demand);
          }
        };
    ToolGuard guard = guard("successes", plain);

    assertThatThrownBy(() -> guard.settle("id", Ended.DONE))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> guard.held(CounterId.Kind.MARK, "", 1))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThat(told).isEmpty();
  }

  @Test
  void whatRunsIsListedAndTakenBack() {
    ToolGuard guard = guard("successes");
    CounterKey runs =
        new CounterKey(CounterId.inFlight("limits", "runs", "grant"), "agent-7", null);
    store.reserve(Demand.of(new Charge.InFlight(runs, 1, 1, 9, Duration.ofMinutes(15))));

    List<Held> held = guard.held(CounterId.Kind.IN_FLIGHT, "", 10);
    assertThat(held).extracting(Held::key).containsExactly(runs);
    assertThat(guard.takeBack(held.get(0).key())).isTrue();
    assertThat(guard.takeBack(held.get(0).key())).isFalse();

    assertThat(guard.held(CounterId.Kind.IN_FLIGHT, "", 10)).isEmpty();
    assertThat(told).containsExactly("taken back runs");
  }
}
