package dev.alcada.policy;

import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.ObjectReader;
import dev.alcada.internal.document.Problems;
import dev.alcada.policy.ToolRule.Action;
import dev.alcada.policy.ToolRule.Mode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the rules of one tool, and those for all tools. */
final class RuleReader {
  /** The most predicates, and the most limits, of one rule. */
  static final int MAX_ENTRIES = 1000;

  private static final Duration SHORTEST = Duration.ofSeconds(1);
  private static final Duration LONGEST = Duration.ofDays(7);

  static final Set<String> FIELDS =
      ObjectReader.names(
          "action",
          "reason",
          "require",
          "deny_if",
          "approve_if",
          "limits",
          "rate_limit",
          "approval",
          "mode");
  static final Set<String> ALL_TOOLS_FIELDS =
      ObjectReader.names("require", "deny_if", "approve_if", "limits", "approval");
  private static final Set<String> APPROVAL_FIELDS = ObjectReader.names("timeout", "valid");

  private final Problems problems;
  private final PredicateReader predicates;
  private final LimitReader limits;
  private final LimitChecks checks;

  RuleReader(Problems problems) {
    this.problems = problems;
    this.predicates = new PredicateReader(problems);
    this.limits = new LimitReader(problems, predicates);
    this.checks = new LimitChecks(problems);
  }

  AllTools allTools(Node node) {
    ObjectReader fields = ObjectReader.of(node, "\"all_tools\"", ALL_TOOLS_FIELDS, problems);
    if (fields == null) {
      return AllTools.NONE;
    }
    List<LimitChecks.Placed> placed = limits.limits(fields);
    checks.allTools(placed);
    AllTools.Builder builder =
        AllTools.builder()
            .require(predicates(fields, "require"))
            .denyIf(predicates(fields, "deny_if"))
            .approveIf(predicates(fields, "approve_if"));
    placed.forEach(limit -> builder.limit(limit.limit()));
    ApprovalTimes approval = approval(fields);
    if (approval != null) {
      builder.approval(approval);
    }
    AllTools rule = builder.build();
    checkCount(fields, rule.require(), rule.denyIf(), rule.approveIf());
    return rule;
  }

  ToolRule tool(Node node) {
    if (!(node instanceof Node.Mapping)) {
      ObjectReader.wrong(
          node, "a tool's rule, such as {} (allowed) or {\"action\": \"deny\"}", problems);
      return ToolRule.ALLOW;
    }
    ObjectReader fields =
        ObjectReader.of(node, "a tool's rule", FIELDS, (name, value) -> misplaced(name), problems);
    if (fields == null) {
      return ToolRule.ALLOW;
    }
    Node rate = fields.get("rate_limit");
    RateLimit rateLimit = rate == null ? null : limits.rateLimit(rate);
    checks.alone(rateLimit, rate == null ? fields.place() : rate.place());
    Mode mode = fields.constant("mode", Mode.values(), Mode.ENFORCE);
    List<LimitChecks.Placed> placed = limits.limits(fields);
    checks.tool(placed, mode);
    ToolRule.Builder builder =
        ToolRule.builder()
            .action(fields.constant("action", Action.values(), Action.ALLOW))
            .mode(mode)
            .require(predicates(fields, "require"))
            .denyIf(predicates(fields, "deny_if"))
            .approveIf(predicates(fields, "approve_if"));
    placed.forEach(limit -> builder.limit(limit.limit()));
    String reason = fields.text("reason");
    if (reason != null) {
      builder.reason(reason);
    }
    if (rateLimit != null) {
      builder.rateLimit(rateLimit);
    }
    ApprovalTimes approval = approval(fields);
    if (approval != null) {
      builder.approval(approval);
    }
    ToolRule rule = builder.build();
    checkCount(fields, rule.require(), rule.denyIf(), rule.approveIf());
    return rule;
  }

  private Conditions[] predicates(ObjectReader fields, String field) {
    return predicates.predicates(fields, field).toArray(new Conditions[0]);
  }

  /** {@return where in a tool's rule a field belongs that is not one of its own, or null} */
  private static @Nullable String misplaced(String field) {
    return switch (field) {
      case "message", "on_deny" -> "did you mean \"reason\"?";
      case "require_approval" -> "write \"action\": \"require_approval\"";
      case "conditions" ->
          "conditions belong into \"require\", \"deny_if\" or \"approve_if\": [{\"conditions\": […]}]";
      default ->
          LimitReader.FIELDS.contains(field) ? "a limit belongs into \"limits\": [{…}]" : null;
    };
  }

  /** Checks what can only be checked once all rules are read. */
  void check() {
    checks.amounts();
  }

  private void checkCount(
      ObjectReader fields,
      List<Conditions> require,
      List<Conditions> denyIf,
      List<Conditions> approveIf) {
    int count = require.size() + denyIf.size() + approveIf.size();
    if (count > MAX_ENTRIES) {
      problems.add(
          fields.place(), String.format(Locale.ROOT, "%,d predicates", count), "at most 1,000");
    }
  }

  private @Nullable ApprovalTimes approval(ObjectReader rule) {
    Node node = rule.get("approval");
    ObjectReader fields =
        node == null
            ? null
            : ObjectReader.of(
                node, "an object with \"timeout\" and \"valid\"", APPROVAL_FIELDS, problems);
    return fields == null
        ? null
        : ApprovalTimes.of(
            time(fields, "timeout", ApprovalTimes.DEFAULT.timeout()),
            time(fields, "valid", ApprovalTimes.DEFAULT.valid()));
  }

  private Duration time(ObjectReader fields, String name, Duration fallback) {
    Node node = fields.get(name);
    Duration time = node == null ? fallback : approvalTime(node, problems);
    return time == null ? fallback : time;
  }

  /** {@return how long a request waits or a yes is good, or null if the node says neither} */
  static @Nullable Duration approvalTime(Node node, Problems problems) {
    return LimitReader.duration(node, SHORTEST, LONGEST, "1 second to 7 days", problems);
  }
}
