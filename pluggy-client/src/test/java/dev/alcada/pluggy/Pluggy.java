package dev.alcada.pluggy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;

/** What Pluggy answers, and clients that talk to it. */
final class Pluggy {
  static final String CLIENT_ID = "11111111-2222-4333-8444-555555555555";
  static final String CLIENT_SECRET = "s3cr3t-of-the-client-9f8e7d6c";

  /** What no test waits for but one that fails, on however slow a machine. */
  static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final AtomicLong NUMBER = new AtomicLong();

  private Pluggy() {}

  /**
   * The server's address in digits. Its name may stand for an IPv6 address too, which takes another
   * attempt to connect, and may be said otherwise by the machine.
   */
  static String address(MockWebServer server) {
    return "http://127.0.0.1:" + server.getPort();
  }

  /** A client whose events are noted. */
  static PluggyClient.Builder client(MockWebServer server) {
    return quiet(server).listener(Produced::text);
  }

  /** A client to which a listener can be given. */
  static PluggyClient.Builder quiet(MockWebServer server) {
    return withCredentials().baseAddress(address(server));
  }

  /** A client to which an address can be given. */
  static PluggyClient.Builder withCredentials() {
    return PluggyClient.builder().credentials(CLIENT_ID, CLIENT_SECRET);
  }

  static MockResponse.Builder answer(int status, String body) {
    return new MockResponse.Builder()
        .code(status)
        .addHeader("Content-Type", "application/json; charset=utf-8")
        .body(body);
  }

  static MockResponse json(int status, String body) {
    return answer(status, body).build();
  }

  static String keyBody(String key) {
    Produced.SECRETS.add(key);
    return "{\"apiKey\":\"" + key + "\"}";
  }

  static MockResponse key(String key) {
    return json(200, keyBody(key));
  }

  static String tokenBody(String token) {
    Produced.SECRETS.add(token);
    return "{\"accessToken\":\"" + token + "\"}";
  }

  static MockResponse token(String token) {
    return json(200, tokenBody(token));
  }

  static MockResponse error(int status, String codeDescription, String message) {
    return json(
        status,
        "{\"message\":\"%s\",\"code\":%s,\"codeDescription\":\"%s\"}"
            .formatted(message, status, codeDescription));
  }

  /** A JWT with the given claims, signed by nobody, and never the same one. */
  static String jwt(String claims) {
    Base64.Encoder encoder = Base64.getUrlEncoder().withoutPadding();
    String header = "{\"alg\":\"HS256\",\"typ\":\"JWT\"}";
    String signature = "signature-" + NUMBER.incrementAndGet();
    return encoder.encodeToString(header.getBytes(StandardCharsets.UTF_8))
        + "."
        + encoder.encodeToString(claims.getBytes(StandardCharsets.UTF_8))
        + "."
        + encoder.encodeToString(signature.getBytes(StandardCharsets.UTF_8));
  }

  static String keyExpiring(Instant expires) {
    return jwt("{\"exp\":" + expires.getEpochSecond() + "}");
  }

  static String freshKey() {
    return keyExpiring(Instant.now().plus(Duration.ofHours(2)));
  }

  static String freshToken() {
    return jwt("{\"kind\":\"connect\"}");
  }

  static RecordedRequest next(MockWebServer server) throws InterruptedException {
    RecordedRequest request = server.takeRequest(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    if (request == null) {
      throw new AssertionError("no request within " + PATIENCE);
    }
    return request;
  }
}
