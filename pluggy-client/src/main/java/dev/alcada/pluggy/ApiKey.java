package dev.alcada.pluggy;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/** An API key and until when it is used. {@link #toString} does not show it. */
final class ApiKey {
  private static final Duration LIFE = Duration.ofHours(2);
  private static final Duration MARGIN = Duration.ofMinutes(1);

  private final String value;
  private final String clientSecret;
  private final Instant obtained;
  private final Instant usableUntil;
  private final boolean replacement;

  private ApiKey(
      String value,
      String clientSecret,
      Instant obtained,
      Instant usableUntil,
      boolean replacement) {
    this.value = value;
    this.clientSecret = clientSecret;
    this.obtained = obtained;
    this.usableUntil = usableUntil;
    this.replacement = replacement;
  }

  /**
   * Returns a key just issued.
   *
   * @param clientSecret the secret it was asked for with
   * @param asked when it was asked for, by this machine's clock
   * @param headers the headers of the answer it came in
   * @param replacement whether it replaces one that was refused
   */
  static ApiKey issued(
      String value, String clientSecret, Instant asked, Headers headers, boolean replacement) {
    Duration life = life(Jwt.read(value), asked, headers);
    // A key that lives no longer than two margins is still worth keeping for a while.
    Duration margin = life.dividedBy(2).compareTo(MARGIN) < 0 ? life.dividedBy(2) : MARGIN;
    return new ApiKey(value, clientSecret, asked, asked.plus(life.minus(margin)), replacement);
  }

  /**
   * Returns how long a key lives from now. Its {@code exp} is a time by the issuer's clock, so it
   * is compared with the issuer's own "now" where that is known: this machine's clock may be hours
   * off. One that cannot be read, or had passed when it was issued, says nothing.
   */
  private static Duration life(Jwt jwt, Instant asked, Headers headers) {
    Instant expires = jwt.expires();
    if (expires == null) {
      return LIFE;
    }
    Instant issued = jwt.issued();
    Instant now = issued != null ? issued : Waits.date(headers.get("Date"));
    Duration life = Duration.between(now != null ? now : asked, expires);
    return life.isNegative() || life.isZero() ? LIFE : min(life, Duration.ofDays(3_650));
  }

  private static Duration min(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  String value() {
    return value;
  }

  /** {@return what no text that comes back may show} */
  List<String> secrets() {
    return List.of(value, clientSecret);
  }

  boolean usableAt(Instant now) {
    return now.isBefore(usableUntil);
  }

  /**
   * Returns whether another key may be better than this one, which was refused. A key that was
   * itself a replacement and is not a minute old shows that it is not: without this, a caller who
   * is always refused would ask for a key each time.
   */
  boolean worthReplacing(Instant now) {
    return !replacement || !now.isBefore(obtained.plus(MARGIN));
  }

  /** Returns whether a header can carry a key. */
  static boolean isUsable(@Nullable String value) {
    return value != null && !value.isEmpty() && value.chars().allMatch(c -> c > 0x20 && c < 0x7f);
  }

  @Override
  public String toString() {
    return "ApiKey[value=***, usableUntil=" + usableUntil + "]";
  }
}
