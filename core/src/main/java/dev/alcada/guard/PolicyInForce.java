package dev.alcada.guard;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.alcada.decision.Caller;
import dev.alcada.decision.CompiledPolicy;
import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.Policy;
import dev.alcada.time.TimeSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the compiled policy for a caller: one for all, exchangeable, or one from a source. What
 * comes in force is logged once, with all that is doubtful about it.
 */
final class PolicyInForce {
  private static final Logger LOG = LoggerFactory.getLogger(ToolGuard.class);

  /** So much of a revision tells it from others. */
  private static final int SHOWN = 12;

  private static final int MOST_REMEMBERED = 1000;

  private final @Nullable PolicySource source;
  private final TimeSource time;
  private final LoadingCache<Policy, CompiledPolicy> compiled =
      Caffeine.newBuilder().weakKeys().build(this::compile);

  /** The revisions of a source's policies that were logged: it may make each anew for each call. */
  private final Cache<String, Boolean> logged =
      Caffeine.newBuilder().maximumSize(MOST_REMEMBERED).build();

  private volatile @Nullable CompiledPolicy one;
  private volatile @Nullable Policy document;

  PolicyInForce(Policy policy, TimeSource time) {
    source = null;
    this.time = time;
    one = compiled(policy);
    document = policy;
    log(policy);
  }

  PolicyInForce(PolicySource source, TimeSource time) {
    this.source = source;
    this.time = time;
  }

  /** {@return a policy made ready by the guard's clock} */
  final CompiledPolicy compiled(Policy policy) {
    return CompiledPolicy.of(policy, time);
  }

  @Nullable CompiledPolicy forCaller(Caller caller) {
    if (!caller.hasGrant()) {
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
    log(replacement);
    return last;
  }

  private CompiledPolicy compile(Policy policy) {
    CompiledPolicy made = compiled(policy);
    if (logged.asMap().putIfAbsent(policy.revision(), true) == null) {
      log(policy);
    }
    return made;
  }

  /** A log that fails changes nothing: the policy is in force. */
  private static void log(Policy policy) {
    try {
      String name = Spelling.visible(policy.name());
      policy.warnings().forEach(warning -> LOG.warn("{}: {}", name, warning));
      LOG.info(
          "{} is in force: revision={} tools={} warnings={}",
          name,
          policy.revision().substring(0, SHOWN),
          policy.tools().size(),
          policy.warnings().size());
    } catch (RuntimeException e) {
      // There is nobody left to tell.
    }
  }
}
