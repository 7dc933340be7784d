package dev.alcada.decision;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One call of a tool, as it is judged and as the handler receives it. Immutable. */
public final class ToolCall {
  private final String tool;
  private final Map<String, @Nullable Object> arguments;
  private final Caller caller;

  private ToolCall(String tool, Map<String, @Nullable Object> arguments, Caller caller) {
    this.tool = tool;
    this.arguments = arguments;
    this.caller = caller;
  }

  /**
   * Returns a call with one deep unmodifiable copy of the arguments, so that what is judged is what
   * runs.
   *
   * @param tool the tool's name
   * @param arguments the arguments by name
   * @param caller on whose behalf the tool is called
   */
  public static ToolCall of(
      String tool, Map<String, ? extends @Nullable Object> arguments, Caller caller) {
    return new ToolCall(
        Objects.requireNonNull(tool, "tool"),
        Collections.unmodifiableMap(new LinkedHashMap<>(arguments)),
        Objects.requireNonNull(caller, "caller"));
  }

  /** {@return the tool's name} */
  public String tool() {
    return tool;
  }

  /** {@return the arguments by name; deeply unmodifiable} */
  public Map<String, @Nullable Object> arguments() {
    return arguments;
  }

  /** {@return on whose behalf the tool is called} */
  public Caller caller() {
    return caller;
  }
}
