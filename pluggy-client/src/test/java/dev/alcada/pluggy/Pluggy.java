package dev.alcada.pluggy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import mockwebserver3.MockResponse;

/** What Pluggy answers, and the secrets that must show up nowhere else. */
final class Pluggy {
  static final String CLIENT_ID = "11111111-2222-4333-8444-555555555555";
  static final String CLIENT_SECRET = "s3cr3t-of-the-client-9f8e7d6c";
  static final Duration KEY_LIFE = Duration.ofHours(2);

  private Pluggy() {}

  static MockResponse json(int status, String body) {
    return new MockResponse.Builder()
        .code(status)
        .addHeader("Content-Type", "application/json; charset=utf-8")
        .body(body)
        .build();
  }

  static MockResponse key(String key) {
    return json(200, "{\"apiKey\":\"" + key + "\"}");
  }

  static MockResponse token(String token) {
    return json(200, "{\"accessToken\":\"" + token + "\"}");
  }

  static MockResponse error(int status, String codeDescription, String message) {
    return json(
        status,
        "{\"message\":\"%s\",\"code\":%d,\"codeDescription\":\"%s\"}"
            .formatted(message, status, codeDescription));
  }

  /** A JWT with the given claims, signed by nobody. */
  static String jwt(String claims) {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    return encoder.encodeToString(
            "{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8))
        + "."
        + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8))
        + ".c2lnbmF0dXJl";
  }

  static String keyExpiring(Instant expires) {
    return jwt("{\"exp\":" + expires.getEpochSecond() + "}");
  }
}
