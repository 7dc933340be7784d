package dev.alcada.pluggy;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import java.net.Proxy;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

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

  static String items(PluggyClient pluggy, String itemId, String userId) {
    Item item = pluggy.getItem(itemId);
    if (item.status() == Item.Status.LOGIN_ERROR && userId.equals(item.clientUserId())) {
      pluggy.deleteItem(itemId);
    }
    String accounts = pluggy.get("/accounts?itemId=" + itemId); // JSON, as it came
    return accounts;
  }

  static void subscribe(PluggyClient pluggy, String hookSecret) {
    pluggy.createWebhook(
        WebhookRequest.builder("all", "https://shop.example/hooks")
            .header("X-Hook-Secret", hookSecret)
            .build());
  }

  record Hook(
      String newSecret, String oldSecret, String clientId, Set<String> seen, Executor later) {
    int receive(String body, @Nullable String header) {
      try {
        WebhookEvent event =
            WebhookEvent.parse(body, header, WebhookSecret.rotating(newSecret, oldSecret));
        boolean ours = event.clientId() == null || event.clientId().equals(clientId);
        if (ours && seen.add(event.eventId())) { // an event may come twice
          later.execute(() -> update(event.itemId())); // which fetches the Item again
        }
        return 200;
      } catch (WebhookRefusedException e) {
        return e.status();
      }
    }

    private void update(@Nullable String itemId) {
      System.out.println(itemId);
    }
  }

  static Outcome<ConnectToken> tool(
      PluggyClient pluggy, ToolGuard guard, Map<String, Object> arguments) throws Exception {
    ConnectTokenTool tool =
        ConnectTokenTool.builder(pluggy)
            .fixed(ConnectTokenRequest.builder().webhookUrl("https://shop.example/hooks").build())
            .clientUserId(Caller::grant)
            .build();
    ToolCall call = ToolCall.of(ConnectTokenTool.NAME, arguments, Caller.grant("user-42"));
    Outcome<ConnectToken> outcome = guard.call(call, tool);
    return outcome;
  }
}
