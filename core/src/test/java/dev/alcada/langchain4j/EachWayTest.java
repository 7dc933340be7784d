package dev.alcada.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.service.AiServices;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for each way in which an AI service has tools, as the model sees it. */
class EachWayTest {
  private static final int CAP = 10;

  private static final String POLICY =
      """
      {
        "version": "1",
        "default": "deny",
        "hide": [%s],
        "tools": {
          "echo": {"deny_if": [{"conditions": [
            {"path": "args.text", "op": "eq", "value": "a"}]}]},
          "limited": {"limits": [{"counter": "limited", "window": "day", "max": 2}]},
          "capped": {"limits": [{"counter": "capped", "window": "day", "max": 10}]},
          "secret": {},
          "refund": {"action": "require_approval", "reason": "Ask a person."},
          "fails": {"limits": [
            {"counter": "fails", "window": "day", "max": 1, "counts": "successes"}]},
          "errs": {}
        }
      }
      """;

  private final ToolGuard guard =
      ToolGuard.builder(Policy.parse(POLICY.formatted("\"secret\""))).build();

  @ParameterizedTest
  @EnumSource
  void anAllowedToolRunsWithItsArguments(Way way) {
    assertThat(run(way, "echo", "{\"text\": \"olá\"}")).isEqualTo("said olá");
  }

  @ParameterizedTest
  @EnumSource
  void aCallOverItsLimitIsDeniedAndTheModelIsToldHowLongToWait(Way way) {
    assertThat(run(way, "limited", "{}")).isEqualTo("ran");
    assertThat(run(way, "limited", "{}")).isEqualTo("ran");
    assertThat(run(way, "limited", "{}"))
        .startsWith("[POLICY DENIED] ")
        .containsPattern("Wait \\d+ s, then call again");
  }

  @ParameterizedTest
  @EnumSource
  void aToolThatThePolicyDoesNotListIsDeniedByDefault(Way way) {
    assertThat(run(way, "immediate", "{}")).startsWith("[POLICY DENIED] ");
  }

  @ParameterizedTest
  @EnumSource
  void aHiddenToolIsNotOfferedToTheModelAndDeniedIfItWasUntilJustNow(Way way) {
    ScriptedModel model = ScriptedModel.calling("limited", "{}");
    assistant(way, model).chat("go");
    assertThat(model.offered()).contains("echo", "limited", "refund").doesNotContain("secret");

    guard.replacePolicy(Policy.parse(POLICY.formatted("")));
    ScriptedModel slow =
        new ScriptedModel(
            () -> guard.replacePolicy(Policy.parse(POLICY.formatted("\"secret\""))),
            ScriptedModel.request("secret", "{}"));
    assertThat(assistant(way, slow).chat("go"))
        .startsWith("[POLICY DENIED] This tool is not available");
    assertThat(slow.offered()).contains("secret");
  }

  @ParameterizedTest
  @EnumSource
  void aCallThatNeedsApprovalRunsOnceAfterAYes(Way way) {
    assertThat(run(way, "refund", "{}")).startsWith("[APPROVAL REQUIRED] ");
    assertThat(run(way, "refund", "{}")).startsWith("[APPROVAL REQUIRED] ");
    guard.approvals().approve(guard.approvals().pending().get(0).id(), "a person", null);
    assertThat(run(way, "refund", "{}")).isEqualTo("refunded");
    assertThat(run(way, "refund", "{}")).startsWith("[APPROVAL REQUIRED] ");
  }

  @ParameterizedTest
  @EnumSource
  void whatAToolThrowsReachesNoModelAndStaysCounted(Way way) {
    assertThat(run(way, "fails", "{}"))
        .isEqualTo("The tool failed; what it had done by then is not known.");
    assertThat(run(way, "fails", "{}")).startsWith("[POLICY DENIED] ");
  }

  @ParameterizedTest
  @EnumSource(names = {"METHODS", "PROVIDER"})
  void anErrorOfTheMachineIsAFailureLikeAnyOther(Way way) {
    assertThat(run(way, "errs", "{}"))
        .isEqualTo("The tool failed; what it had done by then is not known.");
  }

  @ParameterizedTest
  @EnumSource
  void argumentsThatTwoReadersMayUnderstandDifferentlyAreDenied(Way way) {
    assertThat(run(way, "echo", "{\"text\": \"b\"}")).isEqualTo("said b");
    for (String twice :
        List.of(
            "{\"text\": \"a\", \"text\": \"b\"}",
            "{\"text\": \"b\", \"text\": \"a\"}",
            "{\"text\": \"b\", \"\\u0074ext\": \"a\"}",
            "{\"text\": \"b\"} {\"text\": \"a\"}",
            "[\"a\"]",
            "\"{\\\"text\\\": \\\"a\\\"}\"")) {
      assertThat(run(way, "echo", twice)).as(twice).startsWith("[POLICY DENIED] ");
    }
  }

  @ParameterizedTest
  @EnumSource
  void of32CallsAtOnceNoMoreRunThanTheLimitAllows(Way way) throws Exception {
    Assistant assistant = assistant(way, ScriptedModel.calling("capped", "{}"));
    ExecutorService threads = Executors.newFixedThreadPool(32);
    try {
      List<String> answers = new ArrayList<>();
      for (Future<String> answer :
          threads.invokeAll(
              Collections.nCopies(32, (Callable<String>) () -> assistant.chat("go")))) {
        answers.add(answer.get());
      }
      assertThat(answers).filteredOn("ran"::equals).hasSize(CAP);
      assertThat(answers)
          .filteredOn(answer -> answer.startsWith("[POLICY DENIED] "))
          .hasSize(32 - CAP);
    } finally {
      threads.shutdownNow();
    }
  }

  @ParameterizedTest
  @EnumSource
  void of32CallsOfOneAnswerOfTheModelNeither(Way way) {
    ToolExecutionRequest[] calls =
        IntStream.range(0, 32)
            .mapToObj(i -> ToolExecutionRequest.builder().id("call-" + i).name("capped"))
            .map(ToolExecutionRequest.Builder::build)
            .toArray(ToolExecutionRequest[]::new);
    Assistant assistant =
        AiServices.builder(Assistant.class)
            .chatModel(new ScriptedModel(() -> {}, calls))
            .toolProvider(way.guarded(guard))
            .executeToolsConcurrently()
            .build();

    List<String> answers = assistant.chat("go").lines().toList();
    assertThat(answers).hasSize(32);
    assertThat(answers).filteredOn("ran"::equals).hasSize(CAP);
  }

  private String run(Way way, String tool, String arguments) {
    return assistant(way, ScriptedModel.calling(tool, arguments)).chat("go");
  }

  private Assistant assistant(Way way, ScriptedModel model) {
    return AiServices.builder(Assistant.class)
        .chatModel(model)
        .toolProvider(way.guarded(guard))
        .build();
  }
}
