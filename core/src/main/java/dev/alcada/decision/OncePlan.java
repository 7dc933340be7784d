package dev.alcada.decision;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Refusal;
import dev.alcada.policy.ToolRule;
import dev.alcada.policy.ValuePath;
import dev.alcada.time.Window;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** That the same call is not made twice, made ready to be charged. */
final class OncePlan implements WholePlan.Charged {
  /** How long a call runs at most before the same one may be made again. */
  private static final Duration LEASE = Duration.ofMinutes(15);

  private final ToolRule.Once once;
  private final CounterId counter;
  private final Window window;
  private final String rule;

  /** None for the whole call. */
  private final CallPath[] by;

  OncePlan(ToolRule.Once once, CounterId counter, String rule) {
    this.once = once;
    this.counter = counter;
    this.rule = rule;
    this.window = new Window.Sliding(once.length());
    this.by = once.by().stream().map(CallPath::new).toArray(CallPath[]::new);
  }

  /** Returns this for one of the tools that a pattern matches: each is remembered apart. */
  OncePlan forTool(String tool) {
    String bounded = new CounterKey(counter, tool, null).value();
    return new OncePlan(once, CounterId.once(counter.namespace(), bounded), rule);
  }

  CounterId counter() {
    return counter;
  }

  String rule() {
    return rule;
  }

  /** {@return what is charged, or null if the call has not what makes two calls the same} */
  @Nullable Charge charge(ToolCall call) {
    String values = values(call);
    if (values == null) {
      return null;
    }
    String grant = call.caller().grant();
    CounterKey key = new CounterKey(counter, grant, values).ownedBy(grant);
    return new Charge.Once(key, window, LEASE);
  }

  private @Nullable String values(ToolCall call) {
    if (by.length == 0) {
      return call.digest();
    } else if (by.length == 1) {
      return ScopePlan.text(by[0].read(call, null));
    }
    StringBuilder joined = new StringBuilder();
    for (CallPath path : by) {
      String text = ScopePlan.text(path.read(call, null));
      if (text == null) {
        return null;
      }
      joined.append(text.length()).append(':').append(text);
    }
    return joined.toString();
  }

  /** Returns the denial of a call for which {@link #charge} gave none. */
  Decision.Denied unusable(ToolCall call) {
    ValuePath missing = new ValuePath(ValuePath.Root.CALL, List.of());
    for (CallPath path : by) {
      if (ScopePlan.text(path.read(call, null)) == null) {
        missing = path.path();
        break;
      }
    }
    String told = DenialMessages.onceMissing(missing);
    return denied(DecisionCode.SCOPE_MISSING, null, told);
  }

  @Override
  public Decision.Denied refused(Refusal refusal) {
    if (refusal.reason() == Refusal.Reason.TOO_MANY_KEYS) {
      return denied(
          DecisionCode.TOO_MANY_KEYS, refusal.retryAfter(), DenialMessages.onceTooManyKeys());
    }
    String told = DenialMessages.told(once.onDeny());
    return denied(
        DecisionCode.DUPLICATE,
        null,
        told != null ? told : DenialMessages.duplicate(once.length(), refusal.earlier()));
  }

  private Decision.Denied denied(DecisionCode code, @Nullable Duration wait, String message) {
    return new Decision.Denied(code, rule, rule, wait, denied -> message);
  }
}
