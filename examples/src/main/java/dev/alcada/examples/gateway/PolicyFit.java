package dev.alcada.examples.gateway;

import dev.alcada.guard.Registration;
import dev.alcada.guard.ToolGuard;
import dev.alcada.mcp.McpTools;
import dev.alcada.policy.AllTools;
import dev.alcada.policy.Limit;
import dev.alcada.policy.NamePattern;
import dev.alcada.policy.Policy;
import java.time.Duration;
import java.util.Comparator;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Whether the policy fits the tools it is put on; what does not is logged once. Thread-safe. */
final class PolicyFit {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyFit.class);
  private static final int MOST_WARNINGS = 1000;

  private final ToolGuard guard;
  private final McpTools policy;
  private final Set<String> said = ConcurrentHashMap.newKeySet();

  private final @Nullable PinFile pins;
  private final boolean whole;

  private PolicyFit(ToolGuard guard, McpTools policy, @Nullable PinFile pins, boolean whole) {
    this.guard = guard;
    this.policy = policy;
    this.pins = pins;
    this.whole = whole || guard.pins() != null;
  }

  static PolicyFit of(ToolGuard guard, boolean allowSimilarNames) {
    McpTools.Builder tools = McpTools.builder(guard);
    return new PolicyFit(
        guard, (allowSimilarNames ? tools.allowSimilarNames() : tools).build(), null, false);
  }

  /** {@return this, with tools that are pinned by a file} */
  PolicyFit withPins(PinFile file) {
    return new PolicyFit(guard, policy, file, true);
  }

  /** {@return this, with all that is said of tools kept} */
  PolicyFit withDefinitions() {
    return new PolicyFit(guard, policy, pins, true);
  }

  /** {@return whether all that is said of tools matters, as it does if they are pinned} */
  boolean whole() {
    return whole;
  }

  /** Tells the guard how an upstream's tools are now. */
  Registration describe(UpstreamTools tools) {
    return guard.describe(tools.definitions());
  }

  /** Looks whether somebody has accepted other tools. Not with a lock held: all sessions hear. */
  void reread() {
    if (pins != null) {
      pins.reread();
    }
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

  /** {@return whether a rule of the policy in force is about the tool} */
  boolean judges(String tool) {
    Policy inForce = guard.policy();
    return inForce == null
        || !inForce.allTools().equals(AllTools.NONE)
        || inForce.tools().keySet().stream().anyMatch(name -> named(name, tool));
  }

  /**
   * {@return how long a call of the tool may be taken to run at most, by the limits on what runs;
   * {@code null} if none is about the tool}
   */
  @Nullable Duration lease(String tool) {
    Policy inForce = guard.policy();
    if (inForce == null) {
      return null;
    }
    Stream<Limit> ofTool =
        inForce.tools().entrySet().stream()
            .filter(rule -> named(rule.getKey(), tool))
            .flatMap(rule -> rule.getValue().limits().stream());
    return Stream.concat(inForce.allTools().limits().stream(), ofTool)
        .filter(limit -> limit.kind() == Limit.Kind.IN_FLIGHT)
        .map(limit -> limit.window().length())
        .max(Comparator.naturalOrder())
        .orElse(null);
  }

  private static boolean named(String name, String tool) {
    return NamePattern.isPattern(name) ? NamePattern.of(name).matches(tool) : name.equals(tool);
  }

  private void once(String problem, boolean error) {
    String line = Quoted.line(problem);
    if (said.size() < MOST_WARNINGS && said.add(line)) {
      if (error) {
        LOG.error(line);
      } else {
        LOG.warn(line);
      }
    }
  }
}
