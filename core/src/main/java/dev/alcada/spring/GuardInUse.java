package dev.alcada.spring;

import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ListableBeanFactory;

/**
 * The guard that everything in this application goes through: the application's own bean, or else
 * the one that this room makes. It is looked for when the first tool needs it, so that no bean is
 * made early, and it is not given away before the policy of {@code alcada.policy} is in force in
 * it.
 */
final class GuardInUse {
  private static final Logger LOG = LoggerFactory.getLogger(GuardInUse.class);

  private final ListableBeanFactory beans;
  private final PolicyDocument document;
  private volatile @Nullable ToolGuard guard;

  GuardInUse(ListableBeanFactory beans, PolicyDocument document) {
    this.beans = beans;
    this.document = document;
  }

  ToolGuard get() {
    ToolGuard found = guard;
    return found == null ? find() : found;
  }

  /** No lock is held while beans are made, which are made under one of Spring's own. */
  private ToolGuard find() {
    ToolGuard found = Beans.one(beans, ToolGuard.class);
    if (found == null) {
      throw new StartFailure(
          Settings.POLICY + " is set and there is no ToolGuard bean",
          "leave Alçada's auto-configuration as it is");
    }
    synchronized (this) {
      if (guard == null) {
        putInForce(found);
        guard = found;
      }
    }
    return found;
  }

  private void putInForce(ToolGuard found) {
    Policy policy = document.policy();
    if (policy == null) {
      return;
    }
    if (found.policy() == null) {
      throw new StartFailure(
          Settings.POLICY
              + " names a policy, and the ToolGuard bean "
              + Beans.names(beans, ToolGuard.class)
              + " asks a PolicySource for its own",
          "set " + Settings.POLICY + ": bean, or leave that bean out");
    }
    if (!policy.equals(found.policy())) {
      found.replacePolicy(policy);
    }
    policy.warnings().forEach(warning -> LOG.warn("{}: {}", document.source(), warning));
    document.follow(found);
  }
}
