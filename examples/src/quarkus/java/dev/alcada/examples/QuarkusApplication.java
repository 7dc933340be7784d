package dev.alcada.examples;

import dev.alcada.approval.Approvals;
import dev.alcada.decision.Caller;
import dev.alcada.guard.ToolGuard;
import io.quarkiverse.mcp.server.McpConnection;
import io.quarkiverse.mcp.server.Tool;
import io.quarkiverse.mcp.server.ToolManager;
import io.quarkiverse.mcp.server.ToolResponse;
import io.quarkus.runtime.Startup;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.function.Function;

/** A Quarkus application whose tools are guarded. */
@ApplicationScoped
public class QuarkusApplication {
  /** A person's answers. */
  static final Approvals APPROVALS = Approvals.inMemory();

  @Inject ToolManager manager;
  @Inject QuarkusTools tools;

  @Produces
  @Singleton
  static ToolGuard guard() {
    return FrameworkPolicy.guard(APPROVALS);
  }

  @Produces
  @Singleton
  static Function<McpConnection, Caller> callers() {
    return connection -> {
      if (connection.initialRequest().implementation().name().equals("nobody")) {
        throw new IllegalStateException("no such caller");
      }
      return Caller.grant("agent-7");
    };
  }

  /** A method is hidden, and not otherwise guarded. */
  @Tool(name = "secret", description = "Is hidden")
  String secret() {
    return "ran";
  }

  @Startup
  void register() {
    tools
        .tool(manager, "echo", call -> ToolResponse.success("said " + call.args().get("text")))
        .setDescription("Repeats a text")
        .addArgument("text", "What to repeat", true, String.class)
        .register();
    tools
        .asyncTool(
            manager, "capped", call -> Uni.createFrom().item(() -> ToolResponse.success("ran")))
        .setDescription("Runs ten times a day")
        .register();
    tools
        .tool(manager, "refund", call -> ToolResponse.success("refunded"))
        .setDescription("Asks a person")
        .register();
    tools
        .tool(
            manager,
            "fails",
            call -> {
              throw new IllegalStateException("password=hunter2");
            })
        .setDescription("Throws")
        .register();
    tools
        .asyncTool(
            manager,
            "unknown",
            call -> Uni.createFrom().failure(new IllegalStateException("password=hunter2")))
        .setDescription("Is in no rule")
        .register();
  }
}
