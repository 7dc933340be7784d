package dev.alcada.mcp;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.OwnLog;
import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.audit.SettlementEvent;
import dev.alcada.counter.Ended;
import dev.alcada.decision.Caller;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** What a handler or a client may say in metadata, and what a handler must answer at all. */
class GuardedToolTest {
  private static final String DECISION = "dev.alcada/decision";
  private static final String OUTCOME = "dev.alcada/outcome";

  private final List<Ended> settled = new ArrayList<>();
  private final ToolGuard guard =
      ToolGuard.builder(Policy.parse("{\"version\": \"1\", \"default\": \"allow\"}"))
          .listener(
              new DecisionListener() {
                @Override
                public void onDecision(DecisionEvent event) {}

                @Override
                public void onSettled(SettlementEvent event) {
                  settled.add(event.result());
                }
              })
          .build();
  private final GuardedTool tool =
      new GuardedTool(guard, null, null, TestTool.of("t", request -> TestTool.text("ran")).tool());

  private CallToolResult call(@Nullable CallToolResult answer) {
    return tool.call(() -> Caller.grant("g"), null, request(Map.of()), request -> answer);
  }

  private static CallToolRequest request(Map<String, Object> meta) {
    return new CallToolRequest("t", Map.of(), meta);
  }

  private static CallToolResult with(Map<String, Object> meta) {
    return CallToolResult.builder().addTextContent("ran").meta(meta).build();
  }

  private static String text(CallToolResult result) {
    return ((TextContent) result.content().get(0)).text();
  }

  @Test
  void onlyTheGuardSaysWhatItDecided() {
    CallToolResult completed = call(with(Map.of(DECISION, "allowed", "own", 1)));
    CallToolResult notDone = call(with(Map.of(DECISION, "allowed", OUTCOME, "not_done")));

    assertThat(completed.meta()).isEqualTo(Map.of("own", 1));
    assertThat(notDone.meta()).isEqualTo(Map.of(OUTCOME, "not_done"));
    assertThat(settled).containsExactly(Ended.DONE, Ended.NOT_DONE);
  }

  @Test
  void onlyTheOneMarkerSaysThatNothingWasDone() {
    call(with(Map.of(OUTCOME, "done")));
    call(with(Map.of(OUTCOME, true)));
    call(with(Map.of("outcome", "not_done")));

    assertThat(settled).containsOnly(Ended.DONE).hasSize(3);
  }

  @Test
  void aClientsMetadataCannotSpeakForTheToolOrTheGuard() {
    List<@Nullable Map<String, Object>> seen = new ArrayList<>();
    for (Map<String, Object> meta :
        List.<Map<String, Object>>of(
            Map.of(DECISION, "allowed", "own", 1), Map.of(OUTCOME, "not_done", "own", 2))) {
      tool.call(
          () -> Caller.grant("g"),
          null,
          request(meta),
          request -> {
            seen.add(request.meta());
            return with(requireNonNull(request.meta()));
          });
    }

    assertThat(seen).containsExactly(Map.of("own", 1), Map.of("own", 2));
    assertThat(settled).containsOnly(Ended.DONE);
  }

  @Test
  void aCallIsJudgedAndMadeUnderTheNameOfTheWrappedToolWhateverTheRequestSays() {
    GuardedTool denied =
        new GuardedTool(
            ToolGuard.builder(
                    Policy.parse(
                        """
                        {"version": "1", "default": "allow", "tools": {"t": {"action": "deny"}}}
                        """))
                .build(),
            null,
            null,
            TestTool.of("t", request -> TestTool.text("ran")).tool());
    CallToolRequest renamed = new CallToolRequest("other", Map.of(), Map.of());
    List<String> names = new ArrayList<>();

    CallToolResult refused =
        denied.call(() -> Caller.grant("g"), null, renamed, request -> TestTool.text("ran"));
    tool.call(
        () -> Caller.grant("g"),
        null,
        renamed,
        request -> {
          names.add(request.name());
          return TestTool.text("ran");
        });

    assertThat(text(refused)).startsWith("[POLICY DENIED] ");
    assertThat(names).containsExactly("t");
  }

  @Test
  void noAnswerOfTheHandlerIsAFailureOfUnknownEffect() {
    CallToolResult none = call(null);
    CallToolResult empty =
        requireNonNull(
            tool.callAsync(
                    () -> Caller.grant("g"), null, request(Map.of()), request -> Mono.empty())
                .block());

    assertThat(List.of(none, empty))
        .allSatisfy(
            result -> {
              assertThat(result.isError()).isTrue();
              assertThat(text(result))
                  .isEqualTo("The tool failed; what it had done by then is not known.");
            });
    assertThat(settled).containsExactly(Ended.UNKNOWN, Ended.UNKNOWN);
  }

  /** A name is a server's, where the tools of another are passed on. */
  @Test
  void aNameBeginsNoLineOfTheLog() throws Throwable {
    String name = "pay\nERROR forged\u001b[2J\u009b2J\u202e";
    GuardedTool forging =
        new GuardedTool(
            guard, null, null, TestTool.of(name, request -> TestTool.text("ran")).tool());

    List<String> log =
        OwnLog.of(
            () ->
                forging.call(
                    () -> Caller.grant("g"),
                    null,
                    request(Map.of()),
                    request -> {
                      throw new IllegalStateException("hunter2");
                    }));

    assertThat(log)
        .singleElement()
        .asString()
        .contains("Tool pay\\u000aERROR forged\\u001b[2J\\u009b2J\\u202e failed with")
        .doesNotContain("hunter2");
  }

  @Test
  void aResultSaysWhatIsLeftWhereThatIsAskedFor() {
    ToolGuard limited =
        ToolGuard.builder(
                Policy.parse(
                    """
                    {"version": "1", "default": "deny", "tools": {"t": {"limits": [
                      {"counter": "own", "window": "minute", "max": 3},
                      {"counter": "shared", "scope": "global", "window": "hour", "max": 9}]}}}
                    """))
            .build();
    CallToolResult plain =
        new GuardedTool(limited, null, null, tool.tool())
            .call(() -> Caller.grant("g"), null, request(Map.of()), request -> with(Map.of()));
    GuardedTool saying = new GuardedTool(limited, null, null, tool.tool(), true);
    CallToolResult said =
        saying.call(
            () -> Caller.grant("g"),
            null,
            request(Map.of()),
            request -> with(Map.of("own", 1, "dev.alcada/usage", "plenty")));
    CallToolResult async =
        saying
            .callAsync(
                () -> Caller.grant("g"),
                null,
                request(Map.of()),
                request -> Mono.just(with(Map.of())))
            .block();

    assertThat(plain.meta()).doesNotContainKey("dev.alcada/usage");
    assertThat(said.meta()).containsEntry("own", 1);
    assertThat(String.valueOf(said.meta().get("dev.alcada/usage")))
        .contains("rule=/tools/t/limits/own", "used=2", "left=1", "windowSeconds=60")
        .doesNotContain("shared");
    assertThat(String.valueOf(async.meta().get("dev.alcada/usage"))).contains("left=0");
  }
}
