package dev.alcada.mcp;

import static dev.alcada.mcp.EachWiringTest.decision;
import static dev.alcada.mcp.EachWiringTest.text;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalState;
import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.Approvals;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.ClientCapabilities;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/** Asking the person at the client, over Streamable HTTP with the official client. */
class ElicitationTest {
  private static final Policy ASK =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {"refund":
            {"action": "require_approval", "reason": "Refunds are checked by a person."}}}
          """);

  private static final Caller CALLER = Caller.grant("agent-7");

  private final ManualTime time = new ManualTime();
  private final List<ElicitFormRequest> questions = new CopyOnWriteArrayList<>();
  private final List<TestServer> servers = new ArrayList<>();
  private final Approvals approvals =
      Approvals.builder()
          .redaction(call -> Map.of("note", call.arguments().getOrDefault("note", ""), "card", "…"))
          .build();

  @AfterEach
  void stop() {
    servers.forEach(TestServer::close);
  }

  @ParameterizedTest
  @EnumSource(names = {"SYNC_HTTP", "ASYNC_HTTP"})
  void aPersonsYesLetsTheVeryCallRun(TestServer.Wiring wiring) throws Exception {
    McpSyncClient client = client(wiring, question -> accept(Map.of("approve", true)));

    assertThat(text(client.callTool(refund("for \u202Eyou\n   \u00a0\u3164\u2800a\ufe0f"))))
        .isEqualTo("refunded");
    assertThat(questions)
        .singleElement()
        .extracting(ElicitFormRequest::message)
        .asString()
        .startsWith("The tool refund needs your approval.\nRefunds are checked by a person.\n")
        .endsWith(
            "\nargs.card: \"…\""
                + "\nargs.note: \"for \\u{202e}you\\u{a} \\u{20}\\u{20}\\u{a0}\\u{3164}\\u{2800}a\\u{fe0f}\"");
    assertThat(questions.get(0).mode()).isEqualTo("form");

    client.callTool(refund("again"));
    assertThat(questions).hasSize(2);
  }

  static Stream<Arguments> answers() {
    return Stream.of(
        Arguments.of(new ElicitResult(ElicitResult.Action.DECLINE, null), "approval_denied"),
        Arguments.of(accept(Map.of("approve", false)), "approval_denied"),
        Arguments.of(new ElicitResult(ElicitResult.Action.CANCEL, null), "approval_pending"),
        Arguments.of(
            new ElicitResult(ElicitResult.Action.CANCEL, Map.of("approve", true)),
            "approval_pending"),
        Arguments.of(
            new ElicitResult(ElicitResult.Action.DECLINE, Map.of("approve", true)),
            "approval_denied"),
        Arguments.of(new ElicitResult(ElicitResult.Action.ACCEPT, null), "approval_pending"),
        Arguments.of(accept(Map.of()), "approval_pending"),
        Arguments.of(accept(Map.of("APPROVE", true)), "approval_pending"),
        Arguments.of(accept(Map.of("approve", "true")), "approval_pending"),
        Arguments.of(accept(Map.of("approve", 1)), "approval_pending"),
        Arguments.of(accept(Map.of("approve", List.of(true))), "approval_pending"));
  }

  @ParameterizedTest
  @MethodSource("answers")
  void whateverElseAPersonAnswersIsNotAYes(ElicitResult answer, String code) throws Exception {
    for (TestServer.Wiring wiring :
        List.of(TestServer.Wiring.SYNC_HTTP, TestServer.Wiring.ASYNC_HTTP)) {
      CallToolResult result = client(wiring, question -> answer).callTool(refund(wiring.name()));

      assertThat(decision(result)).containsEntry("code", code);
    }
    assertThat(approvals.pending()).hasSize(code.equals("approval_pending") ? 2 : 0);
  }

  @ParameterizedTest
  @EnumSource(names = {"SYNC_HTTP", "ASYNC_HTTP"})
  void anErrorAtTheClientLeavesTheRequestToOthers(TestServer.Wiring wiring) throws Exception {
    McpSyncClient client =
        client(
            wiring,
            question -> {
              throw new IllegalStateException("no screen");
            });

    CallToolResult result = client.callTool(refund("x"));

    assertThat(decision(result)).containsEntry("code", "approval_pending");
    assertThat(approvals.pending()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"SYNC_HTTP", "ASYNC_HTTP"})
  void silenceLeavesTheRequestToOthers(TestServer.Wiring wiring) throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    TestServer server = server(wiring, Duration.ofMillis(300));
    McpSyncClient client = client(server, question -> acceptAfter(over));
    try {
      assertThat(decision(client.callTool(refund("x")))).containsEntry("code", "approval_pending");
      assertThat(approvals.pending()).hasSize(1);
    } finally {
      over.countDown();
    }
  }

  @Test
  void aClientThatCannotShowAFormIsNotAsked() throws Exception {
    TestServer server = server(TestServer.Wiring.SYNC_HTTP, TestServer.PATIENCE);

    CallToolResult result = server.client().callTool(refund("x"));

    assertThat(decision(result)).containsEntry("code", "approval_pending");
  }

  @Test
  void onlyAFormThatIsAcceptedAndTickedWithATrueIsAYes() throws Exception {
    Elicitation elicitation = new Elicitation(approvals, time);
    ToolGuard guard = ToolGuard.builder(ASK).approvals(approvals).build();
    for (Object tick : List.of("true", 1, List.of(true))) {
      var decision =
          guard.call(ToolCall.of("refund", Map.of("note", tick), Caller.grant("g")), call -> "ran");
      String id = requireNonNull(Elicitation.request(decision.decision()));
      assertThat(elicitation.takes(id, accept(Map.of("approve", tick))).toCompletableFuture())
          .isCompletedWithValue(false);
    }
    assertThat(approvals.pending())
        .hasSize(3)
        .allMatch(request -> request.state() == ApprovalState.PENDING);
  }

  @Test
  void oneQuestionIsOpenForARequestHoweverManyCallsMeetIt() {
    Elicitation elicitation = new Elicitation(approvals, time);

    assertThat(elicitation.open("a", CALLER, 100)).isTrue();
    for (int i = 0; i < 300; i++) {
      assertThat(elicitation.open("a", Caller.grant("g" + i), 100)).isFalse();
    }
    elicitation.close("a", true);
    assertThat(elicitation.open("a", CALLER, 100)).isTrue();
  }

  @Test
  void aQuestionThatNobodyAnsweredIsNotPutAgainForAWhile() {
    Elicitation elicitation = new Elicitation(approvals, time);
    elicitation.open("a", CALLER, 100);
    elicitation.close("a", false);

    time.advance(Duration.ofSeconds(30).minusNanos(1));
    assertThat(elicitation.open("a", CALLER, 100)).isFalse();
    time.advance(Duration.ofNanos(1));
    assertThat(elicitation.open("a", CALLER, 100)).isTrue();
  }

  @Test
  void openQuestionsOfOneCallerAndInAllAreFewerThanAServersThreads() {
    Elicitation elicitation = new Elicitation(approvals, time);
    int open = 0;
    for (int i = 0; i < 30; i++) {
      open += elicitation.open("one" + i, CALLER, Elicitation.MOST_WAITED_FOR) ? 1 : 0;
    }
    assertThat(open).isEqualTo(2);
    for (int i = 0; i < 30; i++) {
      Caller other = Caller.grant("grant-" + i);
      open += elicitation.open("other" + i, other, Elicitation.MOST_WAITED_FOR) ? 1 : 0;
    }
    assertThat(open).isEqualTo(Elicitation.MOST_WAITED_FOR).isEqualTo(8);
  }

  @Test
  void whoBeginsManySessionsLeavesHalfOfTheQuestionsToOthers() {
    Elicitation elicitation = new Elicitation(approvals, time);
    int ofOne = 0;
    int ofOthers = 0;
    for (int i = 0; i < 30; i++) {
      Caller session = CALLER.withSession("session-" + i);
      ofOne += elicitation.open("one" + i, session, Elicitation.MOST_WAITED_FOR) ? 1 : 0;
    }
    for (int i = 0; i < 30; i++) {
      Caller other = Caller.grant("grant-" + i);
      ofOthers += elicitation.open("other" + i, other, Elicitation.MOST_WAITED_FOR) ? 1 : 0;
    }
    assertThat(ofOne).isEqualTo(4);
    assertThat(ofOthers).isEqualTo(4);
  }

  /** The client may have given the call up by then: it is not run, and the yes is there for it. */
  @Test
  void aYesThatComesLateLetsTheSameCallRunWhenItIsMadeAgain() {
    ToolGuard guard = ToolGuard.builder(ASK).approvals(approvals).build();
    AtomicInteger runs = new AtomicInteger();
    GuardedTool tool =
        new GuardedTool(
            guard,
            new Elicitation(approvals, time),
            null,
            Tool.builder("refund", Map.of("type", "object")).build());

    CallToolResult late = call(tool, runs, Duration.ofSeconds(15));
    assertThat(decision(late)).containsEntry("code", "approval_pending");
    assertThat(runs).hasValue(0);

    assertThat(text(call(tool, runs, Duration.ZERO))).isEqualTo("refunded");
    assertThat(runs).hasValue(1);

    CallToolResult soon = call(tool, runs, Duration.ofSeconds(15).minusNanos(1));
    assertThat(text(soon)).isEqualTo("refunded");
    assertThat(runs).hasValue(2);
  }

  /** As a host wants it whose clients give calls up in silence. */
  @Test
  void withNoTimeNoYesRunsTheCallThatAskedForItAndEachServesTheNext() {
    GuardedTool tool =
        new GuardedTool(
            ToolGuard.builder(ASK).approvals(approvals).build(),
            new Elicitation(approvals, time, Ping.USUAL, Duration.ZERO),
            null,
            Tool.builder("refund", Map.of("type", "object")).build());
    AtomicInteger runs = new AtomicInteger();

    for (int i = 0; i < 3; i++) {
      assertThat(decision(call(tool, runs, Duration.ZERO)))
          .containsEntry("code", "approval_pending");
      assertThat(runs).hasValue(i);
      assertThat(text(call(tool, runs, Duration.ZERO))).isEqualTo("refunded");
      assertThat(runs).hasValue(i + 1);
    }
  }

  @Test
  void theTimeWithinWhichAYesRunsTheCallHasARange() {
    McpTools.Builder builder = McpTools.builder(ToolGuard.builder(ASK).build());

    for (Duration wrong : List.of(Duration.ofNanos(-1), Duration.ofHours(1).plusNanos(1))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> builder.elicitApprovals(wrong))
          .withMessageContaining("0 to 1 hour");
    }
    builder.elicitApprovals(Duration.ofHours(1));
    assertThatIllegalStateException()
        .isThrownBy(builder::elicitApprovals)
        .withMessage("elicitApprovals was set before");
  }

  private CallToolResult call(GuardedTool tool, AtomicInteger runs, Duration takes) {
    return call(tool, runs, takes, () -> "pong");
  }

  private CallToolResult call(
      GuardedTool tool, AtomicInteger runs, Duration takes, Supplier<Object> ping) {
    return tool.call(
        () -> CALLER,
        new CallingClient<>(
            question -> {
              time.advance(takes);
              return accept(Map.of("approve", true));
            },
            ping),
        refund("x"),
        request -> {
          runs.incrementAndGet();
          return TestTool.text("refunded");
        });
  }

  private GuardedTool tool(Duration ping) {
    return new GuardedTool(
        ToolGuard.builder(ASK).approvals(approvals).build(),
        new Elicitation(approvals, time, new Ping(ping)),
        null,
        Tool.builder("refund", Map.of("type", "object")).build());
  }

  /** The SDK's synchronous exchange throws what went wrong, or waits. */
  /** The desk has said yes while the form was open. */
  @ParameterizedTest
  @EnumSource(names = {"SYNC_HTTP", "ASYNC_HTTP"})
  void aPersonWhoDeclinesRunsNothingByAYesOfSomebodyElse(TestServer.Wiring wiring)
      throws Exception {
    AtomicInteger runs = new AtomicInteger();
    McpSyncClient client =
        client(
            server(wiring, TestServer.PATIENCE, runs),
            question -> {
              approvals.approve(approvals.pending().get(0).id(), "ana", null);
              return new ElicitResult(ElicitResult.Action.DECLINE, null);
            });

    client.callTool(refund("x"));

    assertThat(runs).hasValue(0);
  }

  /** The host takes no yes of people whom nobody has identified. */
  @Test
  void aFormWhoseYesIsRefusedIsNotPutAgainForAWhile() throws Exception {
    Approvals strict =
        Approvals.builder().mayAnswer((request, answer) -> answer.identified()).build();
    ToolGuard guard = ToolGuard.builder(ASK).approvals(strict).build();
    McpTools tools = McpTools.builder(guard).elicitApprovals().build();
    AtomicInteger runs = new AtomicInteger();
    McpSyncClient client =
        client(
            server(TestServer.Wiring.SYNC_HTTP, tools, runs),
            question -> accept(Map.of("approve", true)));

    for (int i = 0; i < 10; i++) {
      client.callTool(refund("x"));
    }

    assertThat(questions).hasSize(1);
    assertThat(runs).hasValue(0);
  }

  /** A thread that waits for a ping is one of those that open questions may hold. */
  @Test
  void aQuestionIsOpenUntilThePingIsAnswered() {
    Elicitation elicitation = new Elicitation(approvals, time);
    GuardedTool tool =
        new GuardedTool(
            ToolGuard.builder(ASK).approvals(approvals).build(),
            elicitation,
            null,
            Tool.builder("refund", Map.of("type", "object")).build());
    List<String> asked = new CopyOnWriteArrayList<>();
    approvals.listen(request -> asked.add(request.id()));
    List<Boolean> free = new CopyOnWriteArrayList<>();

    call(
        tool,
        new AtomicInteger(),
        Duration.ZERO,
        () -> {
          return free.add(elicitation.open(asked.get(0), CALLER, 100));
        });

    assertThat(free).containsExactly(false);
  }

  static Stream<Supplier<Object>> gone() {
    return Stream.of(
        () -> {
          throw new IllegalStateException("closed");
        },
        () -> {
          CountDownLatch never = new CountDownLatch(1);
          acceptAfter(never);
          return "too late";
        });
  }

  @ParameterizedTest
  @MethodSource("gone")
  void nothingRunsForAClientThatIsGoneAndTheYesServesTheNextCall(Supplier<Object> ping) {
    GuardedTool tool = tool(Duration.ofMillis(1));
    AtomicInteger runs = new AtomicInteger();

    assertThat(decision(call(tool, runs, Duration.ZERO, ping)))
        .containsEntry("code", "approval_pending");
    assertThat(runs).hasValue(0);

    GuardedTool patient = tool(TestServer.PATIENCE);
    assertThat(text(call(patient, runs, Duration.ZERO))).isEqualTo("refunded");
    assertThat(runs).hasValue(1);
    assertThat(approvals.pending()).isEmpty();
  }

  static Stream<Mono<Object>> goneAsync() {
    return Stream.of(Mono.error(new IllegalStateException("closed")), Mono.never());
  }

  @ParameterizedTest
  @MethodSource("goneAsync")
  void nothingRunsForAClientThatIsGoneWithoutAThreadEither(Mono<Object> ping) {
    GuardedTool tool = tool(Duration.ofMillis(1));
    AtomicInteger runs = new AtomicInteger();
    for (String code : List.of("approval_pending", "refunded")) {
      CallToolResult result =
          tool.callAsync(
                  () -> CALLER,
                  new CallingClient<>(
                      question -> Mono.just(accept(Map.of("approve", true))), () -> ping),
                  refund("x"),
                  request ->
                      Mono.fromSupplier(
                          () -> {
                            runs.incrementAndGet();
                            return TestTool.text("refunded");
                          }))
              .block(TestServer.PATIENCE);

      assertThat(result.toString()).contains(code);
      assertThat(runs).hasValue(code.equals("refunded") ? 1 : 0);
    }
  }

  /** A guard that is patient lets the call wait for an answer at the desk. */
  @Test
  void nothingRunsForAClientThatClosedItsConnectionWhileThePatientGuardWaited() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch asked = new CountDownLatch(1);
    approvals.listen(request -> asked.countDown());
    ToolGuard guard =
        ToolGuard.builder(ASK).approvals(approvals).approvalPatience(TestServer.PATIENCE).build();
    TestServer server = server(TestServer.Wiring.ASYNC_HTTP, McpTools.builder(guard).build(), runs);
    RawClient client = RawClient.begun(server.url());
    Socket socket = client.send(RawClient.call(1, "refund", "{\"note\": \"x\"}"));
    asked.await();
    socket.close();

    approvals.approve(approvals.pending().get(0).id(), "ana", null);
    try (RawClient.Answering again =
        client.open(RawClient.call(2, "refund", "{\"note\": \"x\"}"))) {
      assertThat(again.next()).as("the yes is there for whoever calls again").contains("refunded");
    }
    assertThat(runs).hasValue(1);
  }

  /** The official client answers the ping. */
  @Test
  void aPatientGuardsCallRunsForAClientThatIsThere() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    approvals.listen(
        request -> {
          if (request.state() == ApprovalState.PENDING) {
            approvals.answer(request.id(), Answer.approve("ana"));
          }
        });
    ToolGuard guard =
        ToolGuard.builder(ASK).approvals(approvals).approvalPatience(TestServer.PATIENCE).build();
    TestServer server = server(TestServer.Wiring.ASYNC_HTTP, McpTools.builder(guard).build(), runs);

    assertThat(text(server.client().callTool(refund("x")))).isEqualTo("refunded");
    assertThat(runs).hasValue(1);
  }

  /** The server hears nothing of it: the person answers on a connection of its own. */
  @ParameterizedTest
  @EnumSource(names = {"SYNC_HTTP", "ASYNC_HTTP"})
  void aClientThatClosesItsConnectionWhileItsFormIsOpenHasNothingRun(TestServer.Wiring wiring)
      throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch approved = new CountDownLatch(1);
    approvals.listen(
        request -> {
          if (request.state() == ApprovalState.APPROVED) {
            approved.countDown();
          }
        });
    TestServer server = server(wiring, TestServer.PATIENCE, runs);
    RawClient client = RawClient.begun(server.url());
    String call = RawClient.call(1, "refund", "{\"note\": \"x\"}");
    String form;
    try (RawClient.Answering answering = client.open(call)) {
      form = answering.idOf("elicitation/create");
    }

    client.accept(form);
    approved.await();
    try (RawClient.Answering answering =
        client.open(RawClient.call(2, "refund", "{\"note\": \"x\"}"))) {
      assertThat(answering.next())
          .as("the yes is there for whoever calls again")
          .contains("refunded");
    }
    assertThat(runs).hasValue(1);
  }

  /** It keeps its connection, and its person says yes to a form that stood open. */
  @ParameterizedTest
  @EnumSource(names = {"SYNC_HTTP", "ASYNC_HTTP"})
  void aClientThatCancelsItsCallWhileItsFormIsOpenHasNothingRun(TestServer.Wiring wiring)
      throws Exception {
    AtomicInteger runs = new AtomicInteger();
    TestServer server = server(wiring, TestServer.PATIENCE, runs);
    RawClient client = RawClient.begun(server.url());
    String note = "{\"note\": \"x\"}";
    try (RawClient.Answering answering = client.open(RawClient.call(7, "refund", note))) {
      String form = answering.idOf("elicitation/create");
      client.cancel(7);
      client.accept(form);

      assertThat(answering.next()).contains("[APPROVAL REQUIRED]");
    }
    assertThat(runs).hasValue(0);

    try (RawClient.Answering again = client.open(RawClient.call(8, "refund", note))) {
      assertThat(again.next()).as("the yes is there for whoever calls again").contains("refunded");
    }
    assertThat(runs).hasValue(1);
  }

  /** The sessions of others, and calls made after a cancellation, are not held back. */
  @ParameterizedTest
  @EnumSource(names = {"SYNC_HTTP", "ASYNC_HTTP"})
  void aCancellationHoldsBackNoOtherSessionAndNoLaterCall(TestServer.Wiring wiring)
      throws Exception {
    AtomicInteger runs = new AtomicInteger();
    TestServer server = server(wiring, TestServer.PATIENCE, runs);
    RawClient other = RawClient.begun(server.url());
    RawClient client = RawClient.begun(server.url());
    other.cancel(1);
    client.cancel(1);
    try (RawClient.Answering answering =
        client.open(RawClient.call(1, "refund", "{\"note\": \"x\"}"))) {
      String form = answering.idOf("elicitation/create");
      other.cancel(1);
      client.accept(form);
      client.pong(answering.idOf("ping"));

      assertThat(answering.next()).contains("refunded");
    }
    assertThat(runs).hasValue(1);
  }

  @Test
  void nothingRunsForAClientThatCancelledItsCallWhileThePatientGuardWaited() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    CountDownLatch asked = new CountDownLatch(1);
    approvals.listen(request -> asked.countDown());
    ToolGuard guard =
        ToolGuard.builder(ASK).approvals(approvals).approvalPatience(TestServer.PATIENCE).build();
    TestServer server = server(TestServer.Wiring.ASYNC_HTTP, McpTools.builder(guard).build(), runs);
    RawClient client = RawClient.begun(server.url());
    String note = "{\"note\": \"x\"}";
    var opening = client.opening(RawClient.call(1, "refund", note));
    asked.await();
    client.cancel(1);

    approvals.approve(approvals.pending().get(0).id(), "ana", null);
    try (RawClient.Answering answering = opening.join()) {
      assertThat(answering.next()).contains("[APPROVAL REQUIRED]");
    }
    assertThat(runs).hasValue(0);
    try (RawClient.Answering again = client.open(RawClient.call(2, "refund", note))) {
      assertThat(again.next()).as("the yes is there for whoever calls again").contains("refunded");
    }
    assertThat(runs).hasValue(1);
  }

  private McpSyncClient client(
      TestServer.Wiring wiring, Function<ElicitFormRequest, ElicitResult> person) throws Exception {
    return client(server(wiring, TestServer.PATIENCE), person);
  }

  private McpSyncClient client(
      TestServer server, Function<ElicitFormRequest, ElicitResult> person) {
    return server.client(
        "",
        with ->
            with.capabilities(ClientCapabilities.builder().elicitation().build())
                .elicitation(
                    question -> {
                      questions.add(question);
                      return person.apply(question);
                    }));
  }

  private TestServer server(TestServer.Wiring wiring, Duration requestTimeout) throws Exception {
    return server(wiring, requestTimeout, new AtomicInteger());
  }

  private TestServer server(TestServer.Wiring wiring, Duration requestTimeout, AtomicInteger runs)
      throws Exception {
    ToolGuard guard = ToolGuard.builder(ASK).approvals(approvals).build();
    McpTools tools = McpTools.builder(guard).elicitApprovals().build();
    return server(wiring, tools, requestTimeout, runs);
  }

  private TestServer server(TestServer.Wiring wiring, McpTools tools, AtomicInteger runs)
      throws Exception {
    return server(wiring, tools, TestServer.PATIENCE, runs);
  }

  private TestServer server(
      TestServer.Wiring wiring, McpTools tools, Duration requestTimeout, AtomicInteger runs)
      throws Exception {
    TestServer server =
        TestServer.http(
            wiring,
            tools,
            List.of(
                TestTool.of(
                    "refund",
                    request -> {
                      runs.incrementAndGet();
                      return TestTool.text("refunded");
                    })),
            new TestServer.Settings(true, requestTimeout));
    servers.add(server);
    return server;
  }

  private static ElicitResult accept(Map<String, Object> content) {
    return new ElicitResult(ElicitResult.Action.ACCEPT, content);
  }

  private static ElicitResult acceptAfter(CountDownLatch moment) {
    try {
      moment.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return accept(Map.of("approve", true));
  }

  private static CallToolRequest refund(String note) {
    return CallToolRequest.builder("refund").arguments(Map.of("note", note)).build();
  }
}
