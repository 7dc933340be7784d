package dev.alcada.policy;

import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.ObjectReader;
import dev.alcada.internal.document.Place;
import dev.alcada.internal.document.Problems;
import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.ToolRule.Action;
import dev.alcada.policy.ToolRule.Mode;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
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
          "once",
          "marks",
          "approval",
          "mode");
  static final Set<String> ALL_TOOLS_FIELDS =
      ObjectReader.names("require", "deny_if", "approve_if", "limits", "approval");
  private static final Set<String> APPROVAL_FIELDS =
      ObjectReader.names("timeout", "valid", "approvers", "from");
  private static final int MOST_APPROVERS = 5;
  private static final int MOST_ROLES = 100;

  private final Problems problems;
  private final PredicateReader predicates;
  private final LimitReader limits;
  private final LimitChecks checks;
  private final MarkReader marks;

  RuleReader(Problems problems) {
    this.problems = problems;
    this.predicates = new PredicateReader(problems);
    ScopeReader scopes = new ScopeReader(problems, predicates);
    this.limits = new LimitReader(problems, predicates, scopes);
    this.marks = new MarkReader(problems, predicates, scopes);
    this.checks = new LimitChecks(problems);
  }

  AllTools allTools(Node node) {
    ObjectReader fields =
        ObjectReader.of(node, "\"all_tools\"", ALL_TOOLS_FIELDS, Mends::ofAllTools, problems);
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
    ApprovalTerms approval = approval(fields);
    if (approval != null) {
      builder.approval(approval);
    }
    marks.asks(Mode.ENFORCE);
    AllTools rule = builder.build();
    checkCount(fields, rule.require(), rule.denyIf(), rule.approveIf());
    return rule;
  }

  ToolRule tool(Node node) {
    if (!(node instanceof Node.Mapping)) {
      ObjectReader.wrong(
          node,
          "a tool's rule, such as {} (allowed) or {\"action\": \"deny\"}",
          rule(node),
          problems);
      return ToolRule.ALLOW;
    }
    ObjectReader fields = ObjectReader.of(node, "a tool's rule", FIELDS, Mends::ofRule, problems);
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
            .action(
                fields.constant("action", Action.values(), Action.ALLOW, RuleReader::otherAction))
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
    ApprovalTerms approval = approval(fields);
    if (approval != null) {
      builder.approval(approval);
    }
    ToolRule.Once once = marks.once(fields);
    if (once != null) {
      builder.once(once);
    }
    marks.marks(fields, mode).forEach(builder::mark);
    marks.asks(mode);
    ToolRule rule = builder.build();
    checkCount(fields, rule.require(), rule.denyIf(), rule.approveIf());
    return rule;
  }

  private Conditions[] predicates(ObjectReader fields, String field) {
    return predicates.predicates(fields, field).toArray(new Conditions[0]);
  }

  /** {@return the rule that a word, a truth or a list in its place means, or null} */
  private static @Nullable String rule(Node node) {
    if (node instanceof Node.Bool bool) {
      return bool.value() ? "write {}" : "write {\"action\": \"deny\"}";
    } else if (node instanceof Node.Text text) {
      String bare = Spelling.bare(text.value());
      String action = Spelling.action(bare);
      for (Action known : Action.values()) {
        String spelling = known.name().toLowerCase(Locale.ROOT);
        if (Spelling.bare(spelling).equals(bare) || action.equals(spelling)) {
          return known == Action.ALLOW ? "write {}" : "write {\"action\": \"" + spelling + "\"}";
        }
      }
      if (text.value().matches("[a-z_]+:.*")) {
        return "write a space after the colon";
      }
      return Mends.rate(text.value()) == null ? null : "write {\"rate_limit\": \"10/minute\"}";
    }
    return node instanceof Node.Sequence ? "a tool has one rule: {…}" : null;
  }

  /** {@return what mends a word in place of an action that means none} */
  private static @Nullable String otherAction(String word) {
    String bare = Spelling.bare(word);
    if (Spelling.mode(bare).equals("shadow")) {
      return "a rule that only reports has \"mode\": \"shadow\" beside its action";
    }
    return switch (bare) {
      case "limit", "ratelimit", "throttle", "quota" ->
          "a limit needs no action: write \"rate_limit\" or \"limits\"";
      case "hide", "hidden" -> "tools are hidden by the document: \"hide\": [\"<name>\"]";
      case "redact", "mask", "transform", "rewrite", "modify" ->
          "a policy changes no call: it allows, denies or asks";
      default -> null;
    };
  }

  /** Checks what can only be checked once all rules are read. */
  void check() {
    checks.amounts();
    marks.check();
  }

  /** Sets the document's own time zone, or null, before any rule is read. */
  void timezone(@Nullable ZoneId zone) {
    limits.timezone(zone);
  }

  /** {@return where the clock is first read, or null if it is not} */
  @Nullable Place clock() {
    return predicates.clock();
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

  private @Nullable ApprovalTerms approval(ObjectReader rule) {
    Node node = rule.get("approval");
    String kind = "an object with \"timeout\", \"valid\", \"approvers\" and \"from\"";
    if (node instanceof Node.Bool || node instanceof Node.Text || node instanceof Node.Num) {
      boolean time = !(node instanceof Node.Bool) && spellsTime(node);
      ObjectReader.wrong(
          node,
          kind,
          time
              ? "write {\"timeout\": …}, and \"action\": \"require_approval\" to ask"
              : "write \"action\": \"require_approval\"",
          problems);
      return null;
    }
    ObjectReader fields =
        node == null
            ? null
            : ObjectReader.of(
                node, kind, APPROVAL_FIELDS, (field, value) -> ofApproval(field), problems);
    if (fields == null) {
      return null;
    }
    // Whoever says one of the two has the usual value for the other, whatever all tools have.
    boolean said = fields.has("timeout") || fields.has("valid");
    return new ApprovalTerms(
        said ? time(fields, "timeout", ApprovalTerms.DEFAULT.timeout()) : null,
        said ? time(fields, "valid", ApprovalTerms.DEFAULT.valid()) : null,
        approvers(fields),
        roles(fields));
  }

  private int approvers(ObjectReader fields) {
    Node node = fields.get("approvers");
    if (node == null) {
      return 1;
    } else if (node instanceof Node.Num number && number.text().matches("[1-5]")) {
      return Integer.parseInt(number.text());
    }
    ObjectReader.notNumber(
        node,
        "how many people must agree, a whole number from 1 to " + MOST_APPROVERS,
        node instanceof Node.Sequence || node instanceof Node.Text
            ? "which people may answer, say their roles: \"from\": [\"<role>\"]"
            : null,
        problems);
    return 1;
  }

  private List<String> roles(ObjectReader fields) {
    List<String> roles = new ArrayList<>();
    Node node = fields.get("from");
    if (node instanceof Node.Text text && !text.value().isEmpty()) {
      ObjectReader.wrong(
          node, "a list of roles", "write [" + Spelling.quote(text.value()) + "]", problems);
      return roles;
    } else if (node instanceof Node.Sequence list && list.elements().isEmpty()) {
      ObjectReader.wrong(
          node, "a list of roles", "with none nobody could agree: leave it out", problems);
      return roles;
    }
    fields.each(
        "from",
        "roles",
        MOST_ROLES,
        element -> {
          String role = ObjectReader.nonEmpty(element, "a role's name", problems);
          if (role != null && roles.contains(role)) {
            problems.add(
                element.place(),
                "the role " + Spelling.quote(role) + " a second time",
                "each once");
          } else if (role != null) {
            roles.add(role);
          }
        });
    return roles;
  }

  private static boolean spellsTime(Node node) {
    return node instanceof Node.Num
        || (node instanceof Node.Text text && Mends.window(text.value()) != null);
  }

  /** {@return what mends a field that approvals have not} */
  private static @Nullable String ofApproval(String field) {
    return switch (Spelling.bare(field)) {
      case "required", "enabled", "require", "when", "if", "mode" ->
          "what asks is \"action\": \"require_approval\" or \"approve_if\"";
      case "ttl", "wait", "expires", "expiry", "deadline", "timeoutseconds" ->
          "did you mean \"timeout\"?";
      case "validity", "validfor", "duration", "cache", "remember" -> "did you mean \"valid\"?";
      case "message", "reason", "prompt", "title" ->
          "what people are told is the rule's \"reason\"";
      case "by", "role", "roles", "group", "groups" -> "did you mean \"from\", a list of roles?";
      case "user", "users", "channel", "person", "people" ->
          "people are known to the host: \"from\" says which roles";
      case "count", "number", "quorum", "min", "minapprovers", "approver", "required_approvers" ->
          "did you mean \"approvers\"?";
      default -> null;
    };
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
