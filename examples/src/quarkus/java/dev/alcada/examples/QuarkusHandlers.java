package dev.alcada.examples;

import dev.alcada.examples.quarkus.GuardedTools;
import dev.alcada.guard.NotDoneException;
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

/** Tools with handlers, all synchronous or all asynchronous. */
@ApplicationScoped
public class QuarkusHandlers {
  @Inject ToolManager manager;
  @Inject GuardedTools tools;

  @ConfigProperty(name = "handlers.async", defaultValue = "false")
  boolean async;

  @Startup
  void register() {
    tool("echo", call -> ToolResponse.success("said " + call.args().get("text")))
        .addArgument("text", "What to repeat", true, String.class)
        .register();
    for (String name : new String[] {"limited", "capped", "secret", "unlisted"}) {
      tool(name, call -> ToolResponse.success("ran")).register();
    }
    tool(
            "adds",
            call -> {
              manager
                  .newTool("late")
                  .setDescription("Comes when the application runs")
                  .setHandler(late -> ToolResponse.success("ran"))
                  .register();
              return ToolResponse.success("added");
            })
        .register();
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
