package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.decision.Caller;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The host says who may answer, and what the approver is told beside the call. */
class WhoMayAnswerTest {
  private static final Policy ASKS =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {"pay": {"action": "require_approval"}}}""");
  private static final ToolCall CALL =
      ToolCall.of("pay", Map.of("amount", 5), Caller.grant("agent-7"));

  @Test
  void anAnswerThatTheHostDoesNotAllowIsRefusedAndTheRequestStaysPending() throws Exception {
    Approvals approvals = Approvals.builder().mayAnswer(WhoMayAnswerTest::treasury).build();
    String id = ask(approvals);

    assertThatThrownBy(() -> approvals.approve(id, "bo", null))
        .isInstanceOf(ApprovalException.class)
        .hasMessage("approval " + id + " is pending; the host's mayAnswer refuses an answer by bo");
    assertThatThrownBy(() -> approvals.deny(id, "bo", null)).isInstanceOf(ApprovalException.class);
    assertThat(approvals.pending()).hasSize(1);

    Answer yes = Answer.approve("ana").withRoles(Set.of("treasury"));
    approvals.answer(id, yes).toCompletableFuture().join();
    assertThat(guard(approvals).call(CALL, judged -> "paid"))
        .isEqualTo(new Outcome.Completed<>("paid"));
  }

  @Test
  void theRequesterIsRefusedWhateverTheHostAllows() throws Exception {
    Approvals approvals = Approvals.builder().mayAnswer((request, answer) -> true).build();
    String id = ask(approvals);

    assertThatThrownBy(() -> approvals.approve(id, "Agent-7", null))
        .hasMessageContaining("the grant that requested it may not answer it");
  }

  @Test
  void anApproversAnswerIsAskedAboutToo() throws Exception {
    Approvals approvals =
        Approvals.builder()
            .mayAnswer(WhoMayAnswerTest::treasury)
            .approver(request -> CompletableFuture.completedFuture(Answer.approve("robot")))
            .build();

    assertThat(guard(approvals).call(CALL, judged -> "paid"))
        .isInstanceOf(Outcome.ApprovalRequired.class);
    assertThat(approvals.pending()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aRuleOfTheHostThatFailsRefusesTheAnswer(boolean withAnError) throws Exception {
    Approvals approvals =
        Approvals.builder()
            .mayAnswer(
                (request, answer) -> {
                  if (withAnError) {
                    throw new StackOverflowError();
                  }
                  throw new IllegalStateException("5");
                })
            .build();
    String id = ask(approvals);

    assertThatThrownBy(
            () -> approvals.answer(id, Answer.approve("ana")).toCompletableFuture().join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(ApprovalException.class)
        .hasMessageContaining("the host's mayAnswer failed on an answer by ana");
    assertThat(approvals.pending()).hasSize(1);
  }

  @Test
  void whatTheHostSaysOfACallStandsInTheRequestAndBindsNothing() throws Exception {
    int[] asked = {0};
    Approvals approvals =
        Approvals.builder().metadata(call -> Map.of("asked", "" + ++asked[0])).build();
    String id = ask(approvals);

    ask(approvals);

    assertThat(approvals.pending()).hasSize(1);
    assertThat(approvals.pending().get(0).metadata()).isEqualTo(Map.of("asked", "1"));
    approvals.approve(id, "ana", null);
    assertThat(guard(approvals).call(CALL, judged -> "paid")).isInstanceOf(Outcome.Completed.class);
  }

  @Test
  void aCallIsDeniedWhereTheHostsWordsCannotBeHad() throws Exception {
    Approvals failing =
        Approvals.builder()
            .metadata(
                call -> {
                  throw new IllegalStateException("out of order");
                })
            .build();
    Approvals tooLong =
        Approvals.builder().metadata(call -> Map.of("n", "x".repeat(3_000))).build();

    for (Approvals approvals : new Approvals[] {failing, tooLong}) {
      Outcome<String> outcome = guard(approvals).call(CALL, judged -> "paid");
      assertThat(outcome.decision().code()).isEqualTo(DecisionCode.INTERNAL);
      assertThat(approvals.pending()).isEmpty();
    }
  }

  @Test
  void eachIsSetOnce() {
    assertThatThrownBy(
            () ->
                Approvals.builder()
                    .mayAnswer(WhoMayAnswerTest::treasury)
                    .mayAnswer(WhoMayAnswerTest::treasury))
        .hasMessage("mayAnswer was set before");
    assertThatThrownBy(
            () -> Approvals.builder().metadata(call -> Map.of()).metadata(call -> Map.of()))
        .hasMessage("metadata was set before");
  }

  private static String ask(Approvals approvals) throws Exception {
    guard(approvals).call(CALL, judged -> "paid");
    return approvals.pending().get(0).id();
  }

  private static ToolGuard guard(Approvals approvals) {
    return ToolGuard.builder(ASKS).approvals(approvals).build();
  }

  private static boolean treasury(ApprovalRequest request, Answer answer) {
    return request.tool().equals("pay") && answer.roles().contains("treasury");
  }
}
