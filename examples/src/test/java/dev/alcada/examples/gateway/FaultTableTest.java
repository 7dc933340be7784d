package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What each side is told when the other, or what the gateway stands on, fails it: a test a row. */
class FaultTableTest {
  private static final String ALLOW = "{\"version\": \"1\", \"default\": \"allow\"}";
  private static final String THREE =
      """
      {"version": "1", "default": "allow", "tools": {"pay": {"limits": [
        {"counter": "pays", "window": "hour", "max": 3}]}}}
      """;
  private static final String ONE = THREE.replace("3", "1");
  private static final int MIB = 1 << 20;

  @RegisterExtension final Logged logged = new Logged();
  @TempDir Path directory;

  private Path ledger() {
    return directory.resolve("ledger");
  }

  private static boolean isDenied(Map<String, Object> answer) {
    return Conversation.text(answer).startsWith("[POLICY DENIED] ");
  }

  private HttpFront.Serving serve(String policy) throws Exception {
    return serve(policy, Conversation.obedientServer(ledger()));
  }

  private static HttpFront.Serving serve(String policy, Upstream.Opener opener) throws Exception {
    ToolGuard guard =
        ToolGuard.builder(Policy.parse(policy)).resultClassifier(GuardedTools::nothingDone).build();
    Settings settings = Settings.of(guard, opener).withMaxBytes(2 * MIB);
    return HttpFront.start(settings, Relay.rehearse(settings), 0);
  }

  @Nested
  class OfTheUpstream {
    @Test
    void slow() throws Exception {
      var impatient = Conversation.obedientServer(ledger(), Duration.ofSeconds(1));
      try (HttpFront.Serving gateway = serve(ALLOW, impatient)) {
        HttpClientSide one = new HttpClientSide(gateway.url());
        HttpClientSide other = new HttpClientSide(gateway.url());
        one.begin();
        other.begin();
        assertThat(one.text(1, "act", "{\"do\":\"deafen\"}")).isEqualTo("deaf");
        String large = "{\"x\":\"" + "x".repeat(MIB) + "\"}";
        List<CompletableFuture<?>> told = new ArrayList<>();
        for (int id = 2; id < 20; id++) {
          told.add(one.postAsync(HttpClientSide.callOf(id, "act", large)));
        }

        assertThat(other.text(1, "act", "{}")).as("the others are served").isEqualTo("done");
        for (CompletableFuture<?> answer : told) {
          assertThat(answer.get(60, TimeUnit.SECONDS).toString()).contains("200");
        }
        assertThat(one.text(20, "act", large))
            .containsAnyOf(
                "the upstream server has not taken the message within 1 s",
                "the upstream server does not take what is sent to it");
      }
    }

    @Test
    void dead() throws Exception {
      try (Conversation client = Conversation.obeyed(THREE, ledger())) {
        client.initialize();

        assertThat(Conversation.text(client.call(1, "pay", "{\"do\":\"crash\"}")))
            .isEqualTo("The tool did not answer: the upstream server ended with exit code 7");
        assertThat(Conversation.text(client.call(2, "pay", "{\"do\":\"pay\"}"))).isEqualTo("paid");
        assertThat(logged.text()).contains("exit code 7; it is started again when it is needed");
      }
    }

    @Test
    void hostile() throws Exception {
      try (Conversation client = Conversation.obeyed(ONE, ledger())) {
        client.initialize();
        for (String line :
            List.of(
                "{'jsonrpc':'2.0','id':ID,'result':{'content':[],'__proto__':{'isError':true}}}",
                "{'jsonrpc':'2.0','id':ID,'result':{},'error':{'code':1,'message':''}}",
                "{'jsonrpc':'2.0','id':ID,'result':{},'id':ID}",
                "[{'jsonrpc':'2.0','id':ID,'result':{}}]")) {
          String said = line.replace("'", "\\\"");
          assertThat(Conversation.text(client.call(1, "act", saying(said))))
              .as(line)
              .isEqualTo(
                  "The tool did not answer: the upstream server sent something that is not a"
                      + " JSON-RPC message");
        }
        assertThat(Conversation.text(client.call(2, "act", "{}"))).isEqualTo("done");
      }
    }

    @Test
    void flooding() throws Exception {
      try (Conversation client = Conversation.obeyed(ALLOW, ledger())) {
        client.initialize();
        String note =
            "{\\\"jsonrpc\\\":\\\"2.0\\\",\\\"method\\\":\\\"notifications/message\\\",\\\"params\\\":{\\\"data\\\":\\\"%s\\\"}}"
                .formatted("x".repeat(1_000));
        client.sendCall(1, "act", "{\"do\":\"repeat\",\"times\":30000,\"line\":\"" + note + "\"}");

        assertThat(Conversation.text(client.answer())).isEqualTo("repeated");
        assertThat(Conversation.text(client.call(2, "act", "{}"))).isEqualTo("done");
      }
    }

    @Test
    void restarted() throws Exception {
      try (StatefulServer server = StatefulServer.start();
          Conversation client = Conversation.at(THREE, server.uri())) {
        client.initialize();
        assertThat(Conversation.text(client.call(1, "pay", "{}"))).isEqualTo("session 1");

        server.restart();

        assertThat(Conversation.text(client.call(2, "pay", "{}")))
            .as("in another session of the server, without a word to the client")
            .isEqualTo("session 2");
        assertThat(Conversation.text(client.call(3, "pay", "{}"))).isEqualTo("session 2");
        assertThat(isDenied(client.call(4, "pay", "{}"))).as("the counts are kept").isTrue();
      }
    }
  }

  private static String saying(String line) {
    return "{\"do\":\"say\",\"lines\":[\"" + line + "\"]}";
  }

  @Nested
  class OfTheClient {
    @Test
    void slow() throws Exception {
      try (Conversation client = Conversation.obeyed(ALLOW, ledger())) {
        client.initialize();
        client.call(0, "act", "{}");
        int calls = 40;
        for (int id = 1; id <= calls; id++) {
          client.sendCall(id, "act", "{\"do\":\"large\"}");
        }
        // It has read nothing of forty times a mebibyte, and the gateway keeps eight.
        for (int id = 1; id <= calls; id++) {
          assertThat(Conversation.text(client.answer())).hasSize(MIB);
        }
      }
    }

    @Test
    void slowOverHttp() throws Exception {
      try (HttpFront.Serving gateway = serve(ALLOW)) {
        HttpClientSide one = new HttpClientSide(gateway.url());
        HttpClientSide other = new HttpClientSide(gateway.url());
        one.begin();
        other.begin();
        try (InputStream unread = one.listen()) {
          String note =
              "{\\\"jsonrpc\\\":\\\"2.0\\\",\\\"method\\\":\\\"notifications/message\\\",\\\"params\\\":{\\\"data\\\":\\\"%s\\\"}}"
                  .formatted("x".repeat(10_000));
          one.text(1, "act", "{\"do\":\"repeat\",\"times\":3000,\"line\":\"" + note + "\"}");

          assertThat(other.text(1, "act", "{}")).isEqualTo("done");
          assertThat(unread.read()).isNotNegative();
        }
      }
    }

    @Test
    void dead() throws Exception {
      try (GatewayProcess gateway = GatewayProcess.start(directory, ALLOW)) {
        gateway.initialize();
        gateway.call(1, "act", "{}");
        List<ProcessHandle> upstream = gateway.handle().descendants().toList();
        assertThat(upstream).isNotEmpty();

        gateway.hangUp();

        assertThat(gateway.exitCode()).isZero();
        for (ProcessHandle process : upstream) {
          process.onExit().get(60, TimeUnit.SECONDS);
        }
      }
    }

    @Test
    void hostile() throws Exception {
      String rule =
          """
          {"version": "1", "default": "allow", "tools": {"pay": {"deny_if": [
            {"conditions": [{"path": "args.amount", "op": "gt", "value": 1000}]}]}}}
          """;
      try (Conversation client = Conversation.obeyed(rule, ledger())) {
        client.initialize();
        for (String arguments :
            List.of(
                "{\"do\":\"pay\",\"__proto__\":{\"amount\":5000}}",
                "{\"do\":\"pay\",\"amount\":1,\"amount\":5000}",
                "{\"do\":\"pay\",\"x\":[{\"\\u005f_proto__\":1}]}")) {
          assertThat(Conversation.errorCode(client.call(1, "pay", arguments)))
              .as(arguments)
              .isEqualTo("-32700");
        }
        assertThat(isDenied(client.call(2, "pay", "{\"do\":\"pay\",\"amount\":5000}"))).isTrue();
      }
      assertThat(ObedientServer.paid(ledger())).isZero();
    }

    @Test
    void flooding() throws Exception {
      try (Conversation client = Conversation.obeyed(ALLOW, ledger())) {
        client.initialize();
        client.call(0, "act", "{}");
        for (int id = 1; id <= 1_200; id++) {
          client.sendCall(id, "act", "{\"do\":\"hold\"}");
        }
        int refused = 0;
        for (int answers = 0; answers < 200; answers++) {
          Map<String, Object> answer = client.answer();
          assertThat(String.valueOf(answer.get("error"))).contains("too many requests");
          refused++;
        }
        assertThat(refused).isEqualTo(200);
        for (int id = 1; id <= 1_200; id++) {
          client.cancel(id);
        }
        assertThat(Conversation.text(client.call(2_000, "act", "{}"))).isEqualTo("done");
      }
    }

    @Test
    void restarted() throws Exception {
      try (HttpFront.Serving gateway = serve(ONE)) {
        HttpClientSide before = new HttpClientSide(gateway.url());
        before.begin();
        assertThat(before.text(1, "pay", "{\"do\":\"pay\"}")).isEqualTo("paid");
        HttpClientSide after = new HttpClientSide(gateway.url());
        after.begin();

        assertThat(after.text(1, "pay", "{\"do\":\"pay\"}")).startsWith("[POLICY DENIED] ");
      }
    }
  }

  @Nested
  class OfThePolicyFile {
    private GatewayProcess gateway(String policy) throws Exception {
      GatewayProcess gateway = GatewayProcess.start(directory, policy);
      gateway.initialize();
      return gateway;
    }

    private void write(String document) throws Exception {
      Path next = Files.writeString(directory.resolve("next"), document);
      Files.move(next, directory.resolve("policy.json"), StandardCopyOption.REPLACE_EXISTING);
    }

    @Test
    void slow() throws Exception {
      try (GatewayProcess gateway = gateway(ONE)) {
        gateway.call(1, "pay", "{}");
        Files.writeString(directory.resolve("policy.json"), ONE.substring(0, 60));
        assertThat(gateway.awaitError("stays in force")).contains("stays in force");
        assertThat(isDenied(gateway.call(2, "pay", "{}"))).as("the last whole one").isTrue();

        Files.writeString(directory.resolve("policy.json"), ALLOW);

        gateway.awaitError("is in force");
        assertThat(isDenied(gateway.call(3, "pay", "{}"))).isFalse();
      }
    }

    @Test
    void dead() throws Exception {
      try (GatewayProcess gateway = gateway(ONE)) {
        gateway.call(1, "pay", "{}");
        Files.delete(directory.resolve("policy.json"));

        assertThat(gateway.awaitError("no readable file")).contains("stays in force");
        assertThat(isDenied(gateway.call(2, "pay", "{}"))).isTrue();
      }
    }

    @Test
    void hostile() throws Exception {
      try (GatewayProcess gateway = gateway(ONE)) {
        gateway.call(1, "pay", "{}");
        write("{\"version\": \"1\", \"default\": \"alow\"}");

        assertThat(gateway.awaitError("alow")).contains("stays in force");
        assertThat(isDenied(gateway.call(2, "pay", "{}"))).isTrue();
      }
    }

    @Test
    void flooding() throws Exception {
      try (GatewayProcess gateway = gateway(ONE)) {
        gateway.call(1, "pay", "{}");
        write(" ".repeat(17 * MIB));

        assertThat(gateway.awaitError("more than 16 MiB")).contains("stays in force");
        assertThat(isDenied(gateway.call(2, "pay", "{}"))).isTrue();
      }
    }

    @Test
    void restarted() throws Exception {
      try (GatewayProcess gateway = gateway(ALLOW)) {
        gateway.call(1, "pay", "{}");
        write("{\"version\": \"1\", \"default\": \"allow\", \"hide\": [\"pay\"]}");
        gateway.awaitError("is in force");

        assertThat(gateway.next()).containsEntry("method", "notifications/tools/list_changed");
        assertThat(isDenied(gateway.call(2, "pay", "{}"))).isTrue();
      }
    }
  }

  @Nested
  class OfTheDisk {
    @Test
    void slow() throws Exception {
      try (GatewayProcess gateway =
          GatewayProcess.start(directory, ONE, ProcessBuilder.Redirect.PIPE)) {
        gateway.initialize();
        String text = "x".repeat(8_000);
        for (int id = 1; id <= 300; id++) {
          // Nobody reads what goes to standard error: two mebibytes of it.
          gateway.call(id, "act", "{\"do\":\"complain\",\"text\":\"" + text + "\"}");
        }
        gateway.call(1_000, "pay", "{}");

        assertThat(isDenied(gateway.call(1_001, "pay", "{}"))).isTrue();
      }
    }

    @Test
    void dead() throws Exception {
      try (GatewayProcess gateway =
          GatewayProcess.start(
              directory, ONE, ProcessBuilder.Redirect.to(Path.of("/dev/full").toFile()))) {
        gateway.initialize();
        gateway.call(1, "pay", "{\"do\":\"complain\",\"text\":\"x\"}");

        assertThat(isDenied(gateway.call(2, "pay", "{}"))).isTrue();
      }
    }

    @Test
    void hostile() throws Exception {
      try (GatewayProcess gateway =
          GatewayProcess.start(
              directory, ALLOW, "-Djava.io.tmpdir=" + directory.resolve("none"), "--listen", "0")) {
        assertThat(gateway.exitCode()).isEqualTo(1);
        assertThat(gateway.errors().lines().filter(line -> line.startsWith("gateway")))
            .singleElement()
            .asString()
            .contains("cannot serve")
            .contains("none");
        assertThat(gateway.errors()).doesNotContain("\tat ");
      }
    }

    @Test
    void flooding() throws Exception {
      try (GatewayProcess gateway = GatewayProcess.start(directory, ALLOW)) {
        gateway.initialize();
        gateway.call(
            1, "act", "{\"do\":\"repeat-error\",\"times\":100000,\"line\":\"flooding the disk\"}");
        gateway.call(2, "act", "{\"do\":\"complain\",\"text\":\"the end\"}");

        assertThat(gateway.errors().lines().filter(line -> line.contains("flooding")))
            .hasSizeBetween(900, 3_000);
      }
    }

    @Test
    void restarted() throws Exception {
      Path temporary = Files.createDirectory(directory.resolve("temporary"));
      try (GatewayProcess gateway =
          GatewayProcess.start(
              directory, ALLOW, "-Djava.io.tmpdir=" + temporary, "--listen", "0")) {
        String errors = gateway.awaitError("serving");
        String url = errors.substring(errors.indexOf("http://")).lines().findFirst().orElseThrow();
        HttpClientSide client = new HttpClientSide(url);
        client.begin();
        try (var files = Files.walk(temporary)) {
          for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
            Files.delete(file);
          }
        }

        assertThat(client.text(1, "act", "{}")).isEqualTo("done");
      }
    }
  }
}
