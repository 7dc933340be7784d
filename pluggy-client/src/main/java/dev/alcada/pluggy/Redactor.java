package dev.alcada.pluggy;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.function.IntPredicate;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether a text that comes from elsewhere quotes a secret, as a server does that echoes its
 * input. Immutable.
 *
 * <p>A secret may come back changed: cut, escaped, encoded, in another case, with something
 * invisible in it. So it is looked for in parts of eight characters, in the text as it is and with
 * its escapes undone, and both as written and by letters and digits alone:
 *
 * <pre>
 *   secret  s3cr3t-of-the-client ──▶ s3cr3t-o, 3cr3t-of, …  s3cr3tof, 3cr3toft, …
 *   text    S3CR3T%2DOF-…        ──▶ s3cr3t-of…, s3cr3tof…  ──▶ a part is in it
 * </pre>
 */
final class Redactor {
  private static final int PART = 8;
  private static final int MAX_LINE = 300;
  private static final int MAX_SECRET = 8_192;
  private static final int MAX_UNDONE = 4;
  private static final int MAX_CAUSES = 20;
  // Keys and tokens are JWTs, and the first character of one is that of an encoded "{".
  private static final Pattern TOKEN = Pattern.compile("eyJ[A-Za-z0-9_\\-.]{8,}+");
  private static final Pattern ESCAPE =
      Pattern.compile(
          "\\\\+u\\{?([0-9a-fA-F]{4})\\}?|(?:\\\\+x|%|=)([0-9a-fA-F]{2})"
              + "|&#x([0-9a-fA-F]{1,6});?|&#([0-9]{1,7});?");

  // The hashes of all parts, sorted: a text that only seems to quote a secret is withheld too.
  private final long[] parts;
  private final List<String> shortSecrets;

  /** Makes a redactor of secrets; of very long ones the beginning counts. */
  Redactor(List<String> secrets) {
    List<String> forms = new ArrayList<>();
    List<String> shorts = new ArrayList<>();
    for (String secret : secrets) {
      String begun = secret.length() > MAX_SECRET ? secret.substring(0, MAX_SECRET) : secret;
      if (written(begun).length() < PART) {
        shorts.add(written(begun));
      } else {
        forms(begun).flatMap(form -> Stream.of(written(form), bare(form))).forEach(forms::add);
      }
    }
    this.parts = forms.stream().flatMapToLong(Redactor::parts).sorted().distinct().toArray();
    this.shortSecrets = shorts.stream().filter(secret -> !secret.isEmpty()).toList();
  }

  /** What a secret looks like where it is passed on by machines. */
  private static Stream<String> forms(String secret) {
    byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
    // Base64 writes three bytes as four characters: what stands before decides how it goes on.
    Stream<String> base64 =
        Stream.of(0, 1, 2)
            .map(
                before -> {
                  byte[] moved = new byte[before + bytes.length];
                  System.arraycopy(bytes, 0, moved, before, bytes.length);
                  String text = Base64.getEncoder().withoutPadding().encodeToString(moved);
                  return text.substring(before == 0 ? 0 : 4, text.length() - 1);
                });
    return Stream.concat(
        Stream.of(
            secret,
            new StringBuilder(secret).reverse().toString(),
            HexFormat.of().formatHex(bytes)),
        base64);
  }

  /** Returns whether a text quotes a secret, or any key or token. */
  boolean quotes(String text) {
    String undone = text;
    for (int i = 0; i < MAX_UNDONE; i++) {
      if (quotesAsItIs(undone)) {
        return true;
      }
      String next = ESCAPE.matcher(undone).replaceAll(Redactor::meant);
      if (next.equals(undone)) {
        return false;
      }
      undone = next;
    }
    return true; // nobody escapes so often in good faith
  }

  private boolean quotesAsItIs(String text) {
    String written = written(text);
    return TOKEN.matcher(visible(text)).find()
        || shortSecrets.stream().anyMatch(written::contains)
        || Stream.of(written, bare(text))
            .flatMapToLong(Redactor::parts)
            .anyMatch(part -> Arrays.binarySearch(parts, part) >= 0);
  }

  private static String meant(MatchResult escape) {
    String hexadecimal =
        Stream.of(1, 2, 3)
            .map(escape::group)
            .filter(group -> group != null)
            .findFirst()
            .orElse(null);
    int character =
        hexadecimal == null ? Integer.parseInt(escape.group(4)) : Integer.parseInt(hexadecimal, 16);
    return Character.isValidCodePoint(character)
        ? Matcher.quoteReplacement(Character.toString(character))
        : "";
  }

  /** A text as it is written, but for case, compatible letters and what cannot be seen. */
  private static String written(String text) {
    return Normalizer.normalize(visible(text), Normalizer.Form.NFKC).toLowerCase(Locale.ROOT);
  }

  private static String visible(String text) {
    return kept(text, c -> !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT);
  }

  /** The letters and digits of a text. */
  private static String bare(String text) {
    String plain = Normalizer.normalize(text, Normalizer.Form.NFKD).toLowerCase(Locale.ROOT);
    return kept(plain, Character::isLetterOrDigit);
  }

  private static String kept(String text, IntPredicate wanted) {
    StringBuilder kept = new StringBuilder(text.length());
    text.codePoints().filter(wanted).forEach(kept::appendCodePoint);
    return kept.toString();
  }

  private static LongStream parts(String text) {
    return LongStream.rangeClosed(0, text.length() - PART).map(start -> hash(text, (int) start));
  }

  private static long hash(String text, int start) {
    long hash = 0xcbf29ce484222325L; // FNV-1a
    for (int i = start; i < start + PART; i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  /** Returns a text of which a line or three are shown, without control characters. */
  static @Nullable String line(@Nullable String text) {
    if (text == null) {
      return null;
    }
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(MAX_LINE)
        .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c)
        .forEach(line::appendCodePoint);
    return line.length() < text.length() ? line + "…" : line.toString();
  }

  /**
   * Returns a failure as a cause to report, or {@code null} where it quotes a secret, or one of its
   * own causes or of what it suppresses does, as some parsers quote what they could not read.
   */
  @Nullable Throwable clean(@Nullable Throwable failure) {
    try {
      return failure == null || isClean(failure, new ArrayList<>()) ? failure : null;
    } catch (RuntimeException e) {
      return null; // a failure that cannot even say what it is
    }
  }

  private boolean isClean(Throwable failure, List<Throwable> seen) {
    if (seen.size() > MAX_CAUSES) {
      return false;
    }
    seen.add(failure);
    Throwable cause = failure.getCause();
    return !quotes(failure.toString())
        && (cause == null || isClean(cause, seen))
        && Arrays.stream(failure.getSuppressed()).allMatch(more -> isClean(more, seen));
  }
}
