package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Look;
import dev.alcada.counter.ReserveResult;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ToolGuardTest {
  private static final String SEED =
      """
      {
        "version": "1",
        "default": "deny",
        "tools": {
          "create_connect_token": {
            "limits": [
              {
                "counter": "create_connect_token_rate",
                "window": "minute",
                "max": 30,
                "scope": "grant"
              }
            ]
          }
        }
      }
      """;
  private static final String RULE = "/tools/create_connect_token/limits/create_connect_token_rate";

  private final ManualTime time = new ManualTime();
  private final ToolGuard guard = guard(SEED);

  private ToolGuard guard(String policy) {
    return ToolGuard.builder(Policy.parse(policy)).timeSource(time).build();
  }

  private static ToolCall mint(String grant) {
    return ToolCall.of(
        "create_connect_token", Map.of("clientUserId", "user-42"), Caller.grant(grant));
  }

  private static int admitted(ToolGuard guard, int calls, ToolCall call) throws Exception {
    int admitted = 0;
    for (int i = 0; i < calls; i++) {
      if (guard.call(call, judged -> "token") instanceof Outcome.Completed<String>) {
        admitted++;
      }
    }
    return admitted;
  }

  @Test
  void anAllowedCallRunsAndGivesItsValue() throws Exception {
    Outcome<String> outcome =
        guard.call(mint("agent-7"), judged -> "for " + judged.arguments().get("clientUserId"));

    assertThat(outcome).isEqualTo(new Outcome.Completed<>("for user-42"));
    assertThat(outcome.decision().rule()).isEmpty();
    assertThat(outcome.decision().code()).isNull();
  }

  @Test
  void aLoopingAgentMintsThirtyAMinuteAndNoMore() throws Exception {
    assertThat(admitted(guard, 500, mint("agent-7"))).isEqualTo(30);

    Decision decision = guard.call(mint("agent-7"), judged -> "token").decision();
    assertThat(decision.code()).isEqualTo(DecisionCode.LIMIT);
    assertThat(decision.rule()).isEqualTo(RULE);
    assertThat(decision.location()).isEqualTo("/tools/create_connect_token/limits/0");
    assertThat(decision.retryAfter()).isEqualTo(Duration.ofSeconds(60));
    assertThat(decision.message()).isNotBlank();
  }

  @Test
  void theWindowSlidesSoNoSpanOfAMinuteHoldsMore() throws Exception {
    admitted(guard, 20, mint("agent-7"));
    time.advance(Duration.ofSeconds(59));
    assertThat(admitted(guard, 30, mint("agent-7"))).isEqualTo(10);
    time.advance(Duration.ofMillis(999));
    assertThat(admitted(guard, 30, mint("agent-7"))).isZero();
    time.advance(Duration.ofMillis(1));
    assertThat(admitted(guard, 30, mint("agent-7"))).isEqualTo(20);
  }

  @Test
  void eachGrantHasACountOfItsOwn() throws Exception {
    assertThat(admitted(guard, 31, mint("agent-7"))).isEqualTo(30);
    assertThat(admitted(guard, 31, mint("agent-8"))).isEqualTo(30);
  }

  @Test
  void anUnlistedToolIsDeniedByDefault() throws Exception {
    AtomicInteger ran = new AtomicInteger();
    Decision decision =
        guard
            .call(
                ToolCall.of("delete_account", Map.of(), Caller.grant("agent-7")),
                judged -> ran.incrementAndGet())
            .decision();

    assertThat(decision.rule()).isEqualTo("(default deny)");
    assertThat(decision.code()).isEqualTo(DecisionCode.NOT_LISTED);
    assertThat(ran).hasValue(0);
  }

  @Test
  void aCallWithoutAGrantIsDenied() throws Exception {
    for (String none : List.of("", "  ")) {
      Decision decision = guard.call(mint(none), judged -> "token").decision();
      assertThat(decision.code()).isEqualTo(DecisionCode.NO_GRANT);
      assertThat(decision.rule()).isEqualTo("(no grant)");
    }
  }

  @Test
  void theHandlerGetsWhatWasJudgedWhateverHappensToTheArgumentsMeanwhile() throws Exception {
    Map<String, @Nullable Object> options = new HashMap<>(Map.of("clientUserId", "user-42"));
    Map<String, @Nullable Object> arguments = new HashMap<>(Map.of("options", options));
    ToolCall call = ToolCall.of("create_connect_token", arguments, Caller.grant("agent-7"));
    options.put("clientUserId", "somebody else");
    arguments.clear();

    Outcome<Object> outcome = guard.call(call, judged -> judged.arguments());

    assertThat(outcome)
        .isEqualTo(new Outcome.Completed<>(Map.of("options", Map.of("clientUserId", "user-42"))));
  }

  @Test
  void aHandlersExceptionComesOutUnchangedAndTheCallStaysCounted() throws Exception {
    IOException thrown = new IOException("the bank is closed");
    for (int i = 0; i < 30; i++) {
      assertThatThrownBy(
              () ->
                  guard.call(
                      mint("agent-7"),
                      judged -> {
                        throw thrown;
                      }))
          .isSameAs(thrown);
    }
    assertThat(guard.call(mint("agent-7"), judged -> "token")).isInstanceOf(Outcome.Denied.class);
  }

  @Test
  void aLimitOnSuccessesGivesBackOnlyACallThatSaysNothingWasDone() throws Exception {
    ToolGuard successes =
        guard(
            """
            {"version": "1", "default": "deny", "tools": {"create_connect_token": {"limits": [
              {"counter": "minted", "window": "minute", "max": 2, "counts": "successes"}]}}}
            """);
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(
              () ->
                  successes.call(
                      mint("agent-7"),
                      judged -> {
                        throw new NotDoneException("refused before anything happened");
                      }))
          .isInstanceOf(NotDoneException.class);
    }
    assertThatThrownBy(
            () ->
                successes.call(
                    mint("agent-7"),
                    judged -> {
                      throw new IOException("no answer");
                    }))
        .isInstanceOf(IOException.class);
    assertThat(admitted(successes, 5, mint("agent-7"))).isEqualTo(1);
  }

  @Test
  void aResultCanSayThatNothingWasDone() throws Exception {
    ToolGuard classified =
        ToolGuard.builder(
                Policy.parse(
                    """
                    {"version": "1", "default": "deny", "tools": {"create_connect_token": {"limits": [
                      {"counter": "minted", "window": "minute", "max": 2, "counts": "successes"}]}}}
                    """))
            .timeSource(time)
            .resultClassifier((call, result) -> "nothing".equals(result))
            .build();
    for (int i = 0; i < 10; i++) {
      assertThat(classified.call(mint("agent-7"), judged -> "nothing"))
          .isInstanceOf(Outcome.Completed.class);
    }
    assertThat(admitted(classified, 5, mint("agent-7"))).isEqualTo(2);
  }

  @Test
  void checkingNeitherRunsNorCounts() throws Exception {
    for (int i = 0; i < 100; i++) {
      assertThat(guard.check(mint("agent-7"))).isEqualTo(Decision.Allowed.INSTANCE);
    }
    assertThat(admitted(guard, 31, mint("agent-7"))).isEqualTo(30);
    assertThat(guard.check(mint("agent-7")).rule()).isEqualTo(RULE);
  }

  @Test
  void sixtyFourThreadsAtOnceNeverGetMoreThanTheLimit() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(64);
    try {
      CountDownLatch start = new CountDownLatch(1);
      AtomicInteger ran = new AtomicInteger();
      List<Future<?>> threads = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        boolean throwing = i % 2 == 0;
        threads.add(
            pool.submit(
                () -> {
                  start.await();
                  for (int n = 0; n < 50; n++) {
                    try {
                      guard.call(
                          mint("agent-7"),
                          judged -> {
                            ran.incrementAndGet();
                            if (throwing) {
                              throw new IllegalStateException();
                            }
                            return "token";
                          });
                    } catch (IllegalStateException expected) {
                      // A handler that throws is counted like any other.
                    }
                  }
                  return null;
                }));
      }
      start.countDown();
      for (Future<?> thread : threads) {
        thread.get();
      }
      assertThat(ran).hasValue(30);
    } finally {
      pool.shutdownNow();
    }
  }

  @Test
  void aStoreThatFailsLetsNothingThrough() throws Exception {
    CounterStore broken =
        new CounterStore() {
          @Override
          public ReserveResult reserve(Demand demand) {
            throw new StackOverflowError();
          }

          @Override
          public Look look(Demand demand) {
            throw new IllegalStateException("no connection");
          }
        };
    ToolGuard closed = ToolGuard.builder(Policy.parse(SEED)).counterStore(broken).build();

    assertThat(closed.call(mint("agent-7"), judged -> "token").decision().code())
        .isEqualTo(DecisionCode.STORE_UNAVAILABLE);
    assertThat(closed.check(mint("agent-7")).code()).isEqualTo(DecisionCode.STORE_UNAVAILABLE);
  }

  @Test
  void aPolicySourceGivesEachCallerItsOwnPolicyAndDeniesWhereThereIsNone() throws Exception {
    Policy seed = Policy.parse(SEED);
    ToolGuard perCaller =
        ToolGuard.builder(
                caller ->
                    switch (caller.grant()) {
                      case "known" -> seed;
                      case "broken" -> throw new IllegalStateException("no database");
                      default -> null;
                    })
            .timeSource(time)
            .build();

    assertThat(admitted(perCaller, 31, mint("known"))).isEqualTo(30);
    assertThat(perCaller.call(mint("stranger"), judged -> "token").decision().code())
        .isEqualTo(DecisionCode.NO_POLICY);
    assertThat(perCaller.call(mint("broken"), judged -> "token").decision().code())
        .isEqualTo(DecisionCode.INTERNAL);
    assertThat(perCaller.visible("create_connect_token", Caller.grant("stranger"))).isFalse();
    assertThatIllegalStateException()
        .isThrownBy(() -> perCaller.replacePolicy(seed))
        .withMessageContaining("PolicySource");
  }

  @Test
  void aReplacedPolicyKeepsTheCountOfALimitThatStaysTheSame() throws Exception {
    admitted(guard, 10, mint("agent-7"));
    assertThat(guard.replacePolicy(Policy.parse(SEED.replace("30", "12")))).isEmpty();
    assertThat(admitted(guard, 30, mint("agent-7"))).isEqualTo(2);

    assertThat(guard.replacePolicy(Policy.parse(SEED.replace("minute", "hour"))))
        .singleElement()
        .asString()
        .startsWith(RULE);
    assertThat(admitted(guard, 40, mint("agent-7"))).isEqualTo(30);
  }

  @Test
  void oneCallerUsedForSeveralToolsAndPoliciesIsChargedForEachApart() throws Exception {
    Caller caller = Caller.grant("agent-7");
    String document =
        """
        {"version": "1", "default": "deny", "tools": {
          "a": {"limits": [{"counter": "a", "window": "minute", "max": 3}]},
          "b": {"limits": [{"counter": "b", "window": "minute", "max": 2}]}}}
        """;
    ToolGuard several = guard(document);
    int a = 0;
    int b = 0;
    for (int i = 0; i < 5; i++) {
      a += admitted(several, 1, ToolCall.of("a", Map.of(), caller));
      b += admitted(several, 1, ToolCall.of("b", Map.of(), caller));
    }
    assertThat(List.of(a, b)).containsExactly(3, 2);
    several.replacePolicy(Policy.parse(document.replace("\"max\": 3", "\"max\": 4")));
    assertThat(admitted(several, 5, ToolCall.of("a", Map.of(), caller))).isEqualTo(1);
    assertThat(admitted(several, 5, ToolCall.of("a", Map.of(), caller.withSession("s")))).isZero();
    assertThat(admitted(several, 5, ToolCall.of("a", Map.of(), Caller.grant("other"))))
        .isEqualTo(4);
  }

  @Test
  void aHiddenToolIsNeitherSeenNorCalled() throws Exception {
    ToolGuard hiding =
        guard("{\"version\": \"1\", \"default\": \"allow\", \"hide\": [\"delete_*\"]}");

    assertThat(hiding.visible("delete_account", Caller.grant("agent-7"))).isFalse();
    assertThat(hiding.visible("create_charge", Caller.grant("agent-7"))).isTrue();
    assertThat(
            hiding.check(ToolCall.of("delete_account", Map.of(), Caller.grant("agent-7"))).code())
        .isEqualTo(DecisionCode.HIDDEN);
  }

  @Test
  void aBuilderRefusesASettingMadeTwice() {
    assertThatIllegalStateException()
        .isThrownBy(() -> ToolGuard.builder(Policy.parse(SEED)).timeSource(time).timeSource(time))
        .withMessageContaining("timeSource");
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                ToolGuard.builder(Policy.parse(SEED))
                    .approvalPatience(Duration.ZERO)
                    .approvalPatience(Duration.ZERO))
        .withMessageContaining("approvalPatience");
  }
}
