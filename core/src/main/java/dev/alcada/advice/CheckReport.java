package dev.alcada.advice;

import dev.alcada.advice.PolicyCheck.Finding;
import dev.alcada.internal.document.ShownJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes findings for programs. */
final class CheckReport {
  /** Each kind of finding, in one sentence. */
  static final Map<String, String> KINDS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("unknown-tool", "A name matches no tool."),
              Map.entry("unlisted-tool", "A tool is neither listed nor hidden."),
              Map.entry("repeated-tool", "Two tools have one name."),
              Map.entry("unrulable-tool", "A tool's name cannot stand in a policy."),
              Map.entry("unused-pattern", "A pattern matches no tool, or decides about none."),
              Map.entry("wide-pattern", "A pattern matches more than it seems to."),
              Map.entry("unknown-argument", "A rule judges an argument that a tool has not."),
              Map.entry("wrong-type", "A rule compares an argument with what it can never be."),
              Map.entry("impossible-value", "A rule waits for a value that cannot occur."),
              Map.entry("optional-argument", "A rule judges an argument that may be left out."),
              Map.entry("unbound-limit", "A limit can never be reached."),
              Map.entry("closed-limit", "A limit never has room.")));

  private static final String SCHEMA =
      "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

  private CheckReport() {}

  static String json(PolicyCheck check) {
    return ShownJson.indented(
            Map.of("findings", check.findings().stream().map(CheckReport::finding).toList()))
        + "\n";
  }

  private static Map<String, Object> finding(Finding finding) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("level", finding.level().text());
    members.put("rule", finding.rule());
    members.put("pointer", finding.pointer());
    if (finding.line() > 0) {
      members.put("line", finding.line());
      members.put("column", finding.column());
    }
    members.put("message", finding.message());
    return members;
  }

  static String sarif(PolicyCheck check, String uri) {
    List<Map<String, Object>> rules =
        KINDS.entrySet().stream()
            .map(kind -> ordered("id", kind.getKey(), "shortDescription", text(kind.getValue())))
            .toList();
    Map<String, Object> run =
        ordered(
            "tool", Map.of("driver", ordered("name", "Alçada", "rules", rules)),
            "columnKind", "utf16CodeUnits",
            "results", check.findings().stream().map(finding -> result(finding, uri)).toList());
    return ShownJson.indented(ordered("$schema", SCHEMA, "version", "2.1.0", "runs", List.of(run)))
        + "\n";
  }

  private static Map<String, Object> result(Finding finding, String uri) {
    Map<String, Object> physical = ordered("artifactLocation", Map.of("uri", uri));
    if (finding.line() > 0) {
      physical.put("region", ordered("startLine", finding.line(), "startColumn", finding.column()));
    }
    Map<String, Object> location = ordered("physicalLocation", physical);
    if (!finding.pointer().isEmpty()) {
      location.put("logicalLocations", List.of(Map.of("fullyQualifiedName", finding.pointer())));
    }
    return ordered(
        "ruleId", finding.rule(),
        "level", finding.level().text(),
        "message", text(finding.message()),
        "locations", List.of(location));
  }

  private static Map<String, Object> text(String text) {
    return Map.of("text", text);
  }

  private static Map<String, Object> ordered(Object... namesAndValues) {
    Map<String, Object> members = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      members.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return members;
  }
}
