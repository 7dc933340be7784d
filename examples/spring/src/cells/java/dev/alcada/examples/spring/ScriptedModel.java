package dev.alcada.examples.spring;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.Message;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.ChatOptions;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import reactor.core.publisher.Flux;

/**
 * A model that calls the tool that it is told to ("name arguments"), and then says what the tool
 * answered. It keeps the names of the tools it was told of.
 */
class ScriptedModel implements ChatModel {
  private final Set<String> shown = ConcurrentHashMap.newKeySet();

  @Override
  public ChatResponse call(Prompt prompt) {
    if (prompt.getOptions() instanceof ToolCallingChatOptions options
        && options.getToolCallbacks() != null) {
      options.getToolCallbacks().forEach(tool -> shown.add(tool.getToolDefinition().name()));
    }
    Message last = prompt.getInstructions().get(prompt.getInstructions().size() - 1);
    return new ChatResponse(List.of(new Generation(answer(last))));
  }

  @Override
  public Flux<ChatResponse> stream(Prompt prompt) {
    return Flux.defer(() -> Flux.just(call(prompt)));
  }

  @Override
  public ChatOptions getOptions() {
    return ToolCallingChatOptions.builder().build();
  }

  Set<String> shown() {
    return shown;
  }

  static AssistantMessage asking(String tool, String arguments) {
    return AssistantMessage.builder()
        .content("")
        .toolCalls(List.of(new AssistantMessage.ToolCall("1", "function", tool, arguments)))
        .build();
  }

  private static AssistantMessage answer(Message last) {
    if (last instanceof ToolResponseMessage response) {
      return new AssistantMessage(response.getResponses().get(0).responseData());
    }
    String[] words = String.valueOf(last.getText()).split(" ", 2);
    return asking(words[0], words[1]);
  }
}
