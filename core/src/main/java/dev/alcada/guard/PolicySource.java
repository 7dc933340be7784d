package dev.alcada.guard;

import dev.alcada.decision.Caller;
import dev.alcada.policy.Policy;
import org.jspecify.annotations.Nullable;

/**
 * Finds the policy for a caller: one per grant, per tenant, per plan. Asked for every call on the
 * calling thread, so it should answer from memory, and should return the same {@link Policy} object
 * while the policy is the same, since the guard compiles a policy once per object. Implementations
 * must be safe for use by several threads; one that throws denies the call.
 */
@FunctionalInterface
public interface PolicySource {
  /**
   * Returns the policy in force for a caller.
   *
   * @param caller on whose behalf a tool is called
   * @return the policy, or {@code null} to deny everything
   */
  @Nullable Policy policyFor(Caller caller);
}
