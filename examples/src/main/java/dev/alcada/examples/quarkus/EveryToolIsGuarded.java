package dev.alcada.examples.quarkus;

import io.quarkiverse.mcp.server.ToolManager;
import io.quarkiverse.mcp.server.ToolManager.ToolInfo;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.event.Startup;
import java.lang.reflect.Method;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** Fails the start of an application in which a tool is not behind the guard. */
@ApplicationScoped
public class EveryToolIsGuarded {
  /** Comes last, when those who register tools at the start have done so. */
  void onStart(
      @Observes @Priority(Integer.MAX_VALUE) Startup started,
      ToolManager manager,
      GuardedTools tools) {
    List<ToolInfo> ungoverned =
        StreamSupport.stream(manager.spliterator(), false)
            .filter(tool -> !tools.guards(tool))
            .toList();
    if (!ungoverned.isEmpty()) {
      throw new IllegalStateException(
          ungoverned.stream().map(EveryToolIsGuarded::named).collect(Collectors.joining(", "))
              + " would run without the guard: put @Guarded on the method or its class, or define"
              + " the tool with GuardedTools.tool.");
    }
  }

  private static String named(ToolInfo tool) {
    return tool.method()
        .map(Method::toGenericString)
        .map(method -> "The tool \"%s\" (%s)".formatted(tool.name(), method))
        .orElse("The tool \"%s\"".formatted(tool.name()));
  }
}
