package dev.alcada.decision;

import static dev.alcada.decision.ReferenceValues.read;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.decision.ReferenceValues.Call;
import dev.alcada.time.Window;
import java.math.BigDecimal;
import java.text.Normalizer;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
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

  private record Charged(
      String rule, String key, BigDecimal max, BigDecimal amount, String text, Set<String> parts) {}

  private static final CounterId NO_COUNTER =
      CounterId.of("", "", "", new Window.Sliding(Duration.ofSeconds(1)));

  private final Map<String, @Nullable Object> document;

  /** What each counter holds, by its name, scope and value. */
  private final Function<String, BigDecimal> counts;

  private final World world;

  /** What of the language's later parts has decided, of the last call. */
  private final Set<String> decided = new TreeSet<>();

  /** What a call is judged by beside itself. */
  interface World {
    /** What the wall clock shows. */
    ZonedDateTime now(ZoneId zone);

    /** Whether a mark is there, by its space, name, scope and value. */
    boolean marked(String key);

    /** Whether a call was made before, by its space, tool and values. */
    boolean made(String key);

    /** The digest of a whole call, or null if it has none. */
    @Nullable String digest(Call call);
  }

  private static final World NOTHING =
      new World() {
        @Override
        public ZonedDateTime now(ZoneId zone) {
          throw new IllegalStateException("no clock");
        }

        @Override
        public boolean marked(String key) {
          return false;
        }

        @Override
        public boolean made(String key) {
          return false;
        }

        @Override
        public @Nullable String digest(Call call) {
          return null;
        }
      };

  ReferencePolicy(Map<String, @Nullable Object> document, Function<String, BigDecimal> counts) {
    this(document, counts, NOTHING);
  }

  ReferencePolicy(
      Map<String, @Nullable Object> document, Function<String, BigDecimal> counts, World world) {
    this.document = document;
    this.counts = counts;
    this.world = world;
  }

  /** What of the language's later parts has decided the last call. */
  Set<String> decided() {
    return Set.copyOf(decided);
  }

  Answer decide(Call call) {
    decided.clear();
    if (document.get("halt") != null && !Boolean.FALSE.equals(document.get("halt"))) {
      decided.add("halt");
      return Answer.denied("(halted)", "halted");
    }
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
    if (key == null || hidden(key, call) || document.get("halt") != null) {
      return null;
    }
    decided.clear();
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
    for (boolean ofMarks : List.of(false, true)) {
      for (int i = 0; i < rules.size(); i++) {
        for (String use : List.of("require", "deny_if")) {
          List<Map<String, @Nullable Object>> predicates = Json.objects(rules.get(i).get(use));
          for (int j = 0; j < predicates.size(); j++) {
            if (ofMarks != readsMarks(predicates.get(j))) {
              continue;
            }
            String truths = truths(predicates.get(j), call, space);
            char truth = ReferenceValues.and(truths);
            boolean require = use.equals("require");
            if (truth != (require ? 'T' : 'F')) {
              int deciding = truth == 'I' ? truths.indexOf('I') : require ? truths.indexOf('F') : 0;
              noteDeciding(predicates.get(j), deciding);
              return Answer.denied(
                  places.get(i) + "/" + use + "/" + name(predicates, j, deciding),
                  truth == 'I' ? "unjudged" : use);
            }
          }
        }
      }
    }
    List<Charged> charged = new ArrayList<>();
    List<String> taken = new ArrayList<>();
    Answer denied = once(rules.get(0), places.get(0), call, space, taken);
    if (denied != null) {
      return denied;
    }
    for (int i = 0; i < rules.size(); i++) {
      denied = charge(rules.get(i), places.get(i), call, space, charged);
      if (denied != null) {
        return denied;
      }
    }
    List<String> left = new ArrayList<>();
    denied = marks(rules.get(0), places.get(0), call, space, left);
    if (denied != null) {
      return denied;
    }
    if (!taken.isEmpty() && world.made(taken.get(0))) {
      decided.add("once");
      return Answer.denied(places.get(0) + "/once", "duplicate");
    }
    List<Charged> charges = narrowest(charged);
    for (Charged charge : charges) {
      boolean room = charge.amount().signum() == 0;
      if (!room && counts.apply(charge.key()).add(charge.amount()).compareTo(charge.max()) > 0) {
        decided.addAll(charge.parts());
        return Answer.denied(charge.rule(), "limit");
      }
    }
    List<String> asks = asks(places, rules, call, space);
    charges.forEach(charge -> taken.add(charge.text()));
    taken.addAll(left);
    return new Answer(
        asks.isEmpty() ? "allowed" : "approval_required",
        asks.isEmpty() ? "" : asks.get(0),
        asks.isEmpty() ? "" : "approval_pending",
        asks,
        taken);
  }

  private static boolean readsMarks(Map<String, @Nullable Object> predicate) {
    return Json.objects(predicate.get("conditions")).stream()
        .anyMatch(condition -> text(condition, "path").startsWith("marks."));
  }

  private void noteDeciding(Map<String, @Nullable Object> predicate, int index) {
    List<Map<String, @Nullable Object>> conditions = Json.objects(predicate.get("conditions"));
    if (index < conditions.size()) {
      Map<String, @Nullable Object> condition = conditions.get(index);
      String path = text(condition, "path");
      if (condition.get("value_from") != null) {
        decided.add("value_from");
      }
      if (path.startsWith("time.")) {
        decided.add("time");
      } else if (path.startsWith("marks.")) {
        decided.add("marks");
      }
    }
  }

  /** Returns the denial of a call that cannot be told from others, or adds what it is known by. */
  private @Nullable Answer once(
      Map<String, @Nullable Object> rule,
      String place,
      Call call,
      String space,
      List<String> taken) {
    Object once = rule.get("once");
    if (once == null) {
      return null;
    }
    Object window = once instanceof Map<?, ?> ? Json.object(once).get("window") : once;
    Object by = once instanceof Map<?, ?> ? Json.object(once).get("by") : null;
    List<?> paths = by instanceof List<?> list ? list : by == null ? List.of("call") : List.of(by);
    List<String> values = new ArrayList<>();
    for (Object path : paths) {
      String value =
          path.equals("call") ? world.digest(call) : scopeValue(read(String.valueOf(path), call));
      if (value == null) {
        decided.add("once");
        return Answer.denied(place + "/once", "scope_missing");
      }
      values.add(value);
    }
    taken.add(
        space
            + "once "
            + call.tool()
            + " ["
            + call.grant()
            + "|"
            + joined(values)
            + "] "
            + window(window));
    return null;
  }

  /** One value as it is, several each behind its length. */
  private static String joined(List<String> values) {
    if (values.size() == 1) {
      return bounded(values.get(0));
    }
    StringBuilder joined = new StringBuilder();
    values.forEach(value -> joined.append(value.length()).append(':').append(value));
    return bounded(joined.toString());
  }

  private @Nullable Answer marks(
      Map<String, @Nullable Object> rule,
      String place,
      Call call,
      String space,
      List<String> left) {
    List<String> done = new ArrayList<>();
    for (Map<String, @Nullable Object> mark : Json.objects(rule.get("marks"))) {
      String key = markKey(text(mark, "mark"), mark.get("scope"), mark.get("scope"), call, space);
      if (key == null) {
        decided.add("marks");
        return Answer.denied(place + "/marks/" + escape(text(mark, "mark")), "scope_missing");
      }
      boolean tried = "tried".equals(mark.get("when"));
      (tried ? left : done).add((tried ? "tried " : "done ") + key + " " + window(mark.get("for")));
    }
    left.addAll(done);
    return null;
  }

  private static @Nullable String markKey(
      String name, @Nullable Object declared, @Nullable Object scope, Call call, String space) {
    String value = value(scope == null ? "grant" : scope, call, null);
    return value == null
        ? null
        : space
            + "marks "
            + name
            + " "
            + names(declared == null ? "grant" : declared)
            + " ["
            + value
            + "]";
  }

  /** What scopes share by: a text, or the names of several parts. */
  private static String names(Object scope) {
    List<String> names = new ArrayList<>();
    if (scope instanceof List<?> list) {
      list.forEach(part -> names.add(String.valueOf(part)));
    } else if (scope instanceof Map<?, ?> parts) {
      parts.keySet().forEach(name -> names.add(String.valueOf(name)));
    } else {
      return scope.equals("call") ? names(List.of("grant", "call")) : String.valueOf(scope);
    }
    Collections.sort(names);
    return Json.write(names).replace(" ", "");
  }

  /** The value of a scope, or null: of several parts the first, and behind it the others. */
  private static @Nullable String value(Object scope, Call call, @Nullable World world) {
    if (scope.equals("call")) {
      return value(List.of("grant", "call"), call, world);
    } else if (scope instanceof String text) {
      return switch (text) {
        case "grant" -> call.grant();
        case "session" ->
            call.session() == null ? call.grant() : call.grant() + "|" + call.session();
        case "global" -> "";
        default -> scopeValue(read(text, call));
      };
    }
    List<String> parts = new ArrayList<>();
    if (scope instanceof Map<?, ?> named) {
      named.keySet().stream().sorted().forEach(name -> parts.add(String.valueOf(named.get(name))));
    } else if (scope instanceof List<?> list) {
      list.forEach(part -> parts.add(String.valueOf(part)));
      parts.sort(
          Comparator.comparing(
                  (String part) -> part.equals("grant") ? 0 : part.equals("session") ? 1 : 2)
              .thenComparing(part -> part));
    }
    List<String> values = new ArrayList<>();
    for (String part : parts) {
      String value =
          switch (part) {
            case "call" -> world == null ? null : world.digest(call);
            case "session" ->
                "\0"
                    + call.grant().length()
                    + ":"
                    + call.grant()
                    + (call.session() == null ? "-" : "+" + call.session());
            default -> scopeValue(read(part, call));
          };
      if (value == null) {
        return null;
      }
      values.add(value);
    }
    return values.size() == 1
        ? values.get(0)
        : values.get(0) + "|" + joined(values.subList(1, values.size()));
  }

  private List<String> asks(
      List<String> places, List<Map<String, @Nullable Object>> rules, Call call, String space) {
    List<String> asks = new ArrayList<>();
    for (int i = 0; i < rules.size(); i++) {
      if ("require_approval".equals(rules.get(i).get("action"))) {
        asks.add(places.get(i) + "/action");
      }
      List<Map<String, @Nullable Object>> predicates = Json.objects(rules.get(i).get("approve_if"));
      for (int j = 0; j < predicates.size(); j++) {
        String truths = truths(predicates.get(j), call, space);
        if (ReferenceValues.and(truths) != 'F') {
          noteDeciding(predicates.get(j), Math.max(0, truths.indexOf('I')));
          asks.add(
              places.get(i)
                  + "/approve_if/"
                  + name(predicates, j, Math.max(0, truths.indexOf('I'))));
        }
      }
    }
    return asks;
  }

  private String truths(Map<String, @Nullable Object> predicate, Call call, String space) {
    StringBuilder truths = new StringBuilder();
    for (Map<String, @Nullable Object> condition : Json.objects(predicate.get("conditions"))) {
      truths.append(truth(condition, call, space));
    }
    return truths.toString();
  }

  private char truth(Map<String, @Nullable Object> condition, Call call, String space) {
    String path = text(condition, "path");
    String op = text(condition, "op");
    if (path.startsWith("marks.")) {
      String name = path.substring("marks.".length());
      Object declared = declared(name);
      Object scope = condition.get("scope") == null ? declared : condition.get("scope");
      String key = markKey(name, declared, scope, call, space);
      return key == null
          ? 'I'
          : world.marked(key) == Boolean.TRUE.equals(condition.get("value")) ? 'T' : 'F';
    }
    Object found = path.startsWith("time.") ? time(path) : read(path, call);
    if (condition.get("value_from") == null) {
      return path.equals("time.date") && op.matches("[lg]te?")
          ? ReferenceGains.dates(op, String.valueOf(found), text(condition, "value"))
          : ReferenceValues.truth(op, found, condition.get("value"));
    }
    String from = text(condition, "value_from");
    return ReferenceGains.pair(op, found, from.startsWith("time.") ? time(from) : read(from, call));
  }

  private Object time(String path) {
    ZonedDateTime now = world.now(ZoneId.of(text(document, "timezone")));
    return switch (path) {
      case "time.hour" -> now.getHour();
      case "time.minute" -> now.getMinute();
      case "time.weekday" -> now.getDayOfWeek().toString().toLowerCase(Locale.ROOT);
      default -> now.toLocalDate().toString();
    };
  }

  private @Nullable Object declared(String mark) {
    for (Object tool : members(document, "tools").values()) {
      for (Map<String, @Nullable Object> one : Json.objects(Json.object(tool).get("marks"))) {
        if (mark.equals(one.get("mark"))) {
          return one.get("scope");
        }
      }
    }
    return null;
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
    Object scope = limit.get("scope") == null ? "grant" : limit.get("scope");
    Set<String> parts = new TreeSet<>();
    if (!(scope instanceof String)) {
      parts.add("parts");
    }
    if (Json.write(scope).contains("\"call\"")) {
      parts.add("call");
    }
    if (limit.get("if") != null) {
      parts.add("if");
      String truths = "";
      for (Map<String, @Nullable Object> condition : Json.objects(limit.get("if"))) {
        char truth = truth(condition, call, "");
        String path = text(condition, "path");
        boolean absent = path.startsWith("args") && read(path, call) == ReferenceValues.ABSENT;
        truths += absent && truth == 'F' && !"exists".equals(condition.get("op")) ? 'T' : truth;
      }
      if (truths.contains("F")) {
        return null;
      } else if (truths.contains("I")) {
        decided.add("if");
        return Answer.denied(rule, "unjudged");
      }
    }
    String value = value(scope, call, world);
    if (value == null) {
      decided.addAll(parts);
      return Answer.denied(rule, "scope_missing");
    }
    boolean inFlight = "in_flight".equals(limit.get("window"));
    if (inFlight) {
      parts.add("in_flight");
    } else if (limit.get("distinct") != null) {
      parts.add("distinct");
      return distinct(limit, rule, space, call, charged, value, parts);
    }
    BigDecimal max = ReferenceValues.number(limit.get("max"));
    BigDecimal amount = BigDecimal.ONE;
    if (limit.get("increment") != null) {
      amount = ReferenceValues.number(limit.get("increment"));
    }
    if (limit.get("increment_from") != null) {
      Object found = read(text(limit, "increment_from"), call);
      if (!ReferenceValues.kind(found).equals("number")) {
        decided.addAll(parts);
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
    if (amount.compareTo(max) > 0) {
      decided.addAll(parts);
      return Answer.denied(rule, "limit_never");
    }
    String counts =
        limit.get("counts") != null
            ? text(limit, "counts")
            : limit.get("increment_from") == null ? "attempts" : "successes";
    String key = space + " " + identity(limit) + " " + names(scope) + " [" + value + "]";
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
                inFlight ? "lease " + lease(limit) : counts),
            parts));
    return null;
  }

  private static Duration lease(Map<String, @Nullable Object> limit) {
    return limit.get("lease") == null ? Duration.ofMinutes(15) : window(limit.get("lease"));
  }

  private @Nullable Answer distinct(
      Map<String, @Nullable Object> limit,
      String rule,
      String space,
      Call call,
      List<Charged> charged,
      String value,
      Set<String> parts) {
    Set<String> values = new TreeSet<>();
    Object paths = limit.get("distinct");
    for (Object path : paths instanceof List<?> list ? list : List.of(String.valueOf(paths))) {
      Object found = read(String.valueOf(path), call);
      for (Object one : found instanceof List<?> list ? list : Collections.singletonList(found)) {
        String text = scopeValue(one);
        if (text == null) {
          decided.addAll(parts);
          return Answer.denied(rule, "scope_missing");
        }
        values.add(text);
      }
    }
    BigDecimal max = ReferenceValues.number(limit.get("max"));
    BigDecimal size = BigDecimal.valueOf(values.size());
    if (size.compareTo(max) > 0) {
      decided.addAll(parts);
      return Answer.denied(rule, "limit_never");
    }
    String key =
        space
            + " distinct "
            + identity(limit)
            + " "
            + names(Objects.requireNonNullElse(limit.get("scope"), "grant"))
            + " ["
            + value
            + "]";
    charged.add(new Charged(rule, key, max, size, key + " " + max + " " + values, parts));
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

  private boolean sameCounter(
      Map<String, @Nullable Object> one, Map<String, @Nullable Object> other) {
    return identity(one).equals(identity(other))
        && (one.get("distinct") == null) == (other.get("distinct") == null)
        && names(Objects.requireNonNullElse(one.get("scope"), "grant"))
            .equals(names(Objects.requireNonNullElse(other.get("scope"), "grant")));
  }

  private String identity(Map<String, @Nullable Object> limit) {
    if ("in_flight".equals(limit.get("window"))) {
      return "in_flight " + text(limit, "counter");
    }
    boolean calendar = "calendar".equals(limit.get("alignment"));
    return text(limit, "counter")
        + " "
        + window(limit.get("window"))
        + (calendar
            ? " " + limit.getOrDefault("timezone", document.getOrDefault("timezone", "UTC"))
            : "");
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
