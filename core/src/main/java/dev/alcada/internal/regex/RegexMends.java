package dev.alcada.internal.regex;

import com.google.re2j.PatternSyntaxException;
import dev.alcada.internal.document.Spelling;
import org.jspecify.annotations.Nullable;

/** What mends an expression that RE2 does not have and others do. */
final class RegexMends {
  private static final String NO_GLOB =
      "an expression is no glob: write .* for anything, and \\. for a dot";

  private RegexMends() {}

  /** {@return what RE2/J says of an expression, in words that mean something to its author} */
  static String description(PatternSyntaxException e) {
    return isUnopened(e)
        ? "a ) without its ("
        : Spelling.shorten(e.getDescription()) + " at " + Spelling.quote(offending(e));
  }

  private static boolean isUnopened(PatternSyntaxException e) {
    return e.getDescription().contains("internal error");
  }

  private static String offending(PatternSyntaxException e) {
    return e.getPattern() == null ? "" : e.getPattern();
  }

  /** {@return the way out, or null if none is known} */
  static @Nullable String of(PatternSyntaxException e) {
    String part = offending(e);
    if (isUnopened(e)) {
      return "write \\) for the sign itself";
    }
    return switch (e.getDescription()) {
      case "invalid or unsupported Perl syntax", "invalid named capture" -> group(part);
      case "invalid escape sequence" -> escape(part);
      case "invalid nested repetition operator" -> nested(part);
      case "missing argument to repetition operator" ->
          part.startsWith("*") ? NO_GLOB : "write \\" + part + " for the sign itself";
      case "missing closing ]" -> "write \\[ for the sign itself";
      case "missing closing )" -> "write \\( for the sign itself";
      case "trailing backslash at end of expression" -> "write \\\\ for the sign itself";
      case "invalid repeat count" -> "a repeat counts to at most 1000, the lower number first";
      case "invalid character class range" -> characterClass(part);
      default -> null;
    };
  }

  private static @Nullable String group(String part) {
    if (part.startsWith("(?=") || part.startsWith("(?!")) {
      return look(part, "look-ahead", '!', 2);
    } else if (part.startsWith("(?<=") || part.startsWith("(?<!")) {
      return look(part, "look-behind", '!', 3);
    } else if (part.startsWith("(?>")) {
      return "RE2 has no atomic groups and never tries again: write (?:";
    } else if (part.startsWith("(?P")) {
      return "RE2 has no back-references: write out what is repeated";
    } else if (part.startsWith("(?#")) {
      return "RE2 has no comments in expressions: leave it out";
    } else if (part.startsWith("(?(") || part.startsWith("(?|")) {
      return "RE2 has no conditional groups: write several expressions, each in a predicate";
    } else if (part.startsWith("(?'")) {
      return "write (?P<name>…), or (?:…)";
    }
    return "the flags are i, m, s and U, as in (?i)";
  }

  private static String look(String part, String name, char negative, int at) {
    return part.charAt(at) == negative
        ? "RE2 has no negative "
            + name
            + ": look for it in a condition of its own, in \"deny_if\" instead of \"require\" or"
            + " the other way round"
        : "RE2 has no "
            + name
            + ": look for each part in a condition of its own; conditions of one predicate must"
            + " all be true";
  }

  private static @Nullable String escape(String part) {
    char kind = part.length() > 1 ? part.charAt(1) : ' ';
    return switch (kind) {
      case '1', '2', '3', '4', '5', '6', '7', '8', '9', 'k', 'g' ->
          "RE2 has no back-references: write out what is repeated";
      case 'Z' -> "write \\z, or $, which is the end of the text here";
      case 'G', 'K' -> "leave it out: an expression is only looked for";
      case 'h' -> "write [ \\t]";
      case 'H' -> "write [^ \\t]";
      case 'R' -> "write \\r?\\n";
      case 'N' -> "write [^\\n]";
      case 'X' -> "write .";
      case 'e' -> "write \\x1b";
      case 'u', 'U', 'x' -> "write a code point as \\x{…}, such as \\x{e9}";
      case 'E' -> "leave it out: there is no \\Q before it";
      case 'y', 'm', 'M' -> "write \\b for the edge of a word";
      case 'd', 'w', 's', 'D', 'W', 'S' -> "a range ends in a character: put the - last";
      default ->
          "write "
              + Spelling.visible(part.substring(Math.min(1, part.length())))
              + " without the backslash, or \\\\ for a backslash";
    };
  }

  private static String nested(String part) {
    return part.endsWith("+")
        ? "RE2 has no possessive repeats and never tries again: leave the last + out"
        : NO_GLOB;
  }

  private static String characterClass(String part) {
    if (part.startsWith("\\p") || part.startsWith("\\P")) {
      return "classes are \\p{L}, \\p{Lu}, \\p{N} and the like, scripts \\p{Latin}, and"
          + " [[:alpha:]], [[:punct:]]";
    } else if (part.startsWith("[:")) {
      return "classes are [[:alnum:]], [[:alpha:]], [[:digit:]], [[:lower:]], [[:punct:]],"
          + " [[:space:]], [[:upper:]], [[:word:]], [[:xdigit:]]";
    }
    return "a range goes from the lower to the higher character";
  }
}
