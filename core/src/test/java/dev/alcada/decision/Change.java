package dev.alcada.decision;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A way in which somebody changes a document by mistake.
 *
 * @param name what it is
 * @param change changes a copy of a document; false if there is nothing of its kind in it
 */
record Change(String name, BiPredicate<Map<String, @Nullable Object>, Random> change) {
  static final List<Change> ALL = all();

  /** {@return the changed document's text, or null if there is nothing to be changed so} */
  @Nullable String apply(Map<String, @Nullable Object> document, Random random) {
    Map<String, @Nullable Object> copy = Json.object(Json.read(Json.write(document)));
    return change.test(copy, random) ? Json.write(copy) : null;
  }

  private static List<Change> all() {
    List<Change> all = new ArrayList<>();
    texts(all);
    expressions(all);
    conditions(all);
    predicates(all);
    limits(all);
    rules(all);
    names(all);
    return List.copyOf(all);
  }

  /** Changes of the texts that values are compared with. */
  private static void texts(List<Change> all) {
    text(all, "a text with a space at its end", text -> text + " ");
    text(all, "a text with a line break at its end", text -> text + "\n");
    text(all, "a text with a space that is none", text -> "\u00a0" + text);
    text(
        all,
        "a text with a character of no width",
        text -> text.charAt(0) + "\u200b" + text.substring(1));
    text(
        all,
        "a text with a letter of another script",
        text -> text.replaceAll("[Ee]", "\u0415").replaceAll("[aA]", "\u0430"));
    text(all, "a text in quotes of its own", text -> "'" + text + "'");
    text(all, "a text that is a placeholder", text -> "${VALUE}");
    text(all, "a text that is the name of a variable", text -> "$VALUE");
    text(all, "a text that is a pattern", text -> text.charAt(0) + "*");
    text(all, "a text that is an expression", text -> "^" + text + "$");
    text(all, "a text that is several", text -> text + ",OTHER");
    text(all, "a misspelt text", text -> text + "x");
    text(all, "a text in another case", text -> text.toLowerCase(Locale.ROOT) + text.charAt(0));
  }

  private static void text(List<Change> all, String name, UnaryOperator<String> change) {
    all.add(
        new Change(
            name,
            (document, random) ->
                one(
                    conditions(document),
                    random,
                    condition -> !"regex".equals(condition.get("op")) && hasText(condition),
                    condition -> {
                      if (condition.get("value") instanceof List<?> values) {
                        List<@Nullable Object> changed = new ArrayList<>(values);
                        int at = random.nextInt(changed.size());
                        changed.set(at, change.apply((String) changed.get(at)));
                        condition.put("value", changed);
                      } else {
                        condition.put("value", change.apply((String) condition.get("value")));
                      }
                    })));
  }

  private static boolean hasText(Map<String, @Nullable Object> condition) {
    Object value = condition.get("value");
    return value instanceof String
        || (value instanceof List<?> list && list.get(0) instanceof String);
  }

  private static void expressions(List<Change> all) {
    expression(
        all,
        "an expression with a backspace",
        text -> text.contains("\\b"),
        text -> text.replace("\\b", "\b"));
    expression(
        all, "an expression with a line break at its end", text -> true, text -> text + "\n");
    expression(all, "an expression with spaces around a bar", text -> true, text -> text + " | x");
    expression(all, "an empty expression", text -> true, text -> "");
    expression(all, "an expression that is anything", text -> true, text -> ".*");
    expression(
        all,
        "an expression without its end",
        text -> text.endsWith("$"),
        text -> text.substring(0, text.length() - 1));
    expression(
        all,
        "an expression without its beginning",
        text -> text.startsWith("^"),
        text -> text.substring(1));
    expression(
        all,
        "an expression without the slash at its end",
        text -> text.endsWith("/"),
        text -> text.substring(0, text.length() - 1));
    expression(
        all,
        "an expression with a dot that is anything",
        text -> text.contains("\\."),
        text -> text.replace("\\.", "."));
    expression(
        all,
        "an expression with backslashes doubled",
        text -> text.contains("\\b"),
        text -> text.replace("\\", "\\\\"));
    expression(
        all,
        "an expression between slashes",
        text -> !text.contains("/"),
        text -> "/" + text.replace("(?i)", "") + "/i");
    expression(
        all,
        "an expression with half its anchors",
        text -> text.startsWith("^"),
        text -> text + "|other$");
    expression(
        all,
        "an expression with the edges of another dialect",
        text -> text.contains("\\b"),
        text -> text.replaceFirst("\\\\b", "\\\\<").replaceFirst("\\\\b", "\\\\>"));
    expression(all, "an expression with look-ahead", text -> true, text -> "(?!x)" + text);
    expression(
        all,
        "an expression that minds case",
        text -> text.startsWith("(?i)"),
        text -> text.substring(4));
    expression(all, "an expression with a placeholder", text -> true, text -> "^{{ value }}$");
  }

  private static void expression(
      List<Change> all, String name, Predicate<String> fits, UnaryOperator<String> change) {
    all.add(
        new Change(
            name,
            (document, random) ->
                one(
                    conditions(document),
                    random,
                    condition ->
                        "regex".equals(condition.get("op"))
                            && fits.test((String) condition.get("value")),
                    condition ->
                        condition.put("value", change.apply((String) condition.get("value"))))));
  }

  private static void conditions(List<Change> all) {
    condition(
        all,
        "an operator of another language",
        condition -> true,
        condition -> condition.put("op", "starts_with"));
    condition(
        all,
        "a number in quotes",
        condition -> condition.get("value") instanceof Number,
        condition -> condition.put("value", String.valueOf(condition.get("value"))));
    condition(
        all,
        "another number",
        condition -> condition.get("value") instanceof Number,
        condition -> condition.put("value", 700000));
    condition(
        all,
        "an order the other way round",
        condition -> "lte".equals(condition.get("op")),
        condition -> condition.put("op", "gte"));
    condition(
        all,
        "a list within a list",
        condition -> "in".equals(condition.get("op")),
        condition -> condition.put("value", List.of(condition.get("value"))));
    condition(
        all,
        "an empty list",
        condition -> "in".equals(condition.get("op")),
        condition -> condition.put("value", List.of()));
    condition(
        all,
        "a list that is contained",
        condition -> "contains".equals(condition.get("op")),
        condition -> condition.put("value", List.of(condition.get("value"))));
    condition(
        all,
        "another argument",
        condition -> path(condition).startsWith("args."),
        condition -> condition.put("path", path(condition) + "x"));
    condition(
        all,
        "an argument without its root",
        condition -> path(condition).startsWith("args."),
        condition -> condition.put("path", path(condition).substring(5)));
    condition(
        all,
        "an element by a dot",
        condition -> path(condition).startsWith("args."),
        condition -> condition.put("path", path(condition) + ".0"));
    condition(
        all,
        "one element",
        condition -> path(condition).startsWith("args."),
        condition -> condition.put("path", path(condition) + "[0]"));
    condition(
        all,
        "what is to be missing is to be there",
        condition -> "exists".equals(condition.get("op")),
        condition -> condition.put("value", false));
    condition(
        all,
        "what is equal is not equal",
        condition -> "eq".equals(condition.get("op")),
        condition -> condition.put("op", "neq"));
    condition(
        all,
        "an attribute of another name",
        condition -> path(condition).startsWith("context."),
        condition -> condition.put("path", "context.rank"));
  }

  private static String path(Map<String, @Nullable Object> condition) {
    return String.valueOf(condition.get("path"));
  }

  private static void condition(
      List<Change> all,
      String name,
      Predicate<Map<String, @Nullable Object>> fits,
      Consumer<Map<String, @Nullable Object>> change) {
    all.add(
        new Change(name, (document, random) -> one(conditions(document), random, fits, change)));
  }

  private static void predicates(List<Change> all) {
    all.add(
        new Change(
            "two predicates in one",
            of(
                "deny_if",
                (list, random) -> {
                  if (list.size() < 2) {
                    return false;
                  }
                  List<@Nullable Object> joined = new ArrayList<>();
                  list.forEach(one -> joined.addAll((List<?>) Json.object(one).get("conditions")));
                  list.clear();
                  Map<String, @Nullable Object> only = new LinkedHashMap<>();
                  only.put("conditions", joined);
                  return list.add(only);
                })));
    for (String field : List.of("require", "deny_if", "approve_if")) {
      all.add(
          new Change("an empty " + field, of(field, (list, random) -> list.removeIf(one -> true))));
      all.add(
          new Change(
              field + " without conditions",
              of(
                  field,
                  (list, random) -> {
                    Json.object(list.get(random.nextInt(list.size()))).put("conditions", List.of());
                    return true;
                  })));
      all.add(
          new Change(
              "one of " + field + " left out",
              of(
                  field,
                  (list, random) ->
                      list.size() > 1 && list.remove(random.nextInt(list.size())) != null)));
    }
    all.add(new Change("require in the place of deny_if", renamed("require", "deny_if")));
    all.add(new Change("deny_if in the place of approve_if", renamed("deny_if", "approve_if")));
    all.add(new Change("deny_if spelt as in another language", renamed("deny_if", "denyIf")));
  }

  private static BiPredicate<Map<String, @Nullable Object>, Random> of(
      String field, BiFunction<List<@Nullable Object>, Random, Boolean> change) {
    return (document, random) ->
        one(
            rules(document),
            random,
            rule -> rule.get(field) instanceof List<?> list && !list.isEmpty(),
            rule -> {
              List<@Nullable Object> list = new ArrayList<>((List<?>) rule.get(field));
              if (change.apply(list, random)) {
                rule.put(field, list);
              }
            });
  }

  private static BiPredicate<Map<String, @Nullable Object>, Random> renamed(
      String from, String to) {
    return (document, random) ->
        one(
            rules(document),
            random,
            rule -> rule.containsKey(from) && !rule.containsKey(to),
            rule -> rule.put(to, rule.remove(from)));
  }

  private static void limits(List<Change> all) {
    limit(all, "a limit by session", limit -> limit.put("scope", "session"));
    limit(all, "a limit by an argument", limit -> limit.put("scope", "args.note"));
    limit(all, "a limit of 0", limit -> limit.put("max", 0));
    limit(all, "a limit without a bound", limit -> limit.put("max", -1));
    limit(all, "a higher limit", limit -> limit.put("max", 1_000_000));
    limit(all, "a shorter window", limit -> limit.put("window", "second"));
    limit(all, "a window of milliseconds", limit -> limit.put("window", 3_600_000));
    limit(all, "a window of hours without a unit", limit -> limit.put("window", 24));
    limit(all, "a window of another language", limit -> limit.put("window", "1 month"));
    limit(all, "calls in the place of amounts", limit -> limit.remove("increment_from"));
    limit(all, "an amount of another argument", limit -> limit.put("increment_from", "args.total"));
    limit(
        all,
        "an amount of one element",
        limit -> limit.put("increment_from", "args.items[0].price"));
    limit(
        all,
        "amounts above the maximum",
        limit -> {
          limit.remove("increment_from");
          limit.put("increment", 5000);
        });
    limit(
        all,
        "a calendar without a zone",
        limit -> {
          limit.put("window", "day");
          limit.put("alignment", "calendar");
          limit.remove("timezone");
        });
    limit(
        all,
        "a zone whose sign is the other way round",
        limit -> {
          limit.put("window", "day");
          limit.put("alignment", "calendar");
          limit.put("timezone", "Etc/GMT+3");
        });
  }

  private static void limit(
      List<Change> all, String name, Consumer<Map<String, @Nullable Object>> change) {
    all.add(
        new Change(
            name,
            (document, random) ->
                one(
                    rules(document),
                    random,
                    rule -> rule.get("limits") instanceof List<?>,
                    rule -> {
                      List<Map<String, @Nullable Object>> limits = Json.objects(rule.get("limits"));
                      change.accept(limits.get(random.nextInt(limits.size())));
                    })));
  }

  private static void rules(List<Change> all) {
    for (String field :
        List.of("action", "require", "deny_if", "approve_if", "limits", "rate_limit", "approval")) {
      all.add(
          new Change(
              field + " left out",
              (document, random) ->
                  one(
                      rules(document),
                      random,
                      rule -> rule.containsKey(field),
                      rule -> rule.remove(field))));
    }
    rule(all, "a rule on trial", rule -> rule.put("mode", "shadow"));
    rule(all, "an action of another language", rule -> rule.put("action", "escalate"));
    rule(
        all,
        "an action of another field",
        rule -> {
          rule.put("approval", true);
          rule.remove("action");
        });
    rule(all, "a rate by session, for a day", rule -> rule.put("rate_limit", "20/day"));
    rule(all, "a rate of another language", rule -> rule.put("rate_limit", "20/min"));
    rule(all, "a rule that is switched off", rule -> rule.put("enabled", false));
    all.add(
        new Change(
            "all_tools among the tools",
            (document, random) -> {
              Object moved = document.remove("all_tools");
              Json.object(document.get("tools")).put("all_tools", moved);
              return moved != null;
            }));
    all.add(
        new Change(
            "all_tools left out", (document, random) -> document.remove("all_tools") != null));
    all.add(new Change("hide left out", (document, random) -> document.remove("hide") != null));
    all.add(
        new Change(
            "a default that allows",
            (document, random) -> "deny".equals(document.put("default", "allow"))));
    all.add(
        new Change(
            "a default of another language",
            (document, random) -> document.put("default", "ask") != null));
    all.add(
        new Change(
            "a default that allows, and nothing else",
            (document, random) -> {
              document.keySet().retainAll(List.of("version", "default"));
              return document.put("default", "allow") != null;
            }));
  }

  private static void rule(
      List<Change> all, String name, Consumer<Map<String, @Nullable Object>> change) {
    all.add(
        new Change(
            name,
            (document, random) -> {
              Map<String, @Nullable Object> tools = Json.object(document.get("tools"));
              List<String> names = new ArrayList<>(tools.keySet());
              change.accept(Json.object(tools.get(names.get(random.nextInt(names.size())))));
              return true;
            }));
  }

  private static void names(List<Change> all) {
    name(all, "a name with a space at its end", name -> name + " ");
    name(all, "a name with a space that is none", name -> name.replace('_', '\u00a0') + "\u00a0");
    name(all, "a name with another hyphen", name -> name + "\u2010");
    name(all, "a name that is an expression", name -> "^" + name + "$");
    name(all, "a name that is an expression with a dot", name -> name.replace("*", "") + "_.*");
    name(all, "a name that is one of two", name -> name + "|other");
    name(all, "a name that is a call", name -> name + "(*)");
    name(all, "a name that is a placeholder", name -> "${" + name.replace("*", "x") + "}");
    name(all, "a misspelt name", name -> name.charAt(0) + name);
    name(all, "a name in another case", name -> name.toUpperCase(Locale.ROOT));
    all.add(
        new Change(
            "a narrower name without the rule of its pattern",
            (document, random) -> {
              Map<String, @Nullable Object> tools = Json.object(document.get("tools"));
              boolean there =
                  tools.get("delete_*") != null
                      || !Map.of().equals(tools.getOrDefault("get_*", Map.of()));
              tools.put("delete_branch", new LinkedHashMap<>());
              tools.put("get_balance", new LinkedHashMap<>());
              return there;
            }));
    all.add(
        new Change(
            "a hidden name that is an expression",
            (document, random) ->
                document.replace("hide", List.of("^admin_reset$", "debug_.*")) != null));
    all.add(
        new Change(
            "a misspelt hidden name",
            (document, random) ->
                document.replace("hide", List.of("admin_rest", "debg_*")) != null));
  }

  private static void name(List<Change> all, String name, UnaryOperator<String> change) {
    all.add(
        new Change(
            name,
            (document, random) -> {
              Map<String, @Nullable Object> tools = Json.object(document.get("tools"));
              List<String> names = new ArrayList<>(tools.keySet());
              names.remove("*");
              String old = names.get(random.nextInt(names.size()));
              Map<String, @Nullable Object> changed = new LinkedHashMap<>();
              tools.forEach(
                  (key, rule) -> changed.put(key.equals(old) ? change.apply(key) : key, rule));
              document.put("tools", changed);
              return true;
            }));
  }

  /** Changes one of many, if one of them fits. */
  private static <T> boolean one(
      List<T> many, Random random, Predicate<T> fits, Consumer<T> change) {
    List<T> fitting = many.stream().filter(fits).toList();
    if (fitting.isEmpty()) {
      return false;
    }
    change.accept(fitting.get(random.nextInt(fitting.size())));
    return true;
  }

  private static List<Map<String, @Nullable Object>> rules(Map<String, @Nullable Object> document) {
    List<Map<String, @Nullable Object>> rules = new ArrayList<>();
    if (document.get("all_tools") != null) {
      rules.add(Json.object(document.get("all_tools")));
    }
    Json.object(document.get("tools")).values().forEach(rule -> rules.add(Json.object(rule)));
    return rules;
  }

  private static List<Map<String, @Nullable Object>> conditions(
      Map<String, @Nullable Object> document) {
    List<Map<String, @Nullable Object>> conditions = new ArrayList<>();
    for (Map<String, @Nullable Object> rule : rules(document)) {
      for (String field : List.of("require", "deny_if", "approve_if")) {
        for (Map<String, @Nullable Object> predicate : Json.objects(rule.get(field))) {
          conditions.addAll(Json.objects(predicate.get("conditions")));
        }
      }
    }
    return conditions;
  }
}
