package dev.alcada.langchain4j;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;

/** A model that makes the calls it is told to make, and then repeats what it was answered. */
final class ScriptedModel implements ChatModel {
  private final List<ToolExecutionRequest> calls;
  private final Runnable thinking;
  private final Set<String> offered = new ConcurrentSkipListSet<>();

  ScriptedModel(Runnable thinking, ToolExecutionRequest... calls) {
    this.thinking = thinking;
    this.calls = List.of(calls);
  }

  static ScriptedModel calling(String tool, String arguments) {
    return new ScriptedModel(() -> {}, request(tool, arguments));
  }

  static ToolExecutionRequest request(String tool, String arguments) {
    return ToolExecutionRequest.builder().id("1").name(tool).arguments(arguments).build();
  }

  /** {@return the names of the tools that it was told of} */
  Set<String> offered() {
    return offered;
  }

  @Override
  public ChatResponse doChat(ChatRequest chat) {
    if (chat.toolSpecifications() != null) {
      chat.toolSpecifications().stream().map(ToolSpecification::name).forEach(offered::add);
    }
    List<ToolExecutionResultMessage> answers =
        chat.messages().stream()
            .filter(ToolExecutionResultMessage.class::isInstance)
            .map(ToolExecutionResultMessage.class::cast)
            .toList();
    if (answers.isEmpty()) {
      thinking.run();
      return ChatResponse.builder().aiMessage(AiMessage.from(calls)).build();
    }
    return ChatResponse.builder()
        .aiMessage(
            AiMessage.from(
                answers.stream()
                    .map(ToolExecutionResultMessage::text)
                    .collect(Collectors.joining("\n"))))
        .build();
  }
}
