package dev.alcada.mcp;

import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.Conditions;
import dev.alcada.policy.Limit;
import dev.alcada.policy.NamePattern;
import dev.alcada.policy.Policy;
import dev.alcada.policy.Policy.DefaultAction;
import dev.alcada.policy.Scope;
import dev.alcada.policy.ToolRule;
import dev.alcada.policy.ValuePath;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a policy says that does not fit the tools it is put on.
 *
 * @param errors what leaves a tool open that the policy's author surely meant to rule
 * @param warnings what is probably wrong
 */
record ToolCheck(List<String> errors, List<String> warnings) {

  static ToolCheck of(Policy policy, Collection<Tool> tools) {
    ToolCheck check = new ToolCheck(new ArrayList<>(), new ArrayList<>());
    policy.hide().forEach(name -> check.name("hide", name, policy, tools));
    policy
        .tools()
        .forEach(
            (name, rule) -> {
              List<Tool> ruled = check.name("tools", name, policy, tools);
              check.paths("tools/" + name, paths(rule), ruled);
            });
    check.paths("all_tools", paths(policy), tools);
    return check;
  }

  /** Returns the tools that a name or pattern stands for, and takes note if there are none. */
  private List<Tool> name(String field, String name, Policy policy, Collection<Tool> tools) {
    List<Tool> named = matching(name, tools);
    if (named.isEmpty() && !name.equals("*")) {
      String similar = NamePattern.isPattern(name) ? null : similar(name, tools);
      String problem =
          "\"%s\" in %s matches no tool".formatted(name, field)
              + (similar == null ? "" : "; did you mean \"%s\"?".formatted(similar));
      boolean open = similar != null && policy.defaultAction() == DefaultAction.ALLOW;
      (open ? errors : warnings).add(problem);
    }
    return named;
  }

  private void paths(String place, Set<ValuePath> paths, Collection<Tool> tools) {
    for (ValuePath path : paths) {
      if (!tools.isEmpty()
          && tools.stream().allMatch(tool -> Schemas.excludes(tool.inputSchema(), path.steps()))) {
        String nearest = Schemas.nearest(tools, path.steps());
        warnings.add(
            "%s judges %s, which no input schema there has".formatted(place, path)
                + (nearest == null ? "" : "; did you mean \"%s\"?".formatted(nearest)));
      }
    }
  }

  private static List<Tool> matching(String name, Collection<Tool> tools) {
    if (!NamePattern.isPattern(name)) {
      return tools.stream().filter(tool -> tool.name().equals(name)).toList();
    }
    NamePattern pattern = NamePattern.of(name);
    return tools.stream().filter(tool -> pattern.matches(tool.name())).toList();
  }

  private static @Nullable String similar(String name, Collection<Tool> tools) {
    return tools.stream()
        .map(Tool::name)
        .filter(tool -> tool.equalsIgnoreCase(name) || oneEditApart(tool, name))
        .findFirst()
        .orElse(null);
  }

  /** Whether one character added, left out, replaced or swapped with its neighbour is all. */
  static boolean oneEditApart(String a, String b) {
    if (a.length() < b.length()) {
      return oneEditApart(b, a);
    }
    int start = 0;
    while (start < b.length() && a.charAt(start) == b.charAt(start)) {
      start++;
    }
    String restOfA = a.substring(start);
    String restOfB = b.substring(start);
    if (a.length() > b.length()) {
      return restOfA.substring(1).equals(restOfB);
    }
    if (restOfA.isEmpty()) {
      return false;
    }
    boolean swapped =
        restOfA.length() > 1
            && restOfA.charAt(0) == restOfB.charAt(1)
            && restOfA.charAt(1) == restOfB.charAt(0)
            && restOfA.substring(2).equals(restOfB.substring(2));
    return swapped || restOfA.substring(1).equals(restOfB.substring(1));
  }

  private static Set<ValuePath> paths(ToolRule rule) {
    Set<ValuePath> paths = paths(rule.require(), rule.denyIf(), rule.approveIf(), rule.limits());
    if (rule.rateLimit() != null) {
      add(paths, rule.rateLimit().scope());
    }
    return paths;
  }

  private static Set<ValuePath> paths(Policy policy) {
    var all = policy.allTools();
    return paths(all.require(), all.denyIf(), all.approveIf(), all.limits());
  }

  private static Set<ValuePath> paths(
      List<Conditions> require,
      List<Conditions> denyIf,
      List<Conditions> approveIf,
      List<Limit> limits) {
    Set<ValuePath> paths = new LinkedHashSet<>();
    Stream.of(require, denyIf, approveIf)
        .flatMap(List::stream)
        .flatMap(predicate -> predicate.conditions().stream())
        .forEach(condition -> add(paths, condition.path()));
    for (Limit limit : limits) {
      add(paths, limit.scope());
      if (limit.incrementFrom() != null) {
        add(paths, limit.incrementFrom());
      }
    }
    return paths;
  }

  private static void add(Set<ValuePath> paths, Scope scope) {
    if (scope instanceof Scope.OfValue value) {
      add(paths, value.path());
    }
  }

  private static void add(Set<ValuePath> paths, ValuePath path) {
    if (path.root() == ValuePath.Root.ARGS) {
      paths.add(path);
    }
  }

  /** What can be told from a JSON Schema without evaluating it. */
  private static final class Schemas {
    /** A schema with one of these may allow more than its own properties say. */
    private static final Set<String> OPENING =
        Set.of(
            "$ref",
            "$dynamicRef",
            "allOf",
            "anyOf",
            "oneOf",
            "if",
            "patternProperties",
            "dependentSchemas",
            "prefixItems");

    /** Returns whether the schema surely has no place for the path. */
    static boolean excludes(@Nullable Map<?, ?> schema, List<ValuePath.Step> steps) {
      if (schema == null
          || steps.isEmpty()
          || schema.keySet().stream().anyMatch(OPENING::contains)) {
        return false;
      }
      List<ValuePath.Step> rest = steps.subList(1, steps.size());
      if (steps.get(0) instanceof ValuePath.Index) {
        return schema.get("items") instanceof Map<?, ?> items && excludes(items, rest);
      }
      String name = ((ValuePath.Key) steps.get(0)).name();
      Map<?, ?> properties = schema.get("properties") instanceof Map<?, ?> map ? map : Map.of();
      // A schema that names its properties and not this one means another, whatever more it takes.
      return properties.containsKey(name)
          ? properties.get(name) instanceof Map<?, ?> property && excludes(property, rest)
          : !properties.isEmpty() || Boolean.FALSE.equals(schema.get("additionalProperties"));
    }

    /** {@return the argument of one of the tools whose name is nearest, or null if none is near} */
    static @Nullable String nearest(Collection<Tool> tools, List<ValuePath.Step> steps) {
      if (!(steps.get(0) instanceof ValuePath.Key key)) {
        return null;
      }
      Set<String> names = new LinkedHashSet<>();
      for (Tool tool : tools) {
        if (tool.inputSchema() != null
            && tool.inputSchema().get("properties") instanceof Map<?, ?> properties) {
          properties.keySet().forEach(name -> names.add(String.valueOf(name)));
        }
      }
      names.remove(key.name());
      String nearest = Spelling.nearest(key.name(), names);
      return nearest == null ? null : "args." + nearest;
    }
  }
}
