package dev.alcada.policy;

import java.util.Locale;

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

  private final String spelling = name().toLowerCase(Locale.ROOT);

  /** {@return the operator as documents spell it, for example {@code not_in}} */
  @Override
  public String toString() {
    return spelling;
  }
}
