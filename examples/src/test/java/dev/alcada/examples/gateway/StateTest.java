package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.examples.ChildJvm;
import dev.alcada.examples.Main;
import dev.alcada.examples.Printed;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code --state} keeps over a restart, or an end by force. */
class StateTest {
  private static final String TWO_A_DAY =
      """
      {"version": "1", "default": "deny", "tools": {"act": {"limits": [
        {"counter": "acts", "window": "day", "max": 2, "counts": "attempts"}]}}}
      """;

  @TempDir Path directory;

  private static String said(Map<String, Object> answer) {
    return String.valueOf(answer.get("result"));
  }

  private GatewayProcess gateway(String policy, String... options) throws Exception {
    GatewayProcess gateway = GatewayProcess.start(directory, policy, options);
    gateway.initialize();
    return gateway;
  }

  @Test
  void aGatewayThatIsKilledAndStartedAgainGoesOnCounting() throws Exception {
    String state = directory.resolve("state.db").toString();
    try (GatewayProcess gateway = gateway(TWO_A_DAY, "--state", state)) {
      assertThat(said(gateway.call(1, "act", "{}"))).doesNotContain("POLICY DENIED");
      gateway.handle().destroyForcibly();
      gateway.handle().onExit().get(60, TimeUnit.SECONDS);
    }
    try (GatewayProcess gateway = gateway(TWO_A_DAY, "--state", state)) {
      assertThat(said(gateway.call(1, "act", "{}"))).doesNotContain("POLICY DENIED");
      assertThat(said(gateway.call(2, "act", "{}"))).contains("POLICY DENIED");
    }
    try (GatewayProcess forgets = gateway(TWO_A_DAY)) {
      assertThat(said(forgets.call(1, "act", "{}"))).doesNotContain("POLICY DENIED");
    }
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(state))))
        .isEqualTo("rw-------");
  }

  @Test
  void twoGatewaysOnOneFileShareTheirLimits() throws Exception {
    String state = directory.resolve("state.db").toString();
    try (GatewayProcess one = gateway(TWO_A_DAY, "--state", state);
        GatewayProcess another = gateway(TWO_A_DAY, "--state", state)) {
      assertThat(said(one.call(1, "act", "{}"))).doesNotContain("POLICY DENIED");
      assertThat(said(another.call(1, "act", "{}"))).doesNotContain("POLICY DENIED");
      assertThat(said(one.call(2, "act", "{}"))).contains("POLICY DENIED");
      assertThat(said(another.call(2, "act", "{}"))).contains("POLICY DENIED");
    }
  }

  @Test
  void whatAPersonWasAskedIsStillThereAfterARestart() throws Exception {
    String policy =
        "{\"version\": \"1\", \"default\": \"deny\","
            + " \"tools\": {\"act\": {\"action\": \"require_approval\"}}}";
    String desks = directory.resolve("desks").toString();
    String[] options = {"--state", directory.resolve("state.db").toString(), "--desk-files", desks};
    try (GatewayProcess gateway = gateway(policy, options)) {
      assertThat(said(gateway.call(1, "act", "{}"))).contains("APPROVAL REQUIRED");
      gateway.hangUp();
      assertThat(gateway.exitCode()).isZero();
    }
    try (GatewayProcess gateway = gateway(policy, options)) {
      String listed = Printed.by("approvals", "list", "--desk-files", desks).out();
      assertThat(listed).contains("The tool act needs your approval.");
      String id = listed.substring(0, listed.indexOf(' '));
      Printed.by("approvals", "approve", id, "--desk-files", desks);

      assertThat(said(gateway.call(1, "act", "{}"))).doesNotContain("APPROVAL REQUIRED");
      assertThat(said(gateway.call(2, "act", "{}"))).contains("APPROVAL REQUIRED");
    }
  }

  @Test
  void serveGoesOnCountingToo() throws Exception {
    Path policy = directory.resolve("policy.json");
    Files.writeString(
        policy,
        """
        {"version": "1", "default": "deny", "tools": {"create_connect_token": {"limits": [
          {"counter": "tokens", "window": "day", "max": 1}]}}}
        """);
    String state = directory.resolve("state.db").toString();
    List<String> command =
        ChildJvm.command(Main.class, "serve", "--policy", policy.toString(), "--state", state);
    assertThat(mint(command)).doesNotContain("POLICY DENIED");
    assertThat(mint(command)).contains("POLICY DENIED");
  }

  private static String mint(List<String> command) throws Exception {
    Process server =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader answers = server.inputReader(StandardCharsets.UTF_8)) {
      String answer = "";
      for (String line :
          List.of(
              "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":"
                  + "{\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},"
                  + "\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}",
              "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":"
                  + "{\"name\":\"create_connect_token\","
                  + "\"arguments\":{\"clientUserId\":\"user-42\"}}}")) {
        server.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
        server.getOutputStream().flush();
        answer = answers.readLine();
        if (line.contains("initialize")) {
          server
              .getOutputStream()
              .write(
                  "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n"
                      .getBytes(StandardCharsets.UTF_8));
        }
      }
      server.getOutputStream().close();
      assertThat(server.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return answer;
    } finally {
      server.destroyForcibly();
    }
  }

  @Test
  void aFileThatCannotBeMadeIsToldBeforeAnythingStarts() {
    Printed printed =
        Printed.by(
            "gateway",
            "--policy",
            "policies/create_connect_token.json",
            "--state",
            directory.resolve("none/state.db").toString(),
            "--",
            "no-such-command");

    assertThat(printed.exit()).isEqualTo(1);
    assertThat(printed.err()).startsWith("gateway: --state: ").contains("cannot be made");
  }
}
