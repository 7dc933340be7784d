package dev.alcada.spring;

import dev.alcada.guard.Registration;
import dev.alcada.mcp.McpTools;
import io.modelcontextprotocol.server.McpAsyncServer;
import io.modelcontextprotocol.server.McpStatelessAsyncServer;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/**
 * Compares the policy with the tools of the application's MCP servers, and lets their clients know
 * when another policy shows them other tools.
 */
final class PolicyFit implements Coverage.Check {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyFit.class);

  private final GuardInUse guard;
  private final KnownTools known;
  private final Map<String, Tool> tools = new LinkedHashMap<>();

  PolicyFit(GuardInUse guard, KnownTools known) {
    this.guard = guard;
    this.known = known;
  }

  @Override
  public void check(Object bean, String name) {
    Object server = RequestTables.isServer(bean) ? RequestTables.asynchronous(bean) : null;
    if (server instanceof McpAsyncServer stateful) {
      add(stateful.listTools());
      McpTools.builder(guard.get()).build().notifyListChanges(stateful);
    } else if (server instanceof McpStatelessAsyncServer stateless) {
      add(stateless.listTools());
    }
  }

  private void add(Flux<Tool> all) {
    List<Tool> listed = all.collectList().block(Duration.ofMinutes(1));
    if (listed != null) {
      listed.forEach(
          tool -> {
            tools.put(tool.name(), tool);
            known.add(tool.name());
          });
    }
  }

  @Override
  public void done() {
    if (tools.isEmpty()) {
      return;
    }
    McpTools mcp = McpTools.builder(guard.get()).build();
    try {
      mcp.check(all()).forEach(LOG::warn);
    } catch (IllegalArgumentException e) {
      throw new StartFailure(
          Settings.POLICY + " does not fit the tools: " + withoutAdvice(e.getMessage()),
          "correct the name",
          e);
    }
    // A policy that takes its place is looked at alike.
    Registration unused =
        guard.get().checkReplacements(next -> mcp.check(next, all()).forEach(LOG::warn));
  }

  /** {@return the servers' tools, and those that only the application itself calls} */
  private Collection<Tool> all() {
    Map<String, Tool> all = new LinkedHashMap<>(tools);
    known
        .names()
        .forEach(
            name ->
                all.computeIfAbsent(
                    name, other -> Tool.builder(other, Map.of("type", "object")).build()));
    return all.values();
  }

  /** The advice is for whoever wraps tools by hand. */
  private static String withoutAdvice(@Nullable String message) {
    String text = String.valueOf(message);
    int advice = text.indexOf(" Correct the name");
    return advice < 0 ? text : text.substring(0, advice);
  }
}
