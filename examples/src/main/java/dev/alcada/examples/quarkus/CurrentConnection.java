package dev.alcada.examples.quarkus;

import io.quarkiverse.mcp.server.McpConnection;
import jakarta.enterprise.context.RequestScoped;
import org.jspecify.annotations.Nullable;

/**
 * The connection that the current request came by: {@link GuardedTools}, which as a filter is asked
 * before any method is called, notes it for {@link GuardedMethods}, which is not told.
 */
@RequestScoped
public class CurrentConnection {
  private volatile @Nullable McpConnection connection;

  /** Notes the connection. */
  void comesIn(McpConnection by) {
    connection = by;
  }

  /** {@return the connection} */
  McpConnection connection() {
    McpConnection noted = connection;
    if (noted == null) {
      throw new IllegalStateException("a tool's method was not called as a tool");
    }
    return noted;
  }
}
