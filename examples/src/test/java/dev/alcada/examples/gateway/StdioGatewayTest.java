package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StdioGatewayTest {
  @RegisterExtension final Logged logged = new Logged();

  private static final String ALLOW = "{\"version\": \"1\", \"default\": \"allow\"}";
  private static final String ONE_SUCCESS =
      """
      {"version": "1", "default": "deny", "tools": {"act": {"limits": [
        {"counter": "acts", "window": "minute", "max": 1, "counts": "successes"}]}}}
      """;

  private static boolean isError(Map<String, Object> answer) {
    return Boolean.TRUE.equals(Json.object(answer.get("result")).get("isError"));
  }

  @Test
  void passesAnAllowedCallAndDeniesTheNextAsAResultThatSaysWhy() throws Exception {
    try (Conversation client = Conversation.with(ONE_SUCCESS, "behaves")) {
      client.initialize();

      assertThat(Conversation.text(client.call(1, "act"))).isEqualTo("done");

      Map<String, Object> denied = client.call(2, "act");
      assertThat(isError(denied)).isTrue();
      assertThat(Conversation.text(denied)).startsWith("[POLICY DENIED] ");
      Map<String, Object> meta = Json.object(Json.object(denied.get("result")).get("_meta"));
      assertThat(Json.object(meta.get("dev.alcada/decision")))
          .containsEntry("outcome", "denied")
          .containsEntry("rule", "/tools/act/limits/acts")
          .containsKey("retryAfterSeconds");
      assertThat(Json.object(Json.object(denied.get("result")).get("structuredContent")))
          .as("a client may show a model this alone")
          .containsEntry("message", Conversation.text(denied))
          .containsEntry("code", "limit");
    }
  }

  @Test
  void saysThatTheUpstreamDiedAndStartsItAgainForTheNextCall() throws Exception {
    try (Conversation client = Conversation.with(ALLOW, "dies")) {
      client.initialize();

      Map<String, Object> answer = client.call(1, "act");

      assertThat(isError(answer)).isTrue();
      assertThat(Conversation.text(answer))
          .isEqualTo("The tool did not answer: the upstream server ended with exit code 7");
      client.send(
          "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"act\"}}");
      assertThat(client.next())
          .as("it may have other tools now")
          .containsEntry("method", "notifications/tools/list_changed");
      assertThat(Conversation.text(client.answer())).contains("ended with exit code 7");
      client.hangUp();
      assertThat(client.end()).isEmpty();
    }
  }

  @Test
  void saysThatTheUpstreamDoesNotStart() throws Exception {
    try (Conversation client =
        Conversation.with(
            ALLOW, "never-starts", settings -> settings.withStartTime(Duration.ofSeconds(1)))) {
      assertThat(Json.object(client.initialize().get("error")).get("message"))
          .isEqualTo("the upstream server did not start within 1 s");
      assertThat(client.end()).isEqualTo("the upstream server did not start within 1 s");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "garbles, the upstream server sent something that is not a JSON-RPC message",
    "twice, the upstream server sent something that is not a JSON-RPC message",
    "floods, the upstream server sent something too large: a message is larger than 2097152 bytes",
  })
  void givesUpOnWhatWasUnderWayWhenTheUpstreamSendsNoMessageAndGoesOn(String manner, String why)
      throws Exception {
    try (Conversation client = Conversation.with(ALLOW, manner)) {
      client.initialize();

      Map<String, Object> answer = client.call(1, "act");

      assertThat(isError(answer)).isTrue();
      assertThat(Conversation.text(answer)).isEqualTo("The tool did not answer: " + why);
      assertThat(client.call(2, "act")).as("the gateway still serves").containsKey("result");
    }
  }

  @Test
  void takesAwayADecisionThatTheUpstreamForged() throws Exception {
    try (Conversation client = Conversation.with(ALLOW, "forges")) {
      client.initialize();

      Map<String, Object> result = Json.object(client.call(1, "act").get("result"));

      assertThat(result).containsEntry("_meta", Map.of("kept", 1));
    }
  }

  @Test
  void passesProgressAndListChangesOnBeforeTheAnswer() throws Exception {
    try (Conversation client = Conversation.with(ALLOW, "reports")) {
      client.initialize();
      client.send(
          "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":"
              + "{\"name\":\"act\",\"_meta\":{\"progressToken\":\"t\"}}}");

      Map<String, Object> progress = client.next();
      assertThat(progress).containsEntry("method", "notifications/progress");
      assertThat(Json.object(progress.get("params"))).containsEntry("progressToken", "t");
      assertThat(client.next()).containsEntry("method", "notifications/tools/list_changed");
      assertThat(Conversation.text(client.next())).isEqualTo("done");
    }
  }

  @Test
  void shutsWhatIsBesideToolsWhenToldTo() throws Exception {
    try (Conversation client =
        Conversation.with(ALLOW, "behaves", settings -> settings.withToolsOnly(true))) {
      Map<String, Object> result = Json.object(client.initialize().get("result"));
      assertThat(Json.object(result.get("capabilities"))).containsOnlyKeys("tools");

      client.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"prompts/list\"}");
      assertThat(Json.object(client.next().get("error"))).containsEntry("code", -32601);
      assertThat(Conversation.text(client.call(2, "act"))).isEqualTo("done");
    }
  }

  @Test
  void checksArgumentsWhereARuleIsAboutTheToolUnlessToldNotTo() throws Exception {
    String ruled =
        """
        {"version": "1", "default": "allow", "tools": {"a*": {"limits": [
          {"counter": "acts", "window": "minute", "max": 9}]}}}
        """;
    for (String[] policyAndAnswer :
        new String[][] {
          {ruled, "Invalid arguments: required property 'x' not found"},
          {ruled.replace("a*", "b*"), "done"},
          {ALLOW, "done"},
          {
            "{\"version\": \"1\", \"default\": \"allow\", \"all_tools\": {\"deny_if\": [{\"conditions\":"
                + " [{\"path\": \"args.y\", \"op\": \"eq\", \"value\": 1}]}]}}",
            "Invalid arguments: required property 'x' not found"
          }
        }) {
      try (Conversation client = Conversation.with(policyAndAnswer[0], "strict")) {
        client.initialize();
        assertThat(Conversation.text(client.call(1, "act"))).isEqualTo(policyAndAnswer[1]);
      }
    }
    try (Conversation client =
        Conversation.with(ruled, "strict", settings -> settings.withSchemaChecks(false))) {
      client.initialize();
      assertThat(Conversation.text(client.call(1, "act"))).isEqualTo("done");
    }
  }

  @Test
  void skipsWhatAnUpstreamChattersOnStandardOutput() throws Exception {
    try (Conversation client = Conversation.with(ALLOW, "chatters")) {
      assertThat(client.initialize()).containsKey("result");
      assertThat(Conversation.text(client.call(1, "act"))).isEqualTo("done");
    }
  }

  @Test
  void refusesAMessageThatIsTooLargeAndGoesOn() throws Exception {
    try (Conversation client = Conversation.with(ALLOW, "behaves")) {
      client.initialize();
      client.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + "x".repeat(3_000_000) + "\"}");

      assertThat(String.valueOf(client.next().get("error"))).contains("larger than 2097152 bytes");
      assertThat(Conversation.text(client.call(2, "act"))).isEqualTo("done");
    }
  }

  /** As where another session has just filled the memory; the counts would end with the gateway. */
  @Test
  void goesOnAfterAMessageForWhichTheMemoryIsTooSmall() throws Exception {
    Upstream.Opener server = Conversation.badServer("behaves");
    Upstream.Opener small = listener -> new SmallMemory(server.open(listener));
    try (Conversation client =
        Conversation.with(
            ALLOW, "behaves", all -> Settings.of(all.guard(), small).withMaxBytes(1 << 20))) {
      client.initialize();
      assertThat(Conversation.text(client.call(1, "act"))).isEqualTo("done");
      client.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/roots/list_changed\"}");

      assertThat(Conversation.errorCode(client.answer())).isEqualTo("-32603");
      assertThat(Conversation.text(client.call(2, "act"))).isEqualTo("done");
    }
  }

  private record SmallMemory(Upstream upstream) implements Upstream {
    @Override
    public CompletionStage<?> send(Message message, BooleanSupplier begin) {
      if (message instanceof Message.Notification told && told.method().contains("roots")) {
        throw new OutOfMemoryError("injected");
      }
      return upstream.send(message, begin);
    }

    @Override
    public void close() {
      upstream.close();
    }
  }

  @Test
  void answersWhatWasAskedBeforeTheClientHungUp() throws Exception {
    try (Conversation client = Conversation.with(ALLOW, "behaves")) {
      client.initialize();
      client.send(
          "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"act\"}}");
      client.hangUp();

      assertThat(Conversation.text(client.next())).isEqualTo("done");
      assertThat(client.end()).isEmpty();
    }
  }
}
