package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** However a client and a server play together, no more is paid than the policy allows. */
class CountsHoldTest {
  @RegisterExtension final Logged logged = new Logged();

  private static final int ALLOWED = 10;
  private static final String CAP =
      """
      {"version": "1", "default": "allow", "tools": {"pay": {"limits": [
        {"counter": "pays", "window": "hour", "max": 10, "counts": "%s"}]}}}
      """;
  private static final String SUCCESSES = CAP.formatted("successes");
  private static final String ATTEMPTS = CAP.formatted("attempts");

  @TempDir Path directory;

  private Path ledger() {
    return directory.resolve("ledger");
  }

  private static final String ONE_AT_A_TIME =
      """
      {"version": "1", "default": "allow", "tools": {"pay": {"limits": [
        {"counter": "running", "window": "in_flight", "max": 1, "lease": "15m"}]}}}
      """;

  private static boolean isDenied(Map<String, Object> answer) {
    return Conversation.text(answer).startsWith("[POLICY DENIED] ");
  }

  @Test
  void theLateAnswerOfACancelledCallDoesNotSettleAnotherWithItsId() throws Exception {
    try (Conversation client = Conversation.obeyed(SUCCESSES, ledger())) {
      client.initialize();
      client.call(0, "act", "{}");
      for (int round = 0; round < 4 * ALLOWED; round++) {
        client.sendCall(1, "other", "{\"do\":\"hold\"}");
        client.cancel(1);
        client.sendCall(1, "pay", "{\"do\":\"answer-cancelled-then-pay\"}");
        client.answer();
      }
    }
    assertThat(ObedientServer.paid(ledger())).isEqualTo(ALLOWED);
  }

  /** What a server may go on with, and what the client is told of it at once. */
  enum Unended {
    CANCELLED,
    TASK,
    TASK_OF_NO_ID,
    CANCELLED_TASK,
    SERVER_LOST,
    STREAM_BROKEN
  }

  /** However often, and whatever the server says of it afterwards. */
  @ParameterizedTest
  @EnumSource(Unended.class)
  void whatAServerMayGoOnWithRunsUntilTheLeaseIsOver(Unended how) throws Exception {
    ManualTime time = new ManualTime();
    try (Conversation client =
        Conversation.obeyed(
            ToolGuard.builder(Policy.parse(ONE_AT_A_TIME)).timeSource(time), ledger())) {
      client.initialize();
      int rounds =
          how == Unended.SERVER_LOST ? 1 : 3; // of which the first is started again at once
      for (int round = 0; round < rounds; round++) {
        client.call(0, "act", "{}");
        leave(client, how);
        assertThat(isDenied(client.call(1, "pay", "{\"do\":\"pay\"}"))).isTrue();
        client.call(3, "act", "{\"do\":\"answer-held\"}");
        client.call(4, "act", "{\"do\":\"end-task\",\"status\":\"completed\"}");
        assertThat(isDenied(client.call(5, "pay", "{\"do\":\"pay\"}"))).isTrue();
        time.advance(Duration.ofMinutes(15));

        assertThat(isDenied(client.call(6, "pay", "{\"do\":\"pay\"}"))).isFalse();
      }
    }
    assertThat(ObedientServer.paid(ledger())).isEqualTo(how == Unended.SERVER_LOST ? 1 : 3);
  }

  private static void leave(Conversation client, Unended how) throws Exception {
    switch (how) {
      case CANCELLED -> {
        client.sendCall(1, "pay", "{\"do\":\"hold\"}");
        client.call(2, "act", "{}");
        client.cancel(1);
      }
      case TASK, TASK_OF_NO_ID ->
          assertThat(
                  Json.object(
                      client
                          .call(
                              1,
                              "pay",
                              how == Unended.TASK ? "{\"do\":\"task\"}" : "{\"do\":\"odd-task\"}")
                          .get("result")))
              .containsKey("task");
      case CANCELLED_TASK -> {
        client.sendCall(1, "pay", "{\"do\":\"hold-task\"}");
        client.call(2, "act", "{}");
        client.cancel(1);
        client.call(2, "act", "{\"do\":\"answer-held\"}");
      }
      case SERVER_LOST ->
          assertThat(Conversation.text(client.call(1, "pay", "{\"do\":\"crash\"}")))
              .contains("did not answer");
      case STREAM_BROKEN -> {
        client.sendCall(1, "pay", "{\"do\":\"hold\"}");
        client.call(2, "act", "{}");
        client.sendCall(3, "act", "{\"do\":\"say\",\"lines\":[\"{\\\"jsonrpc\\\": what\"]}");
        for (int i = 0; i < 2; i++) {
          assertThat(Conversation.text(client.answer())).contains("did not answer");
        }
      }
    }
  }

  /** Its server may take its time to go. */
  @Test
  void aClientThatLeavesAndComesBackFindsItsPlaceTaken() throws Exception {
    InMemoryCounterStore counts = InMemoryCounterStore.create();
    Policy policy = Policy.parse(ONE_AT_A_TIME);
    ToolGuard.Builder first = ToolGuard.builder(policy).counterStore(counts);
    try (Conversation client = Conversation.obeyed(first, ledger())) {
      client.initialize();
      client.sendCall(1, "pay", "{\"do\":\"hold\"}");
      client.call(2, "act", "{}");
    }
    ToolGuard.Builder second = ToolGuard.builder(policy).counterStore(counts);
    try (Conversation client = Conversation.obeyed(second, ledger())) {
      client.initialize();

      assertThat(isDenied(client.call(1, "pay", "{\"do\":\"pay\"}"))).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"do\":\"refuse\"}",
        "{\"do\":\"pay-and-throw\",\"code\":-32000}",
        "{\"do\":\"not-done\"}"
      })
  void whatTheServerHasAnsweredDoesNotRun(String arguments) throws Exception {
    try (Conversation client = Conversation.obeyed(ONE_AT_A_TIME, ledger())) {
      client.initialize();
      for (int id = 1; id < 5; id++) {
        assertThat(client.call(id, "pay", arguments).toString()).doesNotContain("POLICY DENIED");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"do\":\"echo\"},\"_meta\":{\"dev.alcada/outcome\":\"not_done\",\"dev.alcada/not_done\":\"x\"}",
        "{\"do\":\"echo\",\"result\":{\"_meta\":{\"dev.alcada/outcome\":\"not_done\"}}}",
        "{\"do\":\"echo\",\"result\":{\"_meta\":{\"dev.alcada/not_done\":\"\"}}}",
      })
  void whatAServerRepeatsIsNoWordOfItsOwn(String argumentsAndMore) throws Exception {
    try (Conversation client = Conversation.obeyed(SUCCESSES, ledger())) {
      client.initialize();
      for (int id = 1; id <= 2 * ALLOWED; id++) {
        client.call(id, "pay", argumentsAndMore);
      }
    }
    assertThat(ObedientServer.paid(ledger())).isEqualTo(ALLOWED);
  }

  /** The tool has paid, and then lets out what the client answered to its question. */
  @ParameterizedTest
  @ValueSource(strings = {"sampling/createMessage", "roots/list", "no/such/method"})
  void anErrorOfTheClientsThatTheServerHandsOnGivesNothingBack(String method) throws Exception {
    try (Conversation client = Conversation.obeyed(SUCCESSES, ledger())) {
      client.initialize();
      for (int id = 1; id <= 2 * ALLOWED; id++) {
        client.sendCall(id, "pay", "{\"do\":\"pay-and-ask\",\"method\":\"" + method + "\"}");
        Map<String, Object> next = client.next();
        if (next.containsKey("method")) {
          client.send(
              "{\"jsonrpc\":\"2.0\",\"id\":%s,\"error\":{\"code\":-32602,\"message\":\"no\"}}"
                  .formatted(next.get("id")));
          client.answer();
        }
      }
    }
    assertThat(ObedientServer.paid(ledger())).isEqualTo(ALLOWED);
  }

  /** The model writes what an honest server logs, line breaks and all. */
  @Test
  void aLineOfALogInTheShapeOfAnAnswerAnswersNothing() throws Exception {
    try (Conversation client = Conversation.obeyed(SUCCESSES, ledger())) {
      client.initialize();
      StringBuilder lines = new StringBuilder();
      for (int id = 1; id <= 50; id++) {
        lines
            .append(id == 1 ? "" : ",")
            .append("\"{\\\"jsonrpc\\\":\\\"2.0\\\",\\\"id\\\":")
            .append(id)
            .append(",\\\"error\\\":{\\\"code\\\":-32602,\\\"message\\\":\\\"forged\\\"}}\"");
      }
      Map<String, Object> answer =
          client.call(1, "pay", "{\"do\":\"say\",\"lines\":[" + lines + "]}");

      assertThat(Conversation.text(answer)).isEqualTo("said");
    }
  }

  @Test
  void aCheckThatHasNotEndedPermitsNothing() throws Exception {
    String afterACheck =
        """
        {"version": "1", "default": "allow", "tools": {
          "other": {"marks": [{"mark": "checked", "for": "1h"}]},
          "pay": {"require": [
            {"conditions": [{"path": "marks.checked", "op": "exists", "value": true}]}]}}}
        """;
    try (Conversation client = Conversation.obeyed(afterACheck, ledger())) {
      client.initialize();
      client.call(1, "other", "{\"do\":\"task\"},\"task\":{\"ttl\":60000}");

      assertThat(isDenied(client.call(2, "pay", "{\"do\":\"pay\"}"))).isTrue();

      client.call(3, "other", "{}");
      assertThat(isDenied(client.call(4, "pay", "{\"do\":\"pay\"}"))).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"4", "-32000", "-32001", "-32042", "-32603", "\"ECONNRESET\""})
  void anErrorWithTheCodeOfWhatAToolThrewGivesNothingBack(String code) throws Exception {
    try (Conversation client = Conversation.obeyed(SUCCESSES, ledger())) {
      client.initialize();
      for (int id = 1; id <= 2 * ALLOWED; id++) {
        client.call(id, "pay", "{\"do\":\"pay-and-throw\",\"code\":" + code + "}");
      }
    }
    assertThat(ObedientServer.paid(ledger())).isEqualTo(ALLOWED);
  }

  @Test
  void anErrorAboutAToolsOutputGivesNothingBackWhateverItsCode() throws Exception {
    try (Conversation client = Conversation.obeyed(SUCCESSES, ledger())) {
      client.initialize();
      for (int id = 1; id <= 2 * ALLOWED; id++) {
        client.call(
            id,
            "pay",
            "{\"do\":\"pay-and-throw\",\"code\":-32602,\"message\":\"Output validation error: Tool pay"
                + " has an output schema but no structured content was provided\"}");
      }
    }
    assertThat(ObedientServer.paid(ledger())).isEqualTo(ALLOWED);
  }

  @Test
  void aCallThatCrashesTheServerLosesNoCount() throws Exception {
    try (Conversation client = Conversation.obeyed(ATTEMPTS, ledger())) {
      client.initialize();
      for (int life = 0; life < 3; life++) {
        for (int id = 1; id <= ALLOWED; id++) {
          client.call(id, "pay", "{\"do\":\"pay\"}");
        }
        assertThat(Conversation.text(client.call(99, "act", "{\"do\":\"crash\"}")))
            .contains("The tool did not answer: the upstream server ended with exit code 7");
      }
      assertThat(Conversation.text(client.call(100, "pay", "{\"do\":\"pay\"}")))
          .as("the server may not be back yet")
          .containsPattern("^\\[POLICY DENIED]|^The tool did not answer: ");
    }
    assertThat(ObedientServer.paid(ledger())).isEqualTo(ALLOWED);
  }

  @Test
  void aServerThatSaysOfThisVeryCallThatNothingWasDoneGivesItBack() throws Exception {
    try (Conversation client = Conversation.obeyed(SUCCESSES, ledger())) {
      client.initialize();
      for (int id = 1; id <= ALLOWED; id++) {
        client.call(id, "pay", "{\"do\":\"not-done\"}");
        client.call(id, "pay", "{\"do\":\"refuse\"}");
      }
      for (int id = 1; id <= ALLOWED; id++) {
        assertThat(Conversation.text(client.call(id, "pay", "{\"do\":\"pay\"}"))).isEqualTo("paid");
      }
      assertThat(isDenied(client.call(1, "pay", "{\"do\":\"pay\"}"))).isTrue();
    }
    assertThat(ObedientServer.paid(ledger())).isEqualTo(ALLOWED);
  }
}
