package dev.alcada.examples.tenants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.policy.Policy;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Accounts of two tenants at one server, with the official client and plain HTTP. */
class TenantServerTest {
  private static final Map<String, Account> ACCOUNTS =
      Map.of(
          "t-ana", new Account("ana@acme", "acme", "clerk"),
          "t-bea", new Account("bea@acme", "acme", "clerk"),
          "t-rui", new Account("rui@acme", "acme", "manager"),
          "t-eva", new Account("eva@bolt", "bolt", "clerk"),
          "t-leo", new Account("leo@bolt", "bolt", "manager"),
          "t-guest", new Account("guest@acme", "acme", "guest"));

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<McpSyncClient> clients = new ArrayList<>();
  private TenantServer server;

  @BeforeEach
  void start() throws Exception {
    server = TenantServer.start(ACCOUNTS, 0);
  }

  @AfterEach
  void stop() {
    clients.forEach(McpSyncClient::close);
    server.close();
  }

  @Test
  void thePoliciesSayNothingThatIsProbablyNotMeant() {
    assertThat(RolePolicies.BY_ROLE.values()).flatExtracting(Policy::warnings).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Bearer", "Bearer ", "Bearer t-nobody", "Basic t-ana", "t-ana"})
  void withoutATokenThatIsKnownNothingAnswers(String authorization) throws Exception {
    for (String path : List.of("/mcp", "/approvals")) {
      HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.url() + path));
      if (!authorization.isEmpty()) {
        request.header("Authorization", authorization);
      }
      HttpResponse<String> response = http.send(request.GET().build(), BodyHandlers.ofString());
      assertThat(response.statusCode()).as(path).isEqualTo(401);
      assertThat(response.headers().firstValue("WWW-Authenticate")).contains("Bearer");
      assertThat(response.body()).isEmpty();
    }
    assertThatThrownBy(() -> client(() -> "t-nobody")).isInstanceOf(RuntimeException.class);
  }

  @Test
  void aRoleSeesTheToolsOfItsOwnPolicy() {
    assertThat(tools("t-ana")).containsExactlyInAnyOrder("refund", "paid_today");
    assertThat(tools("t-rui")).containsExactlyInAnyOrder("refund", "paid_today", "close_day");
    assertThat(tools("t-guest")).as("no policy is for that role").isEmpty();
    assertThat(call(client("t-ana"), "close_day", Map.of())).startsWith("[POLICY DENIED] ");
    assertThat(call(client("t-guest"), "paid_today", Map.of())).startsWith("[POLICY DENIED] ");
  }

  @Test
  void theAccountsOfATenantShareItsLimitAndItsMoney() {
    for (int i = 0; i < 5; i++) {
      assertThat(refund(client("t-ana"), 100)).isEqualTo("refunded 100");
      assertThat(refund(client("t-bea"), 100)).isEqualTo("refunded 100");
    }
    assertThat(refund(client("t-bea"), 1)).startsWith("[POLICY DENIED] ");
    assertThat(refund(client("t-rui"), 4_000)).as("a manager's limit").isEqualTo("refunded 4000");
    assertThat(refund(client("t-rui"), 1)).startsWith("[POLICY DENIED] ");
    assertThat(refund(client("t-eva"), 100)).as("another tenant").isEqualTo("refunded 100");
    assertThat(call(client("t-rui"), "paid_today", Map.of())).isEqualTo("paid 5000");
    assertThat(call(client("t-leo"), "paid_today", Map.of())).isEqualTo("paid 100");
  }

  @Test
  void aLargeRefundRunsOnceAfterTheYesOfAManagerOfTheSameTenant() throws Exception {
    McpSyncClient ana = client("t-ana");
    assertThat(refund(ana, 500))
        .startsWith("[APPROVAL REQUIRED] Refunds above 100 need a manager's yes.");

    assertThat(approvals("t-leo")).as("another tenant's manager").isEmpty();
    Map<String, Object> pending = approvals("t-rui").get(0);
    assertThat(pending)
        .containsEntry("grant", "ana@acme")
        .containsEntry("tool", "refund")
        .containsEntry("arguments", "{\"amount\":500}");
    String id = String.valueOf(pending.get("id"));

    assertThat(answer("t-leo", id, "{\"approve\": true}").statusCode()).isEqualTo(404);
    assertThat(answer("t-ana", id, "{\"approve\": true}").statusCode()).isEqualTo(403);
    assertThat(answer("t-bea", id, "{\"approve\": true}").statusCode()).isEqualTo(403);
    assertThat(refund(ana, 500)).startsWith("[APPROVAL REQUIRED] ");

    HttpResponse<String> yes = answer("t-rui", id, "{\"approve\": true, \"note\": \"as agreed\"}");
    assertThat(yes.statusCode()).isEqualTo(200);
    assertThat(yes.body()).contains("\"state\":\"approved\"");
    assertThat(answer("t-rui", id, "{\"approve\": false}").statusCode()).isEqualTo(409);
    assertThat(refund(client("t-bea"), 500))
        .as("the yes was for ana")
        .startsWith("[APPROVAL REQUIRED] ");
    assertThat(refund(ana, 500)).isEqualTo("refunded 500");
    assertThat(refund(ana, 500)).startsWith("[APPROVAL REQUIRED] ");
  }

  @Test
  void aNoIsTold() throws Exception {
    McpSyncClient ana = client("t-ana");
    refund(ana, 500);
    String id = String.valueOf(approvals("t-rui").get(0).get("id"));

    assertThat(answer("t-rui", id, "{\"approve\": false}").statusCode()).isEqualTo(200);
    assertThat(refund(ana, 500)).startsWith("[POLICY DENIED] ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yes", "[]", "null", "{}", "{\"approve\": \"true\"}", "{\"approve\""})
  void whatIsNoAnswerAnswersNothing(String body) throws Exception {
    refund(client("t-ana"), 500);
    String id = String.valueOf(approvals("t-rui").get(0).get("id"));

    HttpResponse<String> refused = answer("t-rui", id, body);

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).startsWith("{\"error\":").doesNotContain("Exception", "at dev.");
    assertThat(approvals("t-rui")).hasSize(1);
    assertThat(answer("t-rui", "nonsense", "{\"approve\": true}").statusCode()).isEqualTo(404);
    assertThat(answer("t-rui", "", "{\"approve\": true}").statusCode()).isEqualTo(404);
  }

  @Test
  void whoHasSomebodyElsesSessionIsStillWhoTheTokenSays() {
    String[] token = {"t-ana"};
    McpSyncClient session = client(() -> token[0]);
    assertThat(refund(session, 100)).isEqualTo("refunded 100");

    token[0] = "t-leo";

    assertThat(call(session, "paid_today", Map.of())).isEqualTo("paid 0");
    assertThat(session.listTools().tools()).extracting(Tool::name).contains("close_day");
  }

  @Test
  void anAmountThatIsNoneIsRefusedBehindThePolicy() {
    assertThat(call(client("t-ana"), "refund", Map.of())).startsWith("[POLICY DENIED] ");
    assertThat(call(client("t-ana"), "refund", Map.of("amount", 1, "tenant", "bolt")))
        .contains("tenant")
        .doesNotStartWith("refunded");
  }

  private List<String> tools(String token) {
    return client(token).listTools().tools().stream().map(Tool::name).toList();
  }

  private static String refund(McpSyncClient client, int amount) {
    return call(client, "refund", Map.of("amount", amount));
  }

  private static String call(McpSyncClient client, String tool, Map<String, Object> arguments) {
    var result = client.callTool(CallToolRequest.builder(tool).arguments(arguments).build());
    return ((TextContent) result.content().get(0)).text();
  }

  private McpSyncClient client(String token) {
    return client(() -> token);
  }

  private McpSyncClient client(Supplier<String> token) {
    McpSyncClient client =
        McpClient.sync(
                HttpClientStreamableHttpTransport.builder(server.url())
                    .endpoint("/mcp")
                    .addHttpRequestCustomizer(
                        (request, method, uri, body, context) ->
                            request.header("Authorization", "Bearer " + token.get()))
                    .build())
            .build();
    clients.add(client);
    client.initialize();
    return client;
  }

  private List<Map<String, Object>> approvals(String token) throws Exception {
    HttpResponse<String> response =
        http.send(request(token, "").GET().build(), BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(200);
    return McpJsonDefaults.getMapper().readValue(response.body(), new TypeRef<>() {});
  }

  private HttpResponse<String> answer(String token, String id, String body) throws Exception {
    return http.send(
        request(token, "/" + id).POST(BodyPublishers.ofString(body)).build(),
        BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String token, String path) {
    return HttpRequest.newBuilder(URI.create(server.url() + "/approvals" + path))
        .header("Authorization", "Bearer " + token);
  }
}
