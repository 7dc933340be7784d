package dev.alcada.langchain4j;

import dev.alcada.guard.NotDoneException;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.ReturnBehavior;
import dev.langchain4j.agent.tool.Tool;

/** Tools as LangChain4j's users write them. */
@SuppressWarnings("DoNotCallSuggester") // they fail for the tests
final class Tools {
  @Tool("Repeats a text")
  String echo(@P("what to repeat") String text) {
    return "said " + text;
  }

  @Tool
  String limited() {
    return "ran";
  }

  @Tool
  String capped() {
    return "ran";
  }

  @Tool
  String secret() {
    return "ran";
  }

  @Tool
  String refund() {
    return "refunded";
  }

  @Tool
  String fails() {
    throw new IllegalStateException("password=hunter2");
  }

  @Tool
  String errs() {
    throw new StackOverflowError("password=hunter2");
  }

  @Tool
  String nothing() {
    throw new NotDoneException("password=hunter2");
  }

  @Tool
  String numbered(int number) {
    return "number " + number;
  }

  @Tool(returnBehavior = ReturnBehavior.IMMEDIATE)
  String immediate() {
    return "ran";
  }
}
