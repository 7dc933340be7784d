package dev.alcada.spring;

import dev.alcada.decision.Caller;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.client.ChatClientRequest;
import org.springframework.ai.chat.client.ChatClientResponse;
import org.springframework.ai.chat.client.advisor.api.CallAdvisor;
import org.springframework.ai.chat.client.advisor.api.CallAdvisorChain;
import org.springframework.ai.chat.client.advisor.api.StreamAdvisor;
import org.springframework.ai.chat.client.advisor.api.StreamAdvisorChain;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.tool.ToolCallback;
import reactor.core.publisher.Flux;

/**
 * Guards the tools of a {@code ChatClient}, at both ends of its chain: outermost, the tools that it
 * will run are put behind the guard for whoever is calling; innermost, the model is told of none
 * that is hidden.
 */
final class GuardAdvisor implements CallAdvisor, StreamAdvisor {
  private final GuardedTools tools;
  private final CallSite site;
  private final boolean innermost;

  GuardAdvisor(GuardedTools tools, CallSite site, boolean innermost) {
    this.tools = tools;
    this.site = site;
    this.innermost = innermost;
  }

  @Override
  public String getName() {
    return innermost ? "Alçada, hidden tools" : "Alçada, tools";
  }

  /** The last place but one is the innermost: at the last the model itself is called. */
  @Override
  public int getOrder() {
    return innermost ? LOWEST_PRECEDENCE - 1 : HIGHEST_PRECEDENCE;
  }

  @Override
  public ChatClientResponse adviseCall(ChatClientRequest request, CallAdvisorChain chain) {
    return chain.nextCall(of(request) == null ? request : advised(request, caller(request)));
  }

  @Override
  public Flux<ChatClientResponse> adviseStream(
      ChatClientRequest request, StreamAdvisorChain chain) {
    ToolCallingChatOptions options = of(request);
    if (options == null) {
      return chain.nextStream(request);
    }
    Caller before = site.principal();
    return site.caller(GuardedTools.context(options), before)
        .flatMapMany(caller -> chain.nextStream(advised(request, caller)));
  }

  private Caller caller(ChatClientRequest request) {
    ToolCallingChatOptions options = of(request);
    return site.caller(options == null ? Map.of() : GuardedTools.context(options));
  }

  private ChatClientRequest advised(ChatClientRequest request, Caller caller) {
    List<ToolCallback> all = GuardedTools.in(request.prompt().getOptions());
    List<ToolCallback> mine =
        innermost
            ? all.stream().filter(tool -> tools.visible(tool, caller)).toList()
            : all.stream().map(tool -> tools.guard(tool, caller)).toList();
    return request.mutate().prompt(GuardedTools.with(request.prompt(), mine)).build();
  }

  private static @Nullable ToolCallingChatOptions of(ChatClientRequest request) {
    return request.prompt().getOptions() instanceof ToolCallingChatOptions options
            && !GuardedTools.in(options).isEmpty()
        ? options
        : null;
  }
}
