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
import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.Quorum;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.ApprovalTerms;
import dev.alcada.testing.ManualTime;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A request that needs several people's yes, or people of certain roles. */
class SeveralApproversTest {
  private static final List<AskingRule> ASKS =
      List.of(new AskingRule("/rule", "/location", "Ask.", "{}"));
  private static final Caller CALLER =
      Caller.grant("agent-7").withClient("Ledger").withPerson("user", "Rui");
  private static final ToolCall CALL = ToolCall.of("pay", Map.of("amount", 5), CALLER);
  private static final Quorum TWO = new Quorum(2, List.of());

  private final ManualTime time = new ManualTime();
  private final Approvals approvals = Approvals.builder().timeSource(time).build();

  private static Standing stands(Approvals approvals, Quorum quorum) {
    return approvals.ask(CALL, ASKS, ApprovalTerms.DEFAULT, quorum, Set.of()).join();
  }

  private static String ask(Approvals approvals, Quorum quorum) {
    stands(approvals, quorum);
    return approvals.pending().get(0).id();
  }

  /**
   * What each answer does and where the request stands at last. An answer is {@code name:role,role}
   * and what is said; {@code ?} is somebody whom nobody has authenticated.
   */
  @ParameterizedTest(name = "[{index}] {0} from {1}: {2}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          1 |                    | ana yes                             | taken                      | approved
          1 |                    | ? yes                               | taken                      | approved
          2 |                    | ana yes                             | taken                      | pending
          2 |                    | ana yes; bo yes                     | taken taken                | approved
          5 |                    | a yes; b yes; c yes; d yes          | taken taken taken taken    | pending
          5 |                    | a yes; b yes; c yes; d yes; e yes   | taken taken taken taken taken | approved
          2 |                    | ana no                              | taken                      | denied
          2 |                    | ana yes; bo no                      | taken taken                | denied
          2 |                    | ana yes; ana no                     | taken taken                | denied
          2 |                    | ana yes; ? no                       | taken taken                | denied
          2 |                    | bo no; ana yes                      | taken over                 | denied
          2 |                    | ana yes; bo yes; cy no              | taken taken over           | approved
          2 |                    | ana yes; ana yes                    | taken again                | pending
          2 |                    | ana yes; ana yes; bo yes            | taken again taken          | approved
          2 |                    | ana yes; ANA yes                    | taken again                | pending
          2 |                    | ana yes; ａｎａ yes                    | taken again                | pending
          2 |                    | ana yes; a\u200bna yes              | taken again                | pending
          2 |                    | straße yes; STRASSE yes             | taken again                | pending
          2 |                    | agent-7 yes; Agent-7 no             | requester requester        | pending
          2 |                    | ana yes; ledger yes; rui yes        | taken requester requester  | pending
          2 |                    | ? yes                               | unknown                    | pending
          2 |                    | ana yes; ? yes                      | taken unknown              | pending
          1 | cfo                | ana yes                             | role                       | pending
          1 | cfo                | ana:cfo yes                         | taken                      | approved
          1 | cfo                | ana:CFO yes; bo:cfo2 yes; ? yes     | role role unknown          | pending
          1 | cfo                | ana:clerk no                        | taken                      | denied
          1 | cfo/controller     | ana:clerk,controller yes            | taken                      | approved
          1 | cfo/controller board | ana:cfo yes; bo:board yes         | role role                  | pending
          1 | cfo/controller board | ana:cfo,board yes                 | taken                      | approved
          2 | cfo                | ana:cfo yes; bo yes                 | taken role                 | pending
          2 | cfo                | ana:cfo yes; bo yes; cy:cfo yes     | taken role taken           | approved
          2 | cfo                | ana:cfo yes; ana:cfo,x yes          | taken again                | pending
          2 | cfo                | agent-7:cfo yes                     | requester                  | pending
          """)
  void takesWhatCountsAndNothingElse(
      int approvers, String from, String answers, String taken, String ends) {
    Quorum quorum = new Quorum(approvers, roles(from));
    String id = ask(approvals, quorum);

    List<String> becomes = new ArrayList<>();
    for (String answer : answers.split("; ", -1)) {
      becomes.add(given(id, answer(answer)));
    }

    assertThat(String.join(" ", becomes)).isEqualTo(taken.strip());
    assertThat(requireNonNull(approvals.get(id)).state()).hasToString(ends);
    Class<?> standing = ends.equals("approved") ? Standing.Approved.class : Standing.Answered.class;
    assertThat(stands(approvals, quorum)).isInstanceOf(standing);
  }

  private static List<Set<String>> roles(String from) {
    return from == null
        ? List.of()
        : Stream.of(from.split(" ", -1)).map(one -> Set.of(one.split("/", -1))).toList();
  }

  private static Answer answer(String spelt) {
    String[] parts = spelt.replace("\\u200b", "\u200b").split(" ", -1);
    String[] who = parts[0].split(":", -1);
    Answer answer = parts[1].equals("yes") ? Answer.approve(who[0]) : Answer.deny(who[0]);
    return who[0].equals("?")
        ? answer.unidentified()
        : answer.withRoles(who.length == 1 ? Set.of() : Set.of(who[1].split(",", -1)));
  }

  private String given(String id, Answer answer) {
    try {
      approvals.answer(id, answer).toCompletableFuture().join();
      return "taken";
    } catch (CompletionException e) {
      String why = String.valueOf(requireNonNull(e.getCause()).getMessage());
      return Map.of(
              "so it cannot be", "over",
              "has approved it already", "again",
              "the grant that requested it", "requester",
              "with the role", "role",
              "nobody knows who", "unknown")
          .entrySet()
          .stream()
          .filter(known -> why.contains(known.getKey()))
          .map(Map.Entry::getValue)
          .collect(Collectors.joining("+"));
    }
  }

  @Test
  void whatIsRefusedSaysWhatIsWanted() {
    String id = ask(approvals, new Quorum(2, List.of(Set.of("controller", "cfo"))));

    assertThatThrownBy(() -> approvals.approve(id, "ana", null))
        .isInstanceOf(ApprovalException.class)
        .hasMessage(
            "approval "
                + id
                + " is pending; its rules want approval by somebody with the role cfo or"
                + " controller");
  }

  @Test
  void oneOfTwoDoesNotProlongTheWaitAndLapsesWithIt() {
    String id = ask(approvals, TWO);
    time.advance(Duration.ofMinutes(9));
    ApprovalRequest half = approvals.approve(id, "ana", null);

    assertThat(half.expiresAt()).isEqualTo(ManualTime.START.plus(Duration.ofMinutes(10)));
    assertThat(half.answer()).isNull();
    assertThat(half.answeredAt()).isNull();
    time.advance(Duration.ofMinutes(1));
    assertThatThrownBy(() -> approvals.approve(id, "bo", null))
        .isInstanceOf(ApprovalException.class)
        .hasMessageContaining("expired");
    assertThat(stands(approvals, TWO)).isInstanceOf(Standing.Answered.class);
    assertThat(approvals.pending())
        .singleElement()
        .satisfies(
            next -> {
              assertThat(next.id()).isNotEqualTo(id);
              assertThat(next.approvals()).isEmpty();
            });
  }

  /** A store is not believed: what it finds must be what was asked for, whose yes it wants too. */
  @Test
  void aRequestThatWantedFewerPeopleIsNotTakenForTheCalls() {
    ApprovalStore kept = InMemoryApprovalStore.create(time);
    AtomicReference<Quorum> wanted = new AtomicReference<>(TWO);
    ApprovalStore store =
        (ApprovalStore)
            Proxy.newProxyInstance(
                ApprovalStore.class.getClassLoader(),
                new Class<?>[] {ApprovalStore.class},
                (proxy, method, arguments) ->
                    method.getName().equals("find")
                        ? CompletableFuture.completedFuture(
                            approved((String) arguments[0], requireNonNull(wanted.get())))
                        : method.invoke(kept, arguments));
    Approvals lying = Approvals.builder().timeSource(time).store(store).build();

    assertThat(stands(lying, TWO)).isInstanceOf(Standing.Approved.class);
    wanted.set(Quorum.ONE);
    assertThat(stands(lying, TWO))
        .isInstanceOfSatisfying(
            Standing.Answered.class,
            answered ->
                assertThat(answered.decision().code()).isEqualTo(DecisionCode.STORE_UNAVAILABLE));
  }

  private ApprovalRequest approved(String binding, Quorum quorum) {
    ApprovalRequest request =
        ApprovalRequest.builder("id", binding, "pay", CALLER, ASKS)
            .quorum(quorum)
            .arguments("{}")
            .pending(time.instant(), Duration.ofMinutes(10), Duration.ofMinutes(10));
    for (int i = 0; i < quorum.approvers(); i++) {
      request = request.answered(Answer.approve("person " + i), time.instant());
    }
    return request;
  }

  @Test
  void theLastYesBeginsTheTimeInWhichItMayBeUsed() {
    String id = ask(approvals, TWO);
    approvals.approve(id, "ana", null);
    time.advance(Duration.ofMinutes(5));
    ApprovalRequest whole = approvals.approve(id, "bo", "fine");

    assertThat(whole.expiresAt()).isEqualTo(ManualTime.START.plus(Duration.ofMinutes(15)));
    assertThat(whole.approvals()).extracting(Answer::approver).containsExactly("ana", "bo");
    assertThat(requireNonNull(whole.answer()).approver()).isEqualTo("bo");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          2 |
          3 |
          1 | cfo
          2 | cfo/board
          2 | cfo board
          """)
  void aHalfGivenQuorumWhoseRulesChangedStartsAnew(int approvers, String from) {
    Quorum before = new Quorum(2, List.of(Set.of("cfo")));
    String id = ask(approvals, before);
    approvals
        .answer(id, Answer.approve("ana").withRoles(Set.of("cfo", "board")))
        .toCompletableFuture()
        .join();

    assertThat(stands(approvals, new Quorum(approvers, roles(from))))
        .isInstanceOfSatisfying(
            Standing.Answered.class,
            answered -> assertThat(requireNonNull(answered.made()).approvals()).isEmpty());
    assertThat(requireNonNull(approvals.get(id)).approvals()).hasSize(1);
  }

  @Test
  void rulesThatOnlyMovedAskTheSame() {
    ask(approvals, new Quorum(2, List.of(Set.of("cfo", "board"), Set.of("legal"))));
    stands(approvals, new Quorum(2, List.of(Set.of("legal"), Set.of("board", "cfo"))));

    assertThat(approvals.pending()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anApproverIsNobodyInParticular(boolean approves) {
    Approver robot =
        request ->
            CompletableFuture.completedFuture(
                (approves ? Answer.approve("robot") : Answer.deny("robot"))
                    .withRoles(Set.of("cfo")));
    for (Quorum quorum : List.of(TWO, new Quorum(1, List.of(Set.of("cfo"))))) {
      Approvals asked = Approvals.builder().timeSource(time).approver(robot).build();
      ApprovalRequest made = made(asked, quorum);

      assertThat(made.approvals()).isEmpty();
      assertThat(made.state()).isEqualTo(approves ? ApprovalState.PENDING : ApprovalState.DENIED);
    }
  }

  private static ApprovalRequest made(Approvals approvals, Quorum quorum) {
    List<String> ids = new ArrayList<>();
    approvals.listen(request -> ids.add(request.id()));
    stands(approvals, quorum);
    return requireNonNull(approvals.get(ids.get(0)));
  }

  @Test
  void theHostIsAskedWhoMayAnswerEachTime() {
    List<String> asked = new ArrayList<>();
    Approvals choosing =
        Approvals.builder()
            .timeSource(time)
            .mayAnswer(
                (request, answer) -> {
                  asked.add(answer.approver() + " after " + request.approvals().size());
                  return !answer.approver().equals("eve");
                })
            .build();
    String id = ask(choosing, TWO);
    choosing.approve(id, "ana", null);

    assertThatThrownBy(() -> choosing.approve(id, "eve", null))
        .isInstanceOf(ApprovalException.class);
    choosing.approve(id, "bo", null);
    assertThat(asked).containsExactly("ana after 0", "eve after 1", "bo after 1");
  }

  @Test
  void listenersHearOfEachAndWhoeverWaitsForTheDecisionOfTheLast() {
    List<String> heard = new ArrayList<>();
    approvals.listen(
        request -> heard.add(request.state() + " " + request.approvals().size() + " of 2"));
    String id = ask(approvals, TWO);
    CompletableFuture<ApprovalRequest> decision = approvals.decision(id).toCompletableFuture();

    approvals.approve(id, "ana", null);
    assertThat(decision).isNotDone();
    ApprovalRequest whole = approvals.approve(id, "bo", null);

    assertThat(decision.join()).isEqualTo(whole);
    assertThat(heard).containsExactly("pending 0 of 2", "pending 1 of 2", "approved 2 of 2");
  }

  @Test
  void theAgentIsToldHowManyAreMissing() {
    String id = ask(approvals, TWO);
    approvals.approve(id, "ana", null);

    assertThat(stands(approvals, TWO))
        .isInstanceOfSatisfying(
            Standing.Answered.class,
            answered ->
                assertThat(((Decision.ApprovalRequired) answered.decision()).message())
                    .contains("the yes of 2 different people, of whom 1 has said it.")
                    .doesNotContain("ana"));
  }

  @Test
  void eachApproverIsShownWhatIsNeededAndWhatIsThere() {
    String id = ask(approvals, new Quorum(2, List.of(Set.of("controller", "cfo"))));
    approvals
        .answer(id, Answer.approve("a\u202ena").withRoles(Set.of("cfo")))
        .toCompletableFuture()
        .join();

    assertThat(approvals.pending().get(0).shown().text().lines())
        .contains(
            "approvals: 1 of 2 needed, each by another person",
            "by the role: cfo or controller",
            "approved by: a\\u{202e}na");
    assertThat(Approvals.inMemory().pending()).isEmpty();
  }

  /** Between what one is judged by and its being taken another comes. */
  @Test
  void ofTwoAnswersAtOnceNeitherIsLost() {
    AtomicReference<@Nullable Runnable> between = new AtomicReference<>();
    ApprovalStore store =
        new ForwardingStore(InMemoryApprovalStore.create(time)) {
          @Override
          public CompletionStage<Boolean> replace(ApprovalRequest next) {
            Runnable other = between.getAndSet(null);
            if (other != null) {
              other.run();
            }
            return super.replace(next);
          }
        };
    Approvals shared = Approvals.builder().timeSource(time).store(store).build();
    String id = ask(shared, TWO);
    between.set(() -> shared.approve(id, "bo", null));

    assertThat(shared.approve(id, "ana", null).approvals())
        .extracting(Answer::approver)
        .containsExactly("bo", "ana");
    assertThat(requireNonNull(shared.get(id)).state()).isEqualTo(ApprovalState.APPROVED);

    String next = ask(shared, Quorum.ONE);
    between.set(() -> shared.deny(next, "bo", null));
    assertThatThrownBy(() -> shared.approve(next, "ana", null))
        .isInstanceOf(ApprovalException.class)
        .hasMessageContaining("is denied, so it cannot be approved");
  }

  @Test
  void ofAnyNumberOfAnswersAtOnceByOnePersonOneCounts() throws Exception {
    int threads = 8;
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (int round = 0; round < 100; round++) {
        Approvals fresh = Approvals.builder().timeSource(time).build();
        String id = ask(fresh, new Quorum(3, List.of()));
        CyclicBarrier start = new CyclicBarrier(threads);
        List<Future<Boolean>> answers = new ArrayList<>();
        for (String name :
            Arrays.asList("ana", "Ana", "ANA", "ana ", "bo", "BO", "bo\u200b", "Bo")) {
          answers.add(
              pool.submit(
                  () -> {
                    start.await();
                    try {
                      fresh.approve(id, name, null);
                      return true;
                    } catch (ApprovalException e) {
                      return false;
                    }
                  }));
        }
        int taken = 0;
        for (Future<Boolean> answer : answers) {
          taken += answer.get() ? 1 : 0;
        }
        assertThat(taken).isEqualTo(2);
        ApprovalRequest pending = requireNonNull(fresh.get(id));
        assertThat(pending.state()).isEqualTo(ApprovalState.PENDING);
        assertThat(pending.approvals()).hasSize(2);
      }
    } finally {
      pool.shutdownNow();
    }
  }
}
