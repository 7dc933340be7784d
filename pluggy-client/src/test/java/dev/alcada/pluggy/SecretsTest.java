package dev.alcada.pluggy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Headers;
import okio.Buffer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Runs last: nothing that any test made the library say has a secret, a key or a token in it. */
@Order(Integer.MAX_VALUE)
class SecretsTest {
  private static final ConnectTokenRequest EMPTY = ConnectTokenRequest.builder().build();

  /** Servers that say back what they were told, wherever a server can say something. */
  static Stream<List<MockResponse>> echoes() {
    String key = Pluggy.freshKey();
    String token = Pluggy.freshToken();
    Produced.SECRETS.add(token);
    String all = Pluggy.CLIENT_SECRET + " " + key + " " + token;
    String error =
        """
        {"message":"%s","code":400,"codeDescription":"%s",
         "details":[{"code":"%s","parameter":"%s","message":"%s"}]}
        """
            .formatted(all, all, all, all, all);
    MockResponse giving = Pluggy.key(key);
    return Stream.of(
        List.of(Pluggy.json(400, error)),
        List.of(Pluggy.json(401, error)),
        List.of(giving, Pluggy.json(400, error)),
        List.of(giving, Pluggy.json(500, error)),
        List.of(giving, Pluggy.json(429, error)),
        List.of(giving, Pluggy.json(200, error)),
        List.of(giving, Pluggy.json(200, "{\"accessToken\":\"" + token + "\"")),
        List.of(giving, Pluggy.answer(302, "").addHeader("Location", "/" + key).build()),
        List.of(giving, Pluggy.answer(200, "").status("HTTP/1.1 " + key).build()),
        List.of(giving, Pluggy.answer(400, "").status("HTTP/1.1 400 " + key).build()),
        // a chunk whose size is a token
        List.of(
            giving,
            new MockResponse.Builder()
                .addHeader("Transfer-Encoding", "chunked")
                .body(new Buffer().writeUtf8(token + "\r\n" + token))
                .removeHeader("Content-Length")
                .build()));
  }

  @ParameterizedTest
  @MethodSource("echoes")
  void aServerThatEchoesSecretsDoesNotGetThemIntoAFailure(List<MockResponse> answers)
      throws Exception {
    try (MockWebServer server = new MockWebServer()) {
      server.start();
      answers.forEach(server::enqueue);
      try (PluggyClient client = Pluggy.client(server).pauses(new RecordedPauses()).build()) {
        Produced.failure(() -> client.createConnectToken(EMPTY));
        Produced.text(client);
      }
    }
    assertThatNothingHasASecret();
  }

  @Test
  void noValueShowsWhatItHolds() {
    String secret = Pluggy.freshToken();
    Produced.SECRETS.add(secret);
    List<Object> values =
        List.of(
            PluggyCredentials.of("id", secret),
            new ConnectToken(secret, Instant.EPOCH, Instant.MAX, InstantSource.system()),
            ConnectTokenResult.of(
                new ConnectToken(secret, Instant.EPOCH, Instant.MAX, InstantSource.system())),
            ApiKey.issued(secret, secret, Instant.EPOCH, Headers.of(), false),
            new Next.Done<>(secret),
            WebhookSecret.of(secret),
            WebhookRequest.builder("item/updated", "https://shop.example/hooks")
                .header("X-Hook-Secret", secret)
                .build(),
            new Reply.Answer(200, Headers.of(), secret, true),
            ConnectTokenRequest.builder().clientUserId(secret).build());
    values.forEach(Produced::text);
    assertThatNothingHasASecret();
  }

  @Test
  void everythingThatWasLoggedAtTraceAndThrownIsLookedAt() throws Exception {
    try (MockWebServer server = new MockWebServer()) {
      server.start();
      server.enqueue(Pluggy.key(Pluggy.freshKey()));
      server.enqueue(Pluggy.token(Pluggy.freshToken()));
      try (PluggyClient client = Pluggy.client(server).build()) {
        client.createConnectToken(EMPTY);
      }
    }
    assertThat(assertThatNothingHasASecret())
        .anyMatch(text -> text.contains("POST /connect_token"));
  }

  /** Returns what was looked at: all that is new, for what was there before is without secrets. */
  private static List<String> assertThatNothingHasASecret() {
    List<String> produced = Produced.taken();
    List<String> secrets =
        Produced.SECRETS.stream().filter(secret -> secret.length() > 12).toList();
    assertThat(secrets).isNotEmpty();
    for (String secret : secrets) {
      // not assertThat(produced): its message would quote the secret
      assertThat(produced.stream().filter(text -> text.contains(secret)).count())
          .as("texts with the secret that begins with " + secret.substring(0, 3))
          .isZero();
    }
    return produced;
  }
}
