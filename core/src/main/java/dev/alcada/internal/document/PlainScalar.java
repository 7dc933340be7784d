package dev.alcada.internal.document;

import dev.alcada.internal.value.NumberSpelling;
import java.math.BigInteger;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an unquoted word of YAML is: JSON's null, boolean or number, text, or one of those that YAML
 * 1.1 or 1.2 takes for null, boolean or number and JSON does not.
 */
sealed interface PlainScalar {
  /** Text to every reader. */
  record Text() implements PlainScalar {}

  record JsonNumber() implements PlainScalar {}

  record JsonBoolean(boolean value) implements PlainScalar {}

  record JsonNull() implements PlainScalar {}

  /** Not the same to every reader. */
  record Ambiguous(String found, String fix) implements PlainScalar {}

  /** Longer words are text or decimal numbers. */
  int LONGEST_WORD = 64;

  Set<String> TRUE = Set.of("true", "yes", "on", "y");
  Set<String> FALSE = Set.of("false", "no", "off", "n");

  /** Everything that YAML 1.1 or 1.2 resolves to an integer or a float. */
  Pattern YAML_NUMBER =
      Pattern.compile(
          "[-+]?(?:0b[01_]+"
              + "|0o?[0-7_]+"
              + "|0x[0-9a-fA-F_]+"
              + "|[0-9][0-9_]*+:[0-9:]*+(?:\\.[0-9_]*+)?"
              + "|(?:[0-9][0-9_]*+(?:\\.[0-9_]*+)?|\\.[0-9][0-9_]*+)(?:[eE][-+]?[0-9]+)?"
              + "|\\.(?:inf|Inf|INF))"
              + "|\\.(?:nan|NaN|NAN)");

  static PlainScalar of(String word) {
    if (word.equals("null")) {
      return new JsonNull();
    } else if (word.equals("true") || word.equals("false")) {
      return new JsonBoolean(word.equals("true"));
    }
    char first = word.isEmpty() ? '~' : word.charAt(0);
    if ((first >= '0' && first <= '9') || first == '-' || first == '+' || first == '.') {
      if (NumberSpelling.isJson(word)) {
        return new JsonNumber();
      }
      if (!YAML_NUMBER.matcher(word).matches()) {
        return new Text();
      }
      String found = "the bare word " + Spelling.shorten(word) + ", a number to some";
      boolean infinite = word.toLowerCase(Locale.ROOT).endsWith(".inf");
      return new Ambiguous(
          found,
          infinite
              ? "leave out what is to have no bound, or quote it: \"" + word + "\""
              : writeOrQuote(decimal(word), word));
    }
    if (word.isEmpty()) {
      return new Ambiguous("no value at all", "write {}, \"\" or null");
    }
    String lower = word.length() > LONGEST_WORD ? "" : word.toLowerCase(Locale.ROOT);
    // YAML knows true, True and TRUE, not tRUE.
    boolean known =
        word.equals(lower)
            || word.equals(lower.toUpperCase(Locale.ROOT))
            || word.equals(
                lower.substring(0, Math.min(1, lower.length())).toUpperCase(Locale.ROOT)
                    + lower.substring(Math.min(1, lower.length())));
    if (known && TRUE.contains(lower)) {
      return new Ambiguous(
          "the bare word " + word + ", a boolean to some", writeOrQuote("true", word));
    } else if (known && FALSE.contains(lower)) {
      return new Ambiguous(
          "the bare word " + word + ", a boolean to some", writeOrQuote("false", word));
    } else if (known && (lower.equals("null") || lower.equals("~"))) {
      return new Ambiguous("the bare word " + word + ", null to some", writeOrQuote("null", word));
    }
    return new Text();
  }

  private static String writeOrQuote(@Nullable String json, String word) {
    String quoted = "quote it: \"" + Spelling.shorten(word) + "\"";
    return json == null ? quoted : "write " + json + ", or " + quoted;
  }

  /** What YAML 1.2 takes the number for, as JSON spells it, where that is one plain integer. */
  private static @Nullable String decimal(String word) {
    if (word.length() > LONGEST_WORD) {
      return null;
    }
    boolean negative = word.startsWith("-");
    String digits = word.replaceFirst("^[-+]", "").replace("_", "");
    try {
      BigInteger value;
      if (digits.startsWith("0x")) {
        value = new BigInteger(digits.substring(2), 16);
      } else if (digits.startsWith("0o")) {
        value = new BigInteger(digits.substring(2), 8);
      } else if (digits.startsWith("0b")) {
        value = new BigInteger(digits.substring(2), 2);
      } else if (digits.startsWith("0") && digits.length() > 1) {
        // Eight to one version, ten to another: which of them is meant only the author knows.
        return null;
      } else {
        value = new BigInteger(digits);
      }
      return (negative ? value.negate() : value).toString();
    } catch (NumberFormatException notAnInteger) {
      return null;
    }
  }
}
