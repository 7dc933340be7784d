package demo.langchain4j;

import dev.alcada.guard.ToolGuard;
import dev.alcada.langchain4j.CallerResolver;
import dev.alcada.langchain4j.GuardedTools;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.mcp.McpToolProvider;
import dev.langchain4j.mcp.client.McpClient;
import dev.langchain4j.service.tool.ToolExecutor;
import dev.langchain4j.service.tool.ToolProvider;
import dev.langchain4j.service.tool.ToolProviderResult;
import java.util.Map;

/** The snippets of core/docs/langchain4j.md, so that they compile and run. */
public final class Snippets {
  private Snippets() {}

  public static ToolProvider ofMcpServers(
      ToolGuard guard, CallerResolver callers, McpClient client) {
    ToolProvider tools =
        GuardedTools.around(guard, callers, McpToolProvider.builder().mcpClients(client).build());
    return tools;
  }

  public static ToolProvider ofExecutors(
      ToolGuard guard, CallerResolver callers, Map<ToolSpecification, ToolExecutor> executors) {
    ToolProvider tools =
        GuardedTools.around(guard, callers, request -> new ToolProviderResult(executors));
    return tools;
  }
}
