package dev.alcada.examples.gateway;

import static dev.alcada.examples.gateway.Conversation.errorCode;
import static dev.alcada.examples.gateway.Conversation.text;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.audit.DecisionEvent;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a client, or the model that steers it, may try to get past the policy. */
class HostileClientTest {
  @RegisterExtension final Logged logged = new Logged();

  private static final String ALLOW = "{\"version\": \"1\", \"default\": \"allow\"}";
  private static final String ONE =
      """
      {"version": "1", "default": "deny", "tools": {"act": {"limits": [
        {"counter": "acts", "window": "minute", "max": 1}]}}}
      """;
  private static final String CALL =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"act\"}}";

  /** Messages that must not reach the upstream, each with the error code it is answered with. */
  private static Map<String, Integer> unjudgeable() {
    Map<String, Integer> messages = new LinkedHashMap<>();
    messages.put(CALL.replace("\"act\"", "\"x\",\"name\":\"act\""), -32700);
    messages.put(CALL.replace("}}", "},\"params\":{\"name\":\"x\"}}"), -32700);
    messages.put(CALL.replace("\"act\"", "\"act\",\"arguments\":{\"a\":1,\"a\":2}"), -32700);
    messages.put(CALL.replace("\"act\"", "\"act\",\"arguments\":{\"a\\ud800\":1}"), -32700);
    messages.put(CALL.replace("\"id\":1", "\"id\":1,\"id\":2"), -32700);
    messages.put(CALL.replace("\"act\"", "\"act\",\"arguments\":{\"__proto__\":{}}"), -32700);
    messages.put(CALL.replace("\"act\"", "\"act\",\"__proto__\":{\"name\":\"x\"}"), -32700);
    messages.put(CALL.replace("\"act\"", "\"act\",\"_meta\":[{\"\\u005f_proto__\":1}]"), -32700);
    messages.put(CALL.replace("\"id\":1", "\"id\":\"" + "x".repeat(1_025) + "\""), -32700);
    messages.put(CALL.replace("\"id\":1", "\"id\":1" + "0".repeat(400)), -32700);
    messages.put(CALL.replace("\"jsonrpc\":\"2.0\",", ""), -32700);
    messages.put(CALL.replace("2.0", "1.0"), -32700);
    messages.put(CALL.replace("\"id\":1", "\"id\":null"), -32700);
    messages.put(CALL.replace("\"id\":1", "\"id\":1.5"), -32700);
    messages.put(CALL.replace("\"id\":1", "\"id\":{}"), -32700);
    messages.put(CALL.substring(0, CALL.length() - 1), -32700);
    messages.put("[]", -32700);
    messages.put("[" + CALL + "]", -32700);
    messages.put(CALL + CALL, -32700);
    messages.put(
        CALL.replace("\"act\"", "\"act\",\"arguments\":{\"a\":" + nested(2000) + "}"), -32700);
    messages.put(
        CALL.replace("\"act\"", "\"act\",\"arguments\":{\"a\":[" + "0,".repeat(999_990) + "0]}"),
        -32700);
    for (String name : List.of("7", "null", "[\"act\"]", "{\"act\":1}", "true")) {
      messages.put(CALL.replace("\"act\"", name), -32602);
    }
    for (String arguments : List.of("[]", "\"{}\"", "7", "false")) {
      messages.put(CALL.replace("\"act\"", "\"act\",\"arguments\":" + arguments), -32602);
    }
    messages.put(CALL.replace(",\"params\":{\"name\":\"act\"}", ""), -32602);
    messages.put(CALL.replace("{\"name\":\"act\"}", "[{\"name\":\"act\"}]"), -32602);
    messages.put(CALL.replace("\"name\"", "\"Name\""), -32602);
    for (String method :
        List.of(
            "tools/Call",
            "TOOLS/CALL",
            " tools/call",
            "tools/call ",
            "tools/call\\u0000",
            "tools//call",
            "tools\\/call/",
            "tools/callBatch",
            "")) {
      messages.put(CALL.replace("tools/call", method), -32601);
    }
    return messages;
  }

  private static String nested(int levels) {
    return "[".repeat(levels) + "]".repeat(levels);
  }

  @Test
  void nothingThatCannotBeJudgedReachesTheUpstream() throws Exception {
    try (Conversation client = Conversation.with(ALLOW, "counts")) {
      client.initialize();
      for (Map.Entry<String, Integer> message : unjudgeable().entrySet()) {
        client.send(message.getKey());
        assertThat(errorCode(client.next()))
            .as("%.200s", message.getKey())
            .isEqualTo(message.getValue().toString());
      }
      client.send(CALL.replace("\"id\":1,", ""));
      client.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"content\":[]}}");

      assertThat(text(client.call(2, "act"))).isEqualTo("call 1");
    }
  }

  @Test
  void noSpellingOfANameGetsPastTheListOfTools() throws Exception {
    try (Conversation client = Conversation.with(ALLOW, "counts")) {
      client.initialize();
      for (String name :
          List.of(
              "Act",
              "ACT",
              " act",
              "act ",
              "act\\u0000",
              "act\\n",
              "\\u0430ct",
              "ac\\u0074\\u200b",
              "",
              "other",
              "act/../act")) {
        assertThat(errorCode(client.callRaw(1, "\"" + name + "\""))).as(name).isEqualTo("-32602");
      }

      assertThat(text(client.callRaw(2, "\"\\u0061ct\""))).as("the same name").isEqualTo("call 1");
    }
  }

  @Test
  void argumentsBeyondTheBoundsAreDeniedUnderAnyPolicy() throws Exception {
    try (Conversation client = Conversation.with(ALLOW, "counts")) {
      client.initialize();
      for (String value : List.of(nested(100), "1e99999", "[" + "0,".repeat(100_001) + "0]")) {
        Map<String, Object> answer =
            client.callRaw(1, "\"act\",\"arguments\":{\"a\":" + value + "}");
        assertThat(text(answer)).startsWith("[POLICY DENIED] ");
      }

      assertThat(text(client.callRaw(2, "\"act\",\"arguments\":null"))).isEqualTo("call 1");
    }
  }

  @Test
  void whatIsJudgedIsWhatArrivesEvenIfNoEncodingHasIt() throws Exception {
    String policy =
        """
        {"version": "1", "default": "allow", "all_tools": {"deny_if": [
          {"conditions": [{"path": "args.a", "op": "eq", "value": "a?"}]}]}}
        """;
    try (Conversation client = Conversation.with(policy, "compares")) {
      client.initialize();

      assertThat(text(client.callRaw(1, "\"act\",\"arguments\":{\"a\":\"a?\"}")))
          .startsWith("[POLICY DENIED] ");
      for (String half : List.of("a\\ud800", "a\\udc00")) {
        assertThat(text(client.callRaw(2, "\"act\",\"arguments\":{\"a\":\"" + half + "\"}")))
            .as(half)
            .isEqualTo("harmless");
      }
    }
  }

  @Test
  void anIdThatIsUnderWayIsRefusedAndItsCallNotCounted() throws Exception {
    String two = ONE.replace("\"max\": 1", "\"max\": 2");
    try (Conversation client = Conversation.with(two, "holds")) {
      client.initialize();
      client.send(CALL);
      client.send(CALL);

      assertThat(errorCode(client.answer())).isEqualTo("-32600");
      assertThat(text(client.call(2, "act"))).as("the second of two").isEqualTo("cancelled: none");
      // Whichever of them is held, or the gateway would wait for it in the end.
      client.send(cancel("1"));
      client.send(cancel("2"));
    }
  }

  @Test
  void aCancelledCallStaysCountedAndIsNotAnswered() throws Exception {
    try (Conversation client = Conversation.with(ONE, "holds")) {
      client.initialize();
      client.send(CALL.replace("\"act\"", "\"act\",\"_meta\":{\"progressToken\":\"t\"}"));
      assertThat(client.next()).containsEntry("method", "notifications/progress");

      client.send(cancel("7"));
      client.send(cancel("\"1\""));
      client.send(cancel("null"));
      client.send(cancel("1"));
      client.send(cancel("1"));

      Map<String, Object> told = client.next();
      assertThat(told).as("not the answer that came too late").doesNotContainKey("id");
      assertThat(Json.object(told.get("params")))
          .as("what the upstream was told: the id by which it knows the call, and no client could")
          .extractingByKey("data", as(InstanceOfAssertFactories.type(Number.class)))
          .matches(id -> id.longValue() > 1 << 20);
      assertThat(text(client.call(2, "act"))).startsWith("[POLICY DENIED] ");
    }
  }

  @Test
  void aCallThatIsCancelledBeforeTheUpstreamHasItIsNotEvenJudged() throws Exception {
    List<DecisionEvent> judged = new CopyOnWriteArrayList<>();
    ToolGuard.Builder guard = ToolGuard.builder(Policy.parse(ONE)).listener(judged::add);
    try (Conversation client = Conversation.with(guard, "lists-late", settings -> settings)) {
      client.initialize();
      client.send(CALL);
      client.send(cancel("1"));
      client.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/roots/list_changed\"}");

      Map<String, Object> next = client.call(2, "act");
      assertThat(next).containsEntry("id", 2);
      assertThat(text(next)).isEqualTo("done");
    }
    assertThat(judged).hasSize(1);
  }

  private static String cancel(String id) {
    return "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":%s}}"
        .formatted(id);
  }

  @Test
  void aCallBeforeInitializationIsCheckedLikeAnyOther() throws Exception {
    try (Conversation client = Conversation.with(ALLOW, "counts")) {
      assertThat(errorCode(client.call(1, "Act"))).isEqualTo("-32602");
      assertThat(text(client.call(2, "act"))).isEqualTo("call 1");
    }
  }

  @Test
  void toolsOnlyShutsEverythingBesideTools() throws Exception {
    try (Conversation client =
        Conversation.with(ALLOW, "counts", settings -> settings.withToolsOnly(true))) {
      client.initialize();
      for (String method :
          List.of(
              "resources/list",
              "resources/templates/list",
              "resources/read",
              "resources/subscribe",
              "resources/unsubscribe",
              "prompts/list",
              "prompts/get",
              "completion/complete")) {
        client.send("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"" + method + "\",\"params\":{}}");
        assertThat(errorCode(client.next())).as(method).isEqualTo("-32601");
      }

      assertThat(text(client.call(2, "act"))).isEqualTo("call 1");
    }
  }
}
