package dev.alcada.pluggy;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Keeps secrets out of texts that come from elsewhere, such as a server that echoes its input. */
final class Redactor {
  private static final int MAX_LENGTH = 300;
  private static final String MASK = "***";
  // Keys and tokens are JWTs, and the first character of one is that of an encoded "{".
  private static final Pattern TOKEN = Pattern.compile("eyJ[A-Za-z0-9_\\-.]{8,}+");

  private final List<String> secrets;

  Redactor(List<String> secrets) {
    this.secrets = secrets;
  }

  /** Returns a text without secrets and control characters, and not longer than a line or three. */
  @Nullable String clean(@Nullable String text) {
    if (text == null) {
      return null;
    }
    String cut = masked(text);
    return cut.length() > MAX_LENGTH ? cut.substring(0, MAX_LENGTH) + "…" : cut;
  }

  private String masked(String text) {
    String masked = text;
    for (String secret : secrets) {
      masked = masked.replace(secret, MASK);
    }
    masked = TOKEN.matcher(masked).replaceAll(MASK);
    StringBuilder printable = new StringBuilder(masked.length());
    masked
        .codePoints()
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c)
        .forEach(printable::appendCodePoint);
    return printable.toString();
  }

  /**
   * Returns a failure as a cause to report, or {@code null} where it or one of its own causes
   * quotes a secret, as some parsers quote what they could not read.
   */
  @Nullable Throwable clean(@Nullable Throwable failure) {
    int depth = 0;
    for (Throwable t = failure; t != null; t = t.getCause()) {
      String text = t.toString();
      boolean quotes = TOKEN.matcher(text).find() || secrets.stream().anyMatch(text::contains);
      if (quotes || depth++ > 20) {
        return null;
      }
    }
    return failure;
  }
}
