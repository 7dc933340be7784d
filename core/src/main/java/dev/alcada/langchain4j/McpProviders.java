package dev.alcada.langchain4j;

import dev.langchain4j.mcp.McpToolProvider;
import dev.langchain4j.service.tool.ToolProvider;

/** Knows the provider of MCP servers' tools, where {@code langchain4j-mcp} is there. */
final class McpProviders {
  private static final boolean PRESENT = present();

  private McpProviders() {}

  static boolean are(ToolProvider provider) {
    return PRESENT && Known.are(provider);
  }

  private static boolean present() {
    try {
      Class.forName(
          "dev.langchain4j.mcp.McpToolProvider", false, McpProviders.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  /** Loaded only where it can be. */
  private static final class Known {
    static boolean are(ToolProvider provider) {
      return provider instanceof McpToolProvider;
    }
  }
}
