package dev.alcada.examples.gateway;

import dev.alcada.guard.ToolGuard;
import dev.alcada.mcp.McpTools;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the policy fits the tools it is put on; what does not is logged once. Thread-safe. */
final class PolicyFit {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyFit.class);
  private static final int MOST_WARNINGS = 1000;

  private final McpTools policy;
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  private PolicyFit(McpTools policy) {
    this.policy = policy;
  }

  static PolicyFit of(ToolGuard guard, boolean allowSimilarNames) {
    McpTools.Builder tools = McpTools.builder(guard);
    return new PolicyFit((allowSimilarNames ? tools.allowSimilarNames() : tools).build());
  }

  /** {@return whether no tool is open that the policy surely means to rule} */
  boolean check(UpstreamTools tools) {
    try {
      policy.check(tools.tools()).forEach(warning -> once(warning, false));
      return true;
    } catch (IllegalArgumentException e) {
      once(e.getMessage() + " (--allow-similar-names)", true);
      return false;
    }
  }

  private void once(String problem, boolean error) {
    if (said.size() < MOST_WARNINGS && said.add(problem)) {
      if (error) {
        LOG.error(problem);
      } else {
        LOG.warn(problem);
      }
    }
  }
}
