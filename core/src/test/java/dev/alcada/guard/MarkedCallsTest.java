package dev.alcada.guard;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.approval.ApprovalState;
import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.counter.AsyncCounterStore;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Held;
import dev.alcada.counter.Look;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls that are judged by what others have left behind, on their way through the guard. */
class MarkedCallsTest {
  private static final Policy POLICY =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {
            "read": {"marks": [{"mark": "private", "for": "1h", "when": "tried"}]},
            "send": {"deny_if": [{"name": "after_private", "on_deny": "Private data was read.",
                                  "conditions": [{"path": "marks.private", "op": "exists", "value": true}]}],
                     "limits": [{"counter": "sent", "window": "minute", "max": 2}]},
            "share": {"approve_if": [{"name": "after_private", "on_deny": "Private data was read.",
                                      "conditions": [{"path": "marks.private", "op": "exists", "value": true}]}],
                      "limits": [{"counter": "shared", "window": "minute", "max": 2}]},
            "verify": {"marks": [{"mark": "verified", "for": "10m",
                                  "result": [{"path": "result.status", "op": "eq", "value": "ok"}]}]},
            "glance": {"marks": [{"mark": "seen", "for": "10m"}]},
            "use": {"require": [{"name": "seen",
                                 "conditions": [{"path": "marks.seen", "op": "exists", "value": true}]}]},
            "pay": {"require": [{"name": "verified",
                                 "conditions": [{"path": "marks.verified", "op": "exists", "value": true}]}]}}}
          """);

  private final ManualTime time = new ManualTime();
  private final InMemoryCounterStore counts =
      InMemoryCounterStore.builder().timeSource(time).build();
  private final ToolGuard guard = guard(counts).build();

  private ToolGuard.Builder guard(CounterStore store) {
    return guard(store, Approvals.builder().timeSource(time).build());
  }

  private ToolGuard.Builder guard(CounterStore store, Approvals approvals) {
    return ToolGuard.builder(POLICY)
        .timeSource(time)
        .counterStore(store)
        .executor(Runnable::run)
        .approvals(approvals);
  }

  private static ToolCall call(String tool) {
    return ToolCall.of(tool, Map.of(), Caller.grant("agent-7"));
  }

  private static String said(Outcome<?> outcome) {
    Decision decision = outcome.decision();
    return decision.code() == null ? "ran" : decision.code().text();
  }

  /** How a call is made. */
  private enum Way {
    CALL {
      @Override
      String make(ToolGuard guard, String tool) throws Exception {
        return said(guard.call(call(tool), judged -> Map.of("status", "ok")));
      }
    },
    CALL_ASYNC {
      @Override
      String make(ToolGuard guard, String tool) {
        return said(
            guard
                .callAsync(
                    call(tool), judged -> CompletableFuture.completedFuture(Map.of("status", "ok")))
                .toCompletableFuture()
                .join());
      }
    };

    abstract String make(ToolGuard guard, String tool) throws Exception;
  }

  @Test
  void oneCallerThatCallsSeveralToolsInTurnLeavesTheMarksOfEach() throws Exception {
    Caller one = Caller.grant("agent-7");
    List<String> order =
        List.of("use", "pay", "read", "glance", "read", "use", "verify", "glance", "pay", "send");
    List<String> became = new ArrayList<>();
    for (String tool : order) {
      became.add(
          said(guard.call(ToolCall.of(tool, Map.of(), one), judged -> Map.of("status", "ok"))));
    }
    assertThat(became)
        .containsExactly(
            "require", "require", "ran", "ran", "ran", "ran", "ran", "ran", "ran", "deny_if");
  }

  @ParameterizedTest
  @EnumSource
  void nothingLeavesAfterPrivateDataWasRead(Way way) throws Exception {
    for (CounterStore store : List.of(counts, new NetworkStore(counts).answeringAtOnce())) {
      ToolGuard each = guard(store).build();
      assertThat(way.make(each, "send")).isEqualTo("ran");
      assertThat(way.make(each, "read")).isEqualTo("ran");
      assertThat(way.make(each, "send")).isEqualTo("deny_if");
      assertThat(each.check(call("send")).code()).isEqualTo(DecisionCode.DENY_IF);

      time.advance(Duration.ofHours(1));
      assertThat(way.make(each, "send")).isEqualTo("ran");
      time.advance(Duration.ofHours(1));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatPermitsIsThereOnceItHasSucceeded(Way way) throws Exception {
    assertThat(way.make(guard, "pay")).isEqualTo("require");
    assertThat(way.make(guard, "verify")).isEqualTo("ran");
    assertThat(way.make(guard, "pay")).isEqualTo("ran");

    time.advance(Duration.ofMinutes(10));
    assertThat(way.make(guard, "pay")).isEqualTo("require");
  }

  @Test
  void whatRestrictsIsThereWhileTheCallRunsAndHoweverItEnds() throws Exception {
    CompletableFuture<String> running = new CompletableFuture<>();
    CompletionStage<Outcome<String>> outcome = guard.callAsync(call("read"), judged -> running);
    time.advance(Duration.ofDays(1));
    assertThat(Way.CALL.make(guard, "send")).as("it has not been settled").isEqualTo("deny_if");

    running.completeExceptionally(new IllegalStateException("no answer"));
    assertThat(outcome).isCompletedExceptionally();
    time.advance(Duration.ofMinutes(59));
    assertThat(Way.CALL.make(guard, "send")).isEqualTo("deny_if");
    time.advance(Duration.ofMinutes(1));
    assertThat(Way.CALL.make(guard, "send")).isEqualTo("ran");
  }

  @Test
  void whatSurelyWasNotDoneLeavesNothing() throws Exception {
    assertThatThrownBy(
            () ->
                guard.call(
                    call("read"),
                    judged -> {
                      throw new NotDoneException("not there");
                    }))
        .isInstanceOf(NotDoneException.class);

    assertThat(Way.CALL.make(guard, "send")).isEqualTo("ran");
  }

  @Test
  void aCheckLeavesNothing() throws Exception {
    assertThat(guard.check(call("read")).code()).isNull();
    assertThat(Way.CALL.make(guard, "send")).isEqualTo("ran");
  }

  /** What {@code verify} returns, and whether it permits {@code pay}. */
  static Stream<Arguments> results() {
    return Stream.of(
        Arguments.of(Map.of("status", "ok"), "ran"),
        Arguments.of(Map.of("status", "no"), "require"),
        Arguments.of(Map.of(), "require"),
        Arguments.of("{\"status\": \"ok\"}", "ran"),
        Arguments.of(" {\"status\": \"no\"}", "require"),
        Arguments.of("{\"status\": \"ok\", \"status\": \"ok\"}", "require"),
        Arguments.of("{\"status\": \"ok\"} and more", "require"),
        Arguments.of("{", "require"),
        Arguments.of("ok", "require"),
        Arguments.of(List.of("ok"), "require"),
        Arguments.of(null, "require"),
        Arguments.of(new Object(), "require"),
        Arguments.of(7, "require"));
  }

  @ParameterizedTest
  @MethodSource("results")
  @SuppressWarnings("NullAway") // a handler may well return null
  void theResultDecidesWhatIsPermitted(@Nullable Object result, String paid) throws Exception {
    guard.<@Nullable Object>call(call("verify"), judged -> result);
    assertThat(Way.CALL.make(guard, "pay")).isEqualTo(paid);
  }

  /** Handlers and hosts that say that a fine result is none. */
  @ParameterizedTest
  @EnumSource
  void anErrorPermitsNothing(Saying saying) throws Exception {
    ToolGuard.Builder builder = guard(counts);
    if (saying.name().startsWith("CLASSIFIER") || saying == Saying.NOT_DONE) {
      builder.resultClassifier(
          new ResultClassifier() {
            @Override
            public boolean notDone(ToolCall call, @Nullable Object result) {
              return saying == Saying.NOT_DONE;
            }

            @Override
            public boolean leavesMarks(ToolCall call, @Nullable Object result) {
              if (saying == Saying.CLASSIFIER_FAILS) {
                throw new StackOverflowError();
              }
              return saying != Saying.CLASSIFIER;
            }
          });
    }
    ToolHandler<Map<String, String>> handler =
        new ToolHandler<>() {
          @Override
          public Map<String, String> handle(ToolCall call) {
            return Map.of("status", "ok");
          }

          @Override
          public boolean isError(Map<String, String> result) {
            if (saying == Saying.HANDLER_CANNOT_TELL) {
              throw new IllegalStateException("unreadable");
            }
            return saying == Saying.HANDLER;
          }

          @Override
          public @Nullable Object content(Map<String, String> result) {
            if (saying == Saying.HANDLER_FAILS) {
              throw new IllegalStateException("unreadable");
            }
            return result;
          }
        };
    ToolGuard each = builder.build();
    each.call(call("verify"), handler);
    each.call(call("glance"), handler);

    assertThat(Way.CALL.make(each, "pay")).isEqualTo("require");
    assertThat(Way.CALL.make(each, "use")).as("whatever the result").isEqualTo("require");
    Way.CALL.make(guard, "glance");
    assertThat(Way.CALL.make(each, "use")).isEqualTo("ran");
  }

  /** Who says it. */
  private enum Saying {
    HANDLER,
    HANDLER_FAILS,
    HANDLER_CANNOT_TELL,
    CLASSIFIER,
    CLASSIFIER_FAILS,
    NOT_DONE
  }

  /** How often the store is asked. */
  private final List<String> trips = new ArrayList<>();

  private AsyncCounterStore counting(Runnable afterLook) {
    return new AsyncCounterStore() {
      @Override
      public CompletionStage<ReserveResult> reserveAsync(Demand demand) {
        trips.add("reserve");
        return CompletableFuture.completedFuture(counts.reserve(demand));
      }

      @Override
      public CompletionStage<Look> lookAsync(Demand demand) {
        trips.add("look");
        Look look = counts.look(demand);
        afterLook.run();
        return CompletableFuture.completedFuture(look);
      }
    };
  }

  @Test
  void aCallTakesTwoTripsWhereMarksDecideAndOneWhereTheyDoNot() throws Exception {
    ToolGuard each = guard(counting(() -> {})).build();

    Way.CALL.make(each, "send");
    assertThat(trips).containsExactly("look", "reserve");
    trips.clear();
    Way.CALL_ASYNC.make(each, "read");
    assertThat(trips).containsExactly("reserve");
    trips.clear();
    Way.CALL_ASYNC.make(each, "send");
    assertThat(trips).as("denied").containsExactly("look");
  }

  @Test
  void aCallIsJudgedAnewByAMarkThatComesBetween() throws Exception {
    List<Runnable> once = new ArrayList<>(List.of(() -> quietly("read")));
    ToolGuard each =
        guard(
                counting(
                    () -> {
                      if (!once.isEmpty()) {
                        once.remove(0).run();
                      }
                    }))
            .build();

    assertThat(Way.CALL.make(each, "send")).isEqualTo("deny_if");
    assertThat(trips).containsExactly("look", "reserve", "look");
    time.advance(Duration.ofHours(2));
    assertThat(Way.CALL.make(each, "send")).isEqualTo("ran");
    assertThat(Way.CALL.make(each, "send")).as("only those that ran count").isEqualTo("ran");
  }

  /** The mark that asked is taken away before the yes is used: the yes is there another time. */
  @Test
  void aYesIsNotUsedByACallThatNeedsItNoLonger() throws Exception {
    Way.CALL.make(guard, "read");
    Held read = guard.held(CounterId.Kind.MARK, "", 1).get(0);
    Way.CALL.make(guard, "share");
    String asked = guard.approvals().pending().get(0).id();
    guard.approvals().approve(asked, "ana", null);
    ToolGuard each = guard(counting(() -> guard.takeBack(read.key())), guard.approvals()).build();

    assertThat(Way.CALL.make(each, "share")).isEqualTo("ran");
    assertThat(trips).containsExactly("look", "reserve", "look", "reserve");
    assertThat(requireNonNull(guard.approvals().get(asked)).state())
        .isEqualTo(ApprovalState.APPROVED);
  }

  private void quietly(String tool) {
    try {
      Way.CALL.make(guard, tool);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aCallThatNeedsAMarkIsDeniedIfItIsTakenAwayBetween() throws Exception {
    Way.CALL.make(guard, "verify");
    Held verified = guard.held(CounterId.Kind.MARK, "", 1).get(0);
    ToolGuard each = guard(counting(() -> guard.takeBack(verified.key()))).build();

    assertThat(Way.CALL.make(each, "pay")).isEqualTo("require");
    assertThat(trips).containsExactly("look", "reserve", "look");
  }

  @ParameterizedTest
  @EnumSource
  void marksThatChangeEachTimeDenyInTheEnd(Way way) throws Exception {
    // The mark is never there at a look and always at the reservation.
    AsyncCounterStore restless =
        new AsyncCounterStore() {
          @Override
          public CompletionStage<ReserveResult> reserveAsync(Demand demand) {
            trips.add("reserve");
            quietly("read");
            ReserveResult result = counts.reserve(demand);
            guard
                .held(CounterId.Kind.MARK, "", 9)
                .forEach(mark -> assertThat(guard.takeBack(mark.key())).isTrue());
            return CompletableFuture.completedFuture(result);
          }

          @Override
          public CompletionStage<Look> lookAsync(Demand demand) {
            trips.add("look");
            return CompletableFuture.completedFuture(counts.look(demand));
          }
        };

    assertThat(way.make(guard(restless).build(), "send")).isEqualTo("store_unavailable");
    assertThat(trips)
        .containsExactly(
            "look", "reserve", "look", "reserve", "look", "reserve", "look", "reserve");
    assertThat(Way.CALL.make(guard, "send")).isEqualTo("ran");
    assertThat(Way.CALL.make(guard, "send")).isEqualTo("ran");
  }

  @Test
  void aStoreThatCannotBeLookedAtDeniesAndNobodyIsAsked() throws Exception {
    for (int how = 0; how < 4; how++) {
      int failing = how;
      AsyncCounterStore broken =
          new AsyncCounterStore() {
            @Override
            public CompletionStage<ReserveResult> reserveAsync(Demand demand) {
              throw new IllegalStateException("not to be asked");
            }

            @Override
            public CompletionStage<Look> lookAsync(Demand demand) {
              return switch (failing) {
                case 0 -> CompletableFuture.failedFuture(new IllegalStateException("away"));
                case 1 -> throw new IllegalStateException("away");
                case 2 -> CompletableFuture.completedFuture(null);
                default -> CompletableFuture.completedFuture(Look.of(null, List.of(), List.of()));
              };
            }
          };
      ToolGuard each = guard(broken).build();
      assertThat(Way.CALL.make(each, "share")).isIn("store_unavailable", "internal");
      assertThat(Way.CALL_ASYNC.make(each, "pay")).isIn("store_unavailable", "internal");
      assertThat(each.approvals().pending()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aMarkCanAskAndTheYesHoldsWhileItIsThere(Way way) throws Exception {
    assertThat(way.make(guard, "share")).isEqualTo("ran");
    way.make(guard, "read");

    assertThat(way.make(guard, "share")).isEqualTo("approval_pending");
    guard.approvals().approve(guard.approvals().pending().get(0).id(), "ana", null);
    assertThat(way.make(guard, "share")).isEqualTo("ran");
    assertThat(way.make(guard, "share")).as("the limit is told first").isEqualTo("limit");
    assertThat(guard.approvals().pending()).isEmpty();
  }

  @Test
  void aPrecheckLooksOnceTheMarksAreKnownAndNotWhereTheyDeny() throws Exception {
    List<String> looked = new ArrayList<>();
    Precheck<String> precheck =
        call -> {
          looked.add(call.tool());
          return "instead";
        };
    assertThat(guard.call(call("pay"), precheck, judged -> "ran"))
        .isInstanceOf(Outcome.Denied.class);
    assertThat(looked).isEmpty();

    assertThat(guard.call(call("send"), precheck, judged -> "ran"))
        .isEqualTo(new Outcome.Completed<>("instead"));
    assertThat(looked).containsExactly("send");
    Precheck<String> failing =
        call -> {
          throw new IllegalStateException("no schema");
        };
    assertThat(guard.call(call("send"), failing, judged -> "ran").decision().code())
        .isEqualTo(DecisionCode.INTERNAL);
    assertThat(Way.CALL.make(guard, "send")).isEqualTo("ran");
    assertThat(Way.CALL.make(guard, "send")).as("nothing was counted before").isEqualTo("ran");
  }

  @Test
  void noThreadIsHeldForAStoreThatIsFar() {
    NetworkStore far = new NetworkStore(counts);
    ToolGuard each = guard(far).build();
    CompletableFuture<Outcome<String>> outcome =
        each.<String>callAsync(call("send"), judged -> CompletableFuture.completedFuture("sent"))
            .toCompletableFuture();

    assertThat(outcome).isNotDone();
    requireNonNull(far.next()).run();
    assertThat(outcome).isNotDone();
    requireNonNull(far.next()).run();
    assertThat(outcome).isCompletedWithValue(new Outcome.Completed<>("sent"));
    assertThat(far.next()).isNull();
  }

  @Test
  void aCallThatIsCancelledBetweenTheTripsLeavesNothing() throws Exception {
    NetworkStore far = new NetworkStore(counts);
    ToolGuard each = guard(far).build();
    for (int trip = 1; trip <= 2; trip++) {
      CompletableFuture<Outcome<String>> outcome =
          each.<String>callAsync(call("send"), judged -> CompletableFuture.completedFuture("sent"))
              .toCompletableFuture();
      for (int i = 1; i < trip; i++) {
        requireNonNull(far.next()).run();
      }
      outcome.cancel(false);
      requireNonNull(far.next()).run();
      assertThat(far.next()).isNull();
    }
    assertThat(Way.CALL.make(guard, "send")).isEqualTo("ran");
    assertThat(Way.CALL.make(guard, "send")).isEqualTo("ran");
  }

  @Test
  void aShadowRuleLeavesAndReadsMarksOfItsOwn() throws Exception {
    List<String> would = new ArrayList<>();
    DecisionListener listener =
        (DecisionEvent event) ->
            would.add(
                event.tool()
                    + " "
                    + (event.shadow() == null || event.shadow().code() == null
                        ? "-"
                        : event.shadow().code().text()));
    Policy shadowed =
        Policy.parse(
            """
            {"version": "1", "default": "deny", "tools": {
              "read": {"mode": "shadow", "marks": [{"mark": "private", "for": "1h", "when": "tried"}]},
              "send": {"mode": "shadow", "deny_if": [{"name": "x",
                  "conditions": [{"path": "marks.private", "op": "exists", "value": true}]}]},
              "verify": {"mode": "shadow", "marks": [{"mark": "verified", "for": "10m"}]},
              "pay": {"mode": "shadow", "require": [{"name": "v",
                  "conditions": [{"path": "marks.verified", "op": "exists", "value": true}]}]}}}
            """);
    Way.CALL.make(guard, "read"); // an enforced mark, which is not theirs
    ToolGuard each =
        ToolGuard.builder(shadowed)
            .timeSource(time)
            .counterStore(counts)
            .listener(listener)
            .build();
    for (String tool : List.of("send", "read", "send", "pay", "verify", "pay")) {
      assertThat(Way.CALL.make(each, tool)).isEqualTo("ran");
    }

    assertThat(would)
        .containsExactly("send -", "read -", "send deny_if", "pay require", "verify -", "pay -");
    assertThat(Way.CALL.make(guard, "pay")).as("no enforced mark was left").isEqualTo("require");
  }

  @Test
  void aMarkOfOneGrantIsNotAnothers() throws Exception {
    Way.CALL.make(guard, "read");

    ToolCall other = ToolCall.of("send", Map.of(), Caller.grant("agent-8"));
    assertThat(guard.call(other, judged -> "sent")).isEqualTo(new Outcome.Completed<>("sent"));
  }
}
