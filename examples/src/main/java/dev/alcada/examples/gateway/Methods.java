package dev.alcada.examples.gateway;

import java.util.LinkedHashSet;
import java.util.Set;

/** What a client may ask of the server behind the gateway. What is not here is not passed on. */
final class Methods {
  static final String INITIALIZE = "initialize";
  static final String INITIALIZED = "notifications/initialized";
  static final String TOOLS_LIST = "tools/list";
  static final String TOOLS_CALL = "tools/call";
  static final String TOOLS_CHANGED = "notifications/tools/list_changed";
  static final String PROGRESS = "notifications/progress";

  private static final Set<String> ALWAYS =
      Set.of(
          INITIALIZE,
          "ping",
          "logging/setLevel",
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
      Set.of(INITIALIZED, "notifications/cancelled", PROGRESS, "notifications/roots/list_changed");

  private Methods() {}

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

  /** {@return whether a server's notification is about what {@code --tools-only} shuts} */
  static boolean besideTools(String notification) {
    return notification.startsWith("notifications/resources/")
        || notification.startsWith("notifications/prompts/");
  }
}
