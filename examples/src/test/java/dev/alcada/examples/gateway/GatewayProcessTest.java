package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.examples.ChildJvm;
import dev.alcada.examples.Main;
import dev.alcada.examples.Printed;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway as the process that a client starts. */
@SuppressWarnings("NullAway.Init") // each test starts one
class GatewayProcessTest {
  private static final String INITIALIZE =
      "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
          + "\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}";
  private static final String CALL =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"act\"}}";

  @TempDir Path directory;
  private Process gateway;
  private BufferedReader answers;

  @BeforeEach
  void policy() throws IOException {
    policy("{\"version\": \"1\", \"default\": \"allow\"}");
  }

  private void policy(String document) throws IOException {
    Files.writeString(directory.resolve("policy.json"), document);
  }

  @AfterEach
  void end() {
    gateway.descendants().forEach(ProcessHandle::destroyForcibly);
    gateway.destroyForcibly();
  }

  private void start(String manner, String... options) throws IOException {
    List<String> command =
        new ArrayList<>(
            ChildJvm.command(
                Main.class,
                "gateway",
                "--policy",
                directory.resolve("policy.json").toString(),
                "--start-timeout",
                manner.equals("never-starts") ? "1" : "60"));
    command.addAll(List.of(options));
    command.add("--");
    command.addAll(ChildJvm.command(BadServer.class, manner));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("FOR_UPSTREAM", "from the gateway's environment");
    builder.redirectError(directory.resolve("stderr").toFile());
    gateway = builder.start();
    answers = gateway.inputReader(StandardCharsets.UTF_8);
  }

  private String ask(String line) throws IOException {
    gateway.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    gateway.getOutputStream().flush();
    return answers.readLine();
  }

  private int exitCode() throws InterruptedException {
    assertThat(gateway.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return gateway.exitValue();
  }

  private String errors() throws IOException {
    return Files.readString(directory.resolve("stderr"));
  }

  @Test
  void passesEnvironmentAndStandardErrorOnAndEndsWithItsClient() throws Exception {
    start("tells");
    assertThat(ask(INITIALIZE)).contains("\"name\":\"bad\"");
    assertThat(ask(CALL)).contains("from the gateway's environment");

    gateway.getOutputStream().close();

    assertThat(exitCode()).isZero();
    assertThat(errors()).contains("upstream says hello");
  }

  @Test
  void outlivesAnUpstreamThatDies() throws Exception {
    start("dies");
    ask(INITIALIZE);
    assertThat(ask(CALL)).contains("the upstream server ended with exit code 7");
    assertThat(ask(CALL)).contains("list_changed");
    assertThat(answers.readLine()).contains("the upstream server ended with exit code 7");
    gateway.getOutputStream().close();

    assertThat(exitCode()).isZero();
    assertThat(errors()).contains("ended with exit code 7; it is started again");
  }

  @Test
  void endsWithTheExitCodeOfAnUpstreamThatNeverStarts() throws Exception {
    start("quits");
    assertThat(ask(INITIALIZE))
        .contains("the upstream server ended with exit code 9: ")
        .contains("no such account\\\\u001b[2K");

    assertThat(exitCode()).isEqualTo(9);
    assertThat(errors())
        .contains("upstream: no such account\\u001b[2K")
        .contains("gateway: the upstream server ended with exit code 9");
  }

  @Test
  void endsWithCodeOneWhenTheUpstreamDoesNotStartInTime() throws Exception {
    start("never-starts");
    assertThat(ask(INITIALIZE)).contains("the upstream server did not start within 1 s");

    assertThat(exitCode()).isEqualTo(1);
    assertThat(errors()).contains("gateway: the upstream server did not start within 1 s");
  }

  @Test
  void takesAnUpstreamThatOutstaysItsInputAlongWhenTerminated() throws Exception {
    start("outstays");
    ask(INITIALIZE);
    List<ProcessHandle> upstream = gateway.descendants().toList();
    assertThat(upstream).isNotEmpty();

    gateway.toHandle().destroy();

    assertThat(exitCode()).isEqualTo(128 + 15);
    for (ProcessHandle process : upstream) {
      process.onExit().get(60, TimeUnit.SECONDS);
    }
    assertThat(errors()).doesNotContain("is started again");
  }

  @Test
  void endsWithCodeOneBeforeItServesToolsThatThePolicyAlmostNames() throws Exception {
    policy("{\"version\": \"1\", \"default\": \"allow\", \"hide\": [\"act\"]}");
    for (String[] options : new String[][] {{}, {"--listen", "0"}}) {
      start("misnames", options);
      if (options.length == 0) {
        ask(INITIALIZE);
        assertThat(ask(CALL.replace("act", "Act"))).contains(KnownTools.MISFIT);
      }

      assertThat(exitCode()).isEqualTo(1);
      assertThat(errors())
          .contains("\"act\" in hide matches no tool; did you mean \"Act\"?")
          .contains("gateway: " + KnownTools.MISFIT)
          .doesNotContain("serving");
    }
  }

  @Test
  void servesThemWhenToldToAndSaysOnceWhatDoesNotFit() throws Exception {
    policy("{\"version\": \"1\", \"default\": \"allow\", \"tools\": {\"acts\": {}, \"b\": {}}}");
    start("reports", "--allow-similar-names");
    ask(INITIALIZE);
    assertThat(ask(CALL)).contains("list_changed");
    assertThat(answers.readLine()).contains("done");
    assertThat(ask(CALL)).as("after the second list").contains("list_changed");
    gateway.getOutputStream().close();

    assertThat(exitCode()).isZero();
    assertThat(errors().lines())
        .containsOnlyOnce(
            "WARN PolicyFit - \"acts\" in tools matches no tool; did you mean \"act\"?")
        .containsOnlyOnce("WARN PolicyFit - \"b\" in tools matches no tool");
  }

  @Test
  void saysAtOnceThatTheUpstreamDoesNotStartEvenIfNobodyIsConnected() throws Exception {
    start("never-starts", "--listen", "0");

    assertThat(exitCode()).isEqualTo(1);
    assertThat(errors())
        .contains("gateway: the upstream server did not start within 1 s")
        .doesNotContain("serving");
  }

  @Test
  void whatThePolicyAsksIsAnsweredOnTheCommandLine() throws Exception {
    policy(
        "{\"version\": \"1\", \"default\": \"deny\","
            + " \"tools\": {\"act\": {\"action\": \"require_approval\"}}}");
    Path desks = directory.resolve("desks");
    start("behaves", "--desk-files", desks.toString());
    ask(INITIALIZE);
    assertThat(ask(CALL)).contains("[APPROVAL REQUIRED] ");
    String listed = Printed.by("approvals", "list", "--desk-files", desks.toString()).out();
    assertThat(listed).contains("The tool act needs your approval.");
    String id = listed.substring(0, listed.indexOf(' '));

    Printed approved = Printed.by("approvals", "approve", id, "--desk-files", desks.toString());

    assertThat(approved).isEqualTo(new Printed(0, "approved: act\n", ""));
    assertThat(ask(CALL)).contains("done");
    gateway.getOutputStream().close();
    assertThat(exitCode()).isZero();
    assertThat(errors())
        .containsPattern("gateway: .* answers approvals at http://127.0.0.1:[0-9]+/[0-9a-f]{32}/")
        .contains("gateway: approval " + id + " waits for an answer: act");
    assertThat(desks).isEmptyDirectory();
  }

  @Test
  void aPolicyThatAsksIsNotServedWhereNobodyCouldAnswer() throws Exception {
    policy(
        "{\"version\": \"1\", \"default\": \"deny\","
            + " \"tools\": {\"act\": {\"action\": \"require_approval\"}}}");
    Path noDirectory = Files.createFile(directory.resolve("file"));
    start("behaves", "--desk-files", noDirectory.toString());

    assertThat(exitCode()).isEqualTo(1);
    assertThat(errors())
        .contains("gateway: the policy asks a person, and nobody could answer: ")
        .contains("see --desk and --desk-files");
  }
}
