package dev.alcada.examples;

import io.quarkiverse.mcp.server.McpConnection;
import jakarta.enterprise.context.RequestScoped;
import java.lang.reflect.Method;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The connection that the current request came by: {@link QuarkusTools}, which as a filter is asked
 * before any method is called, notes it for {@link QuarkusMethods}, which is not told.
 */
@RequestScoped
public class QuarkusRequest {
  private volatile @Nullable McpConnection connection;

  /**
   * Notes the connection.
   *
   * @param method the method that is a tool
   * @param by the connection
   * @return whether the method is guarded, so that it may be shown and called
   */
  boolean comesIn(Optional<Method> method, McpConnection by) {
    connection = by;
    return method
        .filter(
            tool ->
                tool.isAnnotationPresent(QuarkusGuarded.class)
                    || tool.getDeclaringClass().isAnnotationPresent(QuarkusGuarded.class))
        .isPresent();
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
