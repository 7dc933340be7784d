package dev.alcada.examples;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;

/** A model that calls one tool and then repeats what the tool said. */
record ScriptedModel(ToolExecutionRequest request) implements ChatModel {
  @Override
  public ChatResponse doChat(ChatRequest chat) {
    var last = chat.messages().get(chat.messages().size() - 1);
    return ChatResponse.builder()
        .aiMessage(
            last instanceof ToolExecutionResultMessage result
                ? AiMessage.from(result.text())
                : AiMessage.from(request))
        .build();
  }
}
