package dev.alcada.pluggy;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * When a JSON Web Token (RFC 7519) says it was issued and when it expires. The signature is not
 * looked at: whoever issued the token is trusted already, and a wrong time costs one refused
 * request.
 *
 * @param issued its {@code iat}, or {@code null}
 * @param expires its {@code exp}, or {@code null}
 */
record Jwt(@Nullable Instant issued, @Nullable Instant expires) {
  private static final Jwt UNREADABLE = new Jwt(null, null);
  private static final BigDecimal LATEST = BigDecimal.valueOf(Instant.MAX.getEpochSecond());

  /** Returns what a token says, nothing where it cannot be read. */
  static Jwt read(String token) {
    int start = token.indexOf('.') + 1;
    int end = token.indexOf('.', start);
    if (start == 0 || end < 0) {
      return UNREADABLE;
    }
    String payload;
    try {
      byte[] decoded = Base64.getUrlDecoder().decode(token.substring(start, end));
      payload = new String(decoded, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return UNREADABLE;
    }
    Map<String, @Nullable Object> claims = Json.readObject(payload);
    return claims == null ? UNREADABLE : new Jwt(time(claims, "iat"), time(claims, "exp"));
  }

  private static @Nullable Instant time(Map<String, @Nullable Object> claims, String name) {
    return claims.get(name) instanceof BigDecimal seconds
            && seconds.signum() > 0
            && seconds.compareTo(LATEST) < 0
        ? Instant.ofEpochSecond(seconds.longValue())
        : null;
  }
}
