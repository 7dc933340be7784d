package dev.alcada.examples;

import dev.alcada.examples.quarkus.Guarded;
import dev.alcada.guard.NotDoneException;
import io.quarkiverse.mcp.server.McpConnection;
import io.quarkiverse.mcp.server.Tool;
import io.quarkiverse.mcp.server.ToolArg;
import io.quarkiverse.mcp.server.ToolCallException;
import io.quarkiverse.mcp.server.ToolResponse;
import java.util.Optional;

/** Tools as Quarkus's users write them, guarded by one annotation. */
@SuppressWarnings("DoNotCallSuggester") // they fail for the tests
@Guarded
public class QuarkusMethodTools {
  @Tool(name = "echo", description = "Repeats a text")
  String echo(
      McpConnection connection, @ToolArg(name = "text") String what, Optional<Integer> times) {
    return "said " + what + times.map(count -> " " + count + " times").orElse("");
  }

  @Tool(description = "Runs twice a day")
  String limited() {
    return "ran";
  }

  @Tool(description = "Runs ten times a day")
  ToolResponse capped() {
    return ToolResponse.success("ran");
  }

  @Tool(description = "Is hidden")
  String secret() {
    return "ran";
  }

  @Tool(description = "Is in no rule")
  String unlisted() {
    return "ran";
  }

  @Tool(description = "Asks a person")
  ToolResponse refund() {
    return ToolResponse.success("refunded");
  }

  @Tool(description = "Throws")
  String fails() {
    throw new IllegalStateException("password=hunter2");
  }

  @Tool(description = "Overflows")
  String errs() {
    throw new StackOverflowError("password=hunter2");
  }

  @Tool(description = "Does nothing")
  String nothing() {
    throw new NotDoneException("password=hunter2");
  }

  @Tool(description = "Says what went wrong")
  String unlucky() {
    throw new ToolCallException("no such file");
  }
}
