package dev.alcada.examples;

import dev.alcada.guard.NotDoneException;
import io.quarkiverse.mcp.server.Tool;
import io.quarkiverse.mcp.server.ToolCallException;
import io.quarkiverse.mcp.server.ToolManager;
import io.quarkiverse.mcp.server.ToolManager.ToolArguments;
import io.quarkiverse.mcp.server.ToolManager.ToolDefinition;
import io.quarkiverse.mcp.server.ToolResponse;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.function.Function;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Tools with handlers, all synchronous or all asynchronous, and one method that nothing guards. */
@ApplicationScoped
public class QuarkusHandlers {
  @Inject ToolManager manager;
  @Inject QuarkusTools tools;

  @ConfigProperty(name = "handlers.async", defaultValue = "false")
  boolean async;

  /** The policy allows it, and nothing counts it. */
  @Tool(name = "forgotten", description = "Lacks the annotation")
  String forgotten() {
    return "ran";
  }

  @Startup
  void register() {
    tool("echo", call -> ToolResponse.success("said " + call.args().get("text")))
        .addArgument("text", "What to repeat", true, String.class)
        .register();
    for (String name : new String[] {"limited", "capped", "secret", "unlisted"}) {
      tool(name, call -> ToolResponse.success("ran")).register();
    }
    tool("refund", call -> ToolResponse.success("refunded")).register();
    tool(
            "fails",
            call -> {
              throw new IllegalStateException("password=hunter2");
            })
        .register();
    tool(
            "errs",
            call -> {
              throw new StackOverflowError("password=hunter2");
            })
        .register();
    tool(
            "nothing",
            call -> {
              throw new NotDoneException("password=hunter2");
            })
        .register();
    tool(
            "unlucky",
            call -> {
              throw new ToolCallException("no such file");
            })
        .register();
  }

  private ToolDefinition tool(String name, Function<ToolArguments, ToolResponse> handler) {
    ToolDefinition definition =
        async
            ? tools.asyncTool(
                manager, name, call -> Uni.createFrom().item(() -> handler.apply(call)))
            : tools.tool(manager, name, handler);
    return definition.setDescription("A tool");
  }
}
