package dev.alcada.decision;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.internal.value.Decimals;
import dev.alcada.internal.value.Folding;
import dev.alcada.internal.value.JsonType;
import dev.alcada.policy.Scope;
import dev.alcada.policy.ValuePath;
import dev.alcada.policy.ValuePath.Root;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is counted, or marked, apart, made ready to be taken from calls.
 *
 * <p>Of several parts the first is the key's value and the rest its session, each part behind its
 * length where there are more than one, so that no two tuples are alike. A list begins with the
 * grant where it has one; names of one's own stand in their own order, for the parts behind them
 * may differ from tool to tool.
 */
final class ScopePlan {
  private enum By {
    GRANT,
    SESSION,
    ALL,
    VALUE,
    PARTS
  }

  /**
   * Begins the text of a pair of grant and session, and doubles at the beginning of other texts.
   */
  private static final char PAIR = '\0';

  private final Scope scope;
  private final By by;
  private final CallPath[] parts;

  /** Whether callers choose its keys within their own grant. */
  private final boolean owned;

  ScopePlan(Scope scope) {
    this.scope = scope;
    this.by =
        scope instanceof Scope.OfGrant
            ? By.GRANT
            : scope instanceof Scope.OfSession
                ? By.SESSION
                : scope instanceof Scope.OfGlobal
                    ? By.ALL
                    : scope instanceof Scope.OfValue ? By.VALUE : By.PARTS;
    List<ValuePath> paths = new ArrayList<>();
    if (scope instanceof Scope.OfParts several) {
      List<Scope.Part> sorted = new ArrayList<>(several.parts());
      sorted.sort(
          several.named()
              ? Comparator.comparing(Scope.Part::name)
              : Comparator.comparing((Scope.Part part) -> rank(part.path().root()))
                  .thenComparing(Scope.Part::name));
      sorted.forEach(part -> paths.add(part.path()));
    } else {
      paths.addAll(scope.paths());
    }
    this.parts = paths.stream().map(CallPath::new).toArray(CallPath[]::new);
    this.owned =
        paths.stream().anyMatch(path -> path.root() == Root.GRANT || path.root() == Root.SESSION)
            && paths.stream()
                .anyMatch(path -> path.root() == Root.ARGS || path.root() == Root.CALL);
  }

  private static int rank(Root root) {
    return root == Root.GRANT ? 0 : root == Root.SESSION ? 1 : 2;
  }

  /** {@return whether all calls of a caller have the same value} */
  boolean byCallerAlone() {
    return by == By.GRANT || by == By.SESSION || by == By.ALL;
  }

  boolean isGlobal() {
    return by == By.ALL;
  }

  /** {@return the key of all calls of a caller, or null if it is not the caller's alone} */
  @Nullable CounterKey keyOfCaller(CounterId counter, Caller caller) {
    return switch (by) {
      case GRANT -> new CounterKey(counter, caller.grant(), null);
      case SESSION -> new CounterKey(counter, caller.grant(), caller.session());
      case ALL -> new CounterKey(counter, "", null);
      case VALUE, PARTS -> null;
    };
  }

  /** {@return the key of a call, or null if one of its values cannot be had} */
  @Nullable CounterKey key(CounterId counter, ToolCall call) {
    Caller caller = call.caller();
    return switch (by) {
      case GRANT -> new CounterKey(counter, caller.grant(), null);
      case SESSION -> new CounterKey(counter, caller.grant(), caller.session());
      case ALL -> new CounterKey(counter, "", null);
      case VALUE -> {
        String text = text(parts[0].read(call, null));
        yield text == null ? null : new CounterKey(counter, text, null);
      }
      case PARTS -> ofParts(counter, call);
    };
  }

  private @Nullable CounterKey ofParts(CounterId counter, ToolCall call) {
    String first = part(0, call);
    if (first == null) {
      return null;
    }
    String rest = null;
    if (parts.length == 2) {
      rest = part(1, call);
      if (rest == null) {
        return null;
      }
    } else if (parts.length > 2) {
      StringBuilder joined = new StringBuilder();
      for (int i = 1; i < parts.length; i++) {
        String text = part(i, call);
        if (text == null) {
          return null;
        }
        joined.append(text.length()).append(':').append(text);
      }
      rest = joined.toString();
    }
    CounterKey key = new CounterKey(counter, first, rest);
    return owned ? key.ownedBy(call.caller().grant()) : key;
  }

  private @Nullable String part(int i, ToolCall call) {
    Caller caller = call.caller();
    return switch (parts[i].path().root()) {
      case SESSION -> {
        String session = caller.session();
        yield PAIR
            + Integer.toString(caller.grant().length())
            + ":"
            + caller.grant()
            + (session == null ? "-" : "+" + session);
      }
      case GRANT -> escaped(caller.grant());
      case CALL -> call.digest();
      default -> {
        String text = text(parts[i].read(call, null));
        yield text == null ? null : escaped(text);
      }
    };
  }

  private static String escaped(String text) {
    return text.isEmpty() || text.charAt(0) != PAIR ? text : PAIR + text;
  }

  /** {@return the first path of which the call has no value that can be counted by, or null} */
  @Nullable ValuePath unusable(ToolCall call) {
    for (int i = 0; i < parts.length; i++) {
      if ((by == By.VALUE ? text(parts[i].read(call, null)) : part(i, call)) == null) {
        return parts[i].path();
      }
    }
    return null;
  }

  /** {@return what it goes by, for messages} */
  Scope scope() {
    return scope;
  }

  /** Returns the text that stands for a value, the same for equal ones, or {@code null}. */
  static @Nullable String text(@Nullable Object found) {
    if (found instanceof String text) {
      return Folding.compose(text);
    }
    return found instanceof Number number && JsonType.of(found) == JsonType.NUMBER
        ? Decimals.plain(number)
        : null;
  }
}
