package dev.alcada.advice;

import dev.alcada.internal.document.Spelling;
import dev.alcada.internal.value.LookAlikes;
import dev.alcada.policy.NamePattern;
import dev.alcada.policy.Policy;
import dev.alcada.tool.ToolDefinition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which of a policy's rules decides about which tool. */
final class ToolIndex {
  /** As many names as are worth to be compared with all others by more than a look. */
  private static final int MOST_COMPARED = 200;

  private final Map<String, ToolDefinition> tools = new LinkedHashMap<>();
  private final Set<String> repeated = new LinkedHashSet<>();
  private final Map<String, List<ToolDefinition>> decided = new HashMap<>();
  private final Map<String, List<ToolDefinition>> matched = new HashMap<>();
  private final List<ToolDefinition> unlisted = new ArrayList<>();
  private final List<ToolDefinition> shown = new ArrayList<>();
  private final Set<String> shownNames = new HashSet<>();
  private final LookAlikes lookAlikes;
  private int compared;

  ToolIndex(Policy policy, Collection<ToolDefinition> all) {
    for (ToolDefinition tool : all) {
      if (tools.putIfAbsent(tool.name(), tool) != null) {
        repeated.add(tool.name());
      }
    }
    this.lookAlikes = LookAlikes.of(tools.keySet());
    Names hidden = new Names(policy.hide());
    Names listed = new Names(policy.tools().keySet());
    for (ToolDefinition tool : tools.values()) {
      List<String> hiding = hidden.of(tool.name());
      List<String> keys = listed.of(tool.name());
      Set<String> matching = new LinkedHashSet<>(hiding);
      matching.addAll(keys);
      matching.forEach(name -> matched.computeIfAbsent(name, n -> new ArrayList<>()).add(tool));
      if (!hiding.isEmpty()) {
        continue;
      }
      shown.add(tool);
      shownNames.add(tool.name());
      String key = narrowest(keys);
      if (key == null) {
        unlisted.add(tool);
      } else {
        decided.computeIfAbsent(key, k -> new ArrayList<>()).add(tool);
      }
    }
  }

  /** Names and patterns of a document. */
  private static final class Names {
    private final Map<String, NamePattern> patterns = new LinkedHashMap<>();
    private final Collection<String> names;

    Names(Collection<String> names) {
      this.names = new HashSet<>(names);
      for (String name : names) {
        if (NamePattern.isPattern(name)) {
          patterns.put(name, NamePattern.of(name));
        }
      }
    }

    List<String> of(String tool) {
      List<String> found = new ArrayList<>();
      if (names.contains(tool) && !NamePattern.isPattern(tool)) {
        found.add(tool);
      }
      patterns.forEach(
          (name, pattern) -> {
            if (pattern.matches(tool)) {
              found.add(name);
            }
          });
      return found;
    }
  }

  /** The name that decides: the exact one, else the pattern that is within all others. */
  private static @Nullable String narrowest(List<String> names) {
    String narrowest = null;
    for (String name : names) {
      if (!NamePattern.isPattern(name)) {
        return name;
      } else if (narrowest == null || NamePattern.of(name).within(NamePattern.of(narrowest))) {
        narrowest = name;
      }
    }
    return narrowest;
  }

  /** {@return the names that more than one tool has} */
  Set<String> repeated() {
    return repeated;
  }

  /** {@return the tools that are not hidden} */
  List<ToolDefinition> shown() {
    return shown;
  }

  boolean isShown(ToolDefinition tool) {
    return shownNames.contains(tool.name());
  }

  /** {@return the tools that are not hidden and that a name or pattern of {@code tools} decides} */
  List<ToolDefinition> decided(String key) {
    return decided.getOrDefault(key, List.of());
  }

  /** {@return the tools that a name or pattern matches, whether or not it decides} */
  List<ToolDefinition> matched(String name) {
    return matched.getOrDefault(name, List.of());
  }

  /** {@return the tools that are neither hidden nor listed} */
  List<ToolDefinition> unlisted() {
    return unlisted;
  }

  /** {@return a tool that looks like the name, or null if none does} */
  @Nullable String alike(String name) {
    List<String> found = lookAlikes.like(name);
    return found.isEmpty() ? null : found.get(0);
  }

  /** {@return the tool that may be meant, though it does not look like the name, or null} */
  @Nullable String nearest(String name) {
    return ++compared > MOST_COMPARED || tools.size() > MOST_COMPARED * 10
        ? null
        : Spelling.nearest(name, tools.keySet());
  }
}
