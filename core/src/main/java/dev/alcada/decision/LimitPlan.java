package dev.alcada.decision;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Refusal;
import dev.alcada.internal.value.Decimals;
import dev.alcada.internal.value.Folding;
import dev.alcada.internal.value.JsonType;
import dev.alcada.policy.Limit;
import dev.alcada.policy.Limit.Counts;
import dev.alcada.policy.Scope;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A limit made ready to be charged, and what is said when it cannot be. */
final class LimitPlan implements Decision.Denied.Text {
  private enum By {
    GRANT,
    SESSION,
    ALL,
    VALUE
  }

  private final Limit limit;
  private final CounterId counter;
  private final int decimals;
  private final boolean shorthand;
  private final String rule;
  private final String location;
  private final By by;
  private final @Nullable CallPath value;
  private final @Nullable CallPath from;
  private final long max;
  private final long amount;

  /** The one charge of a limit that is the same for every call. */
  private final @Nullable Charge constant;

  /**
   * Makes a limit ready.
   *
   * @param limit the limit; of a tool's shorthand, the limit it stands for
   * @param counter what it counts by
   * @param decimals the decimal places of its units, which can hold its maximum
   * @param shorthand whether it is a tool's {@code rate_limit}
   */
  LimitPlan(
      Limit limit,
      CounterId counter,
      int decimals,
      boolean shorthand,
      String rule,
      String location) {
    this.limit = limit;
    this.counter = counter;
    this.decimals = decimals;
    this.shorthand = shorthand;
    this.rule = rule;
    this.location = location;
    Scope scope = limit.scope();
    this.by =
        scope instanceof Scope.OfGrant
            ? By.GRANT
            : scope instanceof Scope.OfSession
                ? By.SESSION
                : scope instanceof Scope.OfGlobal ? By.ALL : By.VALUE;
    this.value = scope instanceof Scope.OfValue of ? new CallPath(of.path()) : null;
    this.from = limit.incrementFrom() == null ? null : new CallPath(limit.incrementFrom());
    this.max = Decimals.floorUnits(limit.max(), decimals);
    this.amount = Decimals.units(limit.increment(), decimals);
    if (max < 0 || amount <= 0) {
      throw new IllegalArgumentException(
          rule + ": max and increment must be within what a counter holds exactly");
    }
    this.constant =
        by == By.ALL && from == null
            ? new Charge.Amount(
                new CounterKey(counter, "", null), max, amount, decimals, releasable())
            : null;
  }

  /**
   * Returns this limit, found by a pattern, for one of the tools: a shorthand counts each apart.
   */
  LimitPlan forTool(String tool) {
    return shorthand
        ? new LimitPlan(limit, counterOf(tool, counter), decimals, true, rule, location)
        : this;
  }

  private static CounterId counterOf(String tool, CounterId counter) {
    return CounterId.of(
        counter.namespace(),
        bounded(tool, counter),
        counter.scope(),
        Objects.requireNonNull(counter.window()));
  }

  /** Returns a tool's name as keys keep their values: callers invent names, and long ones. */
  static String bounded(String tool, CounterId counter) {
    return new CounterKey(counter, tool, null).value();
  }

  CounterId counter() {
    return counter;
  }

  String rule() {
    return rule;
  }

  boolean shorthand() {
    return shorthand;
  }

  long max() {
    return max;
  }

  /** Returns whether all calls of a caller are charged alike. */
  boolean byCallerAlone() {
    return by != By.VALUE && from == null;
  }

  /** Returns what the call adds to which count, or {@code null} if that cannot be said. */
  @Nullable Charge charge(ToolCall call) {
    if (constant != null) {
      return constant;
    }
    CounterKey key = key(call);
    if (key == null) {
      return null;
    }
    long adds = from == null ? amount : amount(from.read(call));
    return adds < 0 ? null : new Charge.Amount(key, max, adds, decimals, releasable());
  }

  /** Returns the denial of a call for which {@link #charge} gave none. */
  Decision.Denied unusable(ToolCall call) {
    return value != null && key(call) == null
        ? denied(DecisionCode.SCOPE_MISSING, null)
        : denied(DecisionCode.AMOUNT_INVALID, null);
  }

  /** Returns the denial of a call that a store refused because of this limit. */
  Decision.Denied refused(Refusal refusal) {
    return switch (refusal.reason()) {
      case EXHAUSTED -> denied(DecisionCode.LIMIT, refusal.retryAfter());
      case ABOVE_MAX -> denied(DecisionCode.LIMIT_NEVER, null);
      case TOO_MANY_KEYS -> denied(DecisionCode.TOO_MANY_KEYS, refusal.retryAfter());
      case DUPLICATE, MARKS_CHANGED ->
          throw new IllegalArgumentException("no limit is refused as " + refusal.reason());
    };
  }

  private Decision.Denied denied(DecisionCode code, @Nullable Duration wait) {
    return new Decision.Denied(code, rule, location, wait, this);
  }

  /** Returns what the agent is told of a denial that this limit made. */
  @Override
  public String of(Decision.Denied denied) {
    String onDeny = DenialMessages.told(limit.onDeny());
    String most = Decimals.plain(limit.max());
    Duration length = limit.window().length();
    return switch (denied.code()) {
      case SCOPE_MISSING -> value == null ? "" : DenialMessages.scopeMissing(name(), value.path());
      case AMOUNT_INVALID ->
          from == null ? "" : DenialMessages.amountInvalid(name(), from.path(), decimals);
      case TOO_MANY_KEYS -> DenialMessages.tooManyKeys(name());
      case LIMIT_NEVER -> onDeny != null ? onDeny : DenialMessages.limitNever(name(), most, length);
      default -> {
        if (onDeny != null) {
          yield DenialMessages.withWait(onDeny, denied.retryAfter());
        }
        yield from == null
            ? DenialMessages.limit(name(), most, length, denied.retryAfter())
            : DenialMessages.limitForAmount(name(), most, length, denied.retryAfter());
      }
    };
  }

  private @Nullable String name() {
    return shorthand ? null : limit.counter();
  }

  private boolean releasable() {
    return limit.counts() == Counts.SUCCESSES;
  }

  private @Nullable CounterKey key(ToolCall call) {
    Caller caller = call.caller();
    return switch (by) {
      case GRANT -> new CounterKey(counter, caller.grant(), null);
      case SESSION -> new CounterKey(counter, caller.grant(), caller.session());
      case ALL -> new CounterKey(counter, "", null);
      case VALUE -> {
        String text = value == null ? null : value(value.read(call));
        yield text == null ? null : new CounterKey(counter, text, null);
      }
    };
  }

  /** Returns the text that stands for a value, the same for equal ones, or {@code null}. */
  private static @Nullable String value(@Nullable Object found) {
    if (found instanceof String text) {
      return Folding.compose(text);
    }
    return found instanceof Number number && JsonType.of(found) == JsonType.NUMBER
        ? Decimals.plain(number)
        : null;
  }

  private long amount(@Nullable Object found) {
    return found instanceof Number number && JsonType.of(found) == JsonType.NUMBER
        ? Decimals.units(number, decimals)
        : -1;
  }
}
