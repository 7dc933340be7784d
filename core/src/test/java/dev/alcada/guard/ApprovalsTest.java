package dev.alcada.guard;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.approval.ApprovalStore;
import dev.alcada.approval.Approver;
import dev.alcada.approval.InMemoryApprovalStore;
import dev.alcada.counter.Ended;
import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.Quorum;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.ApprovalTerms;
import dev.alcada.testing.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ApprovalsTest {
  private static final List<AskingRule> ASKS =
      List.of(new AskingRule("/tools/pay/action", "/tools/pay/action", "Ask first", "{}"));

  private final ManualTime time = new ManualTime();

  private Approvals.Builder builder() {
    return Approvals.builder().timeSource(time);
  }

  @Test
  void aRequestTellsTheApproverEverythingAboutTheCall() {
    Approvals approvals = builder().build();
    ToolCall call =
        ToolCall.of(
            "pay",
            Map.of("b", 1.50, "a", "x"),
            Caller.grant("agent-7")
                .withSession("s")
                .withClient("c")
                .withAttribute("role", "clerk")
                .withAttribute("trace", "t"));

    approvals.ask(call, ASKS, ApprovalTerms.DEFAULT, Quorum.ONE, Set.of()).join();

    ApprovalRequest request = approvals.pending().get(0);
    assertThat(request.tool()).isEqualTo("pay");
    assertThat(request.arguments()).isEqualTo("{\"a\":\"x\",\"b\":1.5}");
    assertThat(request.caller().grant()).isEqualTo("agent-7");
    assertThat(request.caller().session()).isEqualTo("s");
    assertThat(request.caller().client()).isEqualTo("c");
    assertThat(request.caller().attributes())
        .containsExactly(Map.entry("role", "clerk"), Map.entry("trace", "t"));
    assertThat(request.asks()).isEqualTo(ASKS);
    assertThat(request.createdAt()).isEqualTo(ManualTime.START);
    assertThat(request.expiresAt()).isEqualTo(ManualTime.START.plus(Duration.ofMinutes(10)));
    assertThat(request.id()).matches("[0-9a-f]{32}");
    assertThat(approvals.get(request.id())).isEqualTo(request);
  }

  @Test
  void anAnswerIsKeptWithItsAuthorNoteAndTime() {
    Approvals approvals = builder().build();
    String id = request(approvals, 1);
    time.advance(Duration.ofMinutes(3));

    ApprovalRequest approved = approvals.approve(id, "ana", "as agreed");

    assertThat(approved.answer()).isEqualTo(Answer.approve("ana").withNote("as agreed"));
    assertThat(approved.expiresAt()).isEqualTo(time.instant().plus(Duration.ofMinutes(10)));
    assertThat(approvals.get(id)).isEqualTo(approved);
    assertThat(approvals.pending()).isEmpty();
  }

  @Test
  void anUnknownRequestTakesNoAnswer() {
    assertThatThrownBy(() -> builder().build().approve("nothing", "ana", null))
        .isInstanceOfSatisfying(ApprovalException.class, e -> assertThat(e.state()).isNull())
        .hasMessageContaining("nothing")
        .hasMessageContaining("cannot be approved");
  }

  @Test
  void anApproverHasANameAndANoteHasABound() {
    Approvals approvals = builder().build();
    String id = request(approvals, 1);

    for (String approver : List.of("", " ", "a".repeat(201))) {
      assertThatThrownBy(() -> approvals.approve(id, approver, null))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("1 to 200 characters");
    }
    assertThatThrownBy(() -> approvals.deny(id, "ana", "a".repeat(2_001)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 2000 characters, not 2001");
    assertThat(requireNonNull(approvals.get(id)).state()).isEqualTo(ApprovalState.PENDING);
  }

  @Test
  void anExpiredRequestIsRememberedForALateAnswer() {
    Approvals approvals = builder().build();
    String id = request(approvals, 1);
    time.advance(Duration.ofMinutes(10));
    request(approvals, 2);

    assertThatThrownBy(() -> approvals.approve(id, "ana", null))
        .hasMessage("approval " + id + " is expired, so it cannot be approved");
    for (int i = 0; i < 60; i++) {
      time.advance(Duration.ofMinutes(10));
      for (int grant = 0; grant < 20; grant++) {
        request(approvals, 1, "grant " + grant);
      }
    }
    assertThat(approvals.get(id)).isNull();
  }

  @Test
  void aListenerIsToldOfEveryChangeInOrderUntilItIsRemoved() {
    Approvals approvals = builder().build();
    List<ApprovalState> told = new ArrayList<>();
    approvals.listen(
        request -> {
          throw new IllegalStateException("a listener that fails stops no other");
        });
    Registration removal = approvals.listen(request -> told.add(request.state()));

    String id = request(approvals, 1);
    ApprovalClaim claim =
        requireNonNull(approvals.claim(approvals.approve(id, "ana", null), asking -> {}).join());
    claim.settle(Ended.NOT_DONE);
    requireNonNull(approvals.claim(requireNonNull(approvals.get(id)), asking -> {}).join())
        .settle(Ended.DONE);
    approvals.deny(request(approvals, 2), "ana", null);
    approvals.cancel(request(approvals, 3));
    removal.close();
    request(approvals, 4);

    assertThat(told)
        .containsExactly(
            ApprovalState.PENDING,
            ApprovalState.APPROVED,
            ApprovalState.IN_USE,
            ApprovalState.APPROVED,
            ApprovalState.IN_USE,
            ApprovalState.SPENT,
            ApprovalState.PENDING,
            ApprovalState.DENIED,
            ApprovalState.PENDING,
            ApprovalState.CANCELLED);
  }

  @Test
  void theRedactionDecidesWhatIsKeptAndNotWhatIsBound() {
    Approvals approvals = builder().redaction(call -> Map.of("card", "…")).build();
    String first = request(approvals, 1);
    String second = request(approvals, 2);

    assertThat(approvals.pending())
        .extracting(ApprovalRequest::arguments)
        .containsOnly("{\"card\":\"…\"}");
    assertThat(first).isNotEqualTo(second);
  }

  @Test
  void aRedactionThatFailsDeniesTheCall() {
    Approvals approvals =
        builder()
            .redaction(
                call -> {
                  throw new IllegalStateException("s3cret");
                })
            .build();

    Decision decision = ask(approvals, 1);

    assertThat(decision.code()).isEqualTo(DecisionCode.INTERNAL);
    assertThat(decision.message()).doesNotContain("s3cret");
    assertThat(approvals.pending()).isEmpty();
  }

  static Stream<Approver> approversThatDoNotAnswer() {
    return Stream.of(
        request -> new CompletableFuture<>(),
        request -> CompletableFuture.completedFuture(null),
        request -> CompletableFuture.failedFuture(new IllegalStateException()),
        request -> cancelled(),
        request -> {
          throw new IllegalStateException();
        },
        request -> {
          throw new StackOverflowError();
        },
        request -> returnedNothing(),
        // who would be answering it themselves
        request -> CompletableFuture.completedFuture(Answer.approve("Agent-7")),
        request -> CompletableFuture.completedFuture(Answer.approve(" ")));
  }

  private static CompletionStage<@Nullable Answer> cancelled() {
    CompletableFuture<@Nullable Answer> stage = new CompletableFuture<>();
    stage.cancel(true);
    return stage;
  }

  @SuppressWarnings("NullAway") // what a careless approver written without a checker returns
  private static CompletionStage<@Nullable Answer> returnedNothing() {
    return null;
  }

  @ParameterizedTest
  @MethodSource("approversThatDoNotAnswer")
  void anApproverThatFailsOrIsSilentLeavesTheRequestPending(Approver approver) {
    Approvals approvals = builder().approver(approver).build();

    Decision decision = ask(approvals, 1);

    assertThat(decision).isInstanceOf(Decision.ApprovalRequired.class);
    assertThat(approvals.pending()).hasSize(1);
    assertThat(approvals.approve(approvals.pending().get(0).id(), "ana", null).state())
        .isEqualTo(ApprovalState.APPROVED);
  }

  @Test
  void anApproverIsAskedOnceAndMayAnswerLater() {
    CompletableFuture<@Nullable Answer> answer = new CompletableFuture<>();
    List<ApprovalRequest> asked = new ArrayList<>();
    Approvals approvals =
        builder()
            .approver(
                request -> {
                  asked.add(request);
                  return answer;
                })
            .build();
    String id = request(approvals, 1);
    request(approvals, 1);

    answer.complete(Answer.approve("ana"));

    assertThat(asked).hasSize(1);
    assertThat(requireNonNull(approvals.get(id)).state()).isEqualTo(ApprovalState.APPROVED);
  }

  @Test
  void aAnswerThatComesAfterAnotherAnswerChangesNothing() {
    CompletableFuture<@Nullable Answer> answer = new CompletableFuture<>();
    Approvals approvals = builder().approver(request -> answer).build();
    String id = request(approvals, 1);
    approvals.deny(id, "ana", null);

    answer.complete(Answer.approve("bo"));

    assertThat(requireNonNull(approvals.get(id)).state()).isEqualTo(ApprovalState.DENIED);
  }

  @Test
  void whoWaitsForADecisionIsToldOfIt() throws Exception {
    Approvals approvals = builder().build();
    String id = request(approvals, 1);
    CompletableFuture<ApprovalRequest> one = approvals.decision(id).toCompletableFuture();
    CompletableFuture<ApprovalRequest> other = approvals.decision(id).toCompletableFuture();
    CompletableFuture<ApprovalRequest> gone = approvals.decision(id).toCompletableFuture();
    gone.cancel(true);
    assertThat(one).isNotDone();

    ApprovalRequest denied = approvals.deny(id, "ana", "no");

    assertThat(one.get(1, TimeUnit.MINUTES)).isEqualTo(denied);
    assertThat(other.get(1, TimeUnit.MINUTES)).isEqualTo(denied);
    assertThat(approvals.decision(id).toCompletableFuture().get(1, TimeUnit.MINUTES))
        .isEqualTo(denied);
  }

  @Test
  void whoWaitsForADecisionIsToldOfAnExpiryAndOfAnAnswerGivenElsewhere() throws Exception {
    ApprovalStore shared = InMemoryApprovalStore.create(time);
    Approvals here = builder().store(shared).build();
    Approvals elsewhere = builder().store(shared).build();
    String answered = request(here, 1);
    String expired = request(here, 2);
    CompletableFuture<ApprovalRequest> answer = here.decision(answered).toCompletableFuture();
    CompletableFuture<ApprovalRequest> expiry = here.decision(expired).toCompletableFuture();

    elsewhere.approve(answered, "ana", null);
    assertThat(answer.get(1, TimeUnit.MINUTES).state()).isEqualTo(ApprovalState.APPROVED);
    assertThat(expiry).isNotDone();

    time.advance(Duration.ofMinutes(10));
    assertThat(expiry.get(1, TimeUnit.MINUTES).state()).isEqualTo(ApprovalState.EXPIRED);
  }

  @Test
  void waitingForAnUnknownRequestFails() {
    CompletableFuture<ApprovalRequest> decision =
        builder().build().decision("nothing").toCompletableFuture();

    assertThatThrownBy(decision::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(ApprovalException.class);
  }

  @Test
  void aStoreThatFailsDeniesTheCall() {
    for (Throwable failure :
        List.of(new IllegalStateException("connection lost"), new StackOverflowError())) {
      Approvals approvals = builder().store(new FailingStore(failure)).build();

      Decision decision = ask(approvals, 1);

      assertThat(decision).isInstanceOf(Decision.Denied.class);
      assertThat(decision.code()).isIn(DecisionCode.STORE_UNAVAILABLE, DecisionCode.INTERNAL);
      assertThat(decision.message()).doesNotContain("connection lost");
    }
  }

  @Test
  void theBoundsAreConfigurable() {
    Approvals approvals = builder().maxPerGrant(1).maxInAll(2).maxNewPerHour(3).build();
    request(approvals, 1);

    assertThat(ask(approvals, 2).code()).isEqualTo(DecisionCode.APPROVAL_TOO_MANY);
    request(approvals, 1, "another");
    assertThat(ask(approvals, 1, "third").code()).isEqualTo(DecisionCode.APPROVAL_TOO_MANY);
    for (int i = 0; i < 2; i++) {
      time.advance(Duration.ofMinutes(10));
      request(approvals, 1);
    }
    time.advance(Duration.ofMinutes(10));
    Decision decision = ask(approvals, 1);
    assertThat(decision.code()).isEqualTo(DecisionCode.APPROVAL_TOO_MANY);
    assertThat(decision.retryAfter()).isEqualTo(Duration.ofMinutes(30));
    assertThatThrownBy(() -> builder().maxPerGrant(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("maxPerGrant must be at least 1, not 0");
  }

  @Test
  void aRefusedRequestDoesNotCountTowardsTheHour() {
    Approvals approvals = builder().maxPerGrant(1).maxNewPerHour(2).build();
    request(approvals, 1);
    for (int i = 0; i < 10; i++) {
      assertThat(ask(approvals, 2).code()).isEqualTo(DecisionCode.APPROVAL_TOO_MANY);
    }
    time.advance(Duration.ofMinutes(10));

    request(approvals, 2);
  }

  /** Where neither an approver nor a listener hears of a request, nobody has been asked. */
  @Test
  void aPersonHasBeenAskedOnlyWhereOneMayHaveBeen() {
    Approvals unheard = builder().build();
    Approvals heard = builder().build();
    heard.listen(request -> {});

    assertThat(ask(unheard, 1).message())
        .startsWith("Ask first. The call waits for a person's approval (");
    assertThat(ask(heard, 1).message()).startsWith("Ask first. A person has been asked");
  }

  /** The thread that has the store's yes to an approval may be slow to tell of it. */
  @Test
  void listenersHearOfAYesBeforeOfTheCallThatItLetsRun() throws Exception {
    CompletableFuture<Boolean> slow = new CompletableFuture<>();
    InMemoryApprovalStore requests = InMemoryApprovalStore.create(time);
    ApprovalStore tellsLate =
        new ForwardingStore(requests) {
          @Override
          public CompletionStage<Boolean> replace(ApprovalRequest next) {
            CompletionStage<Boolean> replaced = requests.replace(next);
            return next.state() == ApprovalState.APPROVED ? slow : replaced;
          }
        };
    Approvals approvals = builder().store(tellsLate).executor(Runnable::run).build();
    List<ApprovalState> told = new ArrayList<>();
    approvals.listen(request -> told.add(request.state()));
    String id = request(approvals, 1);

    CompletionStage<ApprovalRequest> answered = approvals.answer(id, Answer.approve("ana"));
    assertThat(approvals.claim(requireNonNull(approvals.get(id)), asking -> {}).join()).isNotNull();
    assertThat(told).containsExactly(ApprovalState.PENDING);
    slow.complete(true);

    assertThat(answered.toCompletableFuture().get(1, TimeUnit.MINUTES).state())
        .isEqualTo(ApprovalState.APPROVED);
    assertThat(told)
        .containsExactly(ApprovalState.PENDING, ApprovalState.APPROVED, ApprovalState.IN_USE);
  }

  @Test
  void requestsAreBoundedInBytesToo() {
    Approvals approvals = builder().maxPerGrant(1_000).maxBytesPerGrant(300_000).build();
    int taken = 0;
    for (int i = 0; i < 60; i++) {
      ToolCall large =
          ToolCall.of("pay", Map.of("n", i, "text", "x".repeat(60_000)), Caller.grant("agent-7"));
      Standing standing =
          approvals.ask(large, ASKS, ApprovalTerms.DEFAULT, Quorum.ONE, Set.of()).join();
      taken +=
          ((Standing.Answered) standing).decision().code() == DecisionCode.APPROVAL_PENDING ? 1 : 0;
    }
    // Each takes some 120 kB.
    assertThat(taken).isEqualTo(2);
    assertThat(approvals.pending()).hasSize(2);
  }

  private static Decision ask(Approvals approvals, int amount) {
    return ask(approvals, amount, "agent-7");
  }

  private static Decision ask(Approvals approvals, int amount, String grant) {
    ToolCall call = ToolCall.of("pay", Map.of("amount", amount), Caller.grant(grant));
    Standing asked = approvals.ask(call, ASKS, ApprovalTerms.DEFAULT, Quorum.ONE, Set.of()).join();
    return ((Standing.Answered) asked).decision();
  }

  private static String request(Approvals approvals, int amount) {
    return request(approvals, amount, "agent-7");
  }

  private static String request(Approvals approvals, int amount, String grant) {
    Decision decision = ask(approvals, amount, grant);
    assertThat(decision).isInstanceOf(Decision.ApprovalRequired.class);
    return requireNonNull(((Decision.ApprovalRequired) decision).approvalId());
  }

  private record FailingStore(Throwable failure) implements ApprovalStore {
    private RuntimeException failed() {
      if (failure instanceof Error error) {
        throw error;
      }
      return (RuntimeException) failure;
    }

    @Override
    public CompletionStage<@Nullable ApprovalRequest> find(String binding) {
      throw failed();
    }

    @Override
    public CompletionStage<Added> add(ApprovalRequest request, Bounds bounds) {
      throw failed();
    }

    @Override
    public CompletionStage<Boolean> replace(ApprovalRequest next) {
      throw failed();
    }

    @Override
    public CompletionStage<@Nullable ApprovalRequest> get(String id) {
      throw failed();
    }

    @Override
    public CompletionStage<List<ApprovalRequest>> pending() {
      throw failed();
    }
  }
}
