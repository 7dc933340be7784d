package dev.alcada.examples;

import io.quarkiverse.mcp.server.ToolManager;
import io.quarkiverse.mcp.server.ToolResponse;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Defines a tool as Quarkus's users do where there is no guard. */
@ApplicationScoped
public class QuarkusUngovernedHandler {
  @Inject ToolManager manager;

  @Startup
  void register() {
    manager
        .newTool("forgotten")
        .setDescription("Asks no guard")
        .setHandler(call -> ToolResponse.success("ran"))
        .register();
  }
}
