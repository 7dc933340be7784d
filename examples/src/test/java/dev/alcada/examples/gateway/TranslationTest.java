package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids and progress tokens are each side's own; neither reaches the other. */
class TranslationTest {
  private static final String ALLOW = "{\"version\": \"1\", \"default\": \"allow\"}";

  @RegisterExtension final Logged logged = new Logged();
  @TempDir Path directory;

  private Conversation client() throws Exception {
    Conversation client = Conversation.obeyed(ALLOW, directory.resolve("ledger"));
    client.initialize();
    client.call(0, "act", "{}");
    return client;
  }

  @Test
  void theUpstreamSeesNoIdTwiceHoweverOftenTheClientUsesIt() throws Exception {
    try (Conversation client = client()) {
      for (int i = 0; i < 3; i++) {
        client.call(7, "act", "{}");
      }
      client.send(
          "{\"jsonrpc\":\"2.0\",\"id\":\"7\",\"method\":\"tools/call\",\"params\":{\"name\":\"act\",\"arguments\":{\"do\":\"ids\"}}}");
      Map<String, Object> answer = client.answer();

      assertThat(answer).containsEntry("id", "7");
      assertThat(Conversation.text(answer).replaceAll("[\\[\\]]", "").split(", "))
          .hasSize(5)
          .doesNotHaveDuplicates()
          .as("which a model could have a server log in an answer's shape")
          .allSatisfy(id -> assertThat(new BigInteger(id).bitLength()).isGreaterThan(20));
    }
  }

  @Test
  void progressSaysNothingThatOnlyTheGatewaySays() throws Exception {
    try (Conversation client = client()) {
      client.send(
          "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"act\","
              + "\"arguments\":{\"do\":\"progress\"},\"_meta\":{\"progressToken\":\"mine\"}}}");
      Map<String, Object> progress = client.next();

      assertThat(Json.object(progress.get("params"))).containsEntry("progressToken", "mine");
      assertThat(progress.toString()).doesNotContain("forged");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.5", "4.0", "true", "{\"a\":1}", "[1]"})
  void aTokenThatIsNoIdDoesNotReachTheUpstream(String token) throws Exception {
    try (Conversation client = client()) {
      client.send(
          "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"act\","
              + "\"arguments\":{\"do\":\"progress\"},\"_meta\":{\"progressToken\":"
              + token
              + "}}}");

      assertThat(Conversation.text(client.answer())).isEqualTo("null");
    }
  }

  @Test
  void whatTheServerAsksHasAnIdAndATokenOfTheGatewaysAndIsAnsweredUnderItsOwn() throws Exception {
    try (Conversation client = client()) {
      client.sendCall(1, "act", "{\"do\":\"ask\",\"method\":\"sampling/createMessage\"}");
      Map<String, Object> asked = client.next();
      Map<String, Object> meta = Json.object(Json.object(asked.get("params")).get("_meta"));
      assertThat(asked).containsEntry("method", "sampling/createMessage").containsEntry("id", 1);
      assertThat(meta).containsOnly(Map.entry("progressToken", 1));

      client.send("{\"jsonrpc\":\"2.0\",\"id\":\"of the server\",\"result\":{\"a\":\"forged\"}}");
      client.send("{\"jsonrpc\":\"2.0\",\"id\":\"1\",\"result\":{\"a\":\"of another type\"}}");
      for (String token : new String[] {"1", "\"its token\"", "2"}) {
        client.send(
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\",\"params\":{\"progress\":1,\"progressToken\":"
                + token
                + "}}");
      }
      client.send(
          "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"a\":1,\"_meta\":{\"dev.alcada/x\":2}}}");
      client.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"a\":\"again\"}}");

      assertThat(Conversation.text(client.answer()))
          .isEqualTo("of the server {a=1, _meta={}} null[its token]");
    }
  }

  @Test
  void whatTheServerTakesBackIsTakenBackAtTheClient() throws Exception {
    try (Conversation client = client()) {
      client.sendCall(1, "act", "{\"do\":\"ask-and-take-back\"}");
      assertThat(client.next()).containsEntry("method", "roots/list").containsEntry("id", 1);
      Map<String, Object> cancelled = client.next();

      assertThat(cancelled).containsEntry("method", "notifications/cancelled");
      assertThat(Json.object(cancelled.get("params"))).containsEntry("requestId", 1);
      assertThat(Conversation.text(client.next())).isEqualTo("taken back");
    }
  }

  @Test
  void aServerThatAsksWhetherItIsHeardIsAnsweredByTheGateway() throws Exception {
    try (Conversation client = client()) {
      client.sendCall(1, "act", "{\"do\":\"ask\",\"method\":\"ping\"}");

      assertThat(Conversation.text(client.next())).isEqualTo("of the server {} null[]");
    }
  }

  @Test
  void whatAServerThatCrashedHadAskedIsTakenBackAtTheClient() throws Exception {
    try (Conversation client = client()) {
      client.sendCall(1, "act", "{\"do\":\"ask\",\"method\":\"roots/list\"}");
      assertThat(client.next()).containsEntry("method", "roots/list").containsEntry("id", 1);
      client.sendCall(2, "act", "{\"do\":\"crash\"}");
      Map<String, Object> cancelled = client.next();
      while (cancelled.containsKey("id")) {
        cancelled = client.next();
      }
      assertThat(cancelled).containsEntry("method", "notifications/cancelled");
      // Too late: the one who asked is gone, and another has not asked.
      client.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"roots\":[]}}");

      client.sendCall(3, "act", "{\"do\":\"ask\",\"method\":\"roots/list\"}");
      Map<String, Object> asked = client.next();
      while (!asked.containsKey("method") || !asked.containsKey("id")) {
        asked = client.next();
      }
      assertThat(asked).containsEntry("id", 2);
      client.send("{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"roots\":[\"mine\"]}}");
      assertThat(Conversation.text(client.answer())).startsWith("of the server {roots=[mine]}");
    }
  }
}
