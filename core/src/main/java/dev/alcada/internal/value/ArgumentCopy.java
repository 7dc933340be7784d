package dev.alcada.internal.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Makes the one copy of a call's values that is judged and handed on: JSON's values as they are,
 * lists and maps as unmodifiable ones, and every other Java object itself, which is never read. The
 * copy ends at the bounds of a call whatever it is given: a list that holds itself, or one without
 * an end.
 */
public final class ArgumentCopy {
  static final int MAX_DEPTH = 64;
  static final int MAX_NODES = 100_000;
  static final int MAX_TEXT = 4 << 20;
  static final int MAX_DIGITS = 1_000;
  static final int MAX_EXPONENT = 10_000;

  /** So many bits hold more than a thousand digits. */
  private static final int MAX_BITS = 3_400;

  private int nodes;
  private int text;
  private boolean unread;

  /** How many characters of names may be folded for the call; made when first needed. */
  private @Nullable AtomicInteger foldable;

  public ArgumentCopy(int nodes, int text) {
    this.nodes = nodes;
    this.text = text;
  }

  /** {@return how many values have been copied} */
  public int nodes() {
    return nodes;
  }

  /** {@return how many characters of text have been copied} */
  public int text() {
    return text;
  }

  /**
   * {@return whether a list or a map could not be read to its end: whoever reads it next may find
   * another}
   */
  public boolean unread() {
    return unread;
  }

  /** Counts a text. */
  public void count(@Nullable String counted) throws TooLargeException {
    if (counted != null) {
      if (counted.length() > MAX_TEXT - text) {
        throw new TooLargeException();
      }
      text += counted.length();
    }
  }

  /** Copies a value that stands within {@code depth} lists and maps. */
  public @Nullable Object value(@Nullable Object value, int depth) throws TooLargeException {
    if (++nodes > MAX_NODES) {
      throw new TooLargeException();
    }
    if (value instanceof String string) {
      count(string);
      return string;
    }
    if (value instanceof Map<?, ?> map) {
      FrozenObject copy = object(map, depth);
      return copy == null ? map : copy;
    }
    if (value instanceof List<?> list) {
      FrozenList<@Nullable Object> copy = list(list, depth);
      return copy == null ? list : copy;
    }
    if (value != null && value.getClass() == BigDecimal.class) {
      bound((BigDecimal) value);
    } else if (value != null
        && value.getClass() == BigInteger.class
        && ((BigInteger) value).bitLength() > MAX_BITS) {
      throw new TooLargeException();
    } else if (value != null && value.getClass() == BigInteger.class) {
      bound(new BigDecimal((BigInteger) value));
    }
    return value;
  }

  private static void bound(BigDecimal number) throws TooLargeException {
    if (number.unscaledValue().bitLength() > MAX_BITS
        || number.precision() > MAX_DIGITS
        || Math.abs((long) number.precision() - number.scale() - 1) > MAX_EXPONENT) {
      throw new TooLargeException();
    }
  }

  /** Returns a copy, or {@code null} if the map is none that JSON has, or cannot be read. */
  public @Nullable FrozenObject object(Map<?, ?> map, int depth) throws TooLargeException {
    if (depth >= MAX_DEPTH) {
      throw new TooLargeException();
    }
    try {
      List<String> names = new ArrayList<>();
      List<@Nullable Object> values = new ArrayList<>();
      boolean ascii = true;
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        if (!(entry.getKey() instanceof String name)) {
          return null;
        }
        count(name);
        ascii &= Folding.ascii(name);
        names.add(name);
        values.add(value(entry.getValue(), depth + 1));
      }
      if (names.isEmpty()) {
        return FrozenObject.EMPTY;
      }
      FrozenObject copy =
          new FrozenObject(
              names.toArray(new String[0]), values.toArray(), ascii ? null : foldable());
      return copy.namesAreUnique() ? copy : null;
    } catch (RuntimeException | StackOverflowError e) {
      unread = true;
      return null;
    }
  }

  private AtomicInteger foldable() {
    AtomicInteger left = foldable;
    if (left == null) {
      left = new AtomicInteger(FoldedNames.MOST_FOLDED_A_CALL);
      foldable = left;
    }
    return left;
  }

  private @Nullable FrozenList<@Nullable Object> list(List<?> list, int depth)
      throws TooLargeException {
    if (depth >= MAX_DEPTH) {
      throw new TooLargeException();
    }
    try {
      List<@Nullable Object> elements = new ArrayList<>();
      for (Object element : list) {
        elements.add(value(element, depth + 1));
      }
      return new FrozenList<>(elements.toArray());
    } catch (RuntimeException | StackOverflowError e) {
      unread = true;
      return null;
    }
  }

  /** The values are over a bound. */
  public static final class TooLargeException extends Exception {
    private static final long serialVersionUID = 1L;

    public TooLargeException() {
      super("too large", null, false, false);
    }
  }
}
