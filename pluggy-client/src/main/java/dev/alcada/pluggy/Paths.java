package dev.alcada.pluggy;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import okhttp3.HttpUrl;

/** Paths that a host names itself: they stay under the base address. */
final class Paths {
  private static final int MAX_LENGTH = 8_192;
  private static final Pattern ESCAPE = Pattern.compile("%(?![0-9a-fA-F]{2})");
  // What a proxy or server may undo once more than was meant.
  private static final Pattern HIDDEN =
      Pattern.compile("%(?:25)*(?:2e|2f|5c|00)", Pattern.CASE_INSENSITIVE);
  private static final Pattern PLAIN_SEGMENT = Pattern.compile("[a-z][a-z_-]*|v[0-9]{1,2}");

  /** Their answers are secrets, which a text would not keep. */
  private static final Set<String> OWN = Set.of("auth", "connect_token");

  private Paths() {}

  /**
   * Returns the address of a path.
   *
   * @param path a path with or without a query, such as {@code /accounts?itemId=…}
   * @throws IllegalArgumentException if it is not one, or leaves the base address; the message does
   *     not quote it
   */
  static HttpUrl resolve(HttpUrl base, String path) {
    check(path.startsWith("/"), "must begin with /, such as /accounts, and have no host");
    check(path.length() <= MAX_LENGTH, "must have at most " + MAX_LENGTH + " characters");
    check(
        path.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '\\' && c != '#'),
        "must be ASCII without spaces, backslashes and #; percent-escape what is in a value");
    check(!ESCAPE.matcher(path).find(), "has a % that begins no escape; write it as %25");
    int query = path.indexOf('?');
    String plain = query < 0 ? path : path.substring(0, query);
    check(!HIDDEN.matcher(plain).find(), "must not have an escaped dot, slash or backslash");
    List<String> segments = List.of(plain.substring(1).split("/", -1));
    check(
        segments.stream().noneMatch(segment -> segment.isEmpty() || isDots(segment)),
        "must not have empty segments, nor . or .. as one");
    String first = withoutEscapes(segments.get(0)).toLowerCase(Locale.ROOT);
    check(
        !OWN.contains(first),
        "must not be /auth or /connect_token: this client asks for keys by itself, and"
            + " createConnectToken for a token");
    HttpUrl url = HttpUrl.parse(prefix(base) + path);
    check(url != null && url.toString().startsWith(prefix(base) + "/"), "is not one of a URL");
    return Objects.requireNonNull(url);
  }

  /**
   * Returns a path as messages and metrics show it: ids are {@code {id}}, and there is no query.
   */
  static String route(HttpUrl base, HttpUrl url) {
    int skipped = base.encodedPath().equals("/") ? 0 : base.pathSize();
    return url.encodedPathSegments().stream()
        .skip(skipped)
        .map(segment -> PLAIN_SEGMENT.matcher(segment).matches() ? segment : "{id}")
        .collect(Collectors.joining("/", "/", ""));
  }

  private static String prefix(HttpUrl base) {
    String text = base.toString();
    return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
  }

  /** Whether a segment is one that leads up or nowhere, with parameters or without. */
  private static boolean isDots(String segment) {
    String name = segment.split(";", 2)[0];
    return name.equals(".") || name.equals("..") || name.isEmpty();
  }

  /** Undoes escapes, also those of escapes, and leaves parameters out. */
  private static String withoutEscapes(String segment) {
    String before = segment;
    while (true) {
      String after =
          HttpUrl.get("https://host/")
              .newBuilder()
              .setEncodedPathSegment(0, before)
              .build()
              .pathSegments()
              .get(0);
      if (after.equals(before)) {
        return after.split(";", 2)[0];
      }
      before = after;
    }
  }

  private static void check(boolean holds, String problem) {
    if (!holds) {
      throw new IllegalArgumentException("the path " + problem);
    }
  }
}
