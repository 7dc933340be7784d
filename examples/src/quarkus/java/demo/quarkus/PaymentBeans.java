package demo.quarkus;

import dev.alcada.audit.DecisionListener;
import dev.alcada.decision.Caller;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import io.quarkiverse.mcp.server.McpConnection;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

public class PaymentBeans {
  @Produces
  @Singleton
  ToolGuard guard() throws IOException {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    try (var policy = loader.getResourceAsStream("policy.yaml")) {
      return ToolGuard.builder(
              Policy.parse(new String(policy.readAllBytes(), StandardCharsets.UTF_8)))
          .listener(DecisionListener.logging())
          .build();
    }
  }

  @Produces
  @Singleton
  Function<McpConnection, Caller> callers() {
    return connection -> Caller.grant("anonymous"); // or whom Quarkus has authenticated
  }
}
