package dev.alcada.decision;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import dev.alcada.policy.MarkRule;
import dev.alcada.policy.ValuePath;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A mark that calls leave, made ready. */
final class MarkPlan implements WholePlan.Charged {
  private final MarkRule mark;
  private final CounterId counter;
  private final ScopePlan scope;
  private final String rule;
  private final String location;
  private final List<ConditionPlan> result;

  MarkPlan(
      MarkRule mark, CounterId counter, String rule, String location, Expressions expressions) {
    this.mark = mark;
    this.counter = counter;
    this.rule = rule;
    this.location = location;
    this.scope = new ScopePlan(mark.scope());
    this.result = mark.result().stream().map(one -> ConditionPlan.of(one, expressions)).toList();
  }

  CounterId counter() {
    return counter;
  }

  String rule() {
    return rule;
  }

  boolean tried() {
    return mark.when() == MarkRule.When.TRIED;
  }

  boolean wantsResult() {
    return !result.isEmpty();
  }

  /** {@return whether all calls of a caller leave the same, whatever is answered} */
  boolean byCallerAlone() {
    return scope.byCallerAlone() && !wantsResult();
  }

  boolean readsTime() {
    return result.stream().anyMatch(ConditionPlan::readsTime);
  }

  /** {@return what a call leaves, or null if it has no value to leave it under} */
  @Nullable Mark mark(ToolCall call) {
    CounterKey key = scope.key(counter, call);
    return key == null ? null : new Mark(key, mark.lasts());
  }

  /** {@return whether a result is one after which the mark is left} */
  boolean isLeftAfter(@Nullable Object answer, ToolCall call, Clock.@Nullable Moment now) {
    for (ConditionPlan condition : result) {
      if (condition.judgeOfResult(answer, call, now) != Truth.TRUE) {
        return false;
      }
    }
    return true;
  }

  /** Returns the denial of a call for which {@link #mark} gave none. */
  Decision.Denied unusable(ToolCall call) {
    ValuePath missing = scope.unusable(call);
    return denied(
        DecisionCode.SCOPE_MISSING,
        null,
        missing == null ? "" : DenialMessages.markScopeMissing(mark.name(), missing));
  }

  @Override
  public Decision.Denied refused(Refusal refusal) {
    return denied(
        DecisionCode.TOO_MANY_KEYS,
        refusal.retryAfter(),
        DenialMessages.markTooManyKeys(mark.name()));
  }

  private Decision.Denied denied(DecisionCode code, @Nullable Duration wait, String message) {
    return new Decision.Denied(code, rule, location, wait, denied -> message);
  }
}
