package dev.alcada.langchain4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.OtherClassPath;
import dev.alcada.OwnLog;
import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.audit.SettlementEvent;
import dev.alcada.decision.Caller;
import dev.alcada.guard.NotDoneException;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.langchain4j.agent.tool.CompensateFor;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.ToolArgumentsException;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.invocation.InvocationParameters;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.Result;
import dev.langchain4j.service.tool.AiServiceTool;
import dev.langchain4j.service.tool.ToolErrorHandlerResult;
import dev.langchain4j.service.tool.ToolExecutionResult;
import dev.langchain4j.service.tool.ToolExecutor;
import dev.langchain4j.service.tool.ToolProvider;
import dev.langchain4j.service.tool.ToolProviderRequest;
import dev.langchain4j.service.tool.ToolProviderResult;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Who calls, what the framework is told, and what does not start. */
class GuardedToolsTest {
  private static final String POLICY =
      """
      {"version": "1", "default": "deny", "hide": ["secret"], "tools": {
        "echo": {},
        "refund": {"action": "require_approval", "reason": "Ask a person."},
        "fails": {},
        "immediate": {"limits": [{"counter": "immediate", "window": "day", "max": 1}]},
        "nothing": {"limits": [
          {"counter": "nothing", "window": "day", "max": 1, "counts": "successes"}]},
        "numbered": {"limits": [
          {"counter": "numbered", "window": "day", "max": 1, "counts": "successes"}]},
        "pay": {"require": [{"conditions": [{"path": "args.amount", "op": "lte", "value": 10}]}]}}}
      """;

  private final List<DecisionEvent> events = new CopyOnWriteArrayList<>();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();
  private final ToolGuard guard =
      ToolGuard.builder(Policy.parse(POLICY))
          .listener(
              new DecisionListener() {
                @Override
                public void onDecision(DecisionEvent event) {
                  events.add(event);
                }

                @Override
                public void onSettled(SettlementEvent event) {
                  if (event.failure() != null) {
                    failures.add(event.failure());
                  }
                }
              })
          .build();

  @Test
  void aDenialIsAnErrorThatCarriesTheDecision() {
    ToolExecutionResult denied = execute("numbered", "{\"number\": 1}", 2);

    assertThat(denied.isError()).isTrue();
    assertThat(denied.resultText()).startsWith("[POLICY DENIED] ");
    assertThat(denied.attributes().get("dev.alcada/decision"))
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsEntry("outcome", "denied")
        .containsEntry("rule", "/tools/numbered/limits/numbered")
        .containsEntry("code", "limit");
  }

  @Test
  void aToolThatSaysNothingWasDoneIsNotCountedAndTheListenersAreToldTheCause() {
    for (int i = 0; i < 3; i++) {
      ToolExecutionResult failed = execute("nothing", "{}", 1);
      assertThat(failed.isError()).isTrue();
      assertThat(failed.resultText()).isEqualTo("The tool failed; nothing was done.");
    }
    assertThat(failures).hasSize(3).hasOnlyElementsOfType(NotDoneException.class);
    assertThat(failures.get(0)).hasMessage("password=hunter2");
  }

  @Test
  void argumentsThatDoNotFitAMethodAreForLangChain4jsHandlerAndHaveDoneNothing() {
    ToolProvider tools = GuardedTools.of(guard, Way.AGENT, new Tools());
    Assistant strict =
        AiServices.builder(Assistant.class)
            .chatModel(ScriptedModel.calling("numbered", "{\"number\": \"many\"}"))
            .toolProvider(tools)
            .build();
    Assistant lenient =
        AiServices.builder(Assistant.class)
            .chatModel(ScriptedModel.calling("numbered", "{\"number\": \"many\"}"))
            .toolProvider(tools)
            .toolArgumentsErrorHandler(
                (error, context) -> ToolErrorHandlerResult.text("number is no number"))
            .build();

    assertThatThrownBy(() -> strict.chat("go")).isInstanceOf(Exception.class);
    assertThat(lenient.chat("go")).isEqualTo("number is no number");
    assertThat(failures).hasSize(2).hasOnlyElementsOfType(NotDoneException.class);
    assertThat(failures.get(0)).hasCauseInstanceOf(ToolArgumentsException.class);
    assertThat(execute("numbered", "{\"number\": 1}", 1).resultText()).isEqualTo("number 1");
  }

  @Test
  void anExecutorOfOnesOwnThatThrowsThemMayHaveDoneSomething() {
    ToolExecutor executor =
        GuardedTools.executor(
            guard,
            Way.AGENT,
            (request, memoryId) -> {
              throw new ToolArgumentsException("after the first step");
            });

    assertThatThrownBy(() -> executor.execute(ScriptedModel.request("numbered", "{}"), "memory"))
        .isInstanceOf(ToolArgumentsException.class);
    assertThat(executor.execute(ScriptedModel.request("numbered", "{}"), "memory"))
        .startsWith("[POLICY DENIED] ");
  }

  @Test
  void aDefaultOfAParameterIsPutInBehindTheJudgement() {
    ToolProvider tools = GuardedTools.of(guard, Way.AGENT, new Payments());

    assertThat(execute(tools, "pay", "{\"amount\": 7}").resultText()).isEqualTo("paid 7");
    assertThat(execute(tools, "pay", "{}").resultText())
        .as("what is required of an argument denies its absence")
        .startsWith("[POLICY DENIED] ");
  }

  static final class Payments {
    @Tool
    String pay(@P(value = "how much", defaultValue = "5000") int amount) {
      return "paid " + amount;
    }
  }

  @Test
  void theHandlerGetsTheGuardsOwnSerialisationOfWhatWasJudged() {
    List<String> passed = new CopyOnWriteArrayList<>();
    ToolExecutor executor =
        GuardedTools.executor(
            guard,
            Way.AGENT,
            (request, memoryId) -> {
              passed.add(request.arguments());
              return "ran";
            });

    executor.execute(
        ScriptedModel.request("echo", " {\n \"text\" : \"\\u006flá\", \"n\": 1.50e1 } "), "memory");
    executor.execute(ToolExecutionRequest.builder().name("echo").build(), "memory");
    executor.execute(ScriptedModel.request("echo", "  "), "memory");

    assertThat(passed).hasSize(3);
    assertThat(passed.get(0)).startsWith("{\"text\":\"olá\",\"n\":").doesNotContain(" ", "\n");
    assertThat(passed.subList(1, 3)).containsOnly("{}");
  }

  /** A name is the model's, or a server's, under a policy that allows what it does not list. */
  @Test
  void aNameBeginsNoLineOfTheLog() throws Throwable {
    List<String> log =
        OwnLog.of(
            () -> {
              Policy open = Policy.parse("{\"version\": \"1\", \"default\": \"allow\"}");
              GuardedExecutor any =
                  new GuardedExecutor(
                      ToolGuard.builder(open).build(),
                      new Callers(context -> Caller.grant("agent-7")),
                      null,
                      (request, memory) -> {
                        throw new IllegalStateException("hunter2");
                      },
                      false);
              any.execute(
                  ScriptedModel.request("pay\nERROR forged\u001b[2J\u009b2J\u202e", "{}"), "m");
            });

    assertThat(log)
        .filteredOn(line -> line.contains("failed"))
        .singleElement()
        .asString()
        .contains("Tool pay\\u000aERROR forged\\u001b[2J\\u009b2J\\u202e failed with")
        .doesNotContain("hunter2");
  }

  @Test
  void anExecutorRunsTheToolThatItWasProvidedForWhateverARequestIsCalled() {
    AiServiceTool immediate = provided(GuardedTools.of(guard, Way.AGENT, new Tools()), "immediate");
    InvocationContext context = InvocationContext.builder().chatMemoryId("memory").build();

    immediate.toolExecutor().executeWithContext(ScriptedModel.request("echo", "{}"), context);
    assertThat(
            immediate
                .toolExecutor()
                .executeWithContext(ScriptedModel.request("echo", "{}"), context)
                .resultText())
        .startsWith("[POLICY DENIED] ");
    assertThat(events).extracting(DecisionEvent::tool).containsOnly("immediate");
  }

  @Test
  void aToolThatReturnsAtOnceDoesSoUnlessItIsDenied() {
    ScriptedModel model = ScriptedModel.calling("immediate", "{}");
    Immediate assistant =
        AiServices.builder(Immediate.class)
            .chatModel(model)
            .toolProvider(GuardedTools.of(guard, Way.AGENT, new Tools()))
            .build();

    assertThat(assistant.chat("go").content()).as("the model is not asked again").isNull();
    assertThat(assistant.chat("go").content()).startsWith("[POLICY DENIED] ");
  }

  interface Immediate {
    Result<String> chat(String message);
  }

  @Test
  void theGrantIsAParameterThatTheApplicationHandsOver() {
    Principal ana = () -> "ana";
    for (Object known : List.of(ana, "bruno")) {
      assertThat(chatAs(Map.of("principal", known))).isEqualTo("said olá");
    }
    assertThat(events).extracting(DecisionEvent::grant).containsExactly("ana", "bruno");
    assertThat(events).extracting(DecisionEvent::session).containsOnly("default");
  }

  @ParameterizedTest
  @MethodSource
  void whoeverCannotBeToldSeesNoToolAndCallsNone(CallerResolver callers) {
    ToolProvider tools = GuardedTools.of(guard, callers, new Tools());
    assertThat(tools.provideTools(request()).aiServiceTools()).isEmpty();

    ToolExecutor echo = GuardedTools.executor(guard, callers, (request, memoryId) -> "ran");
    assertThat(echo.execute(ScriptedModel.request("echo", "{}"), "memory"))
        .startsWith("[POLICY DENIED] ")
        .contains("no grant");
  }

  static Stream<CallerResolver> whoeverCannotBeToldSeesNoToolAndCallsNone() {
    return Stream.of(
        context -> null,
        context -> Caller.grant(" "),
        context -> {
          throw new StackOverflowError();
        },
        CallerResolver.parameter("principal"));
  }

  @Test
  void eachCallerSeesWhatItsOwnPolicyShows() {
    Policy clerks =
        Policy.parse("{\"version\": \"1\", \"default\": \"deny\", \"hide\": [\"fails\"]}");
    ToolGuard byGrant =
        ToolGuard.builder(caller -> caller.grant().equals("clerk") ? clerks : null).build();
    ToolProvider tools =
        GuardedTools.of(
            byGrant, context -> Caller.grant(String.valueOf(context.chatMemoryId())), new Tools());

    assertThat(
            tools
                .provideTools(new ToolProviderRequest("clerk", UserMessage.from("go")))
                .aiServiceTools())
        .hasSize(9);
    assertThat(
            tools
                .provideTools(new ToolProviderRequest("stranger", UserMessage.from("go")))
                .aiServiceTools())
        .isEmpty();
  }

  @Test
  void whatThisGuardIsAroundAlreadyIsNotGuardedAgain() {
    GuardedTools tools = GuardedTools.of(guard, Way.AGENT, new Tools());
    ToolExecutor executor = GuardedTools.executor(guard, Way.AGENT, (request, memoryId) -> "ran");

    assertThat(GuardedTools.around(guard, Way.AGENT, tools)).isSameAs(tools);
    assertThat(GuardedTools.executor(guard, Way.AGENT, executor)).isSameAs(executor);
    ToolProvider mixed =
        GuardedTools.around(guard, Way.AGENT, request -> tools.provideTools(request));
    assertThat(execute(mixed, "numbered", "{\"number\": 1}").resultText()).isEqualTo("number 1");
  }

  @Test
  void aProviderThatChangesBetweenTwoAnswersOfTheModelIsAskedAgain() {
    ToolProvider dynamic =
        new ToolProvider() {
          @Override
          public ToolProviderResult provideTools(ToolProviderRequest request) {
            return new ToolProviderResult(List.of());
          }

          @Override
          public boolean isDynamic() {
            return true;
          }
        };

    assertThat(GuardedTools.around(guard, Way.AGENT, dynamic).isDynamic()).isTrue();
    assertThat(GuardedTools.of(guard, Way.AGENT, new Tools()).isDynamic()).isFalse();
    assertThat(
            GuardedTools.around(guard, Way.AGENT, request -> null)
                .provideTools(request())
                .aiServiceTools())
        .isEmpty();
  }

  @ParameterizedTest(name = "{1}")
  @MethodSource
  void whatCannotBeGuardedDoesNotStart(Object[] objects, String problem) {
    assertThatThrownBy(() -> GuardedTools.of(guard, Way.AGENT, objects))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(problem);
  }

  static Stream<Arguments> whatCannotBeGuardedDoesNotStart() {
    return Stream.of(
        refused(
            "GuardedTools.of was given no object; give it those whose methods are annotated"
                + " with @Tool."),
        refused(
            Tools.class.getName() + " is a class; give GuardedTools.of an object of it.",
            Tools.class),
        refused(
            "java.util.ImmutableCollections$List12 is a collection; give GuardedTools.of the"
                + " objects in it, or make a provider of tools and give that to"
                + " GuardedTools.around.",
            List.of(new Tools())),
        refused(
            Provider.class.getName() + " is a provider of tools; give it to GuardedTools.around.",
            new Provider()),
        refused(
            "GuardedTools.of cannot use an object of java.lang.Object, as LangChain4j could not:"
                + " Object 'java.lang.Object' does not have any methods annotated with @Tool",
            new Object()),
        refused(
            "Two tools are named \"echo\", one of "
                + Tools.class.getName()
                + " and one of "
                + Echo.class.getName()
                + "; name one otherwise, as in @Tool(name = …).",
            new Tools(),
            new Echo()),
        refused(
            Undone.class.getName()
                + ".undo is annotated with @CompensateFor, which LangChain4j heeds only where it"
                + " guards nothing: undo within the tool, and remove the annotation.",
            new Undone()));
  }

  private static Arguments refused(String problem, Object... objects) {
    return Arguments.of(objects, problem);
  }

  static final class Provider implements ToolProvider {
    @Override
    public ToolProviderResult provideTools(ToolProviderRequest request) {
      return new ToolProviderResult(List.of());
    }
  }

  static final class Echo {
    @Tool
    String echo() {
      return "another";
    }
  }

  static final class Undone {
    @Tool
    String pay() {
      return "paid";
    }

    @CompensateFor("pay")
    String undo() {
      return "unpaid";
    }
  }

  @Test
  void withoutLangChain4jsMcpModuleTheRestWorks() throws Exception {
    assertThat(OtherClassPath.without("langchain4j-mcp").run(WithoutMcp.class))
        .isEqualTo("said olá, [POLICY DENIED]");
  }

  /** Runs without it. */
  static final class WithoutMcp {
    static String run() {
      ToolGuard guard = ToolGuard.builder(Policy.parse(POLICY)).build();
      ToolProvider methods = GuardedTools.of(guard, Way.AGENT, new Tools());
      ToolProvider around =
          GuardedTools.around(
              guard, Way.AGENT, request -> new ToolProviderResult(ToolMethods.of(new Tools())));
      return execute(methods, "echo", "{\"text\": \"olá\"}").resultText()
          + ", "
          + execute(around, "limited", "{}").resultText().substring(0, 15);
    }
  }

  private String chatAs(Map<String, Object> parameters) {
    return AiServices.builder(Assistant.class)
        .chatModel(ScriptedModel.calling("echo", "{\"text\": \"olá\"}"))
        .toolProvider(GuardedTools.of(guard, CallerResolver.parameter("principal"), new Tools()))
        .build()
        .chatFor("go", InvocationParameters.from(parameters));
  }

  private ToolExecutionResult execute(String tool, String arguments, int times) {
    ToolProvider tools = GuardedTools.of(guard, Way.AGENT, new Tools());
    for (int i = 1; i < times; i++) {
      execute(tools, tool, arguments);
    }
    return execute(tools, tool, arguments);
  }

  private static ToolExecutionResult execute(ToolProvider tools, String tool, String arguments) {
    return provided(tools, tool)
        .toolExecutor()
        .executeWithContext(
            ScriptedModel.request(tool, arguments),
            InvocationContext.builder().chatMemoryId("memory").build());
  }

  private static AiServiceTool provided(ToolProvider tools, String name) {
    return tools.provideTools(request()).aiServiceTools().stream()
        .filter(tool -> tool.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static ToolProviderRequest request() {
    return new ToolProviderRequest("memory", UserMessage.from("go"));
  }
}
