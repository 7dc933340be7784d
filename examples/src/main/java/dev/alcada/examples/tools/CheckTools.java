package dev.alcada.examples.tools;

import dev.alcada.advice.PolicyCheck;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says what of a policy does not fit the tools that it is put on. */
@Command(
    name = "check",
    sortOptions = false,
    description = "Says what of a policy does not fit the tools that it is put on.",
    footer = {
      "",
      "Exits with 0 if nothing is found that is worse than a note, else with 1.",
      "",
      "Examples:",
      "  check --policy policy.yaml --tools tools.json",
      "  check --policy policy.yaml --format sarif --tools tools.json > check.sarif",
    })
public final class CheckTools implements Callable<Integer> {
  enum Format {
    TEXT,
    JSON,
    SARIF
  }

  @Option(
      names = "--policy",
      required = true,
      paramLabel = "FILE",
      description = "the policy, JSON or YAML")
  private Path policy = Path.of("policy.json");

  @Mixin private ToolSource source = new ToolSource();

  @Option(
      names = "--format",
      defaultValue = "text",
      description = "text, json or sarif (default ${DEFAULT-VALUE})")
  private Format format = Format.TEXT;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and exit")
  boolean help;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    PolicyCheck check = PolicyCheck.against(Files.readString(policy), source.read());
    PrintWriter print = spec.commandLine().getOut();
    print.print(
        switch (format) {
          case TEXT -> check.findings().isEmpty() ? "The policy fits.\n" : check.toText();
          case JSON -> check.toJson() + "\n";
          case SARIF -> check.toSarif(policy.toString().replace('\\', '/')) + "\n";
        });
    print.flush();
    return check.passes() ? 0 : 1;
  }
}
