package dev.alcada.examples.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.audit.AuditKeys;
import dev.alcada.audit.AuditLog;
import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.examples.Printed;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the commands about policies and logs print, and how they end. */
class CommandsTest {
  private static final String POLICY =
      """
      {"version": "1", "default": "deny", "tools": {"pay": {
        "deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 100}]}],
        "require": [{"conditions": [{"path": "args.amount", "op": "exists", "value": true}]}]}}}
      """;

  @TempDir private Path folder;
  private Path policy = Path.of("policy.json");

  @BeforeEach
  void write() throws IOException {
    policy = folder.resolve("policy.json");
    Files.writeString(policy, POLICY);
  }

  private static Printed run(Object... arguments) {
    return Printed.by(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
  }

  @Test
  void aPolicyThatLoadsPasses() {
    Printed printed = run("check", policy);

    assertThat(printed.out()).isEqualTo("0 problems, 0 warnings\n");
    assertThat(printed.exit()).isZero();
  }

  @Test
  void problemsHaveTheirPlaceInEachFormat() throws IOException {
    Files.writeString(policy, POLICY.replace("\"deny_if\"", "\"denyif\""));

    Printed text = run("check", policy);
    assertThat(text.exit()).isEqualTo(1);
    assertThat(text.out()).contains(policy + ":2:", "error: /tools/pay/denyif:", "1 problems");
    JsonNode json = JsonMapper.shared().readTree(run("check", "--format", "json", policy).out());
    assertThat(json.get(0).get("line").asInt()).isEqualTo(2);
    JsonNode sarif = JsonMapper.shared().readTree(run("check", "--format", "sarif", policy).out());
    JsonNode result = sarif.get("runs").get(0).get("results").get(0);
    assertThat(sarif.get("version").asString()).isEqualTo("2.1.0");
    assertThat(result.get("level").asString()).isEqualTo("error");
    assertThat(
            result.get("locations").get(0).get("physicalLocation").get("region").get("startLine"))
        .hasToString("2");
  }

  @Test
  void warningsFailOnlyWhereThatIsAskedFor() throws IOException {
    Files.writeString(policy, "{\"version\": \"1\", \"default\": \"allow\"}");

    assertThat(run("check", policy).out()).contains(": warning: ", "0 problems, 1 warnings");
    assertThat(run("check", policy).exit()).isZero();
    assertThat(run("check", "--strict", policy).exit()).isEqualTo(1);
  }

  @Test
  void aCallIsExplained() throws IOException {
    Path call = folder.resolve("call.json");
    Files.writeString(
        call,
        """
        {"tool": "pay", "arguments": {"amount": 500},
         "caller": {"grant": "agent-7", "session": "s", "client": "c", "attributes": {"role": "x"}}}
        """);

    Printed printed = run("explain", policy, "--call", call);
    assertThat(printed.out())
        .startsWith("pay for agent-7: denied by /tools/pay/deny_if/args.amount-gt (deny_if)")
        .doesNotContain("500");
    assertThat(printed.exit()).isEqualTo(3);
    assertThat(run("explain", policy, "--call", call, "--values").out())
        .contains("found number 500, true");
    Files.writeString(call, "{\"tool\": \"pay\", \"args\": {}}");
    assertThat(run("explain", policy, "--call", call).err())
        .contains("the call has [args], expected of [arguments, caller, tool]");
  }

  @Test
  void aLogIsVerifiedAndShown() throws Exception {
    Path audit = folder.resolve("audit");
    Path key = folder.resolve("audit.key");
    Files.write(key, new byte[32]);
    try (AuditLog log = AuditLog.open(audit, AuditKeys.of("2026-11", new byte[32]))) {
      ToolGuard guard = ToolGuard.builder(Policy.load(policy)).listener(log).build();
      guard.call(call("agent-7", 5), made -> "paid");
      guard.call(call("agent\n8", 500), made -> "paid");
    }

    Printed verified = run("verify", audit, "--key", "2026-11=" + key);
    assertThat(verified.out()).isEqualTo("intact, 4 records, the last is 4\n");
    assertThat(verified.exit()).isZero();
    assertThat(run("verify", audit).exit()).isEqualTo(1);
    assertThat(run("verify", folder.resolve("none")).err()).contains("is no directory");

    assertThat(run("tail", audit, "--no-follow", "-n", "2").out().lines())
        .hasSize(2)
        .anyMatch(line -> line.contains(" settlement returned tool=pay grant=agent-7"));
    assertThat(run("tail", audit, "--no-follow", "--outcome", "denied").out())
        .contains(
            " decision denied tool=pay grant=\"agent\\u000a8\" code=deny_if rule=/tools/pay/deny_if/")
        .doesNotContain("agent-7");
    assertThat(run("tail", audit, "--no-follow", "--grant", "nobody").out()).isEmpty();
  }

  private static ToolCall call(String grant, int amount) {
    return ToolCall.of("pay", Map.of("amount", amount), Caller.grant(grant));
  }

  /** A hole in a file, which takes no disk, and a pipe, which has no end. */
  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aLogThatSomebodyHasMadeEndlessIsShownAsFarAsItIsOne() throws Exception {
    Path audit = folder.resolve("audit");
    try (AuditLog log = AuditLog.open(audit, AuditKeys.none())) {
      ToolGuard guard = ToolGuard.builder(Policy.load(policy)).listener(log).build();
      guard.call(call("agent-7", 5), made -> "paid");
    }
    try (Stream<Path> files = Files.list(audit);
        RandomAccessFile file =
            new RandomAccessFile(
                files
                    .filter(each -> each.toString().endsWith(".jsonl"))
                    .findFirst()
                    .orElseThrow()
                    .toFile(),
                "rw")) {
      file.seek(file.length() + (300L << 20));
      file.write('\n');
    }
    new ProcessBuilder("mkfifo", audit.resolve("audit-00000002-2100-01-01.jsonl").toString())
        .start()
        .waitFor();

    assertThat(run("tail", audit, "--no-follow").out().lines())
        .hasSize(4)
        .last()
        .isEqualTo("a line that is no record");
    assertThat(run("verify", audit).out()).contains("longer than any record", "it is no file");
  }

  @Test
  void aLogIsReadAsItIsWritten() throws Exception {
    Path audit = folder.resolve("audit");
    LogLines lines = new LogLines(Files.createDirectory(audit));
    Path first = audit.resolve("audit-00000001-2026-11-28.jsonl");

    assertThat(lines.next()).isNull();
    Files.writeString(first, "one\ntw");
    assertThat(lines.next()).isEqualTo("one");
    assertThat(lines.next()).isNull();
    Files.writeString(first, "one\ntwo\n");
    assertThat(lines.next()).isEqualTo("two");
    Files.writeString(audit.resolve("audit-00000002-2026-11-29.jsonl"), "three\n");
    assertThat(lines.next()).isEqualTo("three");
    assertThat(lines.next()).isNull();
  }

  @Test
  void neitherTheEndOfAFileNorOneThatSomebodyPutsBehindItHidesWhatIsWritten() throws Exception {
    Path audit = Files.createDirectory(folder.resolve("audit"));
    LogLines lines = new LogLines(audit);
    Path first = Files.writeString(audit.resolve("audit-00000001-2026-11-28.jsonl"), "one\n");
    assertThat(lines.next()).isEqualTo("one");
    assertThat(lines.next()).isNull();

    // The last record of a file and the first of the next, between two looks.
    Files.writeString(first, "one\ntwo\n");
    Files.writeString(audit.resolve("audit-00000002-2026-11-28.jsonl"), "three\n");
    assertThat(lines.next()).isEqualTo("two");
    assertThat(lines.next()).isEqualTo("three");

    Files.writeString(audit.resolve("audit-99999999-2100-01-01.jsonl"), "none of ours\n");
    assertThat(lines.next()).isEqualTo("none of ours");
    assertThat(lines.next()).isNull();
    Files.writeString(audit.resolve("audit-00000003-2026-11-29.jsonl"), "four\nfi");
    assertThat(lines.next()).isEqualTo("four");
    assertThat(lines.next()).isNull();
    Files.delete(first);
    Files.writeString(audit.resolve("audit-00000003-2026-11-29.jsonl"), "four\nfive\n");
    assertThat(lines.next()).isEqualTo("five");
    assertThat(lines.next()).isNull();
  }
}
