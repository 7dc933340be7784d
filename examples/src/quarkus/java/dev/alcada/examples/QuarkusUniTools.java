package dev.alcada.examples;

import dev.alcada.examples.quarkus.Guarded;
import dev.alcada.guard.NotDoneException;
import io.quarkiverse.mcp.server.Tool;
import io.quarkiverse.mcp.server.ToolCallException;
import io.quarkiverse.mcp.server.ToolResponse;
import io.smallrye.mutiny.Uni;

/** Tools that hold no thread, guarded by one annotation. */
@SuppressWarnings("DoNotCallSuggester") // they fail for the tests
@Guarded
public class QuarkusUniTools {
  @Tool(description = "Repeats a text")
  Uni<String> echo(String text) {
    return Uni.createFrom().item("said " + text);
  }

  @Tool(description = "Runs twice a day")
  Uni<String> limited() {
    return Uni.createFrom().item("ran");
  }

  @Tool(description = "Runs ten times a day")
  Uni<ToolResponse> capped() {
    return Uni.createFrom().item(ToolResponse.success("ran"));
  }

  @Tool(description = "Is hidden")
  Uni<String> secret() {
    return Uni.createFrom().item("ran");
  }

  @Tool(description = "Is in no rule")
  Uni<String> unlisted() {
    return Uni.createFrom().item("ran");
  }

  @Tool(description = "Asks a person")
  Uni<ToolResponse> refund() {
    return Uni.createFrom().item(ToolResponse.success("refunded"));
  }

  @Tool(description = "Fails")
  Uni<String> fails() {
    return Uni.createFrom().failure(new IllegalStateException("password=hunter2"));
  }

  @Tool(description = "Overflows")
  Uni<String> errs() {
    throw new StackOverflowError("password=hunter2");
  }

  @Tool(description = "Does nothing")
  Uni<String> nothing() {
    return Uni.createFrom().failure(new NotDoneException("password=hunter2"));
  }

  @Tool(description = "Says what went wrong")
  Uni<String> unlucky() {
    return Uni.createFrom().failure(new ToolCallException("no such file"));
  }
}
