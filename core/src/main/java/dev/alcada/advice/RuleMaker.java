package dev.alcada.advice;

import dev.alcada.advice.RuleAdvice.Binding;
import dev.alcada.advice.RuleAdvice.Place;
import dev.alcada.internal.document.ShownJson;
import dev.alcada.internal.document.Spelling;
import dev.alcada.internal.value.JsonType;
import dev.alcada.policy.Policy;
import dev.alcada.policy.ValuePath;
import dev.alcada.policy.ValuePath.Root;
import dev.alcada.policy.ValuePath.Step;
import dev.alcada.tool.ToolDefinition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Makes the rules of one policy, so that none gets into the way of another. */
final class RuleMaker {
  /** What MCP asks of tools' names; others are told apart by programs and not by people. */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_./-]{1,128}");

  private static final Pattern ARGUMENT = Pattern.compile("[A-Za-z_][A-Za-z0-9_.$-]{0,63}");

  private static final int MAX_DEPTH = 4;
  private static final int MAX_MEMBERS = 300;
  private static final int WRITES = 30;
  private static final int RUNS = 10;
  private static final int CAP = 1_000;

  private static final List<List<String>> CENTS =
      List.of(
          List.of("cents"),
          List.of("centavos"),
          List.of("minor", "units"),
          List.of("minor", "unit"),
          List.of("smallest", "currency", "unit"));

  private final RiskRules rules;
  private final Map<String, String> names = new HashMap<>();
  private final Set<String> counters = new HashSet<>();

  RuleMaker(RiskRules rules) {
    this.rules = rules;
  }

  /** Keeps a name of a tool from being used for another. */
  void taken(String name) {
    names.putIfAbsent(bare(name), name);
  }

  /** {@return the counter's name, or the first like it that no other counter has} */
  String counter(String wanted) {
    String name = wanted;
    for (int i = 2; !counters.add(bare(name)); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }

  /**
   * Returns what is recommended for a tool.
   *
   * @param tool the tool
   * @param risk its risk
   * @param any whether to make a rule for it whatever its name is like
   */
  RuleAdvice rule(ToolDefinition tool, Risk risk, boolean any) {
    String name = tool.name();
    String why = risk.toString();
    String odd = any ? null : odd(name);
    if (odd != null) {
      return RuleAdvice.leftOut(name, odd + "; " + why);
    }
    taken(name);
    Map<String, Object> rule = new LinkedHashMap<>();
    List<String> notes = new ArrayList<>();
    switch (risk.category()) {
      case WRITE -> rule.put("limits", List.of(rate(name, WRITES)));
      case EXECUTE -> rule.put("limits", List.of(rate(name, RUNS)));
      case FINANCIAL -> {
        rule.put("action", "require_approval");
        Map<String, Object> cap = cap(tool, notes);
        if (cap != null) {
          rule.put("limits", List.of(cap));
        }
      }
      case READ, DESTRUCTIVE -> {
        // Listed as it is, or hidden.
      }
    }
    if (risk.category() == Risk.Category.DESTRUCTIVE) {
      return new RuleAdvice(name, why, Place.HIDDEN, Map.of(), List.of(), List.of());
    }
    return new RuleAdvice(name, why, Place.LISTED, rule, notes, bindings(tool));
  }

  private Map<String, Object> rate(String tool, int max) {
    return RuleAdvice.limit(counter(tool + "_rate"), "minute", max);
  }

  private @Nullable String odd(String name) {
    String other = names.get(bare(name));
    if (name.indexOf('*') >= 0) {
      return "a rule for this name would be one for all that match it";
    } else if (!NAME.matcher(name).matches()) {
      return "its name has characters that tools do not have, or too many";
    } else if (isDoubted(name)) {
      return "its name is one that people write for something else in a policy";
    } else if (other != null) {
      return "its name differs from " + Spelling.quote(other) + " in case or punctuation alone";
    }
    return null;
  }

  /** {@return whether a policy draws a warning by this name alone} */
  private static boolean isDoubted(String name) {
    Map<String, Object> document =
        Map.of(
            "version",
            "1",
            "default",
            "deny",
            "hide",
            List.of(name),
            "tools",
            Map.of(name, Map.of("action", "deny")));
    return !Policy.parse(ShownJson.line(document)).warnings().isEmpty();
  }

  private static String bare(String name) {
    return name.replaceAll("[-_./\\s]", "").toLowerCase(Locale.ROOT);
  }

  /** A daily cap on the amount that the tool takes, if the schema has one that can be counted. */
  private @Nullable Map<String, Object> cap(ToolDefinition tool, List<String> notes) {
    List<Step> found = amount(new Schemas(tool.inputSchema()));
    if (found == null) {
      return null;
    }
    Schemas schemas = new Schemas(tool.inputSchema());
    SchemaPlace place = SchemaPlace.of(schemas, found);
    ValuePath path = new ValuePath(Root.ARGS, found);
    boolean cents =
        named("MINOR", ((ValuePath.Key) found.get(found.size() - 1)).name())
            || place.descriptions().stream().anyMatch(RuleMaker::inCents);
    int max = cents ? 100 * CAP : CAP;
    notes.add(
        "The cap is in the unit of "
            + path
            + (cents ? " (cents, or the like)" : "")
            + ": set what you mean"
            + (place.required() ? "" : "; a call without it is denied"));
    Map<String, Object> limit = RuleAdvice.limit(counter(tool.name() + "_amount"), "day", max);
    limit.put("increment_from", path.toString());
    return limit;
  }

  private static boolean inCents(Map<?, ?> schema) {
    if (!(schema.get("description") instanceof String description)) {
      return false;
    }
    List<String> words =
        Words.ofText(Spelling.shorten(description, 1_000)).stream().map(Words.Token::word).toList();
    return CENTS.stream().anyMatch(phrase -> Collections.indexOfSubList(words, phrase) >= 0);
  }

  /** {@return the least deep amount that is a number and not in a list, or null} */
  private @Nullable List<Step> amount(Schemas schemas) {
    List<List<Step>> level = List.of(List.of());
    int seen = 0;
    for (int depth = 0; depth < MAX_DEPTH; depth++) {
      List<List<Step>> next = new ArrayList<>();
      for (List<Step> above : level) {
        for (String name : members(SchemaPlace.of(schemas, above))) {
          if (++seen > MAX_MEMBERS) {
            return null;
          }
          List<Step> steps = new ArrayList<>(above);
          steps.add(new ValuePath.Key(name));
          SchemaPlace place = SchemaPlace.of(schemas, steps);
          Set<JsonType> types = place.types();
          if (types.contains(JsonType.NUMBER)
              && !types.contains(JsonType.TEXT)
              && !types.contains(JsonType.OBJECT)
              && named("CAPPED", name)) {
            return steps;
          } else if (types.contains(JsonType.OBJECT) && !place.isFree()) {
            next.add(steps);
          }
        }
      }
      level = next;
    }
    return null;
  }

  /** {@return the members that a place's schemas name and that a document can spell plainly} */
  private static List<String> members(SchemaPlace place) {
    return place.members().stream().filter(name -> ARGUMENT.matcher(name).matches()).toList();
  }

  private boolean named(String set, String argument) {
    return rules
        .parameters
        .getOrDefault(set, Set.of())
        .contains(String.join("_", Words.ofName(argument)));
  }

  private List<Binding> bindings(ToolDefinition tool) {
    List<Binding> bindings = new ArrayList<>();
    Schemas schemas = new Schemas(tool.inputSchema());
    for (String name : members(SchemaPlace.of(schemas, List.of()))) {
      String attribute = attribute(String.join("_", Words.ofName(name)));
      if (attribute != null && bindings.size() < rules.identities.size()) {
        bindings.add(
            new Binding(
                new ValuePath(Root.ARGS, List.of(new ValuePath.Key(name))).toString(),
                "context." + attribute));
      }
    }
    return bindings;
  }

  private @Nullable String attribute(String argument) {
    for (Map.Entry<String, Set<String>> identity : rules.identities.entrySet()) {
      if (identity.getValue().contains(argument)) {
        return identity.getKey();
      }
    }
    return null;
  }
}
