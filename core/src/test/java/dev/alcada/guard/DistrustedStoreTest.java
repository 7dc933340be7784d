package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.approval.ApprovalStore;
import dev.alcada.approval.InMemoryApprovalStore;
import dev.alcada.decision.Caller;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A store of approvals that answers with another call's request: a yes is for one call alone. */
class DistrustedStoreTest {
  private static final Policy ASKS =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "all_tools": {"approve_if": [
            {"on_deny": "Money moves.", "conditions": []}]},
            "tools": {"pay": {}, "refund": {}}}
          """);

  private final ManualTime time = new ManualTime();
  private final InMemoryApprovalStore requests = InMemoryApprovalStore.create(time);
  private final List<ToolCall> ran = new ArrayList<>();

  /** What the store answers with whatever is looked for, once there is one. */
  private @Nullable String instead;

  private boolean lies;

  private final ApprovalStore lying =
      new ForwardingStore(requests) {
        @Override
        public CompletionStage<@Nullable ApprovalRequest> find(String binding) {
          return lies ? requests.get(String.valueOf(instead)) : super.find(binding);
        }

        @Override
        public CompletionStage<@Nullable ApprovalRequest> get(String id) {
          return lies ? requests.get(String.valueOf(instead)) : super.get(id);
        }
      };

  private final Approvals approvals = Approvals.builder().timeSource(time).store(lying).build();
  private final ToolGuard guard =
      ToolGuard.builder(ASKS).approvals(approvals).timeSource(time).build();

  private static ToolCall call(String tool, int amount, String grant) {
    return ToolCall.of(tool, Map.of("amount", amount), Caller.grant(grant));
  }

  private @Nullable DecisionCode made(ToolCall call) throws Exception {
    return guard
        .call(
            call,
            judged -> {
              ran.add(judged);
              return "done";
            })
        .decision()
        .code();
  }

  private String asked(ToolCall call) throws Exception {
    time.advance(Duration.ofSeconds(1)); // so that it is the last
    assertThat(made(call)).isEqualTo(DecisionCode.APPROVAL_PENDING);
    return approvals.pending().get(approvals.pending().size() - 1).id();
  }

  @ParameterizedTest
  @CsvSource({"pay, 1, bolt", "refund, 1, acme", "pay, 5000, acme"})
  void aYesThatIsFoundForAnotherCallLetsNothingRun(String tool, int amount, String grant)
      throws Exception {
    instead = asked(call("pay", 1, "acme"));
    approvals.approve(instead, "ana", null);
    lies = true;

    assertThat(made(call(tool, amount, grant))).isEqualTo(DecisionCode.STORE_UNAVAILABLE);
    CompletableFuture<Outcome<String>> async =
        guard
            .callAsync(
                call(tool, amount, grant),
                judged -> {
                  ran.add(judged);
                  return CompletableFuture.completedFuture("done");
                })
            .toCompletableFuture();
    assertThat(async.join().decision().code()).isEqualTo(DecisionCode.STORE_UNAVAILABLE);

    assertThat(ran).isEmpty();
    assertThat(made(call("pay", 1, "acme"))).as("the call that it is for").isNull();
  }

  @Test
  void aYesThatIsSaidToBeAnothersLetsNothingRun() throws Exception {
    approvals.approve(asked(call("pay", 1, "acme")), "ana", null);
    ApprovalStore renames =
        new ForwardingStore(requests) {
          @Override
          public CompletionStage<@Nullable ApprovalRequest> find(String binding) {
            return super.find(binding)
                .thenApply(
                    found ->
                        found == null
                            ? null
                            : ApprovalRequest.fromJson(found.toJson().replace("acme", "bolt")));
          }
        };
    ToolGuard deceived =
        ToolGuard.builder(ASKS)
            .approvals(Approvals.builder().timeSource(time).store(renames).build())
            .timeSource(time)
            .build();

    Outcome<String> outcome = deceived.call(call("pay", 1, "acme"), judged -> "paid");

    assertThat(outcome.decision().code()).isEqualTo(DecisionCode.STORE_UNAVAILABLE);
  }

  @Test
  void aRequestThatIsSaidToHoldAlreadyIsComparedToo() throws Exception {
    String other = asked(call("pay", 1, "acme"));
    approvals.approve(other, "ana", null);
    ApprovalStore holds =
        new ForwardingStore(requests) {
          @Override
          public CompletionStage<Added> add(ApprovalRequest request, Bounds bounds) {
            return requests.get(other).thenApply(found -> new Added.Holds(found));
          }
        };
    ToolGuard deceived =
        ToolGuard.builder(ASKS)
            .approvals(Approvals.builder().timeSource(time).store(holds).build())
            .timeSource(time)
            .build();

    Outcome<String> outcome = deceived.call(call("pay", 5000, "bolt"), judged -> "paid");

    assertThat(outcome.decision().code()).isEqualTo(DecisionCode.STORE_UNAVAILABLE);
  }

  @Test
  void anAnswerIsTakenByTheRequestThatItNamesOrByNone() throws Exception {
    String small = asked(call("pay", 1, "acme"));
    instead = asked(call("pay", 5000, "bolt"));
    lies = true;

    assertThatThrownBy(() -> approvals.approve(small, "ana", null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("another request");
    assertThatThrownBy(() -> approvals.get(small)).isInstanceOf(IllegalStateException.class);

    lies = false;
    assertThat(approvals.pending())
        .hasSize(2)
        .allMatch(request -> request.state() == ApprovalState.PENDING);
  }
}
