package dev.alcada.decision;

import dev.alcada.internal.value.FrozenList;
import dev.alcada.internal.value.FrozenObject;
import dev.alcada.internal.value.JsonType;
import dev.alcada.internal.value.MemberName;
import dev.alcada.internal.value.Missing;
import dev.alcada.policy.ValuePath;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A path of a document, made ready to be followed in calls. */
final class CallPath {
  private final ValuePath path;
  private final ValuePath.Root root;

  /** For each step the wanted {@link MemberName}, or {@code null} where it is an index. */
  private final @Nullable MemberName[] names;

  private final int[] indexes;

  /** What of the clock is wanted, where the path leads there. */
  private final @Nullable Function<Clock.Moment, Object> part;

  CallPath(ValuePath path) {
    this.path = path;
    this.root = path.root();
    int length = path.steps().size();
    this.names = new @Nullable MemberName[length];
    this.indexes = new int[length];
    for (int i = 0; i < length; i++) {
      if (path.steps().get(i) instanceof ValuePath.Key key) {
        names[i] = MemberName.of(key.name());
      } else if (path.steps().get(i) instanceof ValuePath.Index index) {
        indexes[i] = index.index();
      }
    }
    this.part = root == ValuePath.Root.TIME ? part(path) : null;
  }

  private static @Nullable Function<Clock.Moment, Object> part(ValuePath path) {
    return path.steps().size() == 1 && path.steps().get(0) instanceof ValuePath.Key key
        ? switch (key.name()) {
          case "hour" -> Clock.Moment::hour;
          case "minute" -> Clock.Moment::minute;
          case "weekday" -> Clock.Moment::weekday;
          case "date" -> Clock.Moment::date;
          default -> null;
        }
        : null;
  }

  ValuePath path() {
    return path;
  }

  /** Returns what the call has at this path: a readable value, or why there is none. */
  @Nullable Object read(ToolCall call, Clock.@Nullable Moment now) {
    if (root == ValuePath.Root.ARGS) {
      return steps(call.arguments(), 0);
    }
    return part != null && now != null ? part.apply(now) : besides(call);
  }

  private @Nullable Object besides(ToolCall call) {
    Caller caller = call.caller();
    return switch (root) {
      case ARGS -> steps(call.arguments(), 0);
      case CONTEXT -> attribute(caller.attributes());
      case GRANT -> caller.grant();
      case SESSION -> supplied(caller.session());
      case CLIENT -> supplied(caller.client());
      case TOOL -> call.tool();
      case TIME, MARKS, RESULT, CALL -> Missing.UNREADABLE;
    };
  }

  /** Returns what a result has at this path: a readable value, or why there is none. */
  @Nullable Object into(@Nullable Object result) {
    return steps(result, 0);
  }

  private static Object supplied(@Nullable String value) {
    return value == null ? Missing.NOT_SUPPLIED : value;
  }

  private @Nullable Object attribute(Map<String, @Nullable Object> attributes) {
    MemberName first = names.length == 0 ? null : names[0];
    if (first == null) {
      return Missing.UNREADABLE;
    }
    Object value = attributes.get(first.name());
    if (value == null && !attributes.containsKey(first.name())) {
      return Missing.NOT_SUPPLIED;
    }
    return steps(value, 1);
  }

  private @Nullable Object steps(@Nullable Object start, int first) {
    Object value = start;
    for (int i = first; i < names.length; i++) {
      if (value == null) {
        return Missing.ABSENT;
      }
      MemberName name = names[i];
      if (name != null && value instanceof FrozenObject object) {
        value = object.member(name);
      } else if (name == null && value instanceof FrozenList<?> list) {
        value = indexes[i] < list.size() ? list.get(indexes[i]) : Missing.ABSENT;
      } else {
        return Missing.UNREADABLE;
      }
      if (value instanceof Missing) {
        return value;
      }
    }
    return JsonType.of(value) == JsonType.OPAQUE ? Missing.UNREADABLE : value;
  }
}
