package dev.alcada.policy;

import dev.alcada.internal.regex.Regex;
import java.util.List;
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

  /** What takes the value's place. */
  private final @Nullable ValuePath valueFrom;

  /** Whose mark it asks for; null but for {@code marks}. */
  private final @Nullable Scope scope;

  /** The expression of {@code regex}, for the warnings about a document that is read. */
  private final @Nullable Regex expression;

  Condition(ValuePath path, Operator op, @Nullable Object value, @Nullable Regex expression) {
    this(path, op, value, null, null, expression);
  }

  Condition(
      ValuePath path,
      Operator op,
      @Nullable Object value,
      @Nullable ValuePath valueFrom,
      @Nullable Scope scope,
      @Nullable Regex expression) {
    this.path = path;
    this.op = op;
    this.value = value;
    this.valueFrom = valueFrom;
    this.scope = scope;
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

  /**
   * Returns the condition that compares two values of a call.
   *
   * @param path for example {@code args.clientUserId}
   * @param op how the two are compared: any but {@code exists} and {@code regex}
   * @param valueFrom where the other value is found, for example {@code context.user}; where it is
   *     missing or null the condition cannot be judged, which is never permission
   * @throws IllegalArgumentException if one of the paths is none
   */
  public static Condition comparing(String path, Operator op, String valueFrom) {
    return new Condition(
        ValuePath.parse(path),
        Objects.requireNonNull(op, "op"),
        null,
        ValuePath.parse(valueFrom),
        null,
        null);
  }

  /**
   * Returns the condition that a mark is there.
   *
   * @param mark the mark's name
   */
  public static Condition marked(String mark) {
    return of(new ValuePath(ValuePath.Root.MARKS, List.of(new ValuePath.Key(mark))), true);
  }

  /**
   * Returns the condition that a mark is not there.
   *
   * @param mark the mark's name
   */
  public static Condition notMarked(String mark) {
    return of(new ValuePath(ValuePath.Root.MARKS, List.of(new ValuePath.Key(mark))), false);
  }

  private static Condition of(ValuePath mark, boolean there) {
    return new Condition(mark, Operator.EXISTS, there, null);
  }

  /**
   * Returns this condition of a mark, which looks for it under other values than the mark's own
   * declaration names.
   *
   * @param ofMark the scope, whose names are those of the declaration
   */
  public Condition withScope(Scope ofMark) {
    return new Condition(
        path, op, value, valueFrom, Objects.requireNonNull(ofMark, "scope"), expression);
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

  /**
   * Returns where in the call the other side is found, which takes the place of {@link #value}, or
   * {@code null} if the document says the value itself.
   */
  public @Nullable ValuePath valueFrom() {
    return valueFrom;
  }

  /**
   * Returns under which values a mark is looked for, or {@code null} for the scope of the mark's
   * declaration and for a condition of no mark.
   */
  public @Nullable Scope scope() {
    return scope;
  }

  /** {@return the expression of {@code regex}, or null if no reader has compiled one} */
  @Nullable Regex expression() {
    return expression;
  }

  /**
   * {@return whether the other is a condition with an equal path, operator, other side and scope}
   */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Condition condition
        && path.equals(condition.path)
        && op == condition.op
        && Objects.equals(value, condition.value)
        && Objects.equals(valueFrom, condition.valueFrom)
        && Objects.equals(scope, condition.scope);
  }

  @Override
  public int hashCode() {
    return Objects.hash(path, op, value, valueFrom, scope);
  }

  /** {@return path, operator and the other side, for people} */
  @Override
  public String toString() {
    return path + " " + op + " " + (valueFrom == null ? value : valueFrom);
  }
}
