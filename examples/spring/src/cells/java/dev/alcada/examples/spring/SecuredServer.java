package dev.alcada.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.guard.Approvals;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientSseClientTransport;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpClientTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * An application whose callers Spring Security tells apart: alice, bob, and mallory the support.
 */
abstract class SecuredServer {
  private static final String POLICY =
      """
      version: "1"
      default: deny
      tools:
        callback_limited:
          limits: [{counter: limited, window: day, max: 1}]
        callback_refund:
          action: require_approval
        callback_echo:
          require:
            - conditions: [{path: context.authorities, op: contains, value: ROLE_STAFF}]
      """;

  static @Nullable ConfigurableApplicationContext context;

  @Parameter Cell cell;

  static void start(Cell cell, Class<?> security) {
    context =
        Server.run(
            new SpringApplicationBuilder(ToolsApplication.class, security),
            List.of(
                "spring.config.name=none",
                "spring.main.banner-mode=off",
                "logging.level.root=off",
                "server.port=0",
                "server.shutdown=immediate",
                "server.tomcat.max-keep-alive-requests=-1",
                "management.endpoints.web.exposure.include=alcada",
                "spring.ai.mcp.server.protocol=" + cell.protocol(),
                "spring.ai.mcp.server.type=" + cell.type(),
                "alcada.policy=" + POLICY));
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    context().close();
  }

  private static ConfigurableApplicationContext context() {
    return Objects.requireNonNull(context);
  }

  private static String url() {
    return "http://127.0.0.1:" + Server.port(context());
  }

  private static String authorization(String user) {
    byte[] credentials = (user + ":secret").getBytes(StandardCharsets.UTF_8);
    return "Basic " + Base64.getEncoder().encodeToString(credentials);
  }

  @SuppressWarnings("deprecation") // what an SSE server is spoken with
  private McpSyncClient client(String user) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder().header("Authorization", authorization(user));
    McpClientTransport transport =
        cell.protocol().equals("SSE")
            ? HttpClientSseClientTransport.builder(url()).requestBuilder(request).build()
            : HttpClientStreamableHttpTransport.builder(url())
                .endpoint("/mcp")
                .requestBuilder(request)
                .build();
    return Server.client(transport);
  }

  private String call(String user, String tool, Map<String, Object> arguments) {
    try (McpSyncClient client = client(user)) {
      return ((TextContent)
              client
                  .callTool(CallToolRequest.builder(tool).arguments(arguments).build())
                  .content()
                  .get(0))
          .text();
    }
  }

  @Test
  void eachPrincipalHasItsOwnCounts() {
    assertThat(call("alice", "callback_limited", Map.of())).contains("ran");
    assertThat(call("alice", "callback_limited", Map.of())).startsWith("[POLICY DENIED] ");
    assertThat(call("bob", "callback_limited", Map.of())).contains("ran");
  }

  @Test
  void aPolicyReadsWhatAPrincipalMayDo() {
    Map<String, Object> arguments = Map.of("text", "olá");
    assertThat(call("alice", "callback_echo", arguments)).startsWith("[POLICY DENIED] ");
    assertThat(call("mallory", "callback_echo", arguments)).contains("said olá");
  }

  @Test
  void anApprovalIsGivenByTheEndpointUnderTheNameThatIsAuthenticatedAndByNobodyToThemselves()
      throws Exception {
    Map<String, Object> arguments = Map.of("text", "one");
    assertThat(call("alice", "callback_refund", arguments)).startsWith("[APPROVAL REQUIRED] ");
    Approvals approvals = context().getBean(Approvals.class);
    ApprovalRequest request =
        approvals.pending().stream()
            .filter(pending -> pending.caller().grant().equals("alice"))
            .findFirst()
            .orElseThrow();

    assertThat(answer("alice", request.id(), "approve").statusCode()).isEqualTo(409);
    assertThat(answer("mallory", request.id(), "perhaps").statusCode()).isEqualTo(400);
    assertThat(answer("mallory", "unknown", "approve").statusCode()).isEqualTo(404);
    HttpResponse<String> yes = answer("mallory", request.id(), "approve");

    assertThat(yes.statusCode()).as(yes.body()).isEqualTo(200);
    assertThat(yes.body()).contains("\"approver\":\"mallory\"", "ROLE_STAFF");
    assertThat(call("alice", "callback_refund", arguments)).contains("ran");
  }

  @Test
  void theEndpointTellsOfThePolicyAndOfWhatWaits() throws Exception {
    assertThat(call("bob", "callback_refund", Map.of("text", "two")))
        .startsWith("[APPROVAL REQUIRED] ");

    String state =
        send(HttpRequest.newBuilder(URI.create(url() + "/actuator/alcada")), "mallory").body();

    assertThat(state)
        .contains(
            "\"source\":\"the property itself\"",
            "\"revision\":\"",
            "\"warnings\":[]",
            "\"counter\":\"limited\"",
            "{\"tool\":\"callback_limited\",\"hidden\":false,\"denied\":false,\"listed\":true,"
                + "\"limited\":true,\"asks\":false}",
            "{\"tool\":\"callback_secret\",\"hidden\":false,\"denied\":true,",
            "\"tool\":\"callback_refund\",\"arguments\":",
            "\"grant\":\"bob\"");
  }

  private static HttpResponse<String> answer(String user, String id, String answer)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(URI.create(url() + "/actuator/alcada/" + id))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"answer\": \"" + answer + "\"}")),
        user);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request, String user)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            request.header("Authorization", authorization(user)).build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
