package dev.alcada.internal.document;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How messages spell what a document has, and the nearest of the spellings it could have. */
public final class Spelling {
  private static final int SHOWN = 60;

  /** What is longer is near to nothing that is shown, and comparing takes its length of memory. */
  private static final int LONGEST = 4 * SHOWN;

  private Spelling() {}

  /** Quotes a document's text, cut short, with nothing in it that would disturb a log line. */
  public static String quote(String text) {
    return quote(text, SHOWN);
  }

  /** As {@link #quote(String)}, cut to a length. */
  public static String quote(String text, int length) {
    return "\"" + visible(shorten(text, length).replace("\\", "\\\\").replace("\"", "\\\"")) + "\"";
  }

  /** {@return a text of a document, for messages} */
  public static String describe(String text) {
    return text.isEmpty() ? "an empty text" : "the text " + quote(text);
  }

  /** {@return a text of one line, without what a terminal or a log would act upon} */
  public static String visible(String text) {
    if (text.codePoints().allMatch(c -> !DoubtfulText.isInvisible(c))) {
      return text;
    }
    StringBuilder visible = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (!DoubtfulText.isInvisible(c)) {
                visible.appendCodePoint(c);
              } else {
                visible.append(String.format(Locale.ROOT, "\\u%04x", c));
              }
            });
    return visible.toString();
  }

  public static String shorten(String text) {
    return shorten(text, SHOWN);
  }

  public static String shorten(String text, int length) {
    if (text.length() <= length) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length;
    return text.substring(0, end) + "…";
  }

  /** {@return "did you mean …?" with the nearest of the spellings, or null if none is near} */
  public static @Nullable String didYouMean(String found, Collection<String> spellings) {
    String nearest = nearest(found, spellings);
    return nearest == null ? null : "did you mean \"" + nearest + "\"?";
  }

  public static @Nullable String nearest(String found, Collection<String> spellings) {
    return nearest(found, spellings, SHOWN);
  }

  /** {@return the nearest of the spellings, at most so many changes away, or null} */
  public static @Nullable String nearest(String found, Collection<String> spellings, int most) {
    if (found.length() > SHOWN) {
      return null;
    }
    String bare = bare(found);
    String nearest = null;
    int least = Integer.MAX_VALUE;
    for (String spelling : spellings) {
      if (spelling.length() > LONGEST) {
        continue;
      }
      String other = bare(spelling);
      int distance = distance(bare, other);
      if (distance <= Math.min(most, other.length() / 3) && distance < least) {
        nearest = spelling;
        least = distance;
      }
    }
    return nearest;
  }

  /** As {@link #didYouMean}, which knows what people call an action or a mode too. */
  public static @Nullable String word(String found, Collection<String> spellings) {
    String bare = bare(found);
    for (String meant : new String[] {action(bare), mode(bare)}) {
      if (spellings.contains(meant)) {
        return "did you mean \"" + meant + "\"?";
      }
    }
    return didYouMean(found, spellings);
  }

  /** {@return the action that a bare word means, or nothing} */
  public static String action(String bare) {
    return switch (bare) {
      case "approve",
          "approval",
          "approvalrequired",
          "ask",
          "askuser",
          "authorize",
          "confirm",
          "confirmation",
          "escalate",
          "hitl",
          "hold",
          "human",
          "humanapproval",
          "humanintheloop",
          "manual",
          "manualapproval",
          "needsapproval",
          "pending",
          "prompt",
          "requireconfirmation",
          "requirereview",
          "requiresapproval",
          "review" ->
          "require_approval";
      case "block",
          "blockall",
          "blocked",
          "denied",
          "denyall",
          "disable",
          "disabled",
          "disallow",
          "drop",
          "error",
          "fail",
          "forbid",
          "forbidden",
          "never",
          "no",
          "none",
          "off",
          "prohibit",
          "refuse",
          "reject",
          "stop" ->
          "deny";
      case "accept",
          "all",
          "allowall",
          "allowed",
          "always",
          "enable",
          "enabled",
          "grant",
          "ok",
          "on",
          "pass",
          "permit",
          "permitall",
          "permitted",
          "yes" ->
          "allow";
      default -> "";
    };
  }

  /** {@return the mode that a bare word means, or nothing} */
  public static String mode(String bare) {
    return switch (bare) {
      case "alert",
          "audit",
          "auditonly",
          "dryrun",
          "log",
          "logonly",
          "monitor",
          "notify",
          "observe",
          "report",
          "reportonly",
          "test",
          "warn" ->
          "shadow";
      case "active", "block", "deny", "enabled", "enforced", "enforcing", "live", "on" -> "enforce";
      default -> "";
    };
  }

  /** {@return the operator that others write as a symbol or by another word, or null} */
  public static @Nullable String operator(String found) {
    return switch (bare(found)) {
      case "=", "==", "===", "equal", "equals", "equalto", "is", "same", "exact" -> "eq";
      case "!=",
          "<>",
          "!==",
          "\u2260",
          "ne",
          "noteq",
          "notequal",
          "notequals",
          "notequalto",
          "isnot" ->
          "neq";
      case "<", "less", "lessthan", "below", "under", "fewerthan" -> "lt";
      case "<=",
          "\u2264",
          "le",
          "lessthanorequal",
          "lessthanorequals",
          "lessthanorequalto",
          "lessthanequal",
          "lessorequal",
          "atmost",
          "max",
          "maximum",
          "upto" ->
          "lte";
      case ">", "greater", "greaterthan", "morethan", "above", "over", "exceeds" -> "gt";
      case ">=",
          "\u2265",
          "ge",
          "greaterthanorequal",
          "greaterthanorequals",
          "greaterthanorequalto",
          "greaterthanequal",
          "greaterorequal",
          "atleast",
          "min",
          "minimum" ->
          "gte";
      case "=~",
          "~",
          "~=",
          "matches",
          "match",
          "pattern",
          "regexp",
          "regexmatch",
          "re",
          "matchesregex" ->
          "regex";
      case "anyof",
          "oneof",
          "isoneof",
          "memberof",
          "isin",
          "inlist",
          "containedin",
          "elementof",
          "anyin" ->
          "in";
      case "nin", "noneof", "notanyof", "notoneof", "notinlist", "isnotin" -> "not_in";
      case "includes", "include", "has", "haselement", "hasitem", "substring", "contain" ->
          "contains";
      default -> null;
    };
  }

  /** So that {@code denyIf}, {@code deny-if} and {@code DENY_IF} are near to {@code deny_if}. */
  public static String bare(String text) {
    return text.replaceAll("[_\\-\\s]", "").toLowerCase(Locale.ROOT);
  }

  /** Insertions, deletions, substitutions and swaps of neighbours that lead from one to another. */
  private static int distance(String from, String to) {
    int[][] cost = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        if (i == 0 || j == 0) {
          cost[i][j] = i + j;
          continue;
        }
        int same = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
        cost[i][j] =
            Math.min(Math.min(cost[i - 1][j], cost[i][j - 1]) + 1, cost[i - 1][j - 1] + same);
        if (i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1)) {
          cost[i][j] = Math.min(cost[i][j], cost[i - 2][j - 2] + 1);
        }
      }
    }
    return cost[from.length()][to.length()];
  }
}
