package dev.alcada.decision;

import static dev.alcada.decision.ReferenceValues.read;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.decision.ReferenceValues.Call;
import dev.alcada.time.Window;
import java.math.BigDecimal;
import java.text.Normalizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The order of decision as the language's page has it, written down naively on a document's plain
 * maps. Shares nothing with what it is compared to.
 */
final class ReferencePolicy {
  /**
   * What a call comes to: denied, waiting for approval, or allowed with what it charges.
   *
   * @param charges for each charge its counter, key, maximum, amount, and whether it can be
   *     released
   */
  record Answer(String outcome, String rule, String code, List<String> asks, List<String> charges) {
    static Answer denied(String rule, String code) {
      return new Answer("denied", rule, code, List.of(), List.of());
    }
  }

  private record Charged(String rule, String key, BigDecimal max, BigDecimal amount, String text) {}

  private static final CounterId NO_COUNTER =
      CounterId.of("", "", "", new Window.Sliding(Duration.ofSeconds(1)));

  private final Map<String, @Nullable Object> document;

  /** What each counter holds, by its name, scope and value. */
  private final Function<String, BigDecimal> counts;

  ReferencePolicy(Map<String, @Nullable Object> document, Function<String, BigDecimal> counts) {
    this.document = document;
    this.counts = counts;
  }

  Answer decide(Call call) {
    Map<String, @Nullable Object> tools = members(document, "tools");
    String key = key(tools, call.tool());
    if (hidden(key, call)) {
      return Answer.denied("(hidden)", "hidden");
    }
    if (key == null && "deny".equals(document.get("default"))) {
      return Answer.denied("(default deny)", "not_listed");
    }
    Map<String, @Nullable Object> rule = key == null ? Map.of() : Json.object(tools.get(key));
    boolean shadow = "shadow".equals(rule.get("mode"));
    List<String> places = new ArrayList<>();
    List<Map<String, @Nullable Object>> rules = new ArrayList<>();
    if (key != null && !shadow) {
      places.add("/tools/" + escape(key));
      rules.add(rule);
    }
    places.add("/all_tools");
    rules.add(members(document, "all_tools"));
    return decide(places, rules, call, "");
  }

  private boolean hidden(@Nullable String key, Call call) {
    return "unlisted".equals(document.get("hide"))
        ? key == null
        : list(document, "hide").stream().anyMatch(name -> matches((String) name, call.tool()));
  }

  /** Returns what a rule in shadow mode would have decided, or null if the rule is enforced. */
  @Nullable Answer shadow(Call call) {
    Map<String, @Nullable Object> tools = members(document, "tools");
    String key = key(tools, call.tool());
    if (key == null || hidden(key, call)) {
      return null;
    }
    Map<String, @Nullable Object> rule = Json.object(tools.get(key));
    return "shadow".equals(rule.get("mode"))
        ? decide(List.of("/tools/" + escape(key)), List.of(rule), call, "shadow ")
        : null;
  }

  private Answer decide(
      List<String> places, List<Map<String, @Nullable Object>> rules, Call call, String space) {
    for (int i = 0; i < rules.size(); i++) {
      if ("deny".equals(rules.get(i).get("action"))) {
        return Answer.denied(places.get(i) + "/action", "action");
      }
    }
    for (int i = 0; i < rules.size(); i++) {
      for (String use : List.of("require", "deny_if")) {
        List<Map<String, @Nullable Object>> predicates = Json.objects(rules.get(i).get(use));
        for (int j = 0; j < predicates.size(); j++) {
          String truths = truths(predicates.get(j), call);
          char truth = ReferenceValues.and(truths);
          boolean require = use.equals("require");
          if (truth != (require ? 'T' : 'F')) {
            int deciding = truth == 'I' ? truths.indexOf('I') : require ? truths.indexOf('F') : 0;
            return Answer.denied(
                places.get(i) + "/" + use + "/" + name(predicates, j, deciding),
                truth == 'I' ? "unjudged" : use);
          }
        }
      }
    }
    List<Charged> charged = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      Answer denied = charge(rules.get(i), places.get(i), call, space, charged);
      if (denied != null) {
        return denied;
      }
    }
    List<Charged> charges = narrowest(charged);
    for (Charged charge : charges) {
      if (charge.amount().compareTo(charge.max()) > 0) {
        return Answer.denied(charge.rule(), "limit_never");
      }
      if (charge.amount().signum() > 0
          && counts.apply(charge.key()).add(charge.amount()).compareTo(charge.max()) > 0) {
        return Answer.denied(charge.rule(), "limit");
      }
    }
    List<String> asks = asks(places, rules, call);
    return new Answer(
        asks.isEmpty() ? "allowed" : "approval_required",
        asks.isEmpty() ? "" : asks.get(0),
        asks.isEmpty() ? "" : "approval_pending",
        asks,
        charges.stream().map(Charged::text).toList());
  }

  private static List<String> asks(
      List<String> places, List<Map<String, @Nullable Object>> rules, Call call) {
    List<String> asks = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      if ("require_approval".equals(rules.get(i).get("action"))) {
        asks.add(places.get(i) + "/action");
      }
      List<Map<String, @Nullable Object>> predicates = Json.objects(rules.get(i).get("approve_if"));
      for (int j = 0; j < predicates.size(); j++) {
        String truths = truths(predicates.get(j), call);
        if (ReferenceValues.and(truths) != 'F') {
          asks.add(
              places.get(i)
                  + "/approve_if/"
                  + name(predicates, j, Math.max(0, truths.indexOf('I'))));
        }
      }
    }
    return asks;
  }

  private static String truths(Map<String, @Nullable Object> predicate, Call call) {
    StringBuilder truths = new StringBuilder();
    for (Map<String, @Nullable Object> condition : Json.objects(predicate.get("conditions"))) {
      truths.append(
          ReferenceValues.truth(
              text(condition, "op"), read(text(condition, "path"), call), condition.get("value")));
    }
    return truths.toString();
  }

  private static String name(
      List<Map<String, @Nullable Object>> predicates, int index, int condition) {
    return escape(finalSegment(predicates, index, condition));
  }

  private static String finalSegment(
      List<Map<String, @Nullable Object>> predicates, int index, int condition) {
    String segment = segment(predicates, index, condition);
    for (int i = 0; i < index; i++) {
      int conditions = Json.objects(predicates.get(i).get("conditions")).size();
      for (int j = 0; j < Math.max(1, conditions); j++) {
        if (segment.equals(segment(predicates, i, j))
            || segment.equals(finalSegment(predicates, i, j))) {
          return segment + "#" + index;
        }
      }
    }
    return segment;
  }

  private static String segment(
      List<Map<String, @Nullable Object>> predicates, int index, int condition) {
    Map<String, @Nullable Object> predicate = predicates.get(index);
    if (predicate.get("name") != null) {
      return text(predicate, "name");
    }
    List<Map<String, @Nullable Object>> conditions = Json.objects(predicate.get("conditions"));
    return conditions.isEmpty()
        ? String.valueOf(index)
        : text(conditions.get(condition), "path") + "-" + text(conditions.get(condition), "op");
  }

  private @Nullable Answer charge(
      Map<String, @Nullable Object> rule,
      String place,
      Call call,
      String space,
      List<Charged> charged) {
    Object rate = rule.get("rate_limit");
    if (rate != null) {
      Map<String, @Nullable Object> limit = new LinkedHashMap<>();
      if (rate instanceof String text) {
        limit.put("max", new BigDecimal(text.substring(0, text.indexOf('/'))));
        limit.put("window", text.substring(text.indexOf('/') + 1));
      } else {
        limit.putAll(Json.object(rate));
      }
      limit.putIfAbsent("scope", "session");
      limit.put("counter", call.tool());
      Answer denied = charge(limit, place + "/rate_limit", space + "rate_limit", call, charged);
      if (denied != null) {
        return denied;
      }
    }
    List<Map<String, @Nullable Object>> limits = Json.objects(rule.get("limits"));
    List<String> segments = new ArrayList<>();
    for (int i = 0; i < limits.size(); i++) {
      String segment = text(limits.get(i), "counter");
      String named = segments.contains(segment) ? segment + "#" + i : segment;
      segments.add(segment);
      segments.add(named);
      Answer denied =
          charge(
              limits.get(i), place + "/limits/" + escape(named), space + "limits", call, charged);
      if (denied != null) {
        return denied;
      }
    }
    return null;
  }

  private @Nullable Answer charge(
      Map<String, @Nullable Object> limit,
      String rule,
      String space,
      Call call,
      List<Charged> charged) {
    String scope = limit.get("scope") == null ? "grant" : text(limit, "scope");
    String value =
        switch (scope) {
          case "grant" -> call.grant();
          case "session" ->
              call.session() == null ? call.grant() : call.grant() + "|" + call.session();
          case "global" -> "";
          default -> scopeValue(read(scope, call));
        };
    if (value == null) {
      return Answer.denied(rule, "scope_missing");
    }
    BigDecimal max = ReferenceValues.number(limit.get("max"));
    BigDecimal amount = BigDecimal.ONE;
    if (limit.get("increment") != null) {
      amount = ReferenceValues.number(limit.get("increment"));
    }
    if (limit.get("increment_from") != null) {
      Object found = read(text(limit, "increment_from"), call);
      if (!ReferenceValues.kind(found).equals("number")) {
        return Answer.denied(rule, "amount_invalid");
      }
      amount = ReferenceValues.number(found);
      int decimals = decimals(limit, space, rule);
      BigDecimal most = new BigDecimal(decimals == 9 ? "4e9" : "4e15");
      if (amount.signum() < 0
          || amount.stripTrailingZeros().scale() > decimals
          || amount.compareTo(most) > 0) {
        return Answer.denied(rule, "amount_invalid");
      }
    }
    String counts =
        limit.get("counts") != null
            ? text(limit, "counts")
            : limit.get("increment_from") == null ? "attempts" : "successes";
    String key = space + " " + identity(limit) + " " + scope + " [" + value + "]";
    charged.add(
        new Charged(
            rule,
            key,
            max,
            amount,
            String.join(
                " ",
                key,
                max.stripTrailingZeros().toPlainString(),
                amount.stripTrailingZeros().toPlainString(),
                counts)));
    return null;
  }

  /** Returns the decimals of a counter: those that the greatest maximum of its limits leaves. */
  private int decimals(Map<String, @Nullable Object> limit, String space, String rule) {
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    if (rule.endsWith("/rate_limit")) {
      all.add(limit);
    }
    boolean shadow = space.startsWith("shadow");
    members(document, "tools")
        .values()
        .forEach(
            tool -> {
              if ("shadow".equals(Json.object(tool).get("mode")) == shadow) {
                all.addAll(Json.objects(Json.object(tool).get("limits")));
              }
            });
    if (!shadow) {
      all.addAll(Json.objects(members(document, "all_tools").get("limits")));
    }
    return all.stream()
            .filter(other -> sameCounter(limit, other))
            .map(other -> ReferenceValues.number(other.get("max")))
            .allMatch(max -> max.compareTo(new BigDecimal("4e9")) <= 0)
        ? 9
        : 3;
  }

  private static boolean sameCounter(
      Map<String, @Nullable Object> one, Map<String, @Nullable Object> other) {
    return identity(one).equals(identity(other))
        && String.valueOf(one.getOrDefault("scope", "grant"))
            .equals(String.valueOf(other.getOrDefault("scope", "grant")));
  }

  private static String identity(Map<String, @Nullable Object> limit) {
    boolean calendar = "calendar".equals(limit.get("alignment"));
    return text(limit, "counter")
        + " "
        + window(limit.get("window"))
        + (calendar ? " " + limit.getOrDefault("timezone", "UTC") : "");
  }

  private static Duration window(@Nullable Object window) {
    if (window instanceof Number number) {
      return Duration.ofMillis(ReferenceValues.number(number).movePointRight(3).longValueExact());
    }
    String text = String.valueOf(window);
    return switch (text) {
      case "second" -> Duration.ofSeconds(1);
      case "minute" -> Duration.ofMinutes(1);
      case "hour" -> Duration.ofHours(1);
      case "day" -> Duration.ofDays(1);
      case "week" -> Duration.ofDays(7);
      default -> {
        if (text.startsWith("P")) {
          yield Duration.parse(text);
        }
        long number = Long.parseLong(text.replaceAll("[a-z]", ""));
        yield switch (text.replaceAll("[0-9]", "")) {
          case "ms" -> Duration.ofMillis(number);
          case "s" -> Duration.ofSeconds(number);
          case "m" -> Duration.ofMinutes(number);
          case "h" -> Duration.ofHours(number);
          case "d" -> Duration.ofDays(number);
          default -> Duration.ofDays(7 * number);
        };
      }
    };
  }

  private static @Nullable String scopeValue(@Nullable Object found) {
    return switch (ReferenceValues.kind(found)) {
      case "text" -> bounded(Normalizer.normalize((String) found, Normalizer.Form.NFC));
      case "number" -> {
        BigDecimal number = ReferenceValues.number(found).stripTrailingZeros();
        yield number.signum() == 0 ? "0" : bounded(number.toPlainString());
      }
      default -> null;
    };
  }

  private static String bounded(String text) {
    return text.length() <= 128 ? text : new CounterKey(NO_COUNTER, text, null).value();
  }

  /** Of several limits on one count the smallest decides, where it stands. */
  private static List<Charged> narrowest(List<Charged> charged) {
    List<Charged> kept = new ArrayList<>();
    for (int i = 0; i < charged.size(); i++) {
      boolean narrowest = true;
      for (int j = 0; j < charged.size(); j++) {
        int compared = charged.get(j).max().compareTo(charged.get(i).max());
        if (charged.get(j).key().equals(charged.get(i).key())
            && (compared < 0 || (compared == 0 && j < i))) {
          narrowest = false;
        }
      }
      if (narrowest) {
        kept.add(charged.get(i));
      }
    }
    return kept;
  }

  /** Exact names first, then the pattern that all other matching ones contain. */
  private static @Nullable String key(Map<String, @Nullable Object> tools, String tool) {
    if (tools.containsKey(tool)) {
      return tool;
    }
    List<String> matching = tools.keySet().stream().filter(name -> matches(name, tool)).toList();
    for (String one : matching) {
      if (matching.stream().allMatch(other -> matches(other, one.replace('*', '\u0001')))) {
        return one;
      }
    }
    return null;
  }

  /** Tries every length for every star. */
  private static boolean matches(String pattern, String name) {
    if (pattern.isEmpty()) {
      return name.isEmpty();
    }
    if (pattern.charAt(0) != '*') {
      return !name.isEmpty()
          && pattern.charAt(0) == name.charAt(0)
          && matches(pattern.substring(1), name.substring(1));
    }
    for (int i = 0; i <= name.length(); i++) {
      if (matches(pattern.substring(1), name.substring(i))) {
        return true;
      }
    }
    return false;
  }

  private static String escape(String segment) {
    return segment.replace("~", "~0").replace("/", "~1");
  }

  private static Map<String, @Nullable Object> members(
      Map<String, @Nullable Object> object, String name) {
    return object.get(name) == null ? Map.of() : Json.object(object.get(name));
  }

  private static List<?> list(Map<String, @Nullable Object> object, String name) {
    return object.get(name) instanceof List<?> list ? list : List.of();
  }

  private static String text(Map<String, @Nullable Object> object, String name) {
    return String.valueOf(object.get(name));
  }
}
