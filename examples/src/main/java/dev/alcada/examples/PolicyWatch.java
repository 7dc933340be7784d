package dev.alcada.examples;

import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.alcada.policy.PolicyException;
import dev.alcada.policy.PolicyFile;
import java.nio.file.Path;
import java.util.StringJoiner;

/**
 * Keeps the policy of a guard as its file has it, and tells on standard error when that changes.
 */
public final class PolicyWatch {
  private PolicyWatch() {}

  /**
   * Puts each later policy of the file in force.
   *
   * @param guard with the policy that was loaded from it
   * @return the watch, which lasts until it is closed
   */
  public static PolicyFile watch(Path file, ToolGuard guard) {
    return PolicyFile.watch(file, policy -> replace(guard, policy), PolicyWatch::keep);
  }

  private static void replace(ToolGuard guard, Policy policy) {
    if (!policy.equals(guard.policy())) {
      guard.replacePolicy(policy);
      System.err.println(
          policy.halted() == null
              ? "policy: the file has changed; what it says now is in force"
              : "policy: the file has changed; every call is halted");
    }
  }

  private static void keep(PolicyException broken) {
    // One write, so that no line of another thread stands between them.
    StringJoiner lines = new StringJoiner(System.lineSeparator() + "  ");
    lines.add("policy: the file does not load; the last good policy stays in force:");
    broken.problems().forEach(problem -> lines.add(problem.toString()));
    System.err.println(lines);
  }
}
