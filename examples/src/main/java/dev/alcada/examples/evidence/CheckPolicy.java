package dev.alcada.examples.evidence;

import dev.alcada.advice.PolicyCheck;
import dev.alcada.examples.gateway.Quoted;
import dev.alcada.policy.Policy;
import dev.alcada.policy.PolicyException;
import dev.alcada.tool.ToolDefinition;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what is wrong with a policy document, and what is probably not meant. */
@Command(
    name = "check",
    sortOptions = false,
    description = "Says what is wrong with a policy, and what is probably not meant.",
    footer = {
      "",
      "Exits with 0 if the policy loads, with 1 if it does not, or has warnings and --strict is"
          + " given.",
      "",
      "Examples:",
      "  check policy.yaml",
      "  check --tools tools.json policy.yaml",
      "  check --strict --format sarif policy.json > check.sarif",
    })
public final class CheckPolicy implements Callable<Integer> {
  enum Format {
    TEXT,
    JSON,
    SARIF
  }

  @Parameters(paramLabel = "FILE", description = "the policy, JSON or YAML")
  private Path policy = Path.of("policy.json");

  @Option(
      names = "--format",
      defaultValue = "text",
      description = "text, json or sarif (default ${DEFAULT-VALUE})")
  private Format format = Format.TEXT;

  @Option(
      names = "--tools",
      paramLabel = "FILE",
      description = "compare it with these tools too: what tools/list answers, or a JSON list")
  private @Nullable Path tools;

  @Option(names = "--strict", description = "warnings count as problems")
  private boolean strict;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and exit")
  boolean help;

  @Spec private CommandSpec spec = CommandSpec.create();

  private record Finding(String level, String pointer, int line, int column, String message) {}

  @Override
  public Integer call() throws IOException {
    List<Finding> findings = findings();
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        switch (format) {
          case TEXT -> text(findings);
          case JSON -> Json.write(findings.stream().map(CheckPolicy::json).toList());
          case SARIF -> Json.write(sarif(findings));
        });
    out.flush();
    return findings.stream().anyMatch(this::fails) ? 1 : 0;
  }

  private boolean fails(Finding finding) {
    return finding.level.equals("error") || (strict && finding.level.equals("warning"));
  }

  private List<Finding> misfits(Path list) throws IOException {
    return PolicyCheck.against(Files.readString(policy), ToolDefinition.load(list))
        .findings()
        .stream()
        .map(
            found ->
                new Finding(
                    found.level().text(),
                    found.pointer(),
                    found.line(),
                    found.column(),
                    found.message()))
        .toList();
  }

  private List<Finding> findings() throws IOException {
    List<Finding> findings = new ArrayList<>();
    try {
      Policy.load(policy)
          .warnings()
          .forEach(
              warning ->
                  findings.add(
                      new Finding(
                          "warning",
                          warning.pointer(),
                          warning.line(),
                          warning.column(),
                          warning.message())));
      if (tools != null) {
        findings.addAll(misfits(tools));
      }
    } catch (PolicyException e) {
      e.problems()
          .forEach(
              problem ->
                  findings.add(
                      new Finding(
                          "error",
                          problem.pointer(),
                          problem.line(),
                          problem.column(),
                          problem.message())));
    }
    return findings;
  }

  private String text(List<Finding> findings) {
    StringBuilder text = new StringBuilder();
    for (Finding each : findings) {
      text.append(policy).append(':').append(each.line).append(':').append(each.column);
      text.append(": ").append(each.level).append(": ");
      if (!each.pointer.isEmpty()) {
        text.append(Quoted.line(each.pointer)).append(": ");
      }
      text.append(Quoted.line(each.message)).append('\n');
    }
    long errors = findings.stream().filter(each -> each.level.equals("error")).count();
    return text.append(errors)
        .append(" problems, ")
        .append(findings.size() - errors)
        .append(" warnings")
        .toString();
  }

  private static Map<String, Object> json(Finding finding) {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("level", finding.level);
    json.put("pointer", finding.pointer);
    json.put("line", finding.line);
    json.put("column", finding.column);
    json.put("message", finding.message);
    return json;
  }

  private Map<String, Object> sarif(List<Finding> findings) {
    return Map.of(
        "$schema",
        "https://json.schemastore.org/sarif-2.1.0.json",
        "version",
        "2.1.0",
        "runs",
        List.of(
            Map.of(
                "tool",
                Map.of(
                    "driver",
                    Map.of(
                        "name",
                        "alcada check",
                        "informationUri",
                        "https://alcada.dev",
                        "rules",
                        List.of(Map.of("id", "policy-error"), Map.of("id", "policy-warning")))),
                "results",
                findings.stream().map(this::result).toList())));
  }

  private Map<String, Object> result(Finding finding) {
    return Map.of(
        "ruleId",
        "policy-" + finding.level,
        "level",
        finding.level,
        "message",
        Map.of("text", finding.message),
        "locations",
        List.of(
            Map.of(
                "physicalLocation",
                Map.of(
                    "artifactLocation",
                    Map.of("uri", policy.toString().replace('\\', '/')),
                    "region",
                    Map.of(
                        "startLine",
                        Math.max(1, finding.line),
                        "startColumn",
                        Math.max(1, finding.column))),
                "logicalLocations",
                List.of(Map.of("fullyQualifiedName", finding.pointer)))));
  }
}
