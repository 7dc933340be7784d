package dev.alcada.testing;

import dev.alcada.decision.Coverage;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * Assertions for a server's own tests: that a policy was written for each of its tools, and that
 * each can be reached through the guard alone.
 *
 * <pre>{@code
 * GovernedTools.assertCovered(guard, tools);
 * GovernedTools.assertBehind(guard, tools, tool -> text(client.callTool(request(tool))));
 * }</pre>
 */
public final class GovernedTools {
  private static final String DENYING =
      """
      {"version": "1", "default": "allow",
       "all_tools": {"deny_if": [{"conditions": [], "on_deny": "%s"}]}}
      """;

  private GovernedTools() {}

  /** Makes one call of a tool as an agent would, with whatever arguments. */
  @FunctionalInterface
  public interface ToolCaller {
    /**
     * Calls a tool.
     *
     * @param tool the tool's name
     * @return what the agent is told
     * @throws Exception if the call failed
     */
    String call(String tool) throws Exception;
  }

  /**
   * Asserts that the policy in force denies, limits or lists each tool.
   *
   * @param guard a guard with one policy for all callers
   * @param tools the names of all tools, at least one
   * @throws AssertionError if there is none, or naming those that no rule is for
   */
  public static void assertCovered(ToolGuard guard, Collection<String> tools) {
    notEmpty(tools);
    List<String> open =
        guard.coverage(tools).stream()
            .filter(coverage -> !coverage.governed())
            .map(Coverage::tool)
            .toList();
    if (!open.isEmpty()) {
      throw new AssertionError(
          "The policy allows what it does not list, and no rule is for "
              + String.join(", ", open)
              + ": list them, or let the default be to deny.");
    }
  }

  /**
   * Asserts that each tool is denied by this guard while the guard denies everything: one that is
   * not runs without asking it. The guard's policy is exchanged for one that denies all, in words
   * that no other has, and put back; where a tool is not behind the guard, its handler may run.
   *
   * @param guard a guard with one policy for all callers, which serves no others meanwhile
   * @param tools the names of all tools, at least one
   * @param caller calls a tool the way an agent does, through the server and its transport
   * @throws AssertionError if there is no tool, or naming those that were reached past the guard
   */
  public static void assertBehind(ToolGuard guard, Collection<String> tools, ToolCaller caller) {
    notEmpty(tools);
    Policy inForce = guard.policy();
    if (inForce == null) {
      throw new AssertionError(
          "The guard asks a PolicySource; give this test one with a policy of its own.");
    }
    String words = "Denied to a test, " + UUID.randomUUID() + ".";
    guard.replacePolicy(Policy.parse(DENYING.formatted(words)));
    List<String> past;
    try {
      past = tools.stream().filter(tool -> !told(tool, caller).contains(words)).toList();
    } finally {
      guard.replacePolicy(inForce);
    }
    if (!past.isEmpty()) {
      throw new AssertionError(
          "Not behind this guard, since it denied everything and they did not answer so: "
              + String.join(", ", past));
    }
  }

  private static String told(String tool, ToolCaller caller) {
    try {
      return caller.call(tool);
    } catch (Exception e) {
      throw new AssertionError(
          "The call of " + tool + " failed, so it is not known who would have answered it", e);
    }
  }

  private static void notEmpty(Collection<String> tools) {
    if (Objects.requireNonNull(tools, "tools").isEmpty()) {
      throw new AssertionError("There is no tool to look at");
    }
  }
}
