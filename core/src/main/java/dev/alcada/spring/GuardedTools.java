package dev.alcada.spring;

import dev.alcada.decision.Caller;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.support.ToolCallbacks;
import org.springframework.ai.tool.ToolCallback;

/**
 * Puts tools of Spring AI behind the application's guard. A bean, where {@code alcada.policy} is
 * set: for tools that are neither beans nor given to a {@code ChatClient}, such as those that an
 * application calls in a loop of its own. Beans are guarded already.
 *
 * <p>What the policy does not let through is a text for the model to read, and so is the failure of
 * a tool. Safe for use by several threads.
 */
@SuppressWarnings("exports") // whoever uses this package requires Spring AI already
public final class GuardedTools {
  private final GuardInUse guard;
  private final CallSite site;

  GuardedTools(GuardInUse guard, CallSite site) {
    this.guard = guard;
    this.site = site;
  }

  /**
   * Returns a tool behind the guard. The caller is whoever is authenticated on the thread that
   * calls it.
   *
   * @param tool the tool; one that is guarded already is returned as it is
   * @return the same tool behind the guard
   */
  public ToolCallback guard(ToolCallback tool) {
    Objects.requireNonNull(tool, "tool");
    return Proxies.guarded(tool) ? tool : guarded(tool);
  }

  /** {@return the guard around a tool, whether it is there already or not} */
  GuardedToolCallback guarded(ToolCallback tool) {
    if (tool instanceof GuardedToolCallback guarded) {
      return guarded;
    }
    GuardedToolCallback.Advice advice = Proxies.advice(tool, GuardedToolCallback.Advice.class);
    return advice == null ? new GuardedToolCallback(tool, guard, site, null) : advice.guarded();
  }

  /**
   * Returns the tools that objects offer by methods with Spring AI's {@code @Tool}, behind the
   * guard.
   *
   * @param objects the objects
   * @return a tool for each such method
   * @throws IllegalArgumentException if an object has none, or two have one name
   */
  public ToolCallback[] guardMethods(Object... objects) {
    return guard(ToolCallbacks.from(objects));
  }

  ToolCallback[] guard(ToolCallback[] tools) {
    return Arrays.stream(tools).map(this::guard).toArray(ToolCallback[]::new);
  }

  /** {@return the tool for one caller, behind the guard} */
  ToolCallback guard(ToolCallback tool, Caller caller) {
    return guarded(tool).by(caller);
  }

  /** {@return whether the policy lets a caller see a tool} */
  boolean visible(ToolCallback tool, Caller caller) {
    return guard.get().visible(tool.getToolDefinition().name(), caller);
  }

  /** {@return the tools that options name, none if they name none} */
  static List<ToolCallback> in(@Nullable ChatOptions options) {
    List<ToolCallback> tools =
        options instanceof ToolCallingChatOptions calling ? calling.getToolCallbacks() : null;
    return tools == null ? List.of() : tools;
  }

  /** {@return the entries of the context that options have for tools} */
  static Map<String, Object> context(ToolCallingChatOptions options) {
    Map<String, Object> context = options.getToolContext();
    return context == null ? Map.of() : context;
  }

  /** {@return the same prompt with other tools} */
  static Prompt with(Prompt prompt, List<ToolCallback> tools) {
    return prompt.getOptions() instanceof ToolCallingChatOptions calling
        ? new Prompt(prompt.getInstructions(), with(calling, tools))
        : prompt;
  }

  static ToolCallingChatOptions with(ToolCallingChatOptions options, List<ToolCallback> tools) {
    return options.mutate().toolCallbacks(tools).build();
  }
}
