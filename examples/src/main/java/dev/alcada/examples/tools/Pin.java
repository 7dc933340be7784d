package dev.alcada.examples.tools;

import dev.alcada.advice.Risk;
import dev.alcada.advice.RiskClassifier;
import dev.alcada.examples.gateway.Quoted;
import dev.alcada.tool.PinComparison;
import dev.alcada.tool.ToolDefinition;
import dev.alcada.tool.ToolPins;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Shows what has changed in tools since they were accepted, and accepts them. */
@Command(
    name = "pin",
    sortOptions = false,
    description = "Shows what has changed in tools since they were accepted, and accepts them.",
    footer = {
      "",
      "The lock file has what a person has accepted: keep it with the code. Without",
      "--accept nothing is written; it exits with 1 if a tool is not as accepted.",
      "`gateway --pins` neither lists nor calls such a tool.",
      "",
      "Examples:",
      "  pin --accept -- npx -y @modelcontextprotocol/server-filesystem .",
      "  pin --tools tools.json",
      "  pin --accept --only read_file --tools tools.json",
    })
public final class Pin implements Callable<Integer> {
  private static final RiskClassifier CLASSIFIER = RiskClassifier.standard();

  @Option(
      names = "--lock",
      paramLabel = "FILE",
      defaultValue = "tools.lock.json",
      description = "the lock file (default ${DEFAULT-VALUE})")
  private Path lock = Path.of("tools.lock.json");

  @Option(names = "--accept", description = "accept the tools as they are now")
  private boolean accept;

  @Option(
      names = "--only",
      paramLabel = "TOOL",
      description = "accept this one alone; can be given several times")
  private Set<String> only = new LinkedHashSet<>();

  @Mixin private ToolSource source = new ToolSource();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and exit")
  boolean help;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    if (!accept && !only.isEmpty()) {
      throw wrong("--only goes with --accept.");
    }
    List<ToolDefinition> tools = source.read();
    ToolPins pins = Files.exists(lock) ? ToolPins.load(lock) : ToolPins.of(List.of());
    PinComparison comparison = pins.compare(tools);
    PrintWriter print = spec.commandLine().getOut();
    print.print(comparison.toText() + risks(comparison) + RiskTable.suspicions(tools));
    if (accept) {
      ToolPins accepted = accepted(pins, tools);
      accepted.save(lock);
      print.println(
          accepted.names().size()
              + (accepted.names().size() == 1 ? " tool is" : " tools are")
              + " accepted in "
              + lock);
    } else if (comparison.isUnchanged()) {
      print.println("Every tool is as it was accepted.");
    }
    print.flush();
    return accept || comparison.isUnchanged() ? 0 : 1;
  }

  private ToolPins accepted(ToolPins pins, List<ToolDefinition> tools) {
    if (only.isEmpty()) {
      return ToolPins.of(tools);
    }
    List<ToolDefinition> named = tools.stream().filter(tool -> only.contains(tool.name())).toList();
    for (String name : only) {
      if (named.stream().noneMatch(tool -> tool.name().equals(name))) {
        throw wrong("--only: the server lists no tool called " + Quoted.of(name) + ".");
      }
    }
    return pins.accept(named);
  }

  /** What a change makes of the risk, and what a new tool can do. */
  private static String risks(PinComparison comparison) {
    StringBuilder lines = new StringBuilder();
    for (PinComparison.Change change : comparison.changed()) {
      Risk before = CLASSIFIER.classify(change.before());
      Risk now = CLASSIFIER.classify(change.now());
      if (!before.toString().equals(now.toString())) {
        lines.append("risk of ").append(Quoted.of(now.tool())).append(": ");
        lines.append(before).append(" is now ").append(now).append(System.lineSeparator());
      }
    }
    for (ToolDefinition tool : comparison.unpinned()) {
      Risk risk = CLASSIFIER.classify(tool);
      lines.append("risk of ").append(Quoted.of(risk.tool())).append(": ").append(risk);
      lines.append(System.lineSeparator());
    }
    return lines.toString();
  }

  private ParameterException wrong(String why) {
    return new ParameterException(spec.commandLine(), why);
  }
}
