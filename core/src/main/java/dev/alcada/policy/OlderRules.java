package dev.alcada.policy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns the rules of one tool of the older dialect into one rule of this language. */
final class OlderRules {
  private static final Set<String> FIELDS =
      Fields.names(
          "name",
          "action",
          "conditions",
          "state",
          "rate_limit",
          "on_deny",
          "reason",
          "approval_timeout");
  private static final Set<String> STATE_FIELDS =
      Fields.names("counter", "window", "increment", "increment_from");
  private static final Set<String> CONDITION_FIELDS = Fields.names("path", "op", "value");
  private static final Set<String> RATE_FIELDS = Fields.names("max", "window");
  private static final Pattern RATE = Pattern.compile("([0-9]{1,15})/(.+)");

  /** What the counters of rules for all tools are called by. */
  private static final String GLOBAL = "_global";

  private final @Nullable String tool;
  private final Problems problems;
  private final List<Node> require = new ArrayList<>();
  private final List<Node> denyIf = new ArrayList<>();
  private final List<Node> approveIf = new ArrayList<>();
  private final List<Node> limits = new ArrayList<>();
  private Node.@Nullable Member timeout;
  private @Nullable Fields denied;

  /** Reads the rules of a tool, or with null those of all tools. */
  OlderRules(@Nullable String tool, Problems problems) {
    this.tool = tool;
    this.problems = problems;
  }

  private String scope() {
    return tool == null ? GLOBAL : tool;
  }

  void add(Node node) {
    Fields rule = Fields.of(node, "a rule of the older dialect", FIELDS, problems);
    if (rule == null) {
      return;
    }
    Node action = rule.get("action");
    String word = action instanceof Node.Text text ? text.value() : "evaluate";
    boolean known = action == null || action instanceof Node.Text;
    if (known && (word.equals("evaluate") || word.equals("allow"))) {
      evaluate(rule, word.equals("allow"));
    } else if (known && word.equals("deny")) {
      refuse(rule, "an action that denies every call", "conditions", "state", "rate_limit");
      deny(rule);
    } else if (known && word.equals("require_approval")) {
      refuse(rule, "an approval, which asks whatever was counted", "state", "rate_limit");
      approveIf.add(predicate(rule, conditions(rule, null, new ArrayList<>())));
    } else if (action != null) {
      Fields.wrong(
          action, "\"evaluate\", \"deny\" or \"require_approval\" as a rule's action", problems);
    }
    Node.Member time = rule.member("approval_timeout");
    if (time != null) {
      timeout = shorter(time, timeout);
    }
  }

  /** The first such rule of a tool is its action; all tools have none, but a predicate does. */
  private void deny(Fields rule) {
    if (tool == null) {
      denyIf.add(predicate(rule, List.of()));
    } else if (denied == null) {
      denied = rule;
    }
  }

  private void refuse(Fields rule, String beside, String... fields) {
    for (String field : fields) {
      if (rule.has(field)) {
        problems.add(rule.name(field), "\"" + field + "\" beside " + beside, "a rule of its own");
      }
    }
  }

  private void evaluate(Fields rule, boolean allow) {
    Node rate = rule.get("rate_limit");
    if (rate != null) {
      refuse(rule, "\"rate_limit\"", "conditions", "state");
      rateLimit(rule, rate);
      return;
    }
    Node state = rule.get("state");
    Fields counter = state == null ? null : Fields.of(state, "\"state\"", STATE_FIELDS, problems);
    List<Max> maxima = new ArrayList<>();
    List<Node> conditions = conditions(rule, counter, maxima);
    if (!conditions.isEmpty()) {
      require.add(predicate(rule, conditions));
    } else if (!rule.has("conditions") && !allow) {
      problems.add(rule.place(), "a rule without conditions", "at least one condition");
    }
    if (counter != null) {
      limit(rule, counter, maxima);
    }
  }

  /** The most that a condition lets a counter hold. */
  private record Max(Place place, BigInteger value) {}

  /** Sorts the conditions: those on arguments are returned, those on the own counter are maxima. */
  private List<Node> conditions(Fields rule, @Nullable Fields counter, List<Max> maxima) {
    List<Node> conditions = new ArrayList<>();
    rule.each(
        "conditions",
        "conditions",
        Integer.MAX_VALUE,
        node -> {
          Fields condition = Fields.of(node, "a condition", CONDITION_FIELDS, problems);
          if (condition == null) {
            return;
          }
          Node path = condition.get("path");
          if (path instanceof Node.Text text && text.value().startsWith("state.")) {
            max(condition, text, counter, maxima);
          } else {
            conditions.add(condition(condition, path));
          }
        });
    return conditions;
  }

  private Node condition(Fields condition, @Nullable Node path) {
    Map<String, Node.Member> members = new LinkedHashMap<>();
    for (String field : CONDITION_FIELDS) {
      Node.Member member = condition.member(field);
      if (member != null) {
        members.put(
            field, field.equals("path") ? new Node.Member(member.name(), path(path)) : member);
      }
    }
    return new Node.Mapping(condition.place(), members);
  }

  /** In the older dialect only dots have a meaning: {@code args.a[0]} is an argument's name. */
  private Node path(@Nullable Node node) {
    if (!(node instanceof Node.Text text)) {
      return node == null ? new Node.Broken(Place.root(0, 0)) : node;
    } else if (!text.value().startsWith("args.")) {
      problems.add(
          node.place(),
          node.describe(),
          "a path that starts with args. or state. in the older rule dialect");
      return new Node.Broken(node.place());
    }
    StringBuilder path = new StringBuilder("args");
    for (String key : text.value().substring("args.".length()).split("\\.", -1)) {
      PathParser.appendKey(path, key);
    }
    return new Node.Text(node.place(), path.toString());
  }

  private void max(Fields condition, Node.Text path, @Nullable Fields counter, List<Max> maxima) {
    Node name = counter == null ? null : counter.get("counter");
    Node op = condition.get("op");
    String word = op instanceof Node.Text text ? text.value() : "";
    if (!(name instanceof Node.Text own)
        || !path.value().equals("state." + scope() + "." + own.value())
        || !(word.equals("lt") || word.equals("lte"))) {
      problems.add(
          condition.place(),
          "a condition on " + Spelling.shorten(path.value()),
          "\"lt\" or \"lte\" on the counter of the rule's own \"state\": here a counter is a limit,"
              + " and nothing else reads it");
      return;
    }
    Node value = condition.required("value", "a number");
    if (!(value instanceof Node.Num number)) {
      if (value != null) {
        Fields.notNumber(value, "a number for \"" + word + "\"", problems);
      }
      return;
    }
    BigDecimal exact = Numbers.exact(number.text());
    // Beyond what any counter holds; the exact number would be a long one.
    BigInteger whole =
        exact.precision() - (long) exact.scale() > 30
            ? BigInteger.TEN.pow(30).multiply(BigInteger.valueOf(exact.signum()))
            : exact.toBigInteger();
    BigInteger max = word.equals("lt") ? whole.subtract(BigInteger.ONE) : whole;
    if (max.signum() < 0) {
      problems.add(
          value.place(),
          "a counter that no call keeps to",
          "at least one call to be allowed",
          "write a rule with \"action\": \"deny\"");
      return;
    }
    maxima.add(new Max(value.place(), max));
  }

  private void limit(Fields rule, Fields state, List<Max> maxima) {
    Max max = null;
    for (Max each : maxima) {
      max = max == null || each.value.compareTo(max.value) < 0 ? each : max;
    }
    if (max == null) {
      if (problems.isEmpty()) {
        problems.add(
            state.place(),
            "a counter that no condition of its rule bounds",
            "a condition with \"lt\" or \"lte\" on it in the same rule");
      }
      return;
    }
    Map<String, Node.Member> members = new LinkedHashMap<>();
    Node.Member counter = state.member("counter");
    if (counter != null && counter.value() instanceof Node.Text name) {
      members.put("counter", OlderDialect.text(name.place(), scope() + "." + name.value()));
    }
    put(members, "window", state.member("window"));
    members.put("max", number(max.place, max.value));
    Node.Member from = state.member("increment_from");
    Node.Member increment = state.member("increment");
    if (from != null) {
      members.put("increment_from", new Node.Member(from.name(), path(from.value())));
    } else if (increment != null
        && !(increment.value() instanceof Node.Num number && number.text().equals("0"))) {
      members.put("increment", increment);
    }
    limits.add(limit(state.place(), members, rule));
  }

  private void rateLimit(Fields rule, Node rate) {
    Map<String, Node.Member> members = new LinkedHashMap<>();
    if (rate instanceof Node.Mapping mapping) {
      put(members, "max", mapping.members().get("max"));
      put(members, "window", mapping.members().get("window"));
      Fields.of(rate, "\"rate_limit\"", RATE_FIELDS, problems);
    } else {
      Matcher matcher = RATE.matcher(rate instanceof Node.Text text ? text.value() : "");
      if (!matcher.matches()) {
        Fields.wrong(rate, "a count, a slash and a window, such as 5/hour", problems);
        return;
      }
      members.put("max", number(rate.place(), new BigInteger(matcher.group(1))));
      members.put("window", OlderDialect.text(rate.place(), matcher.group(2)));
    }
    Node.Member window = members.get("window");
    String length =
        window == null
            ? ""
            : window.value() instanceof Node.Text text
                ? text.value()
                : window.value() instanceof Node.Num number ? number.text() : "";
    members.put("counter", OlderDialect.text(rate.place(), scope() + "._rate_" + length));
    limits.add(limit(rate.place(), members, rule));
  }

  private static Node limit(Place place, Map<String, Node.Member> members, Fields rule) {
    // That engine counts for its whole process.
    members.put("scope", OlderDialect.text(place, "global"));
    put(members, "on_deny", message(rule));
    return new Node.Mapping(place, members);
  }

  private static Node.Member number(Place place, BigInteger number) {
    return new Node.Member(place, new Node.Num(place, number.toString()));
  }

  private static Node predicate(Fields rule, List<Node> conditions) {
    Map<String, Node.Member> members = new LinkedHashMap<>();
    put(members, "name", rule.member("name"));
    Node.Member written = rule.member("conditions");
    Place place = written == null ? rule.place() : written.value().place();
    members.put("conditions", new Node.Member(place, new Node.Sequence(place, conditions)));
    put(members, "on_deny", message(rule));
    return new Node.Mapping(rule.place(), members);
  }

  private static Node.@Nullable Member message(Fields rule) {
    Node.Member onDeny = rule.member("on_deny");
    return onDeny == null ? rule.member("reason") : onDeny;
  }

  private static void put(
      Map<String, Node.Member> members, String name, Node.@Nullable Member member) {
    if (member != null) {
      members.put(name, member);
    }
  }

  /** Of two time-outs the shorter: no request waits longer than any of its rules says. */
  private static Node.Member shorter(Node.Member one, Node.@Nullable Member other) {
    if (other == null) {
      return one;
    }
    BigDecimal millis = millis(one);
    BigDecimal others = millis(other);
    // What spells no length is kept, to be reported.
    return millis == null || (others != null && millis.compareTo(others) < 0) ? one : other;
  }

  private static @Nullable BigDecimal millis(Node.Member time) {
    return time.value() instanceof Node.Text text ? Windows.millis(text.value()) : null;
  }

  Node translated(Place place) {
    Map<String, Node.Member> members = new LinkedHashMap<>();
    if (denied != null) {
      members.put("action", OlderDialect.text(denied.place(), "deny"));
      put(members, "reason", message(denied));
    }
    putAll(members, "require", require, place);
    putAll(members, "deny_if", denyIf, place);
    putAll(members, "approve_if", approveIf, place);
    putAll(members, "limits", limits, place);
    if (timeout != null) {
      Place written = timeout.name();
      members.put(
          "approval",
          new Node.Member(written, new Node.Mapping(written, Map.of("timeout", timeout))));
    }
    return new Node.Mapping(place, members);
  }

  private static void putAll(
      Map<String, Node.Member> members, String name, List<Node> nodes, Place place) {
    if (!nodes.isEmpty()) {
      members.put(name, new Node.Member(place, new Node.Sequence(place, nodes)));
    }
  }
}
