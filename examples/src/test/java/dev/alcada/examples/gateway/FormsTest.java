package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.guard.Approvals;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A person at the client answers in the protocol's form. */
class FormsTest {
  private static final String ASKS =
      "{\"version\": \"1\", \"default\": \"deny\", \"tools\": {\"act\": {\"action\": \"require_approval\"}}}";

  @RegisterExtension final Logged logged = new Logged();
  private final Approvals approvals = Approvals.inMemory();
  private final ManualTime time = new ManualTime();
  private Duration ping = Duration.ofMinutes(2);

  private Conversation client(String capabilities) throws IOException {
    Conversation client =
        Conversation.with(
            ToolGuard.builder(Policy.parse(ASKS)).approvals(approvals),
            "behaves",
            settings -> settings.withForms(new Forms(approvals, time, ping)));
    client.send(
        "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
            + "\"2025-06-18\",\"capabilities\":%s,\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}"
                .formatted(capabilities));
    client.next();
    client.send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    return client;
  }

  private static void answer(Conversation client, Map<String, Object> form, String result)
      throws IOException {
    client.send("{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":%s}".formatted(form.get("id"), result));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{'action':'accept','content':{'approve':true}}  | done                | ",
        "{'action':'accept','content':{'approve':false}} | [POLICY DENIED] A person denied | ",
        "{'action':'decline'}                            | [POLICY DENIED] A person denied | ",
        "{'action':'accept','content':{'approve':'yes'}} | [APPROVAL REQUIRED] | waits",
        "{'action':'accept'}                             | [APPROVAL REQUIRED] | waits",
        "{'action':'cancel','content':{'approve':true}}  | [APPROVAL REQUIRED] | waits",
        "[true]                                          | [APPROVAL REQUIRED] | waits",
      })
  void onlyATickedBoxIsAYesAndOnlyANoIsANo(String result, String said, String waits)
      throws Exception {
    try (Conversation client = client("{\"elicitation\":{}}")) {
      client.sendCall(1, "act", "{\"to\":\"in\\u200bes\"}");
      Map<String, Object> form = client.answer();
      assertThat(form).containsEntry("method", "elicitation/create");
      assertThat(String.valueOf(Json.object(form.get("params")).get("message")))
          .contains("The tool act needs your approval.", "args.to: \"in\\u{200b}es\"");

      answer(client, form, result.replace('\'', '"'));

      assertThat(Conversation.text(client.answer())).startsWith(said);
      assertThat(approvals.pending()).hasSize("waits".equals(waits) ? 1 : 0);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{}", "{'elicitation':{'url':{}}}", "{'elicitation':true}"})
  void aClientWithoutFormsIsNotAsked(String capabilities) throws Exception {
    try (Conversation client = client(capabilities.replace('\'', '"'))) {
      assertThat(Conversation.text(client.call(1, "act"))).startsWith("[APPROVAL REQUIRED]");
    }
  }

  @Test
  void oneQuestionIsOpenForARequestAndAfterACancelThereIsAPause() throws Exception {
    try (Conversation client = client("{\"elicitation\":{\"form\":{}}}")) {
      client.sendCall(1, "act", "{}");
      Map<String, Object> form = client.answer();
      assertThat(Conversation.text(client.call(2, "act", "{}")))
          .as("the same call meanwhile")
          .startsWith("[APPROVAL REQUIRED]");

      answer(client, form, "{\"action\":\"cancel\"}");
      assertThat(Conversation.text(client.answer())).startsWith("[APPROVAL REQUIRED]");
      assertThat(Conversation.text(client.call(3, "act", "{}"))).startsWith("[APPROVAL REQUIRED]");

      time.advance(Duration.ofSeconds(31));
      client.sendCall(4, "act", "{}");
      assertThat(client.answer()).containsEntry("method", "elicitation/create");
    }
  }

  @Test
  void whoAnswersElsewhereClosesTheForm() throws Exception {
    try (Conversation client = client("{\"elicitation\":{}}")) {
      client.sendCall(1, "act", "{}");
      Map<String, Object> form = client.answer();
      ApprovalRequest request = approvals.pending().get(0);

      approvals.approve(request.id(), "ana", null);

      Map<String, Object> takenBack = client.next();
      assertThat(takenBack).containsEntry("method", "notifications/cancelled");
      assertThat(Json.object(takenBack.get("params"))).containsEntry("requestId", form.get("id"));
      assertThat(Conversation.text(client.answer())).isEqualTo("done");
    }
  }

  @Test
  void aYesThatComesLateRunsNothingForNobodyAndServesTheNextCall() throws Exception {
    try (Conversation client = client("{\"elicitation\":{}}")) {
      client.sendCall(1, "act", "{}");
      Map<String, Object> form = client.answer();
      time.advance(Duration.ofSeconds(16));

      answer(client, form, "{\"action\":\"accept\",\"content\":{\"approve\":true}}");

      assertThat(Conversation.text(client.answer())).startsWith("[APPROVAL REQUIRED]");
      assertThat(Conversation.text(client.call(2, "act", "{}"))).isEqualTo("done");
    }
  }

  @Test
  void nothingRunsForAClientThatIsNotThereAndTheYesServesTheNextCall() throws Exception {
    ping = Duration.ofMillis(1);
    try (Conversation client = client("{\"elicitation\":{}}")) {
      client.sendCall(1, "act", "{}");
      Map<String, Object> form = client.answer();
      client.answerNoPings();

      answer(client, form, "{\"action\":\"accept\",\"content\":{\"approve\":true}}");

      assertThat(Conversation.text(client.answer())).startsWith("[APPROVAL REQUIRED]");
      assertThat(Conversation.text(client.call(2, "act", "{}"))).isEqualTo("done");
    }
  }

  @Test
  void aCallThatIsTakenBackTakesItsFormAlong() throws Exception {
    try (Conversation client = client("{\"elicitation\":{}}")) {
      client.sendCall(1, "act", "{}");
      Map<String, Object> form = client.answer();

      client.cancel(1);

      Map<String, Object> takenBack = client.next();
      assertThat(takenBack).containsEntry("method", "notifications/cancelled");
      assertThat(Json.object(takenBack.get("params"))).containsEntry("requestId", form.get("id"));
      answer(client, form, "{\"action\":\"accept\",\"content\":{\"approve\":true}}");
      assertThat(Conversation.text(client.call(2, "act", "{}"))).startsWith("[APPROVAL REQUIRED]");
      assertThat(approvals.pending()).hasSize(1);
    }
  }
}
