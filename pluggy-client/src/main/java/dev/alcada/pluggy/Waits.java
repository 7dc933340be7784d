package dev.alcada.pluggy;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/** How long an answer's headers ask to wait. */
final class Waits {
  private static final int MAX_DIGITS = 9;

  private Waits() {}

  /**
   * Returns the wait that {@code RateLimit-Reset} gives in seconds, else {@code Retry-After} in
   * seconds or as a date; {@code null} if neither can be read.
   *
   * @param now the time by this machine's clock, used where the answer has no {@code Date}
   */
  static @Nullable Duration of(Headers headers, Instant now) {
    Duration reset = seconds(headers.get("RateLimit-Reset"));
    return reset != null ? reset : retryAfter(headers, now);
  }

  private static @Nullable Duration retryAfter(Headers headers, Instant now) {
    String text = headers.get("Retry-After");
    Duration seconds = seconds(text);
    Instant until = date(text);
    if (seconds != null || until == null) {
      return seconds;
    }
    Instant sent = date(headers.get("Date"));
    Duration wait = Duration.between(sent == null ? now : sent, until);
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  private static @Nullable Duration seconds(@Nullable String text) {
    if (text == null || text.isEmpty() || text.length() > MAX_DIGITS) {
      return null;
    }
    return text.chars().allMatch(c -> c >= '0' && c <= '9')
        ? Duration.ofSeconds(Long.parseLong(text))
        : null;
  }

  /** Returns the time of an HTTP date (RFC 9110), or {@code null} if it is none. */
  static @Nullable Instant date(@Nullable String text) {
    if (text == null) {
      return null;
    }
    try {
      return ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }
}
