package dev.alcada.pluggy;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import java.net.Proxy;
import java.time.Duration;
import java.util.Map;
import okhttp3.OkHttpClient;

/** The snippets of this module's README, so that they compile. */
final class ReadmeSnippets {
  private ReadmeSnippets() {}

  interface Vault {
    String get(String name);
  }

  interface Metrics {
    void record(String path, int status, Duration duration);
  }

  static String direct(String id, String secret) {
    try (PluggyClient pluggy = PluggyClient.builder().credentials(id, secret).build()) {
      ConnectToken token =
          pluggy.createConnectToken(ConnectTokenRequest.builder().clientUserId("user-42").build());
      return token.value(); // hand it to the widget of that user, and to nobody else
    }
  }

  static PluggyClient rotating(Vault vault) {
    return PluggyClient.builder()
        .credentials(() -> PluggyCredentials.of(vault.get("pluggy-id"), vault.get("pluggy-secret")))
        .build();
  }

  static PluggyClient through(Proxy proxy, String id, String secret) {
    OkHttpClient http = new OkHttpClient.Builder().proxy(proxy).build();
    return PluggyClient.builder().credentials(id, secret).httpClient(http).build();
  }

  static PluggyClient watched(Metrics metrics, String id, String secret) {
    return PluggyClient.builder()
        .credentials(id, secret)
        .listener(attempt -> metrics.record(attempt.path(), attempt.status(), attempt.duration()))
        .build();
  }

  static Outcome<ConnectToken> tool(
      PluggyClient pluggy, ToolGuard guard, Map<String, Object> arguments) throws Exception {
    ConnectTokenTool tool =
        ConnectTokenTool.of(
            pluggy, ConnectTokenRequest.builder().webhookUrl("https://shop.example/hooks").build());
    ToolCall call = ToolCall.of(ConnectTokenTool.NAME, arguments, Caller.grant("agent-7"));
    Outcome<ConnectToken> outcome = guard.call(call, tool);
    return outcome;
  }
}
