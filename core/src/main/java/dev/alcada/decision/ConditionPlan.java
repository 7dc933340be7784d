package dev.alcada.decision;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.internal.value.Missing;
import dev.alcada.policy.Condition;
import dev.alcada.policy.ValuePath;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A condition made ready to be judged. */
final class ConditionPlan {
  private final Condition condition;
  private final CallPath path;

  /** What is tested of the value, where the document says what it is compared with. */
  private final @Nullable ValueTest test;

  /** The other side, where that is of the call too, and how the two are compared. */
  private final @Nullable CallPath other;

  private final @Nullable PairTest pair;

  /** The mark that it looks for, and by which values. */
  private final @Nullable CounterId mark;

  private final @Nullable ScopePlan scope;

  private ConditionPlan(
      Condition condition,
      Expressions expressions,
      @Nullable CounterId mark,
      @Nullable ScopePlan scope) {
    this.condition = condition;
    this.path = new CallPath(condition.path());
    this.other = condition.valueFrom() == null ? null : new CallPath(condition.valueFrom());
    this.pair = other == null ? null : new PairTest(condition.op());
    this.test = other == null ? ValueTest.of(condition, expressions) : null;
    this.mark = mark;
    this.scope = scope;
  }

  static ConditionPlan of(Condition condition, Expressions expressions) {
    return new ConditionPlan(condition, expressions, null, null);
  }

  /** Makes ready a condition that looks for a mark. */
  static ConditionPlan ofMark(
      Condition condition, Expressions expressions, CounterId mark, ScopePlan scope) {
    return new ConditionPlan(condition, expressions, mark, scope);
  }

  Condition condition() {
    return condition;
  }

  boolean readsMark() {
    return mark != null;
  }

  boolean readsTime() {
    return path.path().root() == ValuePath.Root.TIME
        || (other != null && other.path().root() == ValuePath.Root.TIME);
  }

  /** {@return what the call has at the path} */
  @Nullable Object found(ToolCall call, Clock.@Nullable Moment now) {
    return path.read(call, now);
  }

  /** Judges what was found; the other side, if it is of the call, is looked at first. */
  Truth judge(@Nullable Object found, ToolCall call, Clock.@Nullable Moment now) {
    return test != null
        ? test.test(found)
        : Objects.requireNonNull(pair).test(found, Objects.requireNonNull(other).read(call, now));
  }

  /** Judges for a limit's {@code if}: an argument that is left out makes nothing false. */
  Truth judgeForLimit(ToolCall call, Clock.@Nullable Moment now) {
    Object found = path.read(call, now);
    Truth truth = judge(found, call, now);
    return found == Missing.ABSENT
            && truth == Truth.FALSE
            && condition.op() != Condition.Operator.EXISTS
        ? Truth.TRUE
        : truth;
  }

  /** Judges for a mark: the path leads into what the tool has answered, which cannot change. */
  Truth judgeOfResult(@Nullable Object result, ToolCall call, Clock.@Nullable Moment now) {
    Object found = path.into(result);
    if (test != null) {
      return test.test(found);
    }
    CallPath side = Objects.requireNonNull(other);
    Object beside =
        side.path().root() == ValuePath.Root.RESULT ? side.into(result) : side.read(call, now);
    return Objects.requireNonNull(pair).test(found, beside);
  }

  /** {@return the key of the mark that it looks for, or null if the call has no value for it} */
  @Nullable CounterKey key(ToolCall call) {
    return scope == null || mark == null ? null : scope.key(mark, call);
  }

  /** Judges whether a mark is there. */
  Truth judgeOfMark(boolean there) {
    return Truth.of(Boolean.valueOf(there).equals(condition.value()));
  }
}
