package dev.alcada.internal.regex;

import dev.alcada.internal.document.Spelling;
import dev.alcada.internal.regex.RegexTokens.Kind;
import dev.alcada.internal.regex.RegexTokens.Token;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds an expression that lets more through than its author means, by a text that it is found in:
 * a text which the expression describes is made up, then changed as whoever wants to get past it
 * would change it.
 *
 * <pre>
 *   ^https://api\.example\.com      https://api.example.com.evil.example
 *   ^/srv/reports/.*                /srv/reports/../../etc/passwd
 *   prod                            xprodx
 * </pre>
 */
public final class LooseRegex {
  /** More alternatives are not looked at. */
  private static final int MOST = 20;

  private static final String EVIL = "evil.example";

  private static final Pattern FILE = Pattern.compile("(?i).*(?:path|file|dir|folder).*");
  private static final Pattern WEB =
      Pattern.compile(
          "(?i)(?:.*[_-])?(?:url|uri|href|link)s?(?:[_-].*)?|(?-i:.*[a-z](?:Url|Uri)s?)"
              + "|.*(?:webhook|callback).*");

  private static final Pattern HOST =
      Pattern.compile("(?i).*(?:hostname|host|domain)|(?:.*[_-])?ip(?:_?addr(?:ess)?)?");

  private static final Pattern URL = Pattern.compile("([a-z][a-z0-9+.-]*://)(.*)", Pattern.DOTALL);

  /** What stands before a domain, the domain, and what follows the host. */
  private static final Pattern WHOLE_HOST =
      Pattern.compile(
          "((?:[^/?#]*\\.)?)([^./?#]+\\.[A-Za-z]+)((?::[0-9]+)?(?:[/?#].*)?)", Pattern.DOTALL);

  /** A domain, or a file's name, at the end of what is spelt out. */
  private static final Pattern DOMAIN =
      Pattern.compile(".*[A-Za-z0-9_-]\\.[A-Za-z][A-Za-z0-9-]{1,23}(:[0-9]+)?", Pattern.DOTALL);

  private static final Pattern WINDOWS = Pattern.compile("[A-Za-z]:\\\\.*", Pattern.DOTALL);

  private static final String CLIMBING =
      "deny a path that holds \"..\" beside it, {\"op\": \"contains\", \"value\": \"..\"} in"
          + " \"deny_if\"";

  private static final Pattern TOP_LEVEL =
      Pattern.compile(
          "(?:com|org|net|io|dev|app|gov|edu|ai|br|us|uk|eu|internal|local|example)\\b.*");

  private final String expression;
  private final boolean ofPath;
  private final boolean ofHost;
  private final boolean ofUrl;
  private final Predicate<String> passes;

  private LooseRegex(String expression, String key, Predicate<String> passes) {
    this.expression = expression;
    this.ofPath = FILE.matcher(key).matches();
    this.ofUrl = WEB.matcher(key).matches();
    this.ofHost = ofUrl || HOST.matcher(key).matches();
    this.passes = passes;
  }

  /**
   * {@return what an expression that a call must meet lets through, and what mends it; or null}
   *
   * @param key the name of what it judges, which may say that it is a path, a host or a URL
   * @param passes whether a text meets the expression and whatever else is required of it
   */
  public static @Nullable String of(Regex regex, String key, Predicate<String> passes) {
    String expression = regex.toString();
    return new LooseRegex(expression, key, text -> regex.finds(text) && passes.test(text)).find();
  }

  private @Nullable String find() {
    List<Token> tokens = RegexTokens.of(expression);
    List<List<Token>> alternatives = RegexTokens.alternatives(tokens);
    for (List<Token> one : alternatives) {
      if (RegexDoubts.startsAnchored(one) != RegexDoubts.startsAnchored(alternatives.get(0))
          || RegexDoubts.endsAnchored(one) != RegexDoubts.endsAnchored(alternatives.get(0))) {
        return RegexDoubts.HALF_ANCHORED;
      }
    }
    for (List<Token> one : alternatives.subList(0, Math.min(MOST, alternatives.size()))) {
      String text = RegexTokens.sample(expression, one);
      String found = text == null || !passes.test(text) ? null : loose(one, text);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private @Nullable String loose(List<Token> parts, String text) {
    boolean start = RegexDoubts.startsAnchored(parts);
    boolean end = RegexDoubts.endsAnchored(parts);
    if ((start || end) && RegexDoubts.ofLines(expression)) {
      return lets("x\n" + text + "\nx", "with (?m) ^ and $ are the ends of a line: leave m out");
    } else if (!start && !end && (isPlain(parts) || isOneClass(parts))) {
      return lets(
          "x" + text + "x",
          "it is found anywhere in a text: anchor it, ^"
              + Spelling.visible(Spelling.shorten(expression))
              + "$");
    }
    Matcher url = URL.matcher(text);
    boolean isUrl = url.matches() && !text.startsWith("file:");
    String tail = literalEnd(parts);
    String found = start && isUrl ? host(parts, url) : null;
    if (found == null && !start) {
      found = beginning(parts, text, isUrl);
    }
    if (found == null && !end) {
      found = ending(text, tail, isUrl);
    }
    if (found == null && start && isUrl) {
      found = domain(parts, url);
    }
    if (found == null) {
      found = dot(parts, text);
    }
    return found == null && start && !isUrl ? climbing(text) : found;
  }

  private @Nullable String lets(String text, String mend) {
    return passes.test(text) ? "also lets " + Spelling.quote(text) + " through: " + mend : null;
  }

  private static boolean isPlain(List<Token> parts) {
    return parts.stream()
        .allMatch(
            part ->
                part.kind() == Kind.LITERAL
                    || part.kind() == Kind.OPEN
                    || part.kind() == Kind.CLOSE
                    || part.kind() == Kind.BAR
                    || part.kind() == Kind.FLAGS);
  }

  /** Some of these characters; of one alone, or of any that shows, a text is to hold one. */
  private boolean isOneClass(List<Token> parts) {
    return parts.size() == 2
        && parts.get(0).kind() == Kind.CLASS
        && parts.get(1).kind() == Kind.REPEAT
        && !expression.startsWith("\\S");
  }

  /** A host that is named, but behind a part which may hold a slash or a question mark. */
  private @Nullable String host(List<Token> parts, Matcher url) {
    String scheme = url.group(1);
    String rest = url.group(2);
    if (rest.endsWith(".") && rest.indexOf('/') < 0) {
      return lets(scheme + rest + EVIL, "write the whole host, and / behind it");
    } else if (!names(parts, ".*\\.[A-Za-z]{2}.*")) {
      return null;
    }
    String mend = "what stands before the domain may hold a slash: write [a-z0-9-]+ for it";
    String found = lets(scheme + EVIL + "/" + rest, mend);
    return found == null ? lets(scheme + EVIL + "?" + rest, mend) : found;
  }

  /** A domain behind which, or right before which, more of a host may stand. */
  private @Nullable String domain(List<Token> parts, Matcher url) {
    Matcher host = WHOLE_HOST.matcher(url.group(2));
    if (!host.matches() || !names(parts, ".*[\\w-]\\.[A-Za-z]{2}.*")) {
      return null;
    }
    String scheme = url.group(1);
    String found =
        lets(
            scheme + host.group(1) + host.group(2) + "." + EVIL + host.group(3),
            "end the host with / or (?:/|$)");
    return found == null
        ? lets(
            scheme + host.group(1) + "evil" + host.group(2) + host.group(3),
            "write (?:[a-z0-9-]+\\.)* for what may stand before the domain")
        : found;
  }

  private static boolean names(List<Token> parts, String domain) {
    StringBuilder literal = new StringBuilder();
    for (Token part : parts) {
      if (part.kind() == Kind.LITERAL) {
        literal.appendCodePoint(part.character());
      } else {
        literal.append(' ');
      }
    }
    return literal.toString().matches("(?s)" + domain);
  }

  private @Nullable String beginning(List<Token> parts, String text, boolean isUrl) {
    if (isUrl) {
      return lets("https://" + EVIL + "/?" + text, "begin it with ^");
    } else if (text.startsWith("/") && text.length() > 1) {
      return lets("/tmp" + text, "begin it with ^");
    }
    if (ofUrl && names(parts, ".*[\\w-]\\.[A-Za-z]{2}.*")) {
      return lets("https://" + EVIL + "/?" + text, "begin it with ^https://");
    }
    return !parts.isEmpty()
            && parts.get(0).kind() == Kind.LITERAL
            && Character.isLetterOrDigit(text.codePointAt(0))
            && DOMAIN.matcher(text).matches()
        ? lets("evil" + text, "begin it with ^, or with (?:^|\\.)")
        : null;
  }

  private @Nullable String ending(String text, String tail, boolean isUrl) {
    if (ofHost && tail.endsWith(".") && tail.length() > 1 && tail.indexOf('/') < 0) {
      return lets(text + EVIL, "write the whole host, or all four numbers, and $ behind it");
    } else if (tail.isEmpty() || !Character.isLetterOrDigit(tail.codePointBefore(tail.length()))) {
      return null;
    } else if (DOMAIN.matcher(tail).matches()) {
      return lets(text + "." + EVIL, "end it with $, or with / where a path may follow");
    }
    boolean path = isUrl || text.startsWith("/") || (ofPath && text.indexOf('/') > 0);
    return path && text.lastIndexOf('/') > 0
        ? lets(text + "-other", "end it with / or $, or with (?:/|$)")
        : null;
  }

  /** {@return what is spelt out at the end of an expression} */
  private static String literalEnd(List<Token> parts) {
    StringBuilder end = new StringBuilder();
    for (int i = parts.size() - 1; i >= 0 && parts.get(i).kind() == Kind.LITERAL; i--) {
      end.insert(0, Character.toString(parts.get(i).character()));
    }
    return end.toString();
  }

  /** A dot of a domain that is any character, since no backslash stands before it. */
  private @Nullable String dot(List<Token> parts, String text) {
    for (int i = 1; i + 2 < parts.size(); i++) {
      if (parts.get(i).kind() == Kind.ANY
          && parts.get(i - 1).kind() == Kind.LITERAL
          && TOP_LEVEL.matcher(literalFrom(parts, i + 1)).matches()) {
        return lets(text, "a dot is any character: write \\. for the sign itself");
      }
    }
    return null;
  }

  private static String literalFrom(List<Token> parts, int from) {
    StringBuilder literal = new StringBuilder();
    for (int i = from; i < parts.size() && parts.get(i).kind() == Kind.LITERAL; i++) {
      literal.appendCodePoint(parts.get(i).character());
    }
    return literal.toString();
  }

  private @Nullable String climbing(String text) {
    if (WINDOWS.matcher(text).matches()) {
      int backslash = text.lastIndexOf('\\');
      return lets(text.substring(0, backslash + 1) + "..\\..\\Windows", CLIMBING);
    }
    int slash = text.lastIndexOf('/');
    boolean isPath =
        text.startsWith("/")
            || text.startsWith("file:///")
            || text.startsWith("~/")
            || text.startsWith("./")
            || ofPath;
    if (!isPath || slash < 1 || text.equals("./") || text.equals("~/")) {
      return null;
    }
    String rest = text.substring(slash + 1);
    return lets(
        text.substring(0, slash + 1) + "../../" + (rest.isEmpty() ? "etc/passwd" : rest), CLIMBING);
  }
}
