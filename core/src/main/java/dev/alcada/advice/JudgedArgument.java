package dev.alcada.advice;

import dev.alcada.advice.PolicyCheck.Level;
import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.ValuePath;
import dev.alcada.tool.ToolDefinition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One place of a policy that looks at an argument, beside the tools whose calls it looks at. */
abstract class JudgedArgument {
  private static final int MOST_COMPARED = 200;

  private final String pointer;
  private final ValuePath path;

  /** What comes of it if the argument is not there, for messages; null if that is meant. */
  private final @Nullable String ifAbsent;

  /** Whether the absence matters to each tool, and not only if no tool has the argument. */
  private final boolean eachTool;

  private final List<ToolDefinition> without = new ArrayList<>();
  private @Nullable String meant;
  private int with;

  /** The tools that each thing to be said is said of, by level, kind and words. */
  private final Map<Said, List<ToolDefinition>> said = new LinkedHashMap<>();

  private record Said(Level level, String rule, String words) {}

  JudgedArgument(String pointer, ValuePath path, @Nullable String ifAbsent, boolean eachTool) {
    this.pointer = pointer;
    this.path = path;
    this.ifAbsent = ifAbsent;
    this.eachTool = eachTool;
  }

  ValuePath path() {
    return path;
  }

  /** Looks at what one tool's schema says of the argument. */
  final void see(ToolDefinition tool, Schemas schemas) {
    SchemaPlace place = SchemaPlace.of(schemas, path.steps());
    switch (place.kind()) {
      case EXCLUDED, UNMENTIONED -> {
        without.add(tool);
        meant = meant == null ? meant(place) : meant;
      }
      case OPEN -> with++;
      case DESCRIBED -> {
        with++;
        described(tool, place);
      }
    }
  }

  /** Says what is wrong with a place that a tool's schema describes. */
  abstract void described(ToolDefinition tool, SchemaPlace place);

  final void say(Level level, String rule, String words, ToolDefinition tool) {
    said.computeIfAbsent(new Said(level, rule, words), s -> new ArrayList<>()).add(tool);
  }

  private @Nullable String meant(SchemaPlace place) {
    ValuePath.Step last = path.steps().get(path.steps().size() - 1);
    Set<String> beside = place.beside().stream().limit(MOST_COMPARED).collect(Collectors.toSet());
    return last instanceof ValuePath.Key key ? Spelling.nearest(key.name(), beside) : null;
  }

  final void report(Findings findings) {
    if (!without.isEmpty() && ifAbsent != null && (with == 0 || eachTool)) {
      findings.add(
          Level.WARNING,
          "unknown-argument",
          pointer,
          names(without)
              + (without.size() == 1 ? " has no " : " have no ")
              + shown(path)
              + ": "
              + ifAbsent
              + (meant == null ? "" : "; did you mean " + Spelling.quote(meant) + "?"));
    }
    said.forEach(
        (what, tools) ->
            findings.add(what.level, what.rule, pointer, "in " + names(tools) + ", " + what.words));
  }

  private static String names(Collection<ToolDefinition> tools) {
    return Findings.names(tools);
  }

  static String shown(ValuePath path) {
    return Spelling.visible(Spelling.shorten(path.toString(), 100));
  }
}
