package dev.alcada.pluggy.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.pluggy.ConnectToken;
import dev.alcada.pluggy.ConnectTokenRequest;
import dev.alcada.pluggy.PluggyClient;
import dev.alcada.pluggy.PluggyException;
import dev.alcada.pluggy.testing.PluggyStandIn.Fault;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PluggyStandInTest {
  private static final ConnectTokenRequest EMPTY = ConnectTokenRequest.builder().build();

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-11-20T12:00:00Z"));
  private final InstantSource clock = now::get;
  private final PluggyStandIn pluggy = PluggyStandIn.start(clock);
  private final PluggyClient client =
      PluggyClient.builder()
          .credentials(PluggyStandIn.CLIENT_ID, PluggyStandIn.CLIENT_SECRET)
          .baseAddress(pluggy.baseAddress())
          .timeSource(clock)
          .retries(0)
          .build();

  @AfterEach
  void stop() {
    client.close();
    pluggy.close();
  }

  private void pass(Duration time) {
    now.updateAndGet(before -> before.plus(time));
  }

  @Test
  void mintsTokensThatExpireAfterThirtyMinutes() {
    ConnectToken token = client.createConnectToken(EMPTY);
    assertThat(pluggy.accepts(token.value())).isTrue();
    assertThat(token.remaining()).isEqualTo(Duration.ofMinutes(30));
    pass(Duration.ofMinutes(30));
    assertThat(pluggy.accepts(token.value())).isFalse();
    assertThat(token.remaining()).isZero();
    assertThat(pluggy.accepts("anything else")).isFalse();
  }

  @Test
  void issuesKeysThatLastTwoHours() {
    client.createConnectToken(EMPTY);
    pass(Duration.ofMinutes(118));
    client.createConnectToken(EMPTY);
    assertThat(pluggy.requests("/auth")).isEqualTo(1);
    pass(Duration.ofMinutes(2));
    client.createConnectToken(EMPTY);
    assertThat(pluggy.requests("/auth")).isEqualTo(2);
  }

  @Test
  void refusesAnExpiredKeyAndAForgottenOne() throws Exception {
    client.createConnectToken(EMPTY);
    String key = pluggy.requests().get(1).apiKey();
    pass(Duration.ofHours(2));
    assertThat(post("/connect_token", key, "{}").statusCode()).isEqualTo(403);
    pluggy.revokeKeys();
    assertThat(post("/connect_token", key, "{}").statusCode()).isEqualTo(401);
    assertThat(post("/connect_token", null, "{}").statusCode()).isEqualTo(401);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"clientId":"x","clientSecret":"y"} | 401 | CLIENT_KEYS_UNAUTHORIZED
          {}                                  | 400 | required
          no JSON                             | 400 | required
          """)
  void refusesCredentials(String body, int status, String text) throws Exception {
    HttpResponse<String> answer = post("/auth", null, body);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body()).contains(text);
  }

  @Test
  void refusesADisabledApplication() {
    pluggy.disable(true);
    assertThatThrownBy(() -> client.createConnectToken(EMPTY))
        .isInstanceOfSatisfying(
            PluggyException.CredentialsRefused.class,
            e -> assertThat(e.codeDescription()).isEqualTo("CLIENT_DISABLED"));
    pluggy.disable(false);
    assertThat(client.createConnectToken(EMPTY)).isNotNull();
  }

  @Test
  void ignoresOptionsAtTheTopLevelAndNamesParametersThatAreWrong() throws Exception {
    client.createConnectToken(EMPTY);
    String key = pluggy.requests().get(1).apiKey();
    assertThat(post("/connect_token", key, "{\"webhookUrl\":1}").statusCode()).isEqualTo(200);
    HttpResponse<String> answer =
        post("/connect_token", key, "{\"itemId\":\"x\",\"options\":{\"webhookUrl\":\"ftp://x\"}}");
    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(answer.body())
        .contains("\"parameter\":\"itemId\"", "\"parameter\":\"webhookUrl\"", "\"code\":400");
  }

  @Test
  void countsRequestsOfEachEndpointByTheMinute() throws Exception {
    pass(Duration.ofSeconds(20));
    pluggy.allow("/connect_token", 2);
    client.createConnectToken(EMPTY);
    client.createConnectToken(EMPTY);
    assertThatThrownBy(() -> client.createConnectToken(EMPTY))
        .isInstanceOfSatisfying(
            PluggyException.RateLimited.class,
            e -> assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(40)));
    HttpResponse<String> answer = post("/connect_token", "any", "{}");
    assertThat(answer.statusCode()).isEqualTo(429);
    assertThat(answer.headers().firstValue("RateLimit-Limit")).hasValue("2");
    assertThat(answer.headers().firstValue("RateLimit-Remaining")).hasValue("0");
    assertThat(answer.headers().firstValue("RateLimit-Reset")).hasValue("40");
    assertThat(answer.headers().firstValue("Retry-After")).hasValue("60");
    pass(Duration.ofSeconds(40));
    client.createConnectToken(EMPTY);
    assertThat(pluggy.minted()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "UNAVAILABLE, OutcomeUnknown, 0",
    "BAD_GATEWAY, OutcomeUnknown, 0",
    "INTERNAL_ERROR, OutcomeUnknown, 0",
    "TOO_MANY_REQUESTS, RateLimited, 0",
    "DROPPED, OutcomeUnknown, 0",
    "ANSWER_LOST, OutcomeUnknown, 1",
    "ANSWER_TRUNCATED, OutcomeUnknown, 1",
  })
  void failsOnceOnDemand(Fault fault, String type, int minted) {
    pluggy.fail("/connect_token", fault);
    assertThatThrownBy(() -> client.createConnectToken(EMPTY))
        .satisfies(e -> assertThat(e.getClass().getSimpleName()).isEqualTo(type));
    assertThat(pluggy.minted()).isEqualTo(minted);
    client.createConnectToken(EMPTY);
    assertThat(pluggy.minted()).isEqualTo(minted + 1);
  }

  @Test
  void refusesAKeyOnDemand() {
    client.createConnectToken(EMPTY);
    pluggy.fail("/connect_token", Fault.KEY_REFUSED);
    client.createConnectToken(EMPTY);
    assertThat(pluggy.requests("/auth")).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /items, 404",
    "GET, /items/a/b, 404",
    "GET, /, 404",
    "GET, /auth, 405",
    "GET, /webhooks, 405",
    "POST, /items/3fa85f64-5717-4562-b3fc-2c963f66afa6, 405",
    "PATCH, /items/3fa85f64-5717-4562-b3fc-2c963f66afa6, 405"
  })
  void knowsNoOtherPathOrMethod(String method, String path, int status) throws Exception {
    assertThat(send(method, path, null, "{}").statusCode()).isEqualTo(status);
  }

  @Test
  void keepsItemsUntilTheyAreDeleted() throws Exception {
    client.createConnectToken(EMPTY);
    String key = pluggy.requests().get(1).apiKey();
    String item = pluggy.addItem("user-42", "LOGIN_ERROR");
    assertThat(send("GET", "/items/" + item, null, "").statusCode()).isEqualTo(401);
    HttpResponse<String> read = send("GET", "/items/" + item, key, "");
    assertThat(read.statusCode()).isEqualTo(200);
    assertThat(read.body())
        .contains("\"id\":\"" + item + "\"", "\"status\":\"LOGIN_ERROR\"", "\"user-42\"");
    assertThat(read.headers().firstValue("RateLimit-Remaining")).hasValue("358");
    assertThat(send("DELETE", "/items/" + item, key, "").statusCode()).isEqualTo(200);
    assertThat(pluggy.hasItem(item)).isFalse();
    assertThat(send("GET", "/items/" + item, key, "").statusCode()).isEqualTo(404);
    assertThat(send("DELETE", "/items/" + item, key, "").statusCode()).isEqualTo(404);
    assertThat(pluggy.requests("/items/{id}")).isEqualTo(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          webhookUrl       | https://shop.example/hooks | 200
          webhookUrl       | https://shop.example:443/  | 200
          webhookUrl       | https://shop.example:8443/ | 400
          webhookUrl       | https://localhost/         | 400
          webhookUrl       | https://10.0.0.7/          | 400
          webhookUrl       | https://[::1]/             | 400
          webhookUrl       | http://shop.example/       | 400
          webhookUrl       | https://a@shop.example/    | 400
          oauthRedirectUri | https://shop.example/back  | 200
          oauthRedirectUri | myapp://connected          | 200
          oauthRedirectUri | http://shop.example/       | 400
          oauthRedirectUri | https://127.0.0.1/         | 400
          oauthRedirectUri | myapp://localhost          | 400
          """)
  void takesTheAddressesThatPluggyTakes(String option, String url, int status) throws Exception {
    client.createConnectToken(EMPTY);
    String key = pluggy.requests().get(1).apiKey();
    String body = "{\"options\":{\"" + option + "\":\"" + url + "\"}}";
    HttpResponse<String> answer = post("/connect_token", key, body);
    assertThat(answer.statusCode()).isEqualTo(status);
    assertThat(answer.body().contains("\"parameter\":\"" + option + "\"")).isEqualTo(status == 400);
  }

  @Test
  void keepsAtMostFiveWebhooksForAnEvent() throws Exception {
    client.createConnectToken(EMPTY);
    String key = pluggy.requests().get(1).apiKey();
    String body = "{\"event\":\"item/updated\",\"url\":\"https://shop.example/hooks\"}";
    for (int i = 0; i < 5; i++) {
      assertThat(post("/webhooks", key, body).statusCode()).isEqualTo(200);
    }
    assertThat(post("/webhooks", key, body).statusCode()).isEqualTo(400);
    assertThat(post("/webhooks", key, body.replace("updated", "error")).statusCode())
        .isEqualTo(200);
    assertThat(post("/webhooks", key, "{\"event\":\"all\"}").statusCode()).isEqualTo(400);
    assertThat(post("/webhooks", key, "{}").statusCode()).isEqualTo(400);
    assertThat(pluggy.webhooks()).hasSize(6);
  }

  private HttpResponse<String> post(String path, @Nullable String key, String body)
      throws Exception {
    return send("POST", path, key, body);
  }

  private HttpResponse<String> send(String method, String path, @Nullable String key, String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(pluggy.baseAddress() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    if (key != null) {
      request.header("X-API-KEY", key);
    }
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void isThereForTheTestsOfAClientsUser() {
    try (PluggyStandIn pluggy = PluggyStandIn.start();
        PluggyClient client =
            PluggyClient.builder()
                .baseAddress(pluggy.baseAddress())
                .credentials(PluggyStandIn.CLIENT_ID, PluggyStandIn.CLIENT_SECRET)
                .build()) {
      pluggy.fail("/connect_token", PluggyStandIn.Fault.ANSWER_LOST);
      assertThatThrownBy(() -> client.createConnectToken(ConnectTokenRequest.builder().build()))
          .isInstanceOf(PluggyException.OutcomeUnknown.class);
    }
  }
}
