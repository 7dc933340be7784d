package dev.alcada.internal.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a JSON value in one spelling only: keys in the order of their UTF-16 units and the escapes
 * of RFC 8785, but numbers as exact decimals. RFC 8785 itself reads numbers as doubles, so 2^53 and
 * 2^53+1 would be one text; here they are two, while 1, 1.0 and 1e0 are one.
 */
public final class CanonicalJson {
  private static final int MAX_DEPTH = 100;
  private static final int MAX_NUMBER_BITS = 4_096;
  private static final int MAX_SCALE = 20_000;
  private static final String HEX = "0123456789abcdef";

  private final StringBuilder out = new StringBuilder(256);
  private final int maxBytes;
  private final boolean ofCall;
  private int bytes;

  private CanonicalJson(int maxBytes, boolean ofCall) {
    this.maxBytes = maxBytes;
    this.ofCall = ofCall;
  }

  /**
   * Returns the one text of a value.
   *
   * @param value what JSON has: null, booleans, text, Java's own numbers, lists and maps
   * @param maxBytes the most bytes the text may have in UTF-8
   * @throws UnwritableException if the value holds what JSON has not (a non-finite number, a lone
   *     surrogate, another Java object), or is larger or deeper than can be put
   */
  public static String write(@Nullable Object value, int maxBytes) throws UnwritableException {
    return write(value, maxBytes, false);
  }

  /**
   * Returns the one text of a value within a call, and refuses a list or map that may still change
   * before the handler reads it.
   */
  public static String writeOfCall(@Nullable Object value, int maxBytes)
      throws UnwritableException {
    return write(value, maxBytes, true);
  }

  private static String write(@Nullable Object value, int maxBytes, boolean ofCall)
      throws UnwritableException {
    CanonicalJson json = new CanonicalJson(maxBytes, ofCall);
    json.value(value, 0);
    return json.out.toString();
  }

  private void value(@Nullable Object value, int depth) throws UnwritableException {
    if (depth > MAX_DEPTH) {
      throw UnwritableException.tooLarge();
    }
    if (value == null) {
      ascii("null");
    } else if (value instanceof String text) {
      text(text);
    } else if (value instanceof Boolean flag) {
      ascii(flag ? "true" : "false");
    } else if (value instanceof Number number) {
      ascii(decimalText(decimal(number)));
    } else if (ofCall && JsonType.of(value) == JsonType.OPAQUE) {
      throw UnwritableException.notJson("a Java object that JSON does not have");
    } else if (value instanceof Map<?, ?> map) {
      object(map, depth);
    } else if (value instanceof List<?> list) {
      array(list, depth);
    } else {
      throw UnwritableException.notJson("a Java object that JSON does not have");
    }
  }

  private void array(List<?> list, int depth) throws UnwritableException {
    char before = '[';
    for (Object element : list) {
      ascii(before);
      value(element, depth + 1);
      before = ',';
    }
    ascii(before == '[' ? "[]" : "]");
  }

  private void object(Map<?, ?> map, int depth) throws UnwritableException {
    // A member takes at least 4 bytes ("":0), so what cannot fit is not sorted either.
    if (map.size() > maxBytes / 4) {
      throw UnwritableException.tooLarge();
    }
    String[] keys = new String[map.size()];
    int count = 0;
    for (Object key : map.keySet()) {
      if (!(key instanceof String text)) {
        throw UnwritableException.notJson("a member whose name is not text");
      }
      keys[count++] = text;
    }
    Arrays.sort(keys);
    char before = '{';
    for (String key : keys) {
      ascii(before);
      text(key);
      ascii(':');
      value(map.get(key), depth + 1);
      before = ',';
    }
    ascii(before == '{' ? "{}" : "}");
  }

  /** What is written as it is, most of any text, is so in one piece: copied, not by character. */
  private void text(String text) throws UnwritableException {
    int length = text.length();
    int end = endOfPlain(text, 0);
    if (end == length) {
      count(length + 2);
      out.append('"').append(text).append('"');
      return;
    }
    ascii('"');
    int at = 0;
    while (at < length) {
      count(end - at);
      out.append(text, at, end);
      at = end < length ? end + another(text, end) : end;
      end = endOfPlain(text, at);
    }
    ascii('"');
  }

  private static int endOfPlain(String text, int from) {
    int end = from;
    while (end < text.length() && isPlain(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isPlain(char c) {
    return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
  }

  /** Writes a character that is not plain; returns how many units of the text it is. */
  private int another(String text, int at) throws UnwritableException {
    char c = text.charAt(at);
    if (c < 0x80) {
      escaped(c);
    } else if (Character.isHighSurrogate(c)
        && at + 1 < text.length()
        && Character.isLowSurrogate(text.charAt(at + 1))) {
      count(4);
      out.append(text, at, at + 2);
      return 2;
    } else if (Character.isSurrogate(c)) {
      throw UnwritableException.notJson("text with half of a surrogate pair");
    } else {
      count(c < 0x800 ? 2 : 3);
      out.append(c);
    }
    return 1;
  }

  private void escaped(char c) throws UnwritableException {
    switch (c) {
      case '"' -> ascii("\\\"");
      case '\\' -> ascii("\\\\");
      case '\b' -> ascii("\\b");
      case '\t' -> ascii("\\t");
      case '\n' -> ascii("\\n");
      case '\f' -> ascii("\\f");
      case '\r' -> ascii("\\r");
      default -> {
        ascii("\\u00");
        ascii(HEX.charAt(c >> 4));
        ascii(HEX.charAt(c & 0xf));
      }
    }
  }

  /** Only Java's own classes count: a subclass may say something else each time it is asked. */
  private static BigDecimal decimal(Number number) throws UnwritableException {
    if (JsonType.of(number) != JsonType.NUMBER) {
      throw UnwritableException.notJson(
          number instanceof Double || number instanceof Float
              ? "a number that is not finite"
              : "a kind of number that JSON does not have");
    }
    if (number instanceof BigInteger integer) {
      bound(integer.bitLength() <= MAX_NUMBER_BITS);
    }
    BigDecimal decimal = Decimals.decimal(number);
    bound(
        decimal.unscaledValue().bitLength() <= MAX_NUMBER_BITS
            && Math.abs((long) decimal.scale()) <= MAX_SCALE);
    return decimal;
  }

  private static void bound(boolean kept) throws UnwritableException {
    if (!kept) {
      throw UnwritableException.tooLarge();
    }
  }

  /** ECMAScript's layout, which RFC 8785 takes too, with all the digits there are. */
  private static String decimalText(BigDecimal decimal) {
    BigDecimal shortest = decimal.stripTrailingZeros();
    int exponent = shortest.precision() - shortest.scale() - 1;
    if (shortest.signum() == 0 || (exponent > -7 && exponent < 21)) {
      return shortest.toPlainString();
    }
    String digits = shortest.unscaledValue().abs().toString();
    return (shortest.signum() < 0 ? "-" : "")
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + (exponent < 0 ? "e" : "e+")
        + exponent;
  }

  private void ascii(String text) throws UnwritableException {
    count(text.length());
    out.append(text);
  }

  private void ascii(char c) throws UnwritableException {
    count(1);
    out.append(c);
  }

  private void count(int more) throws UnwritableException {
    bytes += more;
    if (bytes > maxBytes) {
      throw UnwritableException.tooLarge();
    }
  }
}
