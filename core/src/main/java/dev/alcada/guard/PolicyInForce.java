package dev.alcada.guard;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.alcada.decision.Caller;
import dev.alcada.decision.CompiledPolicy;
import dev.alcada.policy.Policy;
import org.jspecify.annotations.Nullable;

/** Finds the compiled policy for a caller: one for all, exchangeable, or one from a source. */
final class PolicyInForce {
  private final @Nullable PolicySource source;
  private final LoadingCache<Policy, CompiledPolicy> compiled =
      Caffeine.newBuilder().weakKeys().build(CompiledPolicy::of);
  private volatile @Nullable CompiledPolicy one;
  private volatile @Nullable Policy document;

  PolicyInForce(Policy policy) {
    source = null;
    one = CompiledPolicy.of(policy);
    document = policy;
  }

  PolicyInForce(PolicySource source) {
    this.source = source;
  }

  @Nullable CompiledPolicy forCaller(Caller caller) {
    if (caller.grant().isBlank()) {
      return null;
    }
    if (source == null) {
      return one;
    }
    Policy policy = source.policyFor(caller);
    return policy == null ? null : compiled.get(policy);
  }

  /** {@return the one policy for all, or null if a source is asked} */
  @Nullable Policy document() {
    return document;
  }

  /** Puts another policy in force and returns the one before. */
  synchronized CompiledPolicy replace(Policy replacement, CompiledPolicy next) {
    CompiledPolicy last = one;
    if (last == null) {
      throw new IllegalStateException(
          "This guard asks its PolicySource for the policy of each call; let that return another.");
    }
    one = next;
    document = replacement;
    return last;
  }
}
