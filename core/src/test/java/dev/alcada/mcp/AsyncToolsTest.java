package dev.alcada.mcp;

import static dev.alcada.mcp.EachWiringTest.decision;
import static dev.alcada.mcp.EachWiringTest.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpStatelessServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** What an asynchronous tool promises beyond what a client can see. */
class AsyncToolsTest {
  private final ToolGuard guard =
      ToolGuard.builder(
              Policy.parse(
                  """
                  {"version": "1", "default": "deny", "tools": {"slow": {"limits": [
                    {"counter": "slow", "window": "day", "max": 10, "counts": "successes"}]}}}
                  """))
          .build();

  @Test
  void oneThreadStartsAnyNumberOfCallsAndNoneWaits() {
    Sinks.One<CallToolResult> answer = Sinks.one();
    AsyncToolSpecification tool = guarded(request -> answer.asMono());
    List<CompletableFuture<CallToolResult>> calls = new ArrayList<>();

    for (int i = 0; i < 12; i++) {
      calls.add(call(tool).toFuture());
    }

    assertThat(calls.subList(0, 10)).noneMatch(CompletableFuture::isDone);
    assertThat(calls.subList(10, 12)).allMatch(CompletableFuture::isDone);
    answer.tryEmitValue(TestTool.text("ran"));
    assertThat(calls.subList(0, 10)).allMatch(call -> text(call.join()).equals("ran"));
  }

  @Test
  void nothingIsDecidedBeforeTheCallIsSubscribedToAndEachSubscriptionIsACall() {
    Mono<CallToolResult> call = call(guarded(request -> Mono.just(TestTool.text("ran"))));

    for (int i = 0; i < 10; i++) {
      assertThat(text(call.block())).isEqualTo("ran");
    }
    assertThat(decision(call.block())).containsEntry("code", "limit");
  }

  @Test
  void aCancelledCallCancelsItsHandlerAndStaysCounted() {
    AtomicBoolean cancelled = new AtomicBoolean();
    AsyncToolSpecification tool =
        guarded(request -> Mono.<CallToolResult>never().doOnCancel(() -> cancelled.set(true)));

    for (int i = 0; i < 10; i++) {
      cancelled.set(false);
      call(tool).subscribe().dispose();
      assertThat(cancelled).isTrue();
    }

    assertThat(decision(call(tool).block())).containsEntry("code", "limit");
  }

  /** It would be interrupted while its thread sends the answer. */
  @Test
  void aHandlerIsNotCancelledForWhatItHasAnswered() {
    AtomicBoolean cancelled = new AtomicBoolean();
    CallToolResult nothingDone =
        CallToolResult.builder()
            .addTextContent("refused")
            .isError(true)
            .meta(Map.of("dev.alcada/outcome", "not_done"))
            .build();
    AsyncToolSpecification tool =
        guarded(request -> Mono.just(nothingDone).hide().doOnCancel(() -> cancelled.set(true)));

    for (int i = 0; i < 20; i++) {
      assertThat(text(call(tool).block())).isEqualTo("refused");
    }

    assertThat(cancelled).isFalse();
  }

  @Test
  void theHandlerSeesTheContextOfItsSubscriber() {
    AsyncToolSpecification tool =
        guarded(
            request ->
                Mono.deferContextual(context -> Mono.just(TestTool.text(context.get("tenant")))));

    assertThat(text(call(tool).contextWrite(context -> context.put("tenant", "t-1")).block()))
        .isEqualTo("t-1");
  }

  @Test
  void aHandlerThatFailsBeforeItsMonoOrGivesNoneOrAnEmptyOneHasFailed() {
    List<Function<CallToolRequest, Mono<CallToolResult>>> handlers =
        List.of(
            request -> {
              throw new IllegalStateException("password=hunter2");
            },
            request -> {
              throw new StackOverflowError("password=hunter2");
            },
            request -> Mono.error(new StackOverflowError("password=hunter2")),
            request ->
                Mono.fromCallable(
                    () -> {
                      throw new StackOverflowError("password=hunter2");
                    }),
            AsyncToolsTest::noMono,
            request -> Mono.empty(),
            request -> Mono.fromCallable(() -> null));

    for (Function<CallToolRequest, Mono<CallToolResult>> handler : handlers) {
      CallToolResult failed = call(guarded(handler)).block();
      assertThat(failed.isError()).isTrue();
      assertThat(text(failed)).isEqualTo("The tool failed; what it had done by then is not known.");
    }
  }

  @Test
  void aHandlerThatFailsStaysCountedHoweverItFails() {
    AsyncToolSpecification tool =
        guarded(
            request -> {
              throw new StackOverflowError();
            });

    for (int i = 0; i < 10; i++) {
      assertThat(text(call(tool).block())).startsWith("The tool failed");
    }
    assertThat(decision(call(tool).block())).containsEntry("code", "limit");
  }

  @Test
  void aCallCancelledAtOnceIsCountedIfItsHandlerWasStarted() {
    AtomicInteger started = new AtomicInteger();
    AsyncToolSpecification tool =
        guarded(
            request -> {
              started.incrementAndGet();
              return Mono.just(TestTool.text("ran"));
            });

    for (int i = 0; i < 20; i++) {
      call(tool).subscribe(new CancelledAtOnce());
    }
    int counted = started.get();
    while (!Boolean.TRUE.equals(call(tool).block().isError())) {
      counted++;
    }

    assertThat(counted).isEqualTo(10);
    assertThat(started).hasValue(10);
  }

  /** A subscriber that cancels in the very moment of its subscription. */
  private static final class CancelledAtOnce extends BaseSubscriber<CallToolResult> {
    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      subscription.cancel();
    }
  }

  @SuppressWarnings("NullAway") // what a handler may do all the same
  private static Mono<CallToolResult> noMono(CallToolRequest request) {
    return null;
  }

  private AsyncToolSpecification guarded(Function<CallToolRequest, Mono<CallToolResult>> handler) {
    Tool tool = Tool.builder("slow", Map.of("type", "object")).build();
    return McpTools.builder(guard)
        .build()
        .statelessAsync(
            List.of(new AsyncToolSpecification(tool, (context, request) -> handler.apply(request))))
        .get(0);
  }

  private static Mono<CallToolResult> call(AsyncToolSpecification tool) {
    return tool.callHandler()
        .apply(
            McpTransportContext.EMPTY, CallToolRequest.builder("slow").arguments(Map.of()).build());
  }
}
