package dev.alcada.examples.tools;

import dev.alcada.advice.PolicyAdvisor;
import dev.alcada.advice.Recommendation;
import dev.alcada.tool.ToolDefinition;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Tells what the tools of a server can do, and writes a policy to start from. */
@Command(
    name = "advise",
    sortOptions = false,
    description = "Tells what the tools of a server can do, and writes a policy to start from.",
    footer = {
      "",
      "Without --out and --merge the policy goes to standard output, as YAML, and",
      "the table of tools to standard error. Read the policy before you use it.",
      "",
      "Examples:",
      "  advise --out policy.yaml -- npx -y @modelcontextprotocol/server-filesystem .",
      "  advise --tools tools.json > policy.yaml",
      "  advise --tools tools.json --merge policy.yaml",
    })
public final class Advise implements Callable<Integer> {
  @Mixin private ToolSource source = new ToolSource();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "write the policy to this new file: JSON if it ends in .json, else YAML")
  private @Nullable Path out;

  @Option(
      names = "--merge",
      paramLabel = "FILE",
      description = "add rules for what this policy does not know; all else in it stays as it is")
  private @Nullable Path merge;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and exit")
  boolean help;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    if (out != null && merge != null) {
      throw new ParameterException(spec.commandLine(), "Give --out or --merge, not both.");
    } else if (out != null && Files.exists(out)) {
      throw new ParameterException(
          spec.commandLine(), out + " is there already; --merge adds to a policy.");
    }
    List<ToolDefinition> tools = source.read();
    PolicyAdvisor advisor = PolicyAdvisor.standard();
    Recommendation recommended = advisor.recommend(tools);
    PrintWriter print = spec.commandLine().getOut();
    PrintWriter table = out == null && merge == null ? spec.commandLine().getErr() : print;
    table.print(RiskTable.of(recommended.risks()) + RiskTable.suspicions(tools));
    table.flush();
    if (merge != null) {
      replace(merge, advisor.merge(Files.readString(merge), tools));
      print.println("The policy has rules for all of these now: " + merge);
    } else if (out != null) {
      String document =
          out.toString().endsWith(".json") ? recommended.toJson() : recommended.toYaml();
      Files.writeString(out, document, StandardOpenOption.CREATE_NEW);
      print.println("The policy to start from: " + out);
    } else {
      print.print(recommended.toYaml());
    }
    print.flush();
    return 0;
  }

  /** A guard that follows the file reads what was there or all of this, never a part of it. */
  private static void replace(Path file, String document) throws IOException {
    Path target = file.toRealPath();
    Path written = Files.createTempFile(target.getParent(), ".policy", "");
    try {
      // For the permissions.
      Files.copy(
          target, written, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
      Files.writeString(written, document);
      Files.move(written, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(written);
    }
  }
}
