package dev.alcada.policy;

import org.jspecify.annotations.Nullable;

/**
 * One comparison of a call's value with the document's.
 *
 * @param path where in the call the value is found
 * @param op how it is compared
 * @param value what it is compared with, as the document has it: {@code null}, {@link Boolean},
 *     {@link String}, {@link java.math.BigDecimal}, or an unmodifiable {@link java.util.List} or
 *     {@link java.util.Map} of those
 */
public record Condition(ValuePath path, Operator op, @Nullable Object value) {
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
    return new Condition(ValuePath.parse(path), op, value);
  }
}
