package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.approval.ApprovalState;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Look;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever fails at whatever step, the call does not run and leaves nothing behind. */
class FailClosedTest {
  private static final Policy ASKS =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {"pay": {
            "action": "require_approval", "reason": "Money moves.",
            "limits": [{"counter": "paid", "window": "minute", "max": 1}]}}}
          """);
  private static final String ONCE =
      """
      {"version": "1", "default": "deny", "tools": {"pay": {"mode": "%s",
        "limits": [{"counter": "paid", "window": "minute", "max": 1}]}}}
      """;
  private static final ToolCall PAY = ToolCall.of("pay", Map.of(), Caller.grant("agent-7"));

  private final ManualTime time = new ManualTime();
  private final InMemoryCounterStore counters =
      InMemoryCounterStore.builder().timeSource(time).build();
  private final List<ToolCall> ran = new ArrayList<>();

  /** A store in memory, of which a test says what happens beside. */
  private class Interfering implements CounterStore {
    @Override
    public ReserveResult reserve(Demand demand) {
      return counters.reserve(demand);
    }

    @Override
    public Look look(Demand demand) {
      return counters.look(demand);
    }
  }

  /** Clocks that fail from the moment a test says so. */
  private final class Failing implements TimeSource {
    private boolean broken;

    @Override
    public long nanoTime() {
      return time.nanoTime();
    }

    @Override
    public Instant instant() {
      if (broken) {
        throw new IllegalStateException("no clock");
      }
      return time.instant();
    }
  }

  private String run(ToolCall call) {
    ran.add(call);
    return "paid";
  }

  private Decision decision(ToolGuard guard) throws Exception {
    return guard.call(PAY, this::run).decision();
  }

  private static String approved(ToolGuard guard) throws Exception {
    Decision asked = guard.call(PAY, call -> "not yet").decision();
    assertThat(asked).isInstanceOf(Decision.ApprovalRequired.class);
    String id = Objects.requireNonNull(((Decision.ApprovalRequired) asked).approvalId());
    guard.approvals().approve(id, "ana", null);
    return id;
  }

  private static @Nullable ApprovalState state(ToolGuard guard, String id) {
    return Objects.requireNonNull(guard.approvals().get(id)).state();
  }

  /** Nothing is reserved and the yes is there: the very call passes once all is well again. */
  private void passesOnce(ToolGuard guard) throws Exception {
    assertThat(ran).isEmpty();
    assertThat(decision(guard)).isEqualTo(Decision.Allowed.INSTANCE);
    assertThat(ran).hasSize(1);
    assertThat(decision(guard).code()).isEqualTo(DecisionCode.LIMIT);
  }

  @ParameterizedTest
  @ValueSource(
      classes = {IllegalStateException.class, StackOverflowError.class, OutOfMemoryError.class})
  void aPolicySourceThatFailsDeniesAndShowsNothing(Class<? extends Throwable> failure)
      throws Exception {
    Throwable thrown = failure.getConstructor(String.class).newInstance("hunter2");
    ToolGuard guard =
        ToolGuard.builder(
                caller -> {
                  throw FailClosedTest.<RuntimeException>unchecked(thrown);
                })
            .build();

    assertThat(decision(guard))
        .returns("(internal)", Decision::rule)
        .returns(DecisionCode.INTERNAL, Decision::code);
    assertThat(decision(guard).message()).doesNotContain("hunter2");
    assertThat(guard.check(PAY).code()).isEqualTo(DecisionCode.INTERNAL);
    assertThat(guard.visible("pay", PAY.caller())).isFalse();
    assertThat(ran).isEmpty();
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> E unchecked(Throwable thrown) throws E {
    throw (E) thrown;
  }

  @Test
  void aStoreThatCannotEvenLookAsksNobody() throws Exception {
    ToolGuard guard =
        ToolGuard.builder(ASKS)
            .counterStore(
                new Interfering() {
                  @Override
                  public Look look(Demand demand) {
                    throw new StackOverflowError("no connection");
                  }
                })
            .build();

    assertThat(decision(guard).code()).isEqualTo(DecisionCode.STORE_UNAVAILABLE);
    assertThat(guard.check(PAY).code()).isEqualTo(DecisionCode.STORE_UNAVAILABLE);
    assertThat(guard.approvals().pending()).isEmpty();
    assertThat(ran).isEmpty();
  }

  /** Null is how the guard itself says that a call has no limits. */
  @ParameterizedTest
  @ValueSource(strings = {"allow", "require_approval"})
  void aStoreThatAnswersNothingLetsNothingThrough(String action) throws Exception {
    boolean[] answers = {false};
    ToolGuard guard =
        ToolGuard.builder(Policy.parse(ASKS.toJson().replace("require_approval", action)))
            .counterStore(
                new Interfering() {
                  @Override
                  @SuppressWarnings("NullAway") // as a store in a language without such a check
                  public ReserveResult reserve(Demand demand) {
                    return answers[0] ? counters.reserve(demand) : null;
                  }
                })
            .build();
    if (action.equals("require_approval")) {
      approved(guard);
    }

    assertThat(decision(guard).code()).isEqualTo(DecisionCode.STORE_UNAVAILABLE);

    answers[0] = true;
    passesOnce(guard);
  }

  @Test
  void aLimitFilledBetweenTheLookAndTheReservationLeavesTheYesUsable() throws Exception {
    boolean[] overtaken = {false};
    ToolGuard guard =
        ToolGuard.builder(ASKS)
            .timeSource(time)
            .counterStore(
                new Interfering() {
                  @Override
                  public ReserveResult reserve(Demand demand) {
                    if (overtaken[0]) {
                      counters.reserve(demand);
                    }
                    return counters.reserve(demand);
                  }
                })
            .build();
    String id = approved(guard);

    overtaken[0] = true;
    assertThat(decision(guard).code()).isEqualTo(DecisionCode.LIMIT);

    assertThat(state(guard, id)).isEqualTo(ApprovalState.APPROVED);
    overtaken[0] = false;
    time.advance(Duration.ofMinutes(1));
    passesOnce(guard);
  }

  @Test
  void aYesLostBetweenTheReservationAndItsClaimCancelsTheReservation() throws Exception {
    List<String> withdrawn = new ArrayList<>();
    Approvals approvals = Approvals.builder().timeSource(time).build();
    ToolGuard guard =
        ToolGuard.builder(ASKS)
            .timeSource(time)
            .approvals(approvals)
            .counterStore(
                new Interfering() {
                  @Override
                  public ReserveResult reserve(Demand demand) {
                    withdrawn.forEach(approvals::cancel);
                    withdrawn.clear();
                    return counters.reserve(demand);
                  }
                })
            .build();
    withdrawn.add(approved(guard));

    assertThat(decision(guard).code()).isEqualTo(DecisionCode.APPROVAL_IN_USE);

    approved(guard);
    passesOnce(guard);
  }

  @Test
  void aClaimThatFailsCancelsTheReservation() throws Exception {
    Failing clock = new Failing();
    boolean[] breaks = {false};
    ToolGuard guard =
        ToolGuard.builder(ASKS)
            .timeSource(time)
            .approvals(Approvals.builder().timeSource(clock).build())
            .counterStore(
                new Interfering() {
                  @Override
                  public ReserveResult reserve(Demand demand) {
                    clock.broken = breaks[0];
                    return counters.reserve(demand);
                  }
                })
            .build();
    String id = approved(guard);

    breaks[0] = true;
    assertThat(decision(guard).code()).isEqualTo(DecisionCode.STORE_UNAVAILABLE);

    breaks[0] = false;
    clock.broken = false;
    assertThat(state(guard, id)).isEqualTo(ApprovalState.APPROVED);
    passesOnce(guard);
  }

  @Test
  void aFailureAfterTheClaimGivesTheYesAndTheReservationBack() throws Exception {
    Failing clock = new Failing();
    boolean[] breaks = {false};
    ToolGuard guard =
        ToolGuard.builder(ASKS)
            .timeSource(clock)
            .listener(event -> {})
            .approvals(Approvals.builder().timeSource(time).build())
            .counterStore(
                new Interfering() {
                  @Override
                  public ReserveResult reserve(Demand demand) {
                    clock.broken = breaks[0];
                    breaks[0] = false;
                    return counters.reserve(demand);
                  }
                })
            .build();
    String id = approved(guard);

    breaks[0] = true;
    assertThat(guard.check(PAY)).isEqualTo(Decision.Allowed.INSTANCE);
    Decision failed = decision(guard);

    assertThat(failed.code()).isEqualTo(DecisionCode.INTERNAL);
    clock.broken = false;
    assertThat(state(guard, id)).isEqualTo(ApprovalState.APPROVED);
    passesOnce(guard);
  }

  @ParameterizedTest
  @ValueSource(strings = {"enforce", "shadow"})
  void aCallThatCannotBeReportedLeavesNothingCounted(String mode) throws Exception {
    Failing clock = new Failing();
    List<Decision> told = new ArrayList<>();
    ToolGuard guard =
        ToolGuard.builder(Policy.parse(ONCE.formatted(mode)))
            .timeSource(clock)
            .counterStore(counters)
            .listener(
                event -> told.add(Objects.requireNonNullElse(event.shadow(), event.decision())))
            .build();

    clock.broken = true;
    assertThat(decision(guard).code()).isEqualTo(DecisionCode.INTERNAL);
    clock.broken = false;
    decision(guard);
    decision(guard);

    assertThat(told).extracting(Decision::code).containsExactly(null, DecisionCode.LIMIT);
  }
}
