package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.audit.AuditKeys;
import dev.alcada.audit.AuditLog;
import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a server, a model or a document has written reaches a terminal as text: it clears no screen,
 * turns no line around, and begins none.
 */
class TerminalTest {
  private static final String FORGED =
      "pay\\nFORGED allowed\\u001b[2J\\u009b2J\\u0007\\u202elive\\u2028FORGED\\rFORGED outcome=allowed";
  private static final String TOOLS =
      """
      {"tools": [{"name": "%1$s", "title": "%1$s", "description": "%1$s",
        "inputSchema": {"type": "object", "properties": {"%1$s": {"type": "string",
          "description": "%1$s", "enum": ["%1$s"], "pattern": "%1$s("}}, "required": ["%1$s"]},
        "annotations": {"title": "%1$s"}},
       {"name": "pay", "description": "Pays.", "inputSchema": {"type": "object"}}]}
      """
          .formatted(FORGED);
  private static final String POLICY =
      """
      {"version": "1", "default": "deny", "tools": {"%1$s": {
        "deny_if": [{"name": "%1$s", "on_deny": "%1$s", "conditions": [
          {"path": "args.amount", "op": "eq", "value": "%1$s"}]}],
        "limits": [{"counter": "%1$s", "window": "hour", "max": 1}]},
        "pay": {"deny_if": [{"conditions": [{"path": "args.x", "op": "gt", "value": 1}]}]}}}
      """
          .formatted(FORGED);

  @TempDir private Path folder;

  private Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static void assertIsText(Printed printed) {
    assertThat(printed.out() + printed.err()).isNotEmpty();
    assertThat((printed.out() + printed.err()).lines())
        .noneMatch(line -> line.strip().startsWith("FORGED"))
        .allSatisfy(
            line ->
                assertThat(line.codePoints())
                    .as(line)
                    .noneMatch(
                        c ->
                            switch (Character.getType(c)) {
                              case Character.CONTROL,
                                  Character.FORMAT,
                                  Character.LINE_SEPARATOR,
                                  Character.PARAGRAPH_SEPARATOR ->
                                  true;
                              default -> false;
                            }));
  }

  private static Printed run(Object... arguments) {
    return Printed.by(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
  }

  @Test
  void aListOfToolsIsShownAsText() throws IOException {
    Path tools = write("tools.json", TOOLS);
    Path policy = write("policy.json", POLICY);

    assertIsText(run("advise", "--tools", tools));
    assertIsText(run("advise", "--tools", tools, "--out", folder.resolve("new.yaml")));
    assertThat(Policy.load(folder.resolve("new.yaml")).tools()).hasSizeBetween(1, 2);
    assertThat(Files.readString(folder.resolve("new.yaml")).lines())
        .noneMatch(line -> line.strip().startsWith("FORGED"));
    assertIsText(run("check", "--tools", tools, policy));
    Path lock = folder.resolve("tools.lock.json");
    assertIsText(run("pin", "--tools", tools, "--lock", lock));
    assertIsText(run("pin", "--tools", tools, "--lock", lock, "--accept"));
    assertIsText(
        run("pin", "--tools", write("t2.json", TOOLS.replace("Pays", FORGED)), "--lock", lock));
    assertIsText(run("pin", "--tools", tools, "--lock", lock, "--accept", "--only", "no\u001b[2J"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"%1$s\": 1",
        "\"tools\": {\"%1$s\": {\"%1$s\": 1}}",
        "\"tools\": \"%1$s\"",
        "\"default\": \"%1$s\"",
        "\"tools\": {\"pay\": {\"action\": \"%1$s\"}}",
        "\"tools\": {\"pay\": {\"limits\": [{\"counter\": \"%1$s\", \"window\": \"%1$s\"}]}}"
      })
  void aPolicyIsReportedAsText(String member) throws IOException {
    Path policy = write("policy.json", "{\"version\": \"1\", " + member.formatted(FORGED) + "}");

    assertIsText(run("check", policy));
    assertIsText(run("explain", policy, "--call", write("call.json", "{\"tool\": \"pay\"}")));
  }

  @Test
  void aCallIsExplainedAsText() throws IOException {
    Path policy = write("policy.json", POLICY);
    String call = "{\"tool\": \"%1$s\", \"arguments\": {\"amount\": \"%1$s\", \"%1$s\": 1}%2$s}";
    String caller = ", \"caller\": {\"grant\": \"%1$s\", \"session\": \"%1$s\"}";

    assertIsText(
        run("explain", policy, "--values", "--call", write("call", call.formatted(FORGED, ""))));
    assertIsText(
        run(
            "explain",
            policy,
            "--call",
            write("call", call.formatted(FORGED, caller.formatted(FORGED)))));
    assertIsText(
        run("explain", policy, "--call", write("call", "{\"" + FORGED + "\": 1, \"tool\": 1}")));
    assertIsText(run("explain", policy, "--call", write("call", "{\"tool\": \u001b[2J")));
  }

  @Test
  void aLogIsShownAsTextInWhichNoValueForgesAnother() throws Exception {
    Path audit = folder.resolve("audit");
    String name = "pay outcome=allowed\n2026 decision allowed tool=x\u001b[2J\u009b2J\u202e\u2028";
    try (AuditLog log = AuditLog.open(audit, AuditKeys.of("2026-11", new byte[32]))) {
      ToolGuard guard =
          ToolGuard.builder(Policy.parse("{\"version\": \"1\", \"default\": \"deny\"}"))
              .listener(log)
              .build();
      guard.call(ToolCall.of(name, Map.of(), Caller.grant(name)), made -> "paid");
    }

    Printed shown = run("tail", audit, "--no-follow");
    assertIsText(shown);
    assertThat(shown.out().lines())
        .filteredOn(line -> line.contains(" decision "))
        .singleElement()
        .asString()
        .contains(" decision denied tool=\"pay outcome=allowed\\u000a2026 ");

    try (Stream<Path> files = Files.list(audit)) {
      Path file =
          files.filter(each -> each.toString().endsWith(".jsonl")).findFirst().orElseThrow();
      Files.writeString(
          file, Files.readString(file) + "{\"kind\": \"" + FORGED + "\"}\n\u001b[2J\n");
    }
    Path key = Files.write(folder.resolve("key"), new byte[32]);
    assertIsText(run("verify", audit, "--key", "2026-11=" + key));
    assertIsText(run("tail", audit, "--no-follow"));
    assertIsText(run("verify", folder.resolve("no\u001b[2J")));
  }
}
