package dev.alcada.examples.gateway;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/** What a client may ask of the server behind the gateway, and what that of the client. */
final class Methods {
  static final String INITIALIZE = "initialize";
  static final String INITIALIZED = "notifications/initialized";
  static final String PING = "ping";
  static final String SET_LEVEL = "logging/setLevel";
  static final String TOOLS_LIST = "tools/list";
  static final String TOOLS_CALL = "tools/call";
  static final String TOOLS_CHANGED = "notifications/tools/list_changed";
  static final String PROGRESS = "notifications/progress";
  static final String CANCELLED = "notifications/cancelled";

  /** The version of the protocol that the gateway speaks on its own account. */
  static final String VERSION = "2025-11-25";

  private static final Set<String> ALWAYS =
      Set.of(
          INITIALIZE,
          PING,
          SET_LEVEL,
          TOOLS_LIST,
          TOOLS_CALL,
          "tasks/get",
          "tasks/result",
          "tasks/list",
          "tasks/cancel");
  private static final Set<String> BESIDE_TOOLS =
      Set.of(
          "resources/list",
          "resources/templates/list",
          "resources/read",
          "resources/subscribe",
          "resources/unsubscribe",
          "prompts/list",
          "prompts/get",
          "completion/complete");
  private static final Set<String> NOTIFICATIONS =
      Set.of(INITIALIZED, CANCELLED, PROGRESS, "notifications/roots/list_changed");
  private static final Set<String> OF_SERVERS =
      Set.of(
          PING,
          "roots/list",
          "sampling/createMessage",
          "elicitation/create",
          "tasks/get",
          "tasks/result",
          "tasks/list",
          "tasks/cancel");

  private Methods() {}

  /** {@return the parameters of an {@code initialize} as a client that can do nothing} */
  static Map<String, Object> ownInitialize() {
    return Map.of(
        "protocolVersion",
        VERSION,
        "capabilities",
        Map.of(),
        "clientInfo",
        Map.of("name", "alcada-gateway", "version", "1"));
  }

  static Set<String> requests(boolean toolsOnly) {
    Set<String> methods = new LinkedHashSet<>(ALWAYS);
    if (!toolsOnly) {
      methods.addAll(BESIDE_TOOLS);
    }
    return methods;
  }

  static Set<String> notifications() {
    return NOTIFICATIONS;
  }

  /** {@return what a server may ask of a client} */
  static Set<String> ofServers() {
    return OF_SERVERS;
  }

  /** {@return whether a server's notification is about what {@code --tools-only} shuts} */
  static boolean besideTools(String notification) {
    return notification.startsWith("notifications/resources/")
        || notification.startsWith("notifications/prompts/");
  }
}
