package dev.alcada.advice;

import dev.alcada.advice.PolicyCheck.Finding;
import dev.alcada.advice.PolicyCheck.Level;
import dev.alcada.internal.document.Spelling;
import dev.alcada.tool.ToolDefinition;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Collects what does not fit. */
final class Findings {
  /** As many as anybody reads. */
  private static final int MAX = 1_000;

  private static final int SHOWN = 5;

  private final List<Finding> found = new ArrayList<>();

  void add(Level level, String rule, String pointer, String message) {
    if (found.size() < MAX) {
      found.add(new Finding(level, rule, pointer, 0, 0, message));
    }
  }

  boolean isFull() {
    return found.size() == MAX;
  }

  List<Finding> found() {
    return found;
  }

  /** {@return a pointer one step further} */
  static String pointer(String above, String name) {
    return above + "/" + name.replace("~", "~0").replace("/", "~1");
  }

  /** {@return the names of tools, of many the first} */
  static String names(Collection<ToolDefinition> tools) {
    List<String> names =
        tools.stream().limit(SHOWN).map(tool -> Spelling.quote(tool.name())).toList();
    int more = tools.size() - names.size();
    if (more > 0) {
      return String.join(", ", names) + " and " + more + " more";
    }
    int last = names.size() - 1;
    return last < 1
        ? String.join("", names)
        : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
  }
}
