package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

  /** A server may go on with what its client does not wait for any more. */
  @Test
  void aCancelledCallRunsUntilTheServerIsDoneWithIt() throws Exception {
    try (Conversation client = Conversation.obeyed(ONE_AT_A_TIME, ledger())) {
      client.initialize();
      for (int round = 0; round < 3; round++) {
        client.sendCall(1, "pay", "{\"do\":\"hold\"}");
        client.call(2, "act", "{}");
        client.cancel(1);
        assertThat(isDenied(client.call(1, "pay", "{\"do\":\"pay\"}"))).isTrue();
        client.call(3, "act", "{\"do\":\"answer-held\"}");

        assertThat(isDenied(client.call(1, "pay", "{\"do\":\"pay\"}"))).isFalse();
      }
    }
    assertThat(ObedientServer.paid(ledger())).isEqualTo(3);
  }

  @Test
  void whatIsCancelledBeforeItIsSentDoesNotRun() throws Exception {
    try (Conversation client = Conversation.obeyed(ONE_AT_A_TIME, ledger())) {
      client.initialize();
      for (int round = 0; round < 20; round++) {
        client.sendCall(1, "pay", "{\"do\":\"pay\"}");
        client.cancel(1);
        client.call(2, "act", "{\"do\":\"answer-held\"}");
      }
      assertThat(isDenied(client.call(3, "pay", "{\"do\":\"pay\"}"))).isFalse();
    }
  }

  /** Each way by which a client or the server itself tells that a task is over. */
  @ParameterizedTest
  @CsvSource({
    "tasks/get, completed",
    "tasks/get, failed",
    "tasks/cancel, cancelled",
    "tasks/result, completed",
    "notifications/tasks/status, completed",
  })
  void aCallMadeAsATaskRunsUntilTheTaskHasEnded(String by, String status) throws Exception {
    try (Conversation client = Conversation.obeyed(ONE_AT_A_TIME, ledger())) {
      client.initialize();
      Map<String, Object> task =
          client.call(1, "pay", "{\"do\":\"task\"},\"task\":{\"ttl\":60000}");
      assertThat(Json.object(task.get("result"))).containsKey("task");
      assertThat(isDenied(client.call(2, "pay", "{\"do\":\"pay\"}"))).isTrue();
      client.ask(3, "tasks/get", "{\"taskId\":\"t\"}");
      client.ask(4, "tasks/get", "{\"taskId\":\"another\"}");
      client.call(5, "act", "{\"do\":\"end-task\",\"status\":\"working\"}");
      assertThat(isDenied(client.call(6, "pay", "{\"do\":\"pay\"}"))).isTrue();

      if (by.startsWith("notifications/")) {
        client.call(7, "act", "{\"do\":\"end-task\",\"status\":\"" + status + "\"}");
      } else {
        client.call(7, "act", "{\"do\":\"set-task\",\"status\":\"" + status + "\"}");
        client.ask(8, by, "{\"taskId\":\"t\"}");
      }

      assertThat(isDenied(client.call(9, "pay", "{\"do\":\"pay\"}"))).isFalse();
    }
    assertThat(ObedientServer.paid(ledger())).isEqualTo(1);
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
