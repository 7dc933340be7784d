package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.ServerParameters;
import io.modelcontextprotocol.client.transport.StdioClientTransport;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConnectTokenServerTest {
  private static final String POLICY = "policies/create_connect_token.json";

  @TempDir Path directory;

  @Test
  void listsAndCallsTheToolOverStdioAndDeniesTheThirtyFirstCallAsAResult() {
    List<String> command = ChildJvm.command(Main.class, "serve", "--policy", POLICY);
    ServerParameters server =
        ServerParameters.builder(command.get(0)).args(command.subList(1, command.size())).build();
    try (McpSyncClient client =
        McpClient.sync(new StdioClientTransport(server, McpJsonDefaults.getMapper()))
            .initializationTimeout(Duration.ofSeconds(60))
            .requestTimeout(Duration.ofSeconds(60))
            .build()) {
      client.initialize();

      Tool tool = client.listTools().tools().get(0);
      assertThat(tool.name()).isEqualTo("create_connect_token");
      assertThat(String.valueOf(tool.inputSchema()))
          .contains("itemId", "clientUserId", "webhookUrl", "oauthRedirectUri", "avoidDuplicates");
      for (int i = 1; i <= 30; i++) {
        CallToolResult minted = mint(client);
        assertThat(minted.isError()).isFalse();
        assertThat(String.valueOf(minted.structuredContent())).contains("accessToken=");
      }
      CallToolResult denied = mint(client);
      assertThat(denied.isError()).isTrue();
      assertThat(((TextContent) denied.content().get(0)).text()).startsWith("[POLICY DENIED] ");
    }
  }

  private static CallToolResult mint(McpSyncClient client) {
    return client.callTool(
        CallToolRequest.builder("create_connect_token")
            .arguments(Map.of("clientUserId", "user-42"))
            .build());
  }

  @Test
  void endsWithItsInputAndPrintsNothingButProtocol() throws Exception {
    Process server =
        new ProcessBuilder(ChildJvm.command(Main.class, "serve", "--policy", POLICY)).start();
    server.getOutputStream().close();

    assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(server.exitValue()).isZero();
    assertThat(server.getInputStream().readAllBytes()).isEmpty();
  }

  @Test
  void endsAtALineThatIsNoMessage() throws Exception {
    Process server =
        new ProcessBuilder(ChildJvm.command(Main.class, "serve", "--policy", POLICY)).start();
    server.getOutputStream().write("{\"jsonrpc\": oops\n".getBytes(StandardCharsets.UTF_8));
    server.getOutputStream().flush();

    assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(server.exitValue()).isEqualTo(1);
    assertThat(server.getInputStream().readAllBytes()).isEmpty();
  }

  @Test
  void printsEveryProblemOfAPolicyAndStartsNothing() throws IOException {
    Path policy = directory.resolve("policy.json");
    Files.writeString(policy, "{\"version\": 1, \"defualt\": \"deny\", \"tools\": {\"x\": 3}}");

    Printed printed = Printed.by("serve", "--policy", policy.toString());

    assertThat(printed.exit()).isEqualTo(1);
    assertThat(printed.out()).isEmpty();
    assertThat(printed.err()).contains("version", "defualt", "/tools/x");
  }

  @Test
  void namesAPolicyFileThatIsNotThere() {
    Printed printed = Printed.by("serve", "--policy", "no-such-policy.json");

    assertThat(printed.exit()).isEqualTo(1);
    assertThat(printed.err()).contains("no-such-policy.json").doesNotContain("\tat ");
  }

  @Test
  void namesTheCredentialsThatLiveNeeds() throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(ChildJvm.command(Main.class, "serve", "--live", "--policy", POLICY));
    builder.environment().keySet().removeIf(name -> name.startsWith("PLUGGY_"));
    Process server = builder.start();
    server.getOutputStream().close();

    assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(server.exitValue()).isEqualTo(1);
    assertThat(server.getInputStream().readAllBytes()).isEmpty();
    assertThat(new String(server.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
        .contains("PLUGGY_CLIENT_ID")
        .doesNotContain("\tat ");
  }
}
