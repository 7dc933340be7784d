package dev.alcada.examples.gateway;

import static dev.alcada.examples.gateway.Conversation.errorCode;
import static dev.alcada.examples.gateway.Conversation.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server may do, on purpose or not, to have more called than the policy means. */
class HostileUpstreamTest {
  @RegisterExtension final Logged logged = new Logged();

  private static final String ALLOW = "{\"version\": \"1\", \"default\": \"allow\"}";
  private static final String DENY_ACT =
      """
      {"version": "1", "default": "allow", "tools": {"act": {"action": "deny"}}}
      """;
  private static final String ONLY_ACT =
      """
      {"version": "1", "default": "deny", "tools": {"act": {}}}
      """;

  @Test
  void theGatewayEndsBeforeItServesToolsThatThePolicyAlmostNames() throws Exception {
    try (Conversation client = Conversation.with(DENY_ACT, "misnames")) {
      client.initialize();

      assertThat(client.end()).isEqualTo(KnownTools.MISFIT);
    }
  }

  @Test
  void aPolicyThatDeniesByDefaultFitsThemSinceNothingIsOpen() throws Exception {
    try (Conversation client = Conversation.with(ONLY_ACT, "misnames")) {
      client.initialize();

      assertThat(text(client.call(1, "Act"))).startsWith("[POLICY DENIED] ");
    }
  }

  @Test
  void noToolIsServedWhileALaterListDoesNotFitAndAllAreAgainOnceItDoes() throws Exception {
    String rules =
        """
        {"version": "1", "default": "allow", "tools": {"act": {"limits": [
          {"counter": "acts", "window": "minute", "max": 5}]}}}
        """;
    String refusal = "The tool did not answer: " + KnownTools.MISFIT;
    try (Conversation client = Conversation.with(rules, "renames")) {
      client.initialize();
      client.send(
          "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"act\"}}");
      assertThat(client.next()).containsEntry("method", "notifications/tools/list_changed");
      assertThat(text(client.next())).isEqualTo("done");

      assertThat(text(client.call(2, "Act"))).isEqualTo(refusal);
      assertThat(text(client.call(3, "act"))).isEqualTo(refusal);
      client.send("{\"jsonrpc\":\"2.0\",\"id\":4,\"method\":\"tools/list\"}");
      assertThat(Json.object(client.next().get("error")))
          .containsEntry("message", KnownTools.MISFIT);

      client.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/roots/list_changed\"}");
      assertThat(text(client.call(5, "act"))).isEqualTo("done");
    }
  }

  @Test
  void aToolThatIsAddedLaterIsJudgedLikeAnyOther() throws Exception {
    for (String manner : new String[] {"grows", "grows-silently"}) {
      try (Conversation client = Conversation.with(ONLY_ACT, manner)) {
        client.initialize();
        assertThat(text(client.call(1, "late"))).startsWith("[POLICY DENIED] ");
        client.call(2, "act");
        assertThat(text(client.call(3, "late"))).startsWith("[POLICY DENIED] ");
      }
      try (Conversation client = Conversation.with(ALLOW, manner)) {
        client.initialize();
        assertThat(errorCode(client.call(1, "late"))).isEqualTo("-32602");
        client.call(2, "act");
        assertThat(text(client.call(3, "late"))).isEqualTo("done");
      }
    }
  }

  @Test
  void aThousandChangesAtOnceAreReadTogether() throws Exception {
    try (Conversation client = Conversation.with(ALLOW, "flutters")) {
      client.initialize();
      client.send(
          "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"act\"}}");
      // The answer comes on a thread of its own, so some changes may get in before it.
      List<Map<String, Object>> answers = new ArrayList<>();
      for (int i = 0; i < 1_001; i++) {
        Map<String, Object> message = client.next();
        if (message.containsKey("id")) {
          answers.add(message);
        } else {
          assertThat(message).containsEntry("method", "notifications/tools/list_changed");
        }
      }
      assertThat(answers).singleElement().extracting(Conversation::text).isEqualTo("lists 1");

      assertThat(text(client.call(2, "act"))).isEqualTo("lists 3");
    }
  }

  @Test
  void noToolIsServedOfMoreThanCanBeKept() throws Exception {
    try (Conversation client = Conversation.with(ALLOW, "overwhelms")) {
      client.initialize();

      assertThat(text(client.call(1, "act")))
          .isEqualTo(
              "The tool did not answer: the tools of the upstream server could not be listed:"
                  + " there are more than 10000 tools");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "logs-json, done",
    "pages-without-end, 'The tool did not answer: the tools of the upstream server could not be listed: there are more than 1000 pages of tools'",
    "heavy-pages, 'The tool did not answer: the tools of the upstream server could not be listed: there are too long descriptions of tools'",
    "long-names, 'The tool did not answer: the tools of the upstream server could not be listed: a tool has a name of more than 1,024 characters'",
    "heavy-schemas, 'The tool did not answer: the tools of the upstream server could not be listed: there are more than 8 MiB of schemas of tools'",
  })
  void aListHasBoundsInBytesAndNumber(String manner, String told) throws Exception {
    try (Conversation client =
        Conversation.with(ALLOW, manner, settings -> settings.withMaxBytes(16 << 20))) {
      client.initialize();

      assertThat(text(client.call(1, "act"))).isEqualTo(told);
    }
  }

  @Test
  void aServerThatLogsJsonToStandardOutputIsServedAndItsLinesAreQuoted() throws Exception {
    try (Conversation client = Conversation.with(ALLOW, "logs-json")) {
      assertThat(client.initialize()).containsKey("result");
      assertThat(text(client.call(1, "act"))).isEqualTo("done");
    }
    assertThat(logged.text())
        .contains("skipped: \"{\\\"level\\\":\\\"info\\\",\\\"msg\\\":\\\"listening\\\"}\"");
  }

  /** What a server logs may have been written by a model. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"level\": 30, \"request\": {\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"x\"}}",
        "{\"note\": {\"jsonrpc\": \"x\"}}",
        "[30, {\"request\": {\"jsonrpc\": \"2.0\"}}]",
        "{\"note\": \"\"jsonrpc\"\"}",
        "{a note of \"jsonrpc\"}",
      })
  void aLineThatOnlySpeaksOfAMessageIsTextOfALog(String line) {
    assertThat(Message.isMeant(line)).as("at first sight").isTrue();
    assertThat(Message.isOther(line)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"jsonrpc\": \"1.0\"}",
        "[{\"jsonrpc\": \"2.0\", \"id\": 1, \"result\": {}}]",
        "{\"result\": {\"a\": 1, \"a\": 2}, \"jsonrpc\": \"2.0\", \"id\": 1}",
        " { \"id\" : 1, \"jsonrpc\": \"2.0\", \"result\": {",
      })
  void aMessageThatIsBrokenIsNoTextOfALog(String line) {
    assertThat(Message.isMeant(line)).isTrue();
    assertThat(Message.isOther(line)).isFalse();
  }

  @Test
  void idsOfAMebibyteAreNotKept() throws Exception {
    try (Conversation client = Conversation.with(ALLOW, "pings-with-long-ids")) {
      client.initialize();
      String told = text(client.call(1, "act"));
      while (!told.equals("done")) {
        assertThat(told).contains("something that is not a JSON-RPC message");
        told = text(client.call(1, "act"));
      }
    }
  }

  @Test
  void aNameCannotForgeALineOfTheLog() throws Exception {
    String rules =
        """
        {"version": "1", "default": "allow", "tools": {"acts\\nERROR forged": {}}}
        """;
    try (Conversation client = Conversation.with(rules, "forges-names")) {
      client.initialize();
      client.call(1, "act");
    }
    assertThat(logged.text().lines()).noneMatch(line -> line.startsWith("ERROR forged"));
    assertThat(logged.text()).contains("did you mean \"act\\u000aERROR forged\"?");
  }

  @Test
  void aServerCannotCallToolsThroughTheClient() throws Exception {
    try (Conversation client = Conversation.with(ALLOW, "calls-back")) {
      client.initialize();

      assertThat(text(client.call(1, "act"))).isEqualTo("refused with -32601");
    }
  }

  @Test
  void answersThatNobodyAskedForAreDropped() throws Exception {
    try (Conversation client = Conversation.with(ALLOW, "guesses")) {
      client.initialize();

      assertThat(text(client.call(1, "act"))).isEqualTo("asked");
      assertThat(text(client.call(2, "act"))).isEqualTo("asked");
    }
  }
}
