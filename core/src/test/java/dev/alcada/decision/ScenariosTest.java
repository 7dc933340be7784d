package dev.alcada.decision;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Ended;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.policy.Policy;
import dev.alcada.policy.PolicyWarning;
import dev.alcada.testing.ManualTime;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What people want to say with a policy, and what must come of it: a policy, calls with instants
 * and callers, and what becomes of each, as {@code scenarios.json} has it. A step is at so many
 * seconds after the first, or at an instant; a call is done at once, unless it says how it ends or
 * has a name under which a later step ends it.
 */
class ScenariosTest {
  private static final Instant START = Instant.parse("2026-11-02T09:00:00Z");

  static List<Arguments> scenarios() {
    List<Arguments> scenarios = new ArrayList<>();
    for (Map<String, @Nullable Object> one :
        Json.objects(Json.read(Table.text("scenarios.json")))) {
      scenarios.add(Arguments.of(one.get("title"), one));
    }
    return scenarios;
  }

  @Test
  void thereAreAllOfThem() {
    assertThat(scenarios()).hasSizeGreaterThanOrEqualTo(17);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("scenarios")
  void comesOutAsItSays(String title, Map<String, @Nullable Object> scenario) {
    Policy policy = Policy.parse(Json.write(scenario.get("policy")));
    assertThat(policy.warnings().stream().map(PolicyWarning::pointer))
        .as("%s", policy.warnings())
        .isEqualTo(scenario.getOrDefault("warnings", List.of()));
    assertThat(Policy.parse(policy.toJson())).isEqualTo(policy);

    Run run = new Run(policy);
    for (Map<String, @Nullable Object> step : Json.objects(scenario.get("steps"))) {
      run.step(step);
    }
  }

  /** One scenario on its way. */
  private static final class Run {
    private final ManualTime time = new ManualTime(START);
    private final InMemoryCounterStore store =
        InMemoryCounterStore.builder().timeSource(time).build();
    private final Map<String, Running> running = new HashMap<>();
    private CompiledPolicy policy;

    private record Running(Judgement judgement, Reservation reservation) {}

    Run(Policy policy) {
      this.policy = CompiledPolicy.of(policy, time);
    }

    void step(Map<String, @Nullable Object> step) {
      time.advance(Duration.between(time.instant(), instant(requireNonNull(step.get("at")))));
      if (step.get("policy") != null) {
        policy = CompiledPolicy.of(Policy.parse(Json.write(step.get("policy"))), time);
      } else if (step.get("end") instanceof String name) {
        end(requireNonNull(running.remove(name)), step);
      } else {
        call(step);
      }
    }

    private static Instant instant(Object at) {
      return at instanceof String text
          ? Instant.parse(text)
          : START.plusMillis(new BigDecimal(at.toString()).movePointRight(3).longValueExact());
    }

    private void call(Map<String, @Nullable Object> step) {
      Judgement judgement = policy.judge(DecisionCasesTest.call(step));
      if (judgement.needsMarks()) {
        assertThat(judgement.denied()).isNull();
        judgement = judgement.withMarks(store.look(judgement.demand()).marks());
      }
      Decision.Denied denied = judgement.denied();
      Reservation reserved = null;
      if (denied == null && judgement.asks().isEmpty()) {
        ReserveResult result = store.reserve(judgement.demand());
        if (result instanceof Refusal refusal) {
          denied = judgement.refused(refusal);
        } else {
          reserved = (Reservation) result;
        }
      }
      String outcome =
          denied != null
              ? "denied " + denied.code()
              : judgement.asks().isEmpty() ? "allowed" : "asks " + judgement.asks().get(0).rule();
      assertThat(outcome).as("%s", step).isEqualTo(step.get("then"));
      if (denied != null) {
        Duration wait = denied.retryAfter();
        Object expected = step.get("wait");
        assertThat(wait == null ? null : wait.toSeconds())
            .as("%s", step)
            .isEqualTo(expected == null ? null : Long.valueOf(expected.toString()));
        if (step.get("rule") != null) {
          assertThat(denied.rule()).isEqualTo(step.get("rule"));
        }
        assertThat(denied.message())
            .containsPattern(String.valueOf(step.getOrDefault("says", ".")));
      } else if (step.get("approvers") != null) {
        assertThat(judgement.approvers().approvers()).hasToString(step.get("approvers").toString());
        assertThat(judgement.approvers().from()).hasToString(String.valueOf(step.get("from")));
      } else if (reserved != null && step.get("as") instanceof String name) {
        running.put(name, new Running(judgement, reserved));
      } else if (reserved != null) {
        end(new Running(judgement, reserved), step);
      }
    }

    private static void end(Running call, Map<String, @Nullable Object> step) {
      Ended how =
          Ended.valueOf(String.valueOf(step.getOrDefault("how", "done")).toUpperCase(Locale.ROOT));
      if (how == Ended.DONE) {
        call.reservation.settle(how, call.judgement.doneMarks(step.get("result")));
      } else {
        call.reservation.settle(how);
      }
    }
  }
}
