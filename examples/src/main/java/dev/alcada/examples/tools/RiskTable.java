package dev.alcada.examples.tools;

import dev.alcada.advice.Risk;
import dev.alcada.examples.gateway.Quoted;
import dev.alcada.tool.Suspicion;
import dev.alcada.tool.ToolDefinition;
import java.util.List;

/** Tools with what they can do, as columns. */
final class RiskTable {
  private static final int WIDEST_NAME = 40;

  private RiskTable() {}

  /** {@return a line for each tool, the names escaped} */
  static String of(List<Risk> risks) {
    int width = risks.stream().mapToInt(risk -> Quoted.line(risk.tool()).length()).max().orElse(4);
    String line = "%-" + Math.max(4, Math.min(width, WIDEST_NAME)) + "s  %-11s  %-8s  %s%n";
    StringBuilder table = new StringBuilder(line.formatted("tool", "category", "severity", "why"));
    for (Risk risk : risks) {
      table.append(
          line.formatted(
              Quoted.line(risk.tool()),
              risk.category().text(),
              risk.severity().text(),
              String.join("; ", risk.why())));
    }
    return table.toString();
  }

  /** {@return what in the tools' texts is not there to describe them; empty if nothing is} */
  static String suspicions(List<ToolDefinition> tools) {
    StringBuilder lines = new StringBuilder();
    for (Suspicion suspicion : Suspicion.of(tools)) {
      lines.append("suspicious: ").append(suspicion).append(System.lineSeparator());
    }
    return lines.toString();
  }
}
