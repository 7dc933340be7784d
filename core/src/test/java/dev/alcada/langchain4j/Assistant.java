package dev.alcada.langchain4j;

import dev.langchain4j.invocation.InvocationParameters;
import dev.langchain4j.service.UserMessage;

/** An AI service's interface, as LangChain4j's users write it. */
interface Assistant {
  String chat(String message);

  String chatFor(@UserMessage String message, InvocationParameters parameters);
}
