package dev.alcada.spring;

import dev.alcada.decision.Caller;
import java.util.List;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.ai.model.tool.ToolExecutionResult;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.definition.ToolDefinition;

/** Runs a model's tool calls through the guard, and tells the model of no tool that is hidden. */
final class GuardedToolCallingManager implements ToolCallingManager, Proxies.Guarded {
  private final ToolCallingManager manager;
  private final GuardedTools tools;
  private final CallSite site;

  GuardedToolCallingManager(ToolCallingManager manager, GuardedTools tools, CallSite site) {
    this.manager = manager;
    this.tools = tools;
    this.site = site;
  }

  @Override
  public List<ToolDefinition> resolveToolDefinitions(ToolCallingChatOptions options) {
    List<ToolCallback> all = GuardedTools.in(options);
    if (all.isEmpty()) {
      return manager.resolveToolDefinitions(options);
    }
    Caller caller = site.caller(GuardedTools.context(options));
    return manager.resolveToolDefinitions(
        GuardedTools.with(
            options, all.stream().filter(tool -> tools.visible(tool, caller)).toList()));
  }

  @Override
  public ToolExecutionResult executeToolCalls(Prompt prompt, ChatResponse response) {
    List<ToolCallback> all = GuardedTools.in(prompt.getOptions());
    boolean guarded = all.stream().allMatch(Proxies::guarded);
    return manager.executeToolCalls(
        guarded ? prompt : GuardedTools.with(prompt, all.stream().map(tools::guard).toList()),
        response);
  }
}
