package dev.alcada.pluggy;

import static dev.alcada.pluggy.Produced.assertThatThrownBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PluggyClientTest {
  private final MockWebServer server = new MockWebServer();

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private PluggyClient.Builder client() {
    return PluggyClient.builder()
        .credentials(Pluggy.CLIENT_ID, Pluggy.CLIENT_SECRET)
        .baseAddress(Pluggy.address(server));
  }

  private RecordedRequest request() throws InterruptedException {
    return Pluggy.next(server);
  }

  private static final ConnectTokenRequest EMPTY = ConnectTokenRequest.builder().build();

  @Test
  void asksForAKeyAndThenForATokenWithIt() throws Exception {
    String key = Pluggy.keyExpiring(Instant.now().plus(Duration.ofHours(2)));
    server.enqueue(Pluggy.key(key));
    server.enqueue(Pluggy.token("token-1"));
    try (PluggyClient client = client().build()) {
      ConnectToken token =
          client.createConnectToken(
              ConnectTokenRequest.builder()
                  .itemId("3fa85f64-5717-4562-b3fc-2c963f66afa6")
                  .clientUserId("user-42")
                  .avoidDuplicates(true)
                  .build());
      assertThat(token.value()).isEqualTo("token-1");
      assertThat(token.expires()).isEqualTo(token.issued().plus(Duration.ofMinutes(30)));
    }
    RecordedRequest auth = request();
    assertThat(auth.getRequestLine()).isEqualTo("POST /auth HTTP/1.1");
    assertThat(auth.getBody().utf8())
        .isEqualTo(
            "{\"clientId\":\"%s\",\"clientSecret\":\"%s\"}"
                .formatted(Pluggy.CLIENT_ID, Pluggy.CLIENT_SECRET));
    assertThat(auth.getHeaders().get("X-API-KEY")).isNull();
    RecordedRequest mint = request();
    assertThat(mint.getRequestLine()).isEqualTo("POST /connect_token HTTP/1.1");
    assertThat(mint.getHeaders().get("X-API-KEY")).isEqualTo(key);
    assertThat(mint.getHeaders().get("Content-Type")).isEqualTo("application/json");
    assertThat(mint.getBody().utf8())
        .isEqualTo(
            "{\"itemId\":\"3fa85f64-5717-4562-b3fc-2c963f66afa6\","
                + "\"options\":{\"clientUserId\":\"user-42\",\"avoidDuplicates\":true}}");
  }

  @Test
  void usesOneKeyForManyTokensAndLeavesOutWhatIsNotSet() throws Exception {
    server.enqueue(Pluggy.key("a-key-that-is-no-jwt"));
    server.enqueue(Pluggy.token("token-1"));
    server.enqueue(Pluggy.token("token-2"));
    try (PluggyClient client = client().build()) {
      assertThat(client.createConnectToken(EMPTY).value()).isEqualTo("token-1");
      assertThat(client.createConnectTokenAsync(EMPTY).join().value()).isEqualTo("token-2");
    }
    assertThat(server.getRequestCount()).isEqualTo(3);
    request();
    assertThat(request().getBody().utf8()).isEqualTo("{}");
  }

  @Test
  void sendsWhatAnInterceptorOfTheHostHasRead() throws Exception {
    server.enqueue(Pluggy.key(Pluggy.freshKey()));
    server.enqueue(Pluggy.token(Pluggy.freshToken()));
    OkHttpClient http =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  Buffer read = new Buffer();
                  Objects.requireNonNull(chain.request().body()).writeTo(read);
                  String signature = read.sha256().hex();
                  return chain.proceed(
                      chain.request().newBuilder().header("X-Signature", signature).build());
                })
            .build();
    try (PluggyClient client = Pluggy.client(server).httpClient(http).build()) {
      client.createConnectToken(ConnectTokenRequest.builder().clientUserId("user-42").build());
    }
    Pluggy.next(server);
    RecordedRequest request = Pluggy.next(server);
    assertThat(request.getHeaders().get("X-Signature"))
        .isEqualTo(Objects.requireNonNull(request.getBody()).sha256().hex());
  }

  @Test
  void saysWhenTheCredentialsAreRefused() {
    server.enqueue(Pluggy.error(401, "CLIENT_KEYS_UNAUTHORIZED", "Client keys are invalid"));
    try (PluggyClient client = client().build()) {
      assertThatThrownBy(() -> client.createConnectToken(EMPTY))
          .isInstanceOfSatisfying(
              PluggyException.CredentialsRefused.class,
              e -> {
                assertThat(e.path()).isEqualTo("/auth");
                assertThat(e.status()).hasValue(401);
                assertThat(e.code()).hasValue(401);
                assertThat(e.codeDescription()).isEqualTo("CLIENT_KEYS_UNAUTHORIZED");
              })
          .hasMessage("POST /auth was answered 401 CLIENT_KEYS_UNAUTHORIZED");
    }
  }

  @Test
  void isOfNoUseOnceClosed() {
    PluggyClient client = client().build();
    client.close();
    assertThatThrownBy(() -> client.createConnectToken(EMPTY))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the client is closed");
  }
}
