package dev.alcada.policy;

import dev.alcada.internal.document.Fault;
import dev.alcada.internal.document.Spelling;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/**
 * Where in a call a value is found: {@code args.items[0].price}, {@code context.tenant}, {@code
 * grant}.
 *
 * @param root what the path starts from
 * @param steps the steps below the root; empty for {@code grant}, {@code session}, {@code client}
 *     {@code tool} and {@code call}, exactly one key for {@code context}, {@code time} and {@code
 *     marks}, at least one for {@code args} and {@code result}
 */
public record ValuePath(Root root, List<Step> steps) {

  /** What a path can start from. */
  public enum Root {
    /** The call's arguments. */
    ARGS,
    /** The caller's attributes. */
    CONTEXT,
    /** The caller's grant. */
    GRANT,
    /** The caller's session. */
    SESSION,
    /** The caller's authenticated client. */
    CLIENT,
    /** The tool's name. */
    TOOL,
    /** The wall clock, in the document's time zone. */
    TIME,
    /** The marks that earlier calls have left. */
    MARKS,
    /** What the tool has answered; only where a mark says what its result must be. */
    RESULT,
    /** The tool and all of its arguments together; only a part of a {@link Scope}. */
    CALL
  }

  /** One step of a path. */
  public sealed interface Step {}

  /**
   * A step to a member of an object.
   *
   * @param name the member's name
   */
  public record Key(String name) implements Step {}

  /**
   * A step to an element of a list.
   *
   * @param index the element's place, 0 to 9999
   */
  public record Index(int index) implements Step {}

  public ValuePath {
    steps = List.copyOf(steps);
  }

  /**
   * Returns the path that a text spells.
   *
   * @param text for example {@code args.items[0].price}, {@code args["key.with.dots"]} or {@code
   *     context.tenant}
   * @throws IllegalArgumentException if the text is no path; the message says what was expected
   */
  public static ValuePath parse(String text) {
    try {
      return new PathParser(Objects.requireNonNull(text, "text")).path();
    } catch (IllegalArgumentException e) {
      String expected = String.valueOf(e.getMessage());
      throw new IllegalArgumentException(
          Fault.message(Spelling.describe(text), expected, PathParser.suggestion(text)));
    }
  }

  /** {@return the path as documents spell it} */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(root.name().toLowerCase(Locale.ROOT));
    for (Step step : steps) {
      if (step instanceof Index index) {
        text.append('[').append(index.index()).append(']');
      } else {
        PathParser.appendKey(text, ((Key) step).name());
      }
    }
    return text.toString();
  }
}
