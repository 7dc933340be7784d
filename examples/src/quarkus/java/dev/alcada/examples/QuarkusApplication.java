package dev.alcada.examples;

import dev.alcada.decision.Caller;
import dev.alcada.guard.Approvals;
import dev.alcada.guard.ToolGuard;
import io.quarkiverse.mcp.server.McpConnection;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.function.Function;

/** What every Quarkus application here supplies: a guard, and who is calling. */
public class QuarkusApplication {
  /** A person's answers. */
  static final Approvals APPROVALS = Approvals.inMemory();

  /** Whether callers can be told. */
  static volatile boolean callersKnown = true;

  @Produces
  @Singleton
  static ToolGuard guard() {
    return FrameworkPolicy.guard(APPROVALS);
  }

  @Produces
  @Singleton
  static Function<McpConnection, Caller> callers() {
    return connection -> {
      if (!callersKnown) {
        throw new IllegalStateException("password=hunter2");
      }
      return Caller.grant("agent-7");
    };
  }
}
