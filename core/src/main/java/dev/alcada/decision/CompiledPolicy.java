package dev.alcada.decision;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.alcada.counter.CounterId;
import dev.alcada.decision.Explanation.LimitTrace;
import dev.alcada.policy.Policy;
import dev.alcada.policy.ValuePath;
import dev.alcada.time.TimeSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A policy made ready to judge calls: per tool one plan, in which nothing is left to be parsed,
 * split or compiled. Immutable apart from a bounded cache of names, and safe for use by several
 * threads.
 */
public final class CompiledPolicy {
  private static final Logger LOG = LoggerFactory.getLogger(CompiledPolicy.class);

  /** Longer names are resolved each time: what callers invent must not fill the memory. */
  private static final int LONGEST_CACHED_NAME = 256;

  private static final int MOST_CACHED_NAMES = 10_000;

  private static final ToolPlan NO_GRANT = ToolPlan.denying(Denials.NO_GRANT);
  private static final ToolPlan TOO_LARGE = ToolPlan.denying(Denials.TOO_LARGE);
  private static final ToolPlan UNREADABLE = ToolPlan.denying(Denials.UNREADABLE);

  private final ToolPlans plans;
  private final String revision;
  private final Clock clock;
  private final @Nullable String halted;
  private final @Nullable ToolPlan halt;
  private final LoadingCache<String, ToolPlan> resolved;

  private CompiledPolicy(Policy policy, TimeSource time) {
    this.plans = ToolPlans.of(policy);
    this.revision = policy.revision();
    this.clock = Clock.of(time, policy.timezone());
    this.halted = policy.halted();
    this.halt =
        halted == null ? null : ToolPlan.denying(Denials.halted(halted).withLocation("/halt"));
    this.resolved =
        Caffeine.newBuilder()
            .maximumSize(MOST_CACHED_NAMES)
            .executor(Runnable::run)
            .build(plans::byPattern);
  }

  /**
   * Makes a policy ready, by the machine's own clock.
   *
   * @param policy the policy
   * @throws IllegalArgumentException if the policy holds what no reader or builder lets through
   */
  public static CompiledPolicy of(Policy policy) {
    return of(policy, TimeSource.system());
  }

  /**
   * Makes a policy ready.
   *
   * @param policy the policy
   * @param time the clock of paths such as {@code time.hour}; read once a call, and only for tools
   *     whose rules look at it
   * @throws IllegalArgumentException if the policy holds what no reader or builder lets through
   */
  public static CompiledPolicy of(Policy policy, TimeSource time) {
    return new CompiledPolicy(policy, Objects.requireNonNull(time, "time"));
  }

  /** {@return the policy's {@linkplain Policy#revision revision}} */
  public String revision() {
    return revision;
  }

  /** {@return what the agent is told of every call if the policy halts all, or {@code null}} */
  public @Nullable String halted() {
    return halted;
  }

  /**
   * Returns whether a tool is to be listed: false if the policy hides it.
   *
   * @param tool the tool's name
   */
  public boolean visible(String tool) {
    return !plan(tool).hidden();
  }

  /**
   * Returns what the policy says of a tool before it is called.
   *
   * @param tool the tool's name
   */
  public Coverage coverage(String tool) {
    ToolPlan plan = plan(tool);
    return plan.coverage(tool, plan != plans.unlisted());
  }

  /**
   * Judges a call, without counting anything or asking anybody. Never throws: what cannot be judged
   * is denied.
   *
   * @param call the call
   */
  public Judgement judge(ToolCall call) {
    return judge(call, null);
  }

  /**
   * Judges a call of a tool about which something is known that no document says, as {@link
   * #judge(ToolCall)} does.
   *
   * @param call the call
   * @param pinned the denial of a tool that is not as it was pinned, or {@code null}; a call that
   *     is too large, and a hidden tool, are denied as such
   */
  public Judgement judge(ToolCall call, Decision.@Nullable Denied pinned) {
    try {
      boolean plain = pinned == null && halt == null && call.state() == ToolCall.State.READABLE;
      Judgement last = plain ? call.caller().last(this, call.tool()) : null;
      if (last != null) {
        return last;
      }
      ToolPlan plan = planOf(call);
      if (pinned != null && !comesFirst(plan)) {
        plan = ToolPlan.denying(pinned);
      }
      Judgement judgement = plan.judge(call, clock);
      if (plain && plan.judgesByCallerAlone() && call.tool().length() <= LONGEST_CACHED_NAME) {
        call.caller().keep(judgement, this, call.tool());
      }
      return judgement;
    } catch (Throwable e) {
      // Whatever it is, and be it the end of the stack: the call must not run.
      report(e);
      return Judgement.INTERNAL;
    }
  }

  /** Tells the operator where it failed, without a message that might hold a value of the call. */
  private static void report(Throwable failure) {
    try {
      IllegalStateException place = new IllegalStateException(failure.getClass().getName());
      place.setStackTrace(failure.getStackTrace());
      LOG.error("A call could not be judged and is denied", place);
    } catch (Throwable e) {
      // There is nobody left to tell; the denial stands.
    }
  }

  /**
   * Returns what each rule gives for a call, in the order in which they are looked at.
   *
   * @param call the call
   * @param values whether the steps hold the values that were looked at
   */
  public List<Explanation.Step> steps(ToolCall call, boolean values) {
    try {
      return planOf(call).steps(call, clock, values);
    } catch (Throwable e) {
      report(e);
      return List.of();
    }
  }

  /**
   * Returns what a call would charge each limit of its tool, as far as that can be said.
   *
   * @param call the call
   * @param values whether amounts that are values of the call are told
   */
  public List<LimitTrace> limits(ToolCall call, boolean values) {
    try {
      return planOf(call).limits(call, clock, values);
    } catch (Throwable e) {
      report(e);
      return List.of();
    }
  }

  /**
   * Returns the limits of all tools whose value is the caller's alone.
   *
   * @param caller the caller
   */
  public List<LimitTrace> limits(Caller caller) {
    return plans.limits(caller);
  }

  /** {@return what the rules read of a call, by the roots of their paths; unmodifiable} */
  public Set<ValuePath.Root> mentioned() {
    return plans.mentioned();
  }

  /**
   * Returns the counter of each of the policy's limits by the limit's rule, and what stands behind
   * {@code once} and each mark, in document order with those of all tools last; unmodifiable. A
   * limit whose counter a policy and its replacement both have keeps its count. The shorthand limit
   * of a pattern counts each tool apart; it is here once, with the pattern for a name.
   */
  public Map<String, CounterId> counters() {
    return plans.counters();
  }

  /** Whether a plan denies each call by what comes before the question of who describes a tool. */
  private boolean comesFirst(ToolPlan plan) {
    return plan == NO_GRANT || plan == halt || plan == TOO_LARGE || plan.hidden();
  }

  private ToolPlan planOf(ToolCall call) {
    if (!call.caller().hasGrant()) {
      return NO_GRANT;
    } else if (halt != null) {
      return halt;
    }
    return switch (call.state()) {
      case TOO_LARGE -> TOO_LARGE;
      case UNREADABLE -> UNREADABLE;
      case READABLE -> plan(call.tool());
    };
  }

  private ToolPlan plan(String tool) {
    ToolPlan plan = plans.byName(tool);
    if (plan != null) {
      return plan;
    }
    if (!plans.hasPatterns()) {
      return plans.unlisted();
    }
    return tool.length() > LONGEST_CACHED_NAME ? plans.byPattern(tool) : resolved.get(tool);
  }
}
