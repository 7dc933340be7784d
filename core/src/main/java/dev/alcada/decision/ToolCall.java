package dev.alcada.decision;

import dev.alcada.internal.value.ArgumentCopy;
import dev.alcada.internal.value.ArgumentsJson;
import dev.alcada.internal.value.CanonicalJson;
import dev.alcada.internal.value.FrozenObject;
import dev.alcada.internal.value.JsonText;
import dev.alcada.internal.value.UnwritableException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.exc.StreamConstraintsException;

/**
 * One call of a tool, as it is judged and as the handler receives it. Immutable and safe for use by
 * several threads.
 */
public final class ToolCall {
  /** What can be judged of a call. */
  enum State {
    READABLE,
    /** It is over a bound. */
    TOO_LARGE,
    /** Its arguments are not a JSON object. */
    UNREADABLE
  }

  private final String tool;
  private final Map<String, @Nullable Object> arguments;
  private final Caller caller;
  private final State state;

  /** Made when it is asked for; several threads may make the same. Empty if there is none. */
  private @Nullable String digest;

  private ToolCall(
      String tool, Map<String, @Nullable Object> arguments, Caller caller, State state) {
    this.tool = tool;
    this.arguments = arguments;
    this.caller = caller;
    this.state = state;
  }

  /**
   * Returns a call with one deep unmodifiable copy of the arguments, so that what is judged is what
   * runs.
   *
   * <p>Text, booleans, null, Java's own numbers, and lists and maps of those are what JSON has.
   * Every other Java object is kept as it is, and no rule reads it: a rule that would need to
   * cannot be judged, which is never permission. The same holds for maps with other keys than text,
   * or with one text twice. A list or map that cannot be read to its end, because another thread
   * changes it for one, makes a call that every policy denies.
   *
   * <p>A call may have 64 levels of lists and maps, 100,000 values, 4 Mi characters of text with
   * all names, and numbers of 1,000 digits with exponents (in scientific notation) from -10,000 to
   * 10,000. A larger call keeps no arguments, and every policy denies it with the code {@code
   * too_large}.
   *
   * @param tool the tool's name
   * @param arguments the arguments by name; {@code null} is none
   * @param caller on whose behalf the tool is called
   */
  public static ToolCall of(
      String tool, @Nullable Map<String, ? extends @Nullable Object> arguments, Caller caller) {
    Objects.requireNonNull(tool, "tool");
    Objects.requireNonNull(caller, "caller");
    try {
      ArgumentCopy copy = caller.counted();
      copy.count(tool);
      copy.count(caller.grant());
      copy.count(caller.session());
      copy.count(caller.client());
      FrozenObject frozen = arguments == null ? FrozenObject.EMPTY : copy.object(arguments, 0);
      return frozen == null || copy.unread()
          ? new ToolCall(tool, FrozenObject.EMPTY, caller, State.UNREADABLE)
          : new ToolCall(tool, frozen, caller, State.READABLE);
    } catch (ArgumentCopy.TooLargeException e) {
      return new ToolCall(tool, FrozenObject.EMPTY, caller, State.TOO_LARGE);
    }
  }

  /**
   * Returns a call whose arguments a framework has as text. They are read once, strictly, and what
   * was read is what is judged; to pass them on as text, use {@link #argumentsJson}, never the text
   * they came in.
   *
   * <p>Text that is not one JSON object (RFC 8259), or has a name twice in one object, makes a call
   * that every policy denies; text over a bound of {@link #of} likewise. Blank text is no
   * arguments.
   *
   * @param tool the tool's name
   * @param arguments the arguments as a JSON object; {@code null} is none
   * @param caller on whose behalf the tool is called
   */
  public static ToolCall ofJson(String tool, @Nullable String arguments, Caller caller) {
    try {
      return of(tool, arguments == null ? null : ArgumentsJson.read(arguments), caller);
    } catch (StreamConstraintsException e) {
      return new ToolCall(tool, FrozenObject.EMPTY, caller, State.TOO_LARGE);
    } catch (JacksonException | IllegalArgumentException e) {
      return new ToolCall(tool, FrozenObject.EMPTY, caller, State.UNREADABLE);
    }
  }

  /** {@return the SHA-256 of tool and arguments, or null if they cannot be written as JSON} */
  @Nullable String digest() {
    String made = digest;
    if (made == null) {
      made = digested();
      digest = made;
    }
    return made.isEmpty() ? null : made;
  }

  private String digested() {
    try {
      String whole =
          "{\"arguments\":"
              + CanonicalJson.writeOfCall(arguments, Integer.MAX_VALUE)
              + ",\"tool\":"
              + CanonicalJson.write(tool, Integer.MAX_VALUE)
              + "}";
      byte[] text = whole.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (UnwritableException e) {
      return "";
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** {@return what can be judged of this call} */
  State state() {
    return state;
  }

  /** {@return the tool's name} */
  public String tool() {
    return tool;
  }

  /** {@return the arguments by name; deeply unmodifiable} */
  public Map<String, @Nullable Object> arguments() {
    return arguments;
  }

  /**
   * Returns the arguments that were judged, written as a JSON object, for a tool that takes text.
   * Numbers keep their exact value, if not their spelling; half of a surrogate pair is escaped, so
   * that it survives an encoding.
   *
   * @throws IllegalStateException if they hold a Java object that JSON has not
   */
  public String argumentsJson() {
    return JsonText.of(arguments);
  }

  /** {@return on whose behalf the tool is called} */
  public Caller caller() {
    return caller;
  }

  /** {@return the tool and the caller's grant, without the arguments} */
  @Override
  public String toString() {
    return "ToolCall[tool=" + tool + ", grant=" + caller.grant() + "]";
  }
}
