package dev.alcada.policy;

import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.ObjectReader;
import dev.alcada.internal.document.Place;
import dev.alcada.internal.document.Problems;
import dev.alcada.internal.document.Spelling;
import dev.alcada.internal.document.WindowSpelling;
import dev.alcada.internal.value.AmountScale;
import dev.alcada.internal.value.NumberSpelling;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
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
      ObjectReader.names(
          "name",
          "action",
          "conditions",
          "state",
          "rate_limit",
          "on_deny",
          "reason",
          "approval_timeout");
  private static final Set<String> STATE_FIELDS =
      ObjectReader.names("counter", "window", "increment", "increment_from");
  private static final String STATE = "an object with \"counter\" and \"window\"";
  private static final Set<String> CONDITION_FIELDS = ObjectReader.names("path", "op", "value");
  private static final Set<String> RATE_FIELDS = ObjectReader.names("max", "window");
  private static final Pattern RATE = Pattern.compile("([0-9]{1,15})/(.+)");

  /** What the counters of rules for all tools are called by. */
  private static final String GLOBAL = "_global";

  private final @Nullable String tool;
  private final Problems problems;
  private final List<Node> require = new ArrayList<>();
  private final List<Node> denyIf = new ArrayList<>();
  private final List<Node> approveIf = new ArrayList<>();
  private final List<Node> limits = new ArrayList<>();
  private @Nullable ObjectReader denied;

  /** No request waits longer than any of the rules says. */
  private @Nullable Duration timeout;

  /** Reads the rules of a tool, or with null those of all tools. */
  OlderRules(@Nullable String tool, Problems problems) {
    this.tool = tool;
    this.problems = problems;
  }

  private String scope() {
    return tool == null ? GLOBAL : tool;
  }

  void add(Node node) {
    ObjectReader rule = ObjectReader.of(node, "a rule of the older dialect", FIELDS, problems);
    if (rule == null) {
      return;
    }
    Node action = rule.get("action");
    String word =
        action == null ? "evaluate" : action instanceof Node.Text text ? text.value() : "";
    if (word.equals("evaluate") || word.equals("allow")) {
      evaluate(rule, word.equals("allow"));
    } else if (word.equals("deny")) {
      refuse(rule, "an action that denies every call", "conditions", "state", "rate_limit");
      deny(rule);
    } else if (word.equals("require_approval")) {
      refuse(rule, "an approval, which asks whatever was counted", "state", "rate_limit");
      approveIf.add(predicate(rule, conditions(rule, null, new ArrayList<>())));
    } else if (action != null) {
      ObjectReader.wrong(
          action, "\"evaluate\", \"deny\" or \"require_approval\" as a rule's action", problems);
    }
    Node time = rule.get("approval_timeout");
    Duration length = time == null ? null : RuleReader.approvalTime(time, problems);
    if (length != null && (timeout == null || length.compareTo(timeout) < 0)) {
      timeout = length;
    }
  }

  /** The first such rule of a tool is its action; all tools have none, but a predicate does. */
  private void deny(ObjectReader rule) {
    if (tool == null) {
      denyIf.add(predicate(rule, List.of()));
    } else if (denied == null) {
      denied = rule;
    }
  }

  private void refuse(ObjectReader rule, String beside, String... fields) {
    for (String field : fields) {
      if (rule.has(field)) {
        problems.add(rule.name(field), "\"" + field + "\" beside " + beside, "a rule of its own");
      }
    }
  }

  private void evaluate(ObjectReader rule, boolean allow) {
    Node rate = rule.get("rate_limit");
    if (rate != null) {
      refuse(rule, "\"rate_limit\"", "conditions", "state");
      rateLimit(rule, rate);
      return;
    }
    Node state = rule.get("state");
    ObjectReader counter =
        state == null ? null : ObjectReader.of(state, STATE, STATE_FIELDS, problems);
    List<Max> maxima = new ArrayList<>();
    List<Node> conditions = conditions(rule, counter, maxima);
    if (!conditions.isEmpty()) {
      require.add(predicate(rule, conditions));
    } else if (!allow && isEmpty(rule.get("conditions"))) {
      problems.add(rule.place(), "a rule without conditions", "at least one condition");
    }
    if (counter != null) {
      limit(rule, counter, maxima);
    }
  }

  private static boolean isEmpty(@Nullable Node list) {
    return list == null || (list instanceof Node.Sequence given && given.elements().isEmpty());
  }

  /** The most that a condition lets a counter hold; 0 where that is a problem, already noted. */
  private record Max(Place place, BigDecimal value) {}

  /** Sorts the conditions: those on arguments are returned, those on the own counter are maxima. */
  private List<Node> conditions(
      ObjectReader rule, @Nullable ObjectReader counter, List<Max> maxima) {
    List<Node> conditions = new ArrayList<>();
    rule.each(
        "conditions",
        "conditions",
        Integer.MAX_VALUE,
        node -> {
          ObjectReader condition = ObjectReader.of(node, "a condition", CONDITION_FIELDS, problems);
          if (condition == null) {
            return;
          }
          Node path = condition.get("path");
          if (path instanceof Node.Text text && text.value().startsWith("state.")) {
            maxima.add(max(condition, text, counter));
          } else {
            conditions.add(condition(condition));
          }
        });
    return conditions;
  }

  private Node condition(ObjectReader condition) {
    Map<String, Node.Member> members = new LinkedHashMap<>();
    for (String field : CONDITION_FIELDS) {
      Node.Member member = condition.member(field);
      put(members, field, field.equals("path") ? path(member, "args. or state.") : member);
    }
    return new Node.Mapping(condition.place(), members);
  }

  /** In the older dialect only dots have a meaning: {@code args.a[0]} is an argument's name. */
  private Node.@Nullable Member path(Node.@Nullable Member member, String start) {
    if (member == null || !(member.value() instanceof Node.Text text)) {
      return member;
    }
    String[] keys = text.value().split("\\.", -1);
    if (!text.value().startsWith("args.") || List.of(keys).contains("")) {
      problems.add(
          text.place(),
          text.describe(),
          "a path of the older rule dialect, which starts with "
              + start
              + " and has a name after each dot");
      return OlderDialect.member(new Node.Broken(text.place()));
    }
    StringBuilder path = new StringBuilder("args");
    for (int i = 1; i < keys.length; i++) {
      PathParser.appendKey(path, keys[i]);
    }
    return OlderDialect.text(text.place(), path.toString());
  }

  private Max max(ObjectReader condition, Node.Text path, @Nullable ObjectReader counter) {
    Max none = new Max(condition.place(), BigDecimal.ZERO);
    Node name = counter == null ? null : counter.get("counter");
    Node op = condition.get("op");
    String word = op instanceof Node.Text text ? text.value() : "";
    boolean ofRule =
        name instanceof Node.Broken
            || (name instanceof Node.Text own
                && path.value().equals("state." + scope() + "." + own.value()));
    if (!ofRule || !(word.equals("lt") || word.equals("lte"))) {
      problems.add(
          condition.place(),
          "a condition on " + Spelling.shorten(path.value()),
          "\"lt\" or \"lte\" on the counter of the rule's own \"state\": here a counter is a limit,"
              + " and nothing else reads it");
      return none;
    }
    Node value = condition.required("value", "a number");
    if (!(value instanceof Node.Num number)) {
      if (value != null) {
        ObjectReader.notNumber(value, "a number for \"" + word + "\"", null, problems);
      }
      return none;
    }
    BigDecimal max = whole(NumberSpelling.exact(number.text()), word.equals("lt"));
    if (max.signum() < 0) {
      problems.add(
          value.place(),
          "a counter that no call keeps to",
          "at least one call to be allowed",
          "write a rule with \"action\": \"deny\"");
      return none;
    }
    return new Max(value.place(), max);
  }

  /** That engine counts in whole numbers. What no counter holds is reported as it is written. */
  private static BigDecimal whole(BigDecimal bound, boolean below) {
    if (bound.abs().compareTo(AmountScale.COARSE.most()) > 0) {
      return bound;
    }
    BigDecimal whole = bound.setScale(0, RoundingMode.FLOOR);
    return below ? whole.subtract(BigDecimal.ONE) : whole;
  }

  private void limit(ObjectReader rule, ObjectReader state, List<Max> maxima) {
    Max max = null;
    for (Max each : maxima) {
      max = max == null || each.value.compareTo(max.value) < 0 ? each : max;
    }
    if (max == null) {
      problems.add(
          state.place(),
          "a counter that no condition of its rule bounds",
          "a condition with \"lt\" or \"lte\" on it in the same rule");
      return;
    }
    Map<String, Node.Member> members = new LinkedHashMap<>();
    put(members, "counter", counter(state.member("counter")));
    put(members, "window", state.member("window"));
    members.put("max", number(max.place, max.value));
    Node.Member from = state.member("increment_from");
    Node.Member increment = state.member("increment");
    if (from != null) {
      put(members, "increment_from", path(from, "args."));
    } else if (increment != null
        && !(increment.value() instanceof Node.Num number && number.text().equals("0"))) {
      members.put("increment", increment);
    }
    limits.add(limit(state.place(), members, rule));
  }

  private Node.@Nullable Member counter(Node.@Nullable Member name) {
    return name != null && name.value() instanceof Node.Text text && !text.value().isEmpty()
        ? OlderDialect.text(text.place(), scope() + "." + text.value())
        : name;
  }

  private void rateLimit(ObjectReader rule, Node rate) {
    Map<String, Node.Member> members = new LinkedHashMap<>();
    if (rate instanceof Node.Mapping mapping) {
      put(members, "max", mapping.members().get("max"));
      put(members, "window", mapping.members().get("window"));
      ObjectReader.of(rate, "\"rate_limit\"", RATE_FIELDS, problems);
    } else {
      Matcher matcher = RATE.matcher(rate instanceof Node.Text text ? text.value() : "");
      if (!matcher.matches()) {
        ObjectReader.wrong(rate, "a count, a slash and a window, such as 5/hour", problems);
        return;
      }
      members.put("max", number(rate.place(), new BigDecimal(matcher.group(1))));
      members.put("window", OlderDialect.text(rate.place(), matcher.group(2)));
    }
    Node.Member window = members.get("window");
    Object length = window == null ? null : PredicateReader.value(window.value());
    members.put("counter", OlderDialect.text(rate.place(), scope() + "._rate_" + length));
    limits.add(limit(rate.place(), members, rule));
  }

  private static Node limit(Place place, Map<String, Node.Member> members, ObjectReader rule) {
    // That engine counts for its whole process.
    members.put("scope", OlderDialect.text(place, "global"));
    put(members, "on_deny", message(rule));
    return new Node.Mapping(place, members);
  }

  private static Node.Member number(Place place, BigDecimal number) {
    return OlderDialect.member(new Node.Num(place, number.toString()));
  }

  private static Node predicate(ObjectReader rule, List<Node> conditions) {
    Map<String, Node.Member> members = new LinkedHashMap<>();
    put(members, "name", rule.member("name"));
    putAll(members, "conditions", conditions, rule.place());
    put(members, "on_deny", message(rule));
    return new Node.Mapping(rule.place(), members);
  }

  private static Node.@Nullable Member message(ObjectReader rule) {
    Node.Member onDeny = rule.member("on_deny");
    return onDeny == null ? rule.member("reason") : onDeny;
  }

  private static void put(
      Map<String, Node.Member> members, String name, Node.@Nullable Member member) {
    if (member != null) {
      members.put(name, member);
    }
  }

  Node translated(Place place) {
    Map<String, Node.Member> members = new LinkedHashMap<>();
    if (denied != null) {
      members.put("action", OlderDialect.text(denied.place(), "deny"));
      put(members, "reason", message(denied));
    }
    Map<String, List<Node>> lists = new LinkedHashMap<>();
    lists.put("require", require);
    lists.put("deny_if", denyIf);
    lists.put("approve_if", approveIf);
    lists.put("limits", limits);
    lists.forEach(
        (name, nodes) -> {
          if (!nodes.isEmpty()) {
            putAll(members, name, nodes, place);
          }
        });
    if (timeout != null) {
      Node.Member length = OlderDialect.text(place, WindowSpelling.spell(timeout));
      members.put(
          "approval", OlderDialect.member(new Node.Mapping(place, Map.of("timeout", length))));
    }
    return new Node.Mapping(place, members);
  }

  private static void putAll(
      Map<String, Node.Member> members, String name, List<Node> nodes, Place place) {
    members.put(name, OlderDialect.member(new Node.Sequence(place, nodes)));
  }
}
