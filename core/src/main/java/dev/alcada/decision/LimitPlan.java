package dev.alcada.decision;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Refusal;
import dev.alcada.decision.Explanation.LimitTrace;
import dev.alcada.internal.value.Decimals;
import dev.alcada.internal.value.FrozenList;
import dev.alcada.internal.value.JsonType;
import dev.alcada.policy.Limit;
import dev.alcada.policy.Limit.Counts;
import dev.alcada.policy.Limit.Kind;
import dev.alcada.policy.ValuePath;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A limit made ready to be charged, and what is said when it cannot be. */
final class LimitPlan implements Decision.Denied.Text, WholePlan.Charged {
  private final Limit limit;
  private final CounterId counter;
  private final int decimals;
  private final boolean shorthand;
  private final String rule;
  private final String location;
  private final ScopePlan scope;
  private final ConditionPlan[] appliesIf;
  private final CallPath[] distinct;
  private final Expressions expressions;
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
      String location,
      Expressions expressions) {
    this.limit = limit;
    this.counter = counter;
    this.decimals = decimals;
    this.shorthand = shorthand;
    this.rule = rule;
    this.location = location;
    this.expressions = expressions;
    this.scope = new ScopePlan(limit.scope());
    this.appliesIf =
        limit.appliesIf().stream()
            .map(condition -> ConditionPlan.of(condition, expressions))
            .toArray(ConditionPlan[]::new);
    this.distinct = limit.distinct().stream().map(CallPath::new).toArray(CallPath[]::new);
    this.from = limit.incrementFrom() == null ? null : new CallPath(limit.incrementFrom());
    this.max =
        limit.kind() == Kind.DISTINCT
            ? limit.max().longValueExact()
            : Decimals.floorUnits(limit.max(), decimals);
    this.amount = Decimals.units(limit.increment(), decimals);
    if (max < 0 || amount <= 0) {
      throw new IllegalArgumentException(
          rule + ": max and increment must be within what a counter holds exactly");
    }
    this.constant =
        scope.isGlobal() && from == null && limit.kind() == Kind.AMOUNT
            ? new Charge.Amount(
                new CounterKey(counter, "", null), max, amount, decimals, releasable())
            : null;
  }

  /**
   * Returns this limit, found by a pattern, for one of the tools: a shorthand counts each apart.
   */
  LimitPlan forTool(String tool) {
    return shorthand
        ? new LimitPlan(
            limit, counterOf(tool, counter), decimals, true, rule, location, expressions)
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
    return scope.byCallerAlone() && from == null && distinct.length == 0 && appliesIf.length == 0;
  }

  /** Returns whether it is not for every call, or adds up anything but amounts in a window. */
  boolean isSpecial() {
    return limit.kind() != Kind.AMOUNT || appliesIf.length > 0;
  }

  boolean readsTime() {
    return Arrays.stream(appliesIf).anyMatch(ConditionPlan::readsTime);
  }

  /** Returns whether the limit is for a call: it is unless a condition is false. */
  Truth applies(ToolCall call, Clock.@Nullable Moment now) {
    Truth all = Truth.TRUE;
    for (ConditionPlan condition : appliesIf) {
      all = all.and(condition.judgeForLimit(call, now));
    }
    return all;
  }

  /** Returns what the call adds to which count, or {@code null} if that cannot be said. */
  @Nullable Charge charge(ToolCall call) {
    if (constant != null) {
      return constant;
    }
    CounterKey key = scope.key(counter, call);
    if (key == null) {
      return null;
    } else if (limit.kind() == Kind.DISTINCT) {
      List<String> values = values(call);
      return values == null ? null : new Charge.Distinct(key, max, values);
    }
    long adds = from == null ? amount : amount(from.read(call, null));
    if (adds < 0) {
      return null;
    }
    return limit.kind() == Kind.IN_FLIGHT
        ? new Charge.InFlight(key, max, adds, decimals, limit.window().length())
        : new Charge.Amount(key, max, adds, decimals, releasable());
  }

  /** Returns whether what a call adds is more than there can ever be room for. */
  boolean neverFits(Charge charge) {
    return charge instanceof Charge.Amount adds
        ? adds.amount() > max
        : charge instanceof Charge.InFlight adds
            ? adds.amount() > max
            : charge instanceof Charge.Distinct several && several.values().size() > max;
  }

  /** Returns the different values of a call, or {@code null} if one of them cannot be had. */
  private @Nullable List<String> values(ToolCall call) {
    Set<String> values = new LinkedHashSet<>();
    for (CallPath path : distinct) {
      Object found = path.read(call, null);
      List<?> several =
          found instanceof FrozenList<?> list ? list : Collections.singletonList(found);
      for (Object one : several) {
        String text = ScopePlan.text(one);
        if (text == null) {
          return null;
        } else if (values.size() <= max) {
          values.add(text);
        }
      }
    }
    return List.copyOf(values);
  }

  /** Returns the denial of a call that cannot be charged, and to which the limit may apply. */
  Decision.Denied unusable(ToolCall call, Clock.@Nullable Moment now) {
    if (appliesIf.length > 0 && applies(call, now) == Truth.INDETERMINATE) {
      ConditionPlan unjudged = appliesIf[0];
      for (int i = appliesIf.length - 1; i >= 0; i--) {
        if (appliesIf[i].judgeForLimit(call, now) == Truth.INDETERMINATE) {
          unjudged = appliesIf[i];
        }
      }
      String told = DenialMessages.limitUnjudged(name(), unjudged.condition(), expressions);
      return new Decision.Denied(DecisionCode.UNJUDGED, rule, location, null, denied -> told);
    }
    Charge charge = charge(call);
    if (charge != null) {
      return denied(DecisionCode.LIMIT_NEVER, null);
    }
    ValuePath missing = scope.unusable(call);
    if (missing == null && distinct.length > 0) {
      for (CallPath path : distinct) {
        Object found = path.read(call, null);
        boolean readable =
            found instanceof FrozenList<?> list
                ? list.stream().allMatch(one -> ScopePlan.text(one) != null)
                : ScopePlan.text(found) != null;
        missing = missing == null && !readable ? path.path() : missing;
      }
    }
    if (missing == null) {
      return denied(DecisionCode.AMOUNT_INVALID, null);
    }
    String told = DenialMessages.scopeMissing(name(), missing, distinct.length > 0);
    return new Decision.Denied(DecisionCode.SCOPE_MISSING, rule, location, null, denied -> told);
  }

  /** Returns the denial of a call that a store refused because of this limit. */
  @Override
  public Decision.Denied refused(Refusal refusal) {
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
      case AMOUNT_INVALID ->
          from == null ? "" : DenialMessages.amountInvalid(name(), from.path(), decimals);
      case TOO_MANY_KEYS -> DenialMessages.tooManyKeys(name());
      case LIMIT_NEVER ->
          onDeny != null
              ? onDeny
              : limit.kind() == Kind.AMOUNT
                  ? DenialMessages.limitNever(name(), most, length)
                  : DenialMessages.specialLimitNever(name(), limit);
      default -> {
        if (onDeny != null) {
          yield DenialMessages.withWait(onDeny, denied.retryAfter());
        }
        if (isSpecial()) {
          yield DenialMessages.specialLimit(name(), limit, denied.retryAfter());
        }
        yield from == null
            ? DenialMessages.limit(name(), most, length, denied.retryAfter())
            : DenialMessages.limitForAmount(name(), most, length, denied.retryAfter());
      }
    };
  }

  /** Returns what a call would charge this limit, or {@code null} if it is not for the call. */
  @Nullable LimitTrace trace(ToolCall call, Clock.@Nullable Moment now, boolean values) {
    Charge would = applies(call, now) == Truth.FALSE ? null : charge(call);
    return would == null ? null : new LimitTrace(rule, would, values || from == null);
  }

  /**
   * Returns what a caller's calls charge this limit, whatever the call, or {@code null} if its
   * value is not the caller's alone, or what it counts is not an amount of every call.
   */
  @Nullable LimitTrace trace(Caller caller) {
    CounterKey key = isSpecial() ? null : scope.keyOfCaller(counter, caller);
    return key == null
        ? null
        : new LimitTrace(rule, new Charge.Amount(key, max, 0, decimals, false), false);
  }

  /** Returns the step of a call that cannot be charged, or {@code null} if it can. */
  Explanation.@Nullable Step step(ToolCall call, Clock.@Nullable Moment now, boolean shadow) {
    Truth applies = applies(call, now);
    Charge charge = charge(call);
    if (applies == Truth.FALSE || (applies == Truth.TRUE && charge != null && !neverFits(charge))) {
      return null;
    }
    return new Explanation.Step(
        rule, location, shadow, Explanation.Gave.DENIES, unusable(call, now).message(), List.of());
  }

  private @Nullable String name() {
    return shorthand ? null : limit.counter();
  }

  private boolean releasable() {
    return limit.counts() == Counts.SUCCESSES;
  }

  private long amount(@Nullable Object found) {
    return found instanceof Number number && JsonType.of(found) == JsonType.NUMBER
        ? Decimals.units(number, decimals)
        : -1;
  }
}
