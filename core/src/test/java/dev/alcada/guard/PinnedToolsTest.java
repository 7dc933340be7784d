package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.alcada.OwnLog;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Coverage;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.tool.ToolDefinition;
import dev.alcada.tool.ToolPins;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** A tool that is not as a person has accepted it is neither listed nor run. */
class PinnedToolsTest {
  private static final Caller CALLER = Caller.grant("agent");
  private static final Map<String, Object> SCHEMA =
      Map.of("type", "object", "properties", Map.of("to", Map.of("type", "string")));
  private static final ToolDefinition SEND =
      ToolDefinition.builder("send")
          .description("Sends a message.")
          .inputSchema(SCHEMA)
          .annotations(Map.of("readOnlyHint", false))
          .build();
  private static final ToolDefinition POISONED =
      ToolDefinition.builder("send")
          .description("Sends a message. ")
          .inputSchema(SCHEMA)
          .annotations(Map.of("readOnlyHint", false))
          .build();
  private static final ToolDefinition OTHER = ToolDefinition.builder("post").build();
  private static final Policy POLICY =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "hide": ["secret"], "tools": {
            "send": {"limits": [{"counter": "sent", "window": "day", "max": 1}]},
            "post": {}}}
          """);

  private final ToolGuard guard =
      ToolGuard.builder(POLICY).pins(ToolPins.of(List.of(SEND))).build();

  private static Decision decision(ToolGuard guard, String tool) {
    return guard.check(ToolCall.of(tool, Map.of("to", "a"), CALLER));
  }

  private Registration describe(ToolDefinition... tools) throws Throwable {
    List<Registration> made = new ArrayList<>();
    OwnLog.of(() -> made.add(guard.describe(List.of(tools))));
    return made.get(0);
  }

  @Test
  void aToolThatIsAsItWasPinnedIsLeftToThePolicy() throws Exception {
    guard.describe(List.of(SEND));

    ToolCall call = ToolCall.of("send", Map.of("to", "a"), CALLER);
    assertThat(guard.call(call, judged -> "sent")).isInstanceOf(Outcome.Completed.class);
    assertThat(guard.call(call, judged -> "sent").decision().code()).isEqualTo(DecisionCode.LIMIT);
    assertThat(guard.visible("send", CALLER)).isTrue();
    assertThat(guard.visible(SEND, CALLER)).isTrue();
  }

  static Stream<Arguments> changes() {
    return Stream.of(
        change("the description", tool -> tool.description("Sends a message")),
        change("no description", tool -> tool),
        change("a title", tool -> tool.description("Sends a message.").title("Send")),
        change(
            "the schema",
            tool -> tool.description("Sends a message.").inputSchema(Map.of("type", "objecT"))),
        change(
            "an output schema",
            tool ->
                tool.description("Sends a message.").inputSchema(SCHEMA).outputSchema(Map.of())),
        change(
            "an annotation",
            tool ->
                tool.description("Sends a message.")
                    .inputSchema(SCHEMA)
                    .annotations(Map.of("readOnlyHint", true))));
  }

  private static Arguments change(String what, UnaryOperator<ToolDefinition.Builder> change) {
    return Arguments.of(what, change.apply(ToolDefinition.builder("send")).build());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("changes")
  void aToolThatHasChangedIsDeniedUntilSomebodyAcceptsIt(String what, ToolDefinition changed)
      throws Throwable {
    describe(changed);

    Decision denied = decision(guard, "send");
    assertThat(denied.code()).isEqualTo(DecisionCode.TOOL_CHANGED);
    assertThat(denied.rule()).isEqualTo("(pinned)");
    assertThat(guard.visible("send", CALLER)).isFalse();
    assertThat(guard.coverage(List.of("send")).get(0)).extracting(Coverage::denied).isEqualTo(true);

    guard.replacePins(ToolPins.of(List.of(changed)));
    assertThat(decision(guard, "send")).isEqualTo(Decision.Allowed.INSTANCE);
    assertThat(guard.visible(changed, CALLER)).isTrue();
    assertThat(guard.visible(SEND, CALLER)).as("this is not what is there now").isFalse();
  }

  @Test
  void aNewToolIsDeniedUntilSomebodyAcceptsIt() throws Throwable {
    describe(SEND, OTHER);

    assertThat(decision(guard, "post").code()).isEqualTo(DecisionCode.TOOL_UNPINNED);
    assertThat(decision(guard, "post").rule()).isEqualTo("(pinned)");
    guard.replacePins(ToolPins.of(List.of(SEND, OTHER)));
    assertThat(decision(guard, "post")).isEqualTo(Decision.Allowed.INSTANCE);
  }

  @Test
  void whatNobodyDescribesIsNotKnownToBeAsItWas() {
    assertThat(decision(guard, "send").code()).isEqualTo(DecisionCode.TOOL_CHANGED);
    assertThat(guard.visible("send", CALLER)).isFalse();

    Registration described = guard.describe(List.of(SEND));
    assertThat(decision(guard, "send")).isEqualTo(Decision.Allowed.INSTANCE);
    described.close();
    described.close();
    assertThat(decision(guard, "send").code()).isEqualTo(DecisionCode.TOOL_CHANGED);
  }

  @Test
  void oneServersToolDoesNotStandForAnothersOfTheSameName() throws Throwable {
    guard.describe(List.of(SEND));
    Registration evil = describe(POISONED);

    assertThat(decision(guard, "send").code()).isEqualTo(DecisionCode.TOOL_CHANGED);
    evil.close();
    assertThat(decision(guard, "send")).isEqualTo(Decision.Allowed.INSTANCE);
    evil = describe(SEND, POISONED);
    assertThat(decision(guard, "send").code())
        .as("nor one of the same list")
        .isEqualTo(DecisionCode.TOOL_CHANGED);
    guard.replacePins(ToolPins.of(List.of(SEND)));
    evil.close();
    assertThat(decision(guard, "send"))
        .as("what was told before other pins came is taken back too")
        .isEqualTo(Decision.Allowed.INSTANCE);
  }

  @Test
  void aListThatSaysSomethingElseThanWasToldIsNotShown() {
    guard.describe(List.of(SEND));

    assertThat(guard.visible(POISONED, CALLER)).isFalse();
    assertThat(guard.visible(SEND, CALLER)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "'', send, no_grant",
    "agent, secret, hidden",
    "agent, send, tool_changed",
    "agent, unlisted, tool_unpinned"
  })
  void itIsDeniedAfterTheHiddenAndBeforeTheUnlisted(String grant, String tool, String code) {
    Decision denied = guard.check(ToolCall.of(tool, Map.of(), Caller.grant(grant)));

    assertThat(String.valueOf(denied.code())).isEqualTo(code);
  }

  @Test
  void aCallThatIsTooLargeIsDeniedAsSuch() {
    Map<String, Object> large = Map.of("to", "x".repeat(5 << 20));

    assertThat(guard.check(ToolCall.of("send", large, CALLER)).code())
        .isEqualTo(DecisionCode.TOO_LARGE);
  }

  @Test
  void aDeniedCallIsNotCounted() throws Throwable {
    Registration poisoned = describe(POISONED);
    ToolCall call = ToolCall.of("send", Map.of("to", "a"), CALLER);
    assertThat(guard.call(call, judged -> "sent").decision().code())
        .isEqualTo(DecisionCode.TOOL_CHANGED);
    poisoned.close();
    guard.describe(List.of(SEND));

    assertThat(guard.call(call, judged -> "sent")).isInstanceOf(Outcome.Completed.class);
  }

  @Test
  void anApprovalIsWorthNothingOnceTheToolHasChanged() throws Throwable {
    ToolGuard asking =
        ToolGuard.builder(
                Policy.parse(
                    """
                    {"version": "1", "default": "deny",
                     "tools": {"send": {"action": "require_approval"}}}
                    """))
            .pins(ToolPins.of(List.of(SEND)))
            .build();
    asking.describe(List.of(SEND));
    ToolCall call = ToolCall.of("send", Map.of("to", "a"), CALLER);
    asking.call(call, judged -> "sent");
    String id = asking.approvals().pending().get(0).id();
    asking.approvals().approve(id, "ana", null);
    OwnLog.of(() -> asking.describe(List.of(POISONED)));

    assertThat(asking.call(call, judged -> "sent").decision().code())
        .isEqualTo(DecisionCode.TOOL_CHANGED);
  }

  @Test
  void theOperatorIsToldOnceWhatHasChanged() throws Throwable {
    List<String> log =
        OwnLog.of(
            () -> {
              guard.describe(List.of(POISONED));
              guard.describe(List.of(POISONED, ToolDefinition.builder("sond").build()));
            });

    assertThat(log)
        .hasSize(2)
        .anySatisfy(
            line ->
                assertThat(line)
                    .contains("\"send\" has changed: /description: \"Sends a message.\" is now"))
        .anySatisfy(line -> assertThat(line).contains("\"sond\" is new, and looks like \"send\""));
  }

  @Test
  void withoutPinsNothingIsAskedOfTools() {
    ToolGuard free = ToolGuard.builder(POLICY).build();
    free.describe(List.of(POISONED)).close();

    assertThat(decision(free, "send")).isEqualTo(Decision.Allowed.INSTANCE);
    assertThat(free.pins()).isNull();
    assertThat(free.visible(POISONED, CALLER)).isTrue();
    assertThatIllegalStateException()
        .isThrownBy(() -> free.replacePins(ToolPins.of(List.of())))
        .withMessageContaining("ToolGuard.Builder.pins");
  }

  @Test
  void pinsAreSetOnce() {
    ToolPins pins = ToolPins.of(List.of());

    assertThatIllegalStateException()
        .isThrownBy(() -> ToolGuard.builder(POLICY).pins(pins).pins(pins))
        .withMessage("pins was set before");
  }

  @Test
  void whoLooksAtListsIsToldThatToolsWereAccepted() {
    List<Policy> told = new ArrayList<>();
    guard.onReplaced(told::add);
    guard.replacePins(ToolPins.of(List.of(SEND, OTHER)));

    assertThat(told).containsExactly(POLICY);
  }
}
