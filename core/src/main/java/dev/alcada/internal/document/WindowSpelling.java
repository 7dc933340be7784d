package dev.alcada.internal.document;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The spellings of a length of time: a word, a number of seconds, {@code 15m}, {@code PT15M}. */
public final class WindowSpelling {
  public static final String SPELLINGS =
      "\"second\", \"minute\", \"hour\", \"day\", \"week\", a number of seconds, or a duration such"
          + " as \"500ms\", \"15m\", \"24h\", \"7d\" or \"PT15M\"";

  public static final Map<String, Duration> WORDS =
      Map.of(
          "second", Duration.ofSeconds(1),
          "minute", Duration.ofMinutes(1),
          "hour", Duration.ofHours(1),
          "day", Duration.ofDays(1),
          "week", Duration.ofDays(7));

  private static final Pattern SHORT = Pattern.compile("([1-9][0-9]*)(ms|s|m|h|d|w)");

  /** ISO 8601 without years and months, whose lengths differ. */
  private static final Pattern ISO =
      Pattern.compile(
          "P(?:([0-9]+)W|(?:([0-9]+)D)?"
              + "(?:T(?=[0-9])(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\\.[0-9]+)?)S)?)?)");

  private static final int MAX_LENGTH = 64;

  private WindowSpelling() {}

  /** {@return the length in milliseconds, however long, or null if the text spells none} */
  public static @Nullable BigDecimal millis(String text) {
    Duration word = WORDS.get(text);
    if (word != null) {
      return BigDecimal.valueOf(word.toMillis());
    }
    if (text.length() > MAX_LENGTH) {
      return null;
    }
    Matcher matcher = SHORT.matcher(text);
    if (matcher.matches()) {
      return times(matcher.group(1), matcher.group(2));
    }
    matcher = ISO.matcher(text);
    if (matcher.matches() && !text.equals("P")) {
      return times(matcher.group(1), "w")
          .add(times(matcher.group(2), "d"))
          .add(times(matcher.group(3), "h"))
          .add(times(matcher.group(4), "m"))
          .add(times(matcher.group(5), "s"));
    }
    return null;
  }

  /** {@return whether a text is a duration, such as {@code 15m} or {@code PT15M}, and no word} */
  public static boolean isDuration(String text) {
    return !WORDS.containsKey(text) && millis(text) != null;
  }

  private static BigDecimal times(@Nullable String count, String unit) {
    return count == null
        ? BigDecimal.ZERO
        : new BigDecimal(count).multiply(BigDecimal.valueOf(unitMillis(unit)));
  }

  private static long unitMillis(String unit) {
    return switch (unit) {
      case "ms" -> 1;
      case "s" -> 1000;
      case "m" -> 60_000;
      case "h" -> 3_600_000;
      case "d" -> 86_400_000;
      default -> 604_800_000;
    };
  }

  /** {@return the duration, or null if it is not of whole milliseconds or out of the bounds} */
  public static @Nullable Duration duration(
      BigDecimal millis, Duration shortest, Duration longest) {
    if (millis.compareTo(BigDecimal.valueOf(shortest.toMillis())) < 0
        || millis.compareTo(BigDecimal.valueOf(longest.toMillis())) > 0
        || millis.setScale(0, RoundingMode.DOWN).compareTo(millis) != 0) {
      return null;
    }
    return Duration.ofMillis(millis.longValue());
  }

  /** {@return the shortest spelling that {@link #millis} reads} */
  public static String spell(Duration length) {
    for (Map.Entry<String, Duration> word : WORDS.entrySet()) {
      if (word.getValue().equals(length)) {
        return word.getKey();
      }
    }
    for (String unit : new String[] {"d", "h", "m", "s"}) {
      long millis = unitMillis(unit);
      if (length.toMillis() % millis == 0) {
        return length.toMillis() / millis + unit;
      }
    }
    return length.toMillis() + "ms";
  }
}
