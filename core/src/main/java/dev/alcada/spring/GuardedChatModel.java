package dev.alcada.spring;

import dev.alcada.decision.Caller;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.MessageAggregator;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.ai.model.tool.ToolExecutionResult;
import org.springframework.ai.tool.ToolCallback;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Stands before a chat model, where every tool that a model may ask for passes by. A model is told
 * of no tool that is hidden. Tools that come here unguarded would be run by whoever sent them, as a
 * {@code ChatClient} does that the application has made by hand; for those the rounds of asking the
 * model and running its tools are made here, and what goes back is the model's last word.
 */
final class GuardedChatModel implements Proxies.GuardAdvice {
  private final ChatModel model;
  private final GuardedTools tools;
  private final CallSite site;
  private final Supplier<ToolCallingManager> manager;

  GuardedChatModel(
      ChatModel model, GuardedTools tools, CallSite site, Supplier<ToolCallingManager> manager) {
    this.model = model;
    this.tools = tools;
    this.site = site;
    this.manager = manager;
  }

  @Override
  public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
    Object[] arguments = invocation.getArguments();
    if (arguments.length != 1
        || !(arguments[0] instanceof Prompt prompt)
        || !(prompt.getOptions() instanceof ToolCallingChatOptions options)
        || GuardedTools.in(options).isEmpty()) {
      return invocation.proceed();
    }
    return switch (invocation.getMethod().getName()) {
      case "call" -> call(prompt, round(options, site.caller(GuardedTools.context(options))));
      case "stream" -> stream(prompt, options, site.principal());
      default -> invocation.proceed();
    };
  }

  /**
   * What a model is told of, and what it may run.
   *
   * @param shown the options as the model sees them
   * @param run the options by which its calls are run, or null if somebody else runs them guarded
   */
  private record Round(ToolCallingChatOptions shown, @Nullable ToolCallingChatOptions run) {}

  private Round round(ToolCallingChatOptions options, Caller caller) {
    List<ToolCallback> all = GuardedTools.in(options);
    List<ToolCallback> shown = all.stream().filter(tool -> tools.visible(tool, caller)).toList();
    boolean guarded = all.stream().allMatch(Proxies::guarded);
    return new Round(
        shown.size() == all.size() ? options : GuardedTools.with(options, shown),
        guarded
            ? null
            : GuardedTools.with(
                options, all.stream().map(tool -> tools.guard(tool, caller)).toList()));
  }

  private ChatResponse call(Prompt prompt, Round round) {
    List<Message> messages = prompt.getInstructions();
    while (true) {
      ChatResponse response = model.call(new Prompt(messages, round.shown()));
      if (round.run() == null || response == null || !response.hasToolCalls()) {
        return response;
      }
      ToolExecutionResult result =
          manager.get().executeToolCalls(new Prompt(messages, round.run()), response);
      if (result.returnDirect()) {
        return direct(response, result);
      }
      messages = result.conversationHistory();
    }
  }

  private Flux<ChatResponse> stream(
      Prompt prompt, ToolCallingChatOptions options, @Nullable Caller before) {
    return site.caller(GuardedTools.context(options), before)
        .flatMapMany(caller -> stream(prompt.getInstructions(), round(options, caller)));
  }

  private Flux<ChatResponse> stream(List<Message> messages, Round round) {
    Flux<ChatResponse> chunks = Flux.defer(() -> model.stream(new Prompt(messages, round.shown())));
    ToolCallingChatOptions run = round.run();
    if (run == null) {
      return chunks;
    }
    AtomicReference<@Nullable ChatResponse> whole = new AtomicReference<>();
    return new MessageAggregator()
        .aggregate(chunks, whole::set)
        .filter(chunk -> !chunk.hasToolCalls())
        .concatWith(
            Flux.defer(
                () -> {
                  ChatResponse response = whole.get();
                  return response == null || !response.hasToolCalls()
                      ? Flux.empty()
                      : Mono.fromCallable(
                              () ->
                                  manager
                                      .get()
                                      .executeToolCalls(new Prompt(messages, run), response))
                          .subscribeOn(Schedulers.boundedElastic())
                          .flatMapMany(
                              result ->
                                  result.returnDirect()
                                      ? Flux.just(direct(response, result))
                                      : stream(result.conversationHistory(), round));
                }));
  }

  private static ChatResponse direct(ChatResponse response, ToolExecutionResult result) {
    return ChatResponse.builder()
        .from(response)
        .generations(ToolExecutionResult.buildGenerations(result))
        .build();
  }
}
