package dev.alcada.internal.value;

import java.math.BigDecimal;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Numbers of documents: exact decimals within bounds that are checked before any arithmetic. */
public final class NumberSpelling {
  private static final int MAX_LENGTH = 1000;
  private static final int MAX_EXPONENT = 10_000;

  /** More digits than this are written with an exponent. */
  private static final int MAX_PLAIN = 40;

  /** Possessive, since a plain word of YAML may be as long as the document. */
  private static final Pattern JSON =
      Pattern.compile("-?(?:0|[1-9][0-9]*+)(?:\\.[0-9]++)?(?:[eE][+-]?[0-9]++)?");

  private NumberSpelling() {}

  /** {@return whether JSON takes the text for a number} */
  public static boolean isJson(String text) {
    return JSON.matcher(text).matches();
  }

  /** {@return what is expected of a number that is over a bound, or null if the number is not} */
  public static @Nullable String beyondBounds(String number) {
    if (number.length() > MAX_LENGTH) {
      return "a number of at most 1,000 characters";
    }
    int e = Math.max(number.indexOf('e'), number.indexOf('E'));
    if (e >= 0) {
      String exponent = number.substring(e + 1).replaceFirst("^[+-]?0*", "");
      if (exponent.length() > 5
          || (!exponent.isEmpty() && Integer.parseInt(exponent) > MAX_EXPONENT)) {
        return "an exponent between -10,000 and 10,000";
      }
    }
    return null;
  }

  /**
   * {@return a spelling within the bounds, if there is one: Java's own can be beyond them, as it is
   * of 123e10000}
   */
  public static String spell(BigDecimal number) {
    String text = number.toString();
    long exponent = (long) number.precision() - number.scale() - 1;
    if (beyondBounds(text) == null
        || number.precision() > MAX_LENGTH
        || Math.abs(exponent) > MAX_EXPONENT + MAX_LENGTH) {
      return text;
    }
    int most = exponent < 0 ? -MAX_EXPONENT : MAX_EXPONENT;
    return Stream.of(
            number.toPlainString(),
            number.unscaledValue() + "E" + -(long) number.scale(),
            number.movePointLeft(most).toPlainString() + "E" + most)
        .filter(other -> beyondBounds(other) == null)
        .findFirst()
        .orElse(text);
  }

  /** Equal numbers are equal objects: 30, 30.0 and 3e1 are one. */
  public static BigDecimal exact(String number) {
    return normal(new BigDecimal(number));
  }

  public static BigDecimal normal(BigDecimal number) {
    BigDecimal stripped = number.stripTrailingZeros();
    boolean plain = stripped.scale() < 0 && stripped.precision() - stripped.scale() <= MAX_PLAIN;
    return plain ? stripped.setScale(0) : stripped;
  }
}
