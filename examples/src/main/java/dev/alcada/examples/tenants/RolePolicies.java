package dev.alcada.examples.tenants;

import dev.alcada.decision.Caller;
import dev.alcada.guard.PolicySource;
import dev.alcada.policy.Policy;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A policy for each role. Both count refunds by tenant under one counter: what clerks have paid is
 * no longer there for managers.
 */
final class RolePolicies implements PolicySource {
  static final Map<String, Policy> BY_ROLE =
      Map.of(
          "clerk",
          Policy.parse(
              """
              version: "1"
              default: deny
              hide: [close_day]
              tools:
                paid_today: {}
                refund:
                  require:
                    - conditions: [{path: args.amount, op: exists, value: true}]
                  approve_if:
                    - name: large
                      conditions: [{path: args.amount, op: gt, value: 100}]
                      on_deny: Refunds above 100 need a manager's yes.
                  limits:
                    - {counter: refunds, window: day, max: 1000, increment_from: args.amount, scope: context.tenant}
              """),
          "manager",
          Policy.parse(
              """
              version: "1"
              default: deny
              tools:
                paid_today: {}
                close_day: {rate_limit: {max: 1, window: 1h, scope: context.tenant}}
                refund:
                  limits:
                    - {counter: refunds, window: day, max: 5000, increment_from: args.amount, scope: context.tenant}
              """));

  @Override
  public @Nullable Policy policyFor(Caller caller) {
    Object role = caller.attributes().get("role");
    return role == null ? null : BY_ROLE.get(role);
  }
}
