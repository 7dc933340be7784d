package dev.alcada.pluggy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.pluggy.testing.PluggyStandIn;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rest of Pluggy's API, which this client has no methods for. */
class GeneralRequestsTest {
  private final MockWebServer server = new MockWebServer();
  private final Queue<String> attempts = new ConcurrentLinkedQueue<>();

  @BeforeEach
  void start() throws Exception {
    server.start();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private PluggyClient client(String base) {
    return Pluggy.withCredentials()
        .baseAddress(Pluggy.address(server) + base)
        .pauses(new RecordedPauses())
        .listener(attempt -> attempts.add(attempt.toString()))
        .build();
  }

  private PluggyClient client() {
    return client("");
  }

  @Test
  void returnsTheAnswerAsItCame() throws Exception {
    String key = Pluggy.freshKey();
    server.enqueue(Pluggy.key(key));
    server.enqueue(Pluggy.json(200, "{ \"results\": [ 1.50 ] }\n"));
    server.enqueue(Pluggy.json(201, "{\"id\":\"x\"}"));
    try (PluggyClient client = client()) {
      assertThat(client.get("/accounts?itemId=a%20b&page=2"))
          .isEqualTo("{ \"results\": [ 1.50 ] }\n");
      assertThat(client.post("/items", "{ \"connectorId\": 2.0 }")).isEqualTo("{\"id\":\"x\"}");
    }
    Pluggy.next(server);
    RecordedRequest get = Pluggy.next(server);
    assertThat(get.getRequestLine()).isEqualTo("GET /accounts?itemId=a%20b&page=2 HTTP/1.1");
    assertThat(get.getHeaders().get("X-API-KEY")).isEqualTo(key);
    assertThat(get.getHeaders().get("Accept")).isEqualTo("application/json");
    RecordedRequest post = Pluggy.next(server);
    assertThat(post.getRequestLine()).isEqualTo("POST /items HTTP/1.1");
    assertThat(post.getHeaders().get("Content-Type")).isEqualTo("application/json");
    assertThat(post.getBody().utf8()).isEqualTo("{ \"connectorId\": 2.0 }");
  }

  @Test
  void takesLongAnswersAndNoEndlessOnes() {
    String most = "[" + "1,".repeat(8 * 1024 * 1024 - 2) + "12]";
    assertThat(most).hasSize(16 * 1024 * 1024);
    server.enqueue(Pluggy.key(Pluggy.freshKey()));
    server.enqueue(Pluggy.json(200, most));
    server.enqueue(Pluggy.json(200, most + " "));
    try (PluggyClient client = client()) {
      assertThat(client.get("/transactions").length()).isEqualTo(most.length());
      assertThat(Produced.failure(() -> client.get("/transactions")))
          .isInstanceOf(PluggyException.Unavailable.class)
          .hasMessage("GET /transactions was answered 200 without a usable JSON of at most 16 MiB");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', /accounts, /accounts",
    "/, /accounts, /accounts",
    "/proxy/pluggy, /accounts, /proxy/pluggy/accounts",
    "/proxy/, /v2/items/x;y=1, /proxy/v2/items/x;y=1",
    "'', /a/b%20c/@d/...e, /a/b%20c/@d/...e",
    "'', /items?next=/../auth, /items?next=/../auth"
  })
  void staysUnderTheBaseAddress(String base, String path, String asked) throws Exception {
    server.enqueue(Pluggy.key(Pluggy.freshKey()));
    server.enqueue(Pluggy.json(200, "{}"));
    try (PluggyClient client = client(base)) {
      client.get(path);
    }
    Pluggy.next(server);
    assertThat(Pluggy.next(server).getRequestLine()).isEqualTo("GET " + asked + " HTTP/1.1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "accounts",
        "https://evil.example/accounts",
        "//evil.example/accounts",
        "///evil.example",
        "/\\evil.example/",
        "\\\\evil.example\\",
        "@evil.example/",
        ":80@evil.example/",
        ".evil.example/",
        "/..",
        "/../accounts",
        "/accounts/../../accounts",
        "/accounts/./x",
        "/accounts/..;/x",
        "/accounts/..;x=1/x",
        "/accounts//x",
        "/accounts/;x/y",
        "/accounts/",
        "/%2e%2e/accounts",
        "/%2E./accounts",
        "/.%2e/accounts",
        "/%252e%252e/accounts",
        "/accounts%2f..%2fx",
        "/accounts%5c..%5cx",
        "/accounts%252Fx",
        "/accounts%00",
        "/accounts%",
        "/accounts%2",
        "/accounts%zz",
        "/accounts#top",
        "/accounts x",
        "/accounts\r\nX-Evil: 1",
        "/accounts\t",
        "/contas-é",
        "?x=1"
      })
  void pathsThatLeaveItAreRefusedAndNothingIsSent(String path) {
    refused(path, "the path ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/auth",
        "/AUTH",
        "/auth?x=1",
        "/auth;x",
        "/%61uth",
        "/%2561uth",
        "/connect_token",
        "/connect%5Ftoken"
      })
  void whatIsAnsweredWithSecretsIsNotAskedForAsText(String path) {
    refused(path, "the path must not be /auth or /connect_token");
  }

  private void refused(String path, String message) {
    try (PluggyClient client = client("/proxy")) {
      for (Throwable refusal :
          new Throwable[] {
            Produced.failure(() -> client.get(path)),
            Produced.failure(() -> client.post(path, "{}")),
            Produced.failure(() -> client.getAsync(path)),
            Produced.failure(() -> client.postAsync(path, "{}"))
          }) {
        assertThat(refusal)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith(message)
            .hasMessageNotContaining("evil");
      }
    }
    assertThat(server.getRequestCount()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "{", "{} {}", "{'a':1}", "[1,]", "NaN", "{\"a\":1,\"a\":2}"})
  void aBodyThatIsNotJsonIsNotSent(String json) {
    try (PluggyClient client = client()) {
      assertThat(Produced.failure(() -> client.post("/items", json)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the body must be one JSON value");
    }
    assertThat(server.getRequestCount()).isZero();
  }

  @Test
  void noIdAndNoQueryIsInWhatIsSaidOfARequest() {
    server.enqueue(Pluggy.key(Pluggy.freshKey()));
    server.enqueue(Pluggy.error(404, "NOT_FOUND", "there is none"));
    try (PluggyClient client = client("/proxy")) {
      assertThat(
              Produced.failure(
                  () -> client.get("/v2/users/529.982.247-25/Ana/bank_accounts/7?cpf=52998224725")))
          .isInstanceOfSatisfying(
              PluggyException.InvalidRequest.class,
              e -> {
                assertThat(e.path()).isEqualTo("/v2/users/{id}/{id}/bank_accounts/{id}");
                assertThat(e.status()).hasValue(404);
              })
          .hasMessage(
              "GET /v2/users/{id}/{id}/bank_accounts/{id} was answered 404 NOT_FOUND: there is"
                  + " none");
    }
    assertThat(attempts).hasSize(2).noneMatch(attempt -> attempt.contains("529"));
  }

  @Test
  void noTextOfTheBodyIsInAFailure() {
    server.enqueue(Pluggy.key(Pluggy.freshKey()));
    server.enqueue(
        Pluggy.json(
            400,
            """
            {"code": 400, "message": "password Tr0ub4dor-3x is too weak",
             "details": [{"code": "x", "parameter": "password", "message": "Tr0ub4dor-3x"}]}
            """));
    try (PluggyClient client = client()) {
      assertThat(
              Produced.failure(
                  () ->
                      client.post(
                          "/items",
                          """
                          {"connectorId": 2,
                           "parameters": [{"user": "ana-souza"}, {"password": "Tr0ub4dor-3x"}]}
                          """)))
          .isInstanceOfSatisfying(
              PluggyException.InvalidRequest.class, e -> assertThat(e.details()).isEmpty())
          .hasMessage("POST /items was answered 400: (withheld, since it quotes a secret)");
    }
  }

  @Test
  void worksWithTheStandIn() {
    try (PluggyStandIn pluggy = PluggyStandIn.start();
        PluggyClient client =
            PluggyClient.builder()
                .credentials(PluggyStandIn.CLIENT_ID, PluggyStandIn.CLIENT_SECRET)
                .baseAddress(pluggy.baseAddress())
                .build()) {
      pluggy.answer("GET", "/accounts", 200, "{\"results\":[]}");
      pluggy.answer("POST", "/items", 200, "{\"id\":\"x\"}");
      assertThat(client.get("/accounts?itemId=x")).isEqualTo("{\"results\":[]}");
      assertThat(client.post("/items", "{}")).isEqualTo("{\"id\":\"x\"}");
      assertThat(Produced.failure(() -> client.get("/loans")))
          .isInstanceOf(PluggyException.InvalidRequest.class);
      assertThat(Produced.failure(() -> client.get("/items")))
          .isInstanceOf(PluggyException.InvalidRequest.class);
      assertThat(pluggy.requests("/auth")).isEqualTo(1);
    }
  }
}
