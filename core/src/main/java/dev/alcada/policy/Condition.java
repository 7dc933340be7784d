package dev.alcada.policy;

import dev.alcada.internal.regex.Regex;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One comparison of a call's value with the document's. Immutable and safe for use by several
 * threads.
 */
public final class Condition {
  /** The eleven operators of a condition. */
  public enum Operator {
    /** Equal, of the same type. */
    EQ,
    /** Not {@link #EQ}. */
    NEQ,
    /** Equal to one of a list. */
    IN,
    /** Not {@link #IN}. */
    NOT_IN,
    /** Less than. */
    LT,
    /** Less than or equal. */
    LTE,
    /** Greater than. */
    GT,
    /** Greater than or equal. */
    GTE,
    /** An expression (RE2 syntax) is found in the text. */
    REGEX,
    /** A text holds a text, or a list holds a value. */
    CONTAINS,
    /** Present and not null, or not. */
    EXISTS;

    private final String text = name().toLowerCase(Locale.ROOT);

    /** {@return the operator as documents spell it, for example {@code not_in}} */
    public String text() {
      return text;
    }

    /** {@return {@link #text}} */
    @Override
    public String toString() {
      return text;
    }
  }

  private final ValuePath path;
  private final Operator op;
  private final @Nullable Object value;

  /** The expression of {@code regex}, for the warnings about a document that is read. */
  private final @Nullable Regex expression;

  Condition(ValuePath path, Operator op, @Nullable Object value, @Nullable Regex expression) {
    this.path = path;
    this.op = op;
    this.value = value;
    this.expression = expression;
  }

  /**
   * Returns the condition that a document spells.
   *
   * @param path for example {@code args.amount}
   * @param op how the value found there is compared
   * @param value what it is compared with: {@code null}, a boolean, text, a number, or a list or
   *     map of those
   * @throws IllegalArgumentException if the path is none
   */
  public static Condition of(String path, Operator op, @Nullable Object value) {
    return new Condition(ValuePath.parse(path), Objects.requireNonNull(op, "op"), value, null);
  }

  /** {@return where in the call the value is found} */
  public ValuePath path() {
    return path;
  }

  /** {@return how it is compared} */
  public Operator op() {
    return op;
  }

  /**
   * Returns what it is compared with, as the document has it: {@code null}, {@link Boolean}, {@link
   * String}, {@link java.math.BigDecimal}, or an unmodifiable {@link java.util.List} or {@link
   * java.util.Map} of those.
   */
  public @Nullable Object value() {
    return value;
  }

  /** {@return the expression of {@code regex}, or null if no reader has compiled one} */
  @Nullable Regex expression() {
    return expression;
  }

  /** {@return whether the other is a condition with an equal path, operator and value} */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Condition condition
        && path.equals(condition.path)
        && op == condition.op
        && Objects.equals(value, condition.value);
  }

  @Override
  public int hashCode() {
    return Objects.hash(path, op, value);
  }

  /** {@return path, operator and value, for people} */
  @Override
  public String toString() {
    return path + " " + op + " " + value;
  }
}
