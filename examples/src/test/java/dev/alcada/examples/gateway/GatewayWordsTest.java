package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the gateway tells whoever runs it, on standard error. */
class GatewayWordsTest {
  private static final String RULES =
      """
      {"version": "1", "default": "allow", "tools": {
        "pay": {"limits": [{"counter": "pays", "window": "hour", "max": 1}]},
        "other": {"action": "require_approval"},
        "nobody": {}}}
      """;

  @TempDir Path directory;

  @Test
  void warningsDenialsAsksAndSkippedLinesAreToldALineEach() throws Exception {
    try (GatewayProcess gateway =
        GatewayProcess.start(
            directory, RULES, "--desk-files", directory.resolve("desks").toString())) {
      gateway.initialize();
      gateway.call(1, "pay", "{}");
      gateway.call(2, "pay", "{\"note\":\"x\\nERROR forged\"}");
      Map<String, Object> asked = gateway.call(3, "other", "{}");
      gateway.call(
          4, "act", "{\"do\":\"say\",\"lines\":[\"plain\",\"{\\\"level\\\":\\\"info\\\"}\"]}");
      gateway.call(5, "act", "{\"do\":\"complain\",\"text\":\"a complaint\"}");

      assertThat(Conversation.text(asked)).startsWith("[APPROVAL REQUIRED] ");
      assertThat(gateway.awaitError("a complaint").lines())
          .anyMatch(line -> line.endsWith("\"nobody\" in tools matches no tool"))
          .anyMatch(line -> line.contains("denied tool=\"pay\"") && line.contains("pays"))
          .anyMatch(line -> line.contains("approval required tool=\"other\""))
          .anyMatch(line -> line.endsWith("no message; skipped: \"plain\""))
          .anyMatch(line -> line.endsWith("skipped: \"{\\\"level\\\":\\\"info\\\"}\""))
          .anyMatch(line -> line.equals("upstream: a complaint"))
          .noneMatch(line -> line.startsWith("ERROR"));
    }
  }
}
