package dev.alcada.pluggy;

import static dev.alcada.pluggy.Produced.assertThatThrownBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.NotDoneException;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectTokenToolTest {
  private static final String TOKEN = "eyJhbGciOiJIUzI1NiJ9.e30.c2lnbmF0dXJl";
  private static final String ITEM = "3fa85f64-5717-4562-b3fc-2c963f66afa6";

  private final MockWebServer server = new MockWebServer();
  private PluggyClient client;
  private ConnectTokenTool tool;

  @BeforeEach
  void start() throws IOException {
    server.start();
    client =
        PluggyClient.builder()
            .credentials(Pluggy.CLIENT_ID, Pluggy.CLIENT_SECRET)
            .baseAddress(Pluggy.address(server))
            .retries(0)
            .build();
    tool = ConnectTokenTool.of(client);
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private static ToolCall call(Map<String, Object> arguments) {
    return ToolCall.of(ConnectTokenTool.NAME, arguments, Caller.grant("agent-7"));
  }

  private static Map<?, ?> properties(ConnectTokenTool tool) {
    return (Map<?, ?>) Objects.requireNonNull(tool.inputSchema().get("properties"));
  }

  private void willAnswer(MockResponse answer) {
    server.enqueue(Pluggy.key("a-key"));
    server.enqueue(answer);
  }

  @Test
  void hasAClosedSchemaWithADescriptionForEachArgument() {
    Map<String, Object> schema = tool.inputSchema();
    assertThat(schema).contains(entry("type", "object"), entry("additionalProperties", false));
    Map<?, ?> properties = properties(tool);
    assertThat(properties.keySet().stream().map(String.class::cast))
        .containsExactly(
            "itemId", "clientUserId", "webhookUrl", "oauthRedirectUri", "avoidDuplicates");
    assertThat(properties.values())
        .allSatisfy(
            property ->
                assertThat(((Map<?, ?>) property).get("description"))
                    .asString()
                    .hasSizeGreaterThan(40));
  }

  @Test
  void isAWriteThatIsNotDestructiveAndReachesOutside() {
    assertThat(tool.annotations())
        .containsOnly(
            entry("readOnlyHint", false),
            entry("destructiveHint", false),
            entry("idempotentHint", false),
            entry("openWorldHint", true));
  }

  @Test
  void sendsWhatTheAgentGaveAndReturnsTheToken() throws Exception {
    willAnswer(Pluggy.token(TOKEN));
    Map<String, Object> arguments = new HashMap<>();
    arguments.put("itemId", ITEM);
    arguments.put("clientUserId", "user-42");
    arguments.put("webhookUrl", null);
    assertThat(tool.handle(call(arguments)).value()).isEqualTo(TOKEN);
    Pluggy.next(server);
    assertThat(Pluggy.next(server).getBody().utf8())
        .isEqualTo("{\"itemId\":\"" + ITEM + "\",\"options\":{\"clientUserId\":\"user-42\"}}");
  }

  @Test
  void answersWithTheTokenAsTextAndAsStructuredContent() {
    willAnswer(Pluggy.token(TOKEN));
    ConnectTokenResult result = tool.call(Map.of());
    assertThat(result.isError()).isFalse();
    assertThat(result.structuredContent()).containsEntry("accessToken", TOKEN);
    assertThat(result.structuredContent()).containsOnlyKeys("accessToken", "expiresAt");
    assertThat(result.text())
        .isEqualTo(
            "{\"accessToken\":\"%s\",\"expiresAt\":\"%s\"}"
                .formatted(TOKEN, result.structuredContent().get("expiresAt")));
    assertThat(result.metadata()).isEmpty();
    assertThat(result).asString().doesNotContain(TOKEN);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          itemId           | 1-2-3-4-5                | itemId must be a UUID
          itemId           | 42                       | itemId must be a UUID
          clientUserId     | ' '                      | clientUserId must not be blank
          webhookUrl       | http://example.com/hook  | webhookUrl must be HTTPS
          webhookUrl       | https://a@example.com/   | webhookUrl must not have a user name
          oauthRedirectUri | /back                    | oauthRedirectUri must be an absolute HTTPS URL
          avoidDuplicates  | true                     | avoidDuplicates must be true or false
          options          | {}                       | an argument that this tool does not have
          ITEMID           | x                        | an argument that this tool does not have
          """)
  void refusesArgumentsBeforeAnythingIsSent(String name, String value, String advice) {
    assertThatThrownBy(() -> tool.handle(call(Map.of(name, value))))
        .isInstanceOf(NotDoneException.class)
        .hasMessageStartingWith("No connect token was created: ")
        .hasMessageContaining(advice);
    ConnectTokenResult result = tool.call(Map.of(name, value));
    assertThat(result.isError()).isTrue();
    assertThat(result.text()).contains(advice);
    assertThat(result.metadata()).containsEntry("dev.alcada/outcome", "not_done");
    assertThat(server.getRequestCount()).isZero();
  }

  @Test
  void keepsWhatTheHostFixedFromTheAgent() throws Exception {
    ConnectTokenTool fixed =
        ConnectTokenTool.of(
            client, ConnectTokenRequest.builder().webhookUrl("https://shop.example/hooks").build());
    Map<?, ?> properties = properties(fixed);
    assertThat(properties.containsKey("webhookUrl")).isFalse();
    assertThat(properties.containsKey("clientUserId")).isTrue();
    Map<String, Object> hidden = new HashMap<>();
    hidden.put("webhookUrl", null);
    for (Map<String, Object> arguments :
        List.of(Map.<String, Object>of("webhookUrl", "https://evil.example/"), hidden)) {
      assertThat(fixed.call(arguments).text())
          .isEqualTo(
              "No connect token was created: webhookUrl is set by the host and cannot be given.");
    }
    willAnswer(Pluggy.token(TOKEN));
    fixed.call(Map.of("clientUserId", "user-42"));
    Pluggy.next(server);
    assertThat(Pluggy.next(server).getBody().utf8())
        .isEqualTo(
            "{\"options\":{\"webhookUrl\":\"https://shop.example/hooks\","
                + "\"clientUserId\":\"user-42\"}}");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          400 | true  | Pluggy refused the value of webhookUrl.
          401 | true  | its operator has to look at it.
          403 | true  | Pluggy does not allow this
          404 | true  | it does not know what it names, such as the itemId.
          429 | true  | Try again in 60 seconds, not before.
          500 | false | It is not known whether a connect token was created
          503 | false | It is not known whether a connect token was created
          """)
  void tellsTheAgentWhatToDoWithoutTheProvidersWords(int status, boolean notDone, String advice) {
    String details =
        """
        [{"code":"x","parameter":"options.webhookUrl","message":"internal host db-7"}]
        """;
    String body =
        "{\"message\":\"internal host db-7\",\"code\":%s,\"details\":%s}"
            .formatted(status, status == 400 ? details : "[]");
    willAnswer(Pluggy.json(status, body));
    if (status == 401 || status == 403) {
      willAnswer(Pluggy.json(status, body));
    }
    ConnectTokenResult result = tool.call(Map.of());
    assertThat(result.isError()).isTrue();
    assertThat(result.notDone()).isEqualTo(notDone);
    assertThat(result.text()).doesNotContain("db-7", "POST");
    assertThat(result.structuredContent()).isEmpty();
    assertThat(result.text()).contains(advice);
  }

  @Test
  void givesTheCallBackToLimitsOnSuccessesUnlessATokenMayHaveBeenMinted() throws Exception {
    Policy policy =
        Policy.parse(
            """
            {"version": "1", "default": "deny", "tools": {"create_connect_token": {"limits": [
              {"counter": "minted", "window": "minute", "max": 1, "scope": "grant",
               "counts": "successes"}]}}}
            """);
    ToolGuard guard = ToolGuard.builder(policy).build();
    willAnswer(Pluggy.error(400, "INVALID", "no"));
    assertThatThrownBy(() -> guard.call(call(Map.of()), tool))
        .isInstanceOf(NotDoneException.class)
        .hasCauseInstanceOf(PluggyException.InvalidRequest.class);

    server.enqueue(Pluggy.error(503, "DOWN", "down"));
    assertThatThrownBy(() -> guard.call(call(Map.of()), tool))
        .isInstanceOf(PluggyException.OutcomeUnknown.class);

    Outcome<ConnectToken> over = guard.call(call(Map.of()), tool);
    assertThat(over.decision()).isInstanceOf(Decision.Denied.class);
    assertThat(server.getRequestCount()).isEqualTo(3);
  }

  @Test
  void mintsWithoutHoldingAThread() {
    willAnswer(Pluggy.token(TOKEN));
    assertThat(tool.handleAsync(call(Map.of())).toCompletableFuture().join().value())
        .isEqualTo(TOKEN);
    server.enqueue(Pluggy.error(400, "INVALID", "no"));
    assertThatThrownBy(() -> tool.handleAsync(call(Map.of())).toCompletableFuture().join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(NotDoneException.class);
    assertThatThrownBy(
            () -> tool.handleAsync(call(Map.of("itemId", "x"))).toCompletableFuture().join())
        .hasCauseInstanceOf(NotDoneException.class);
  }
}
