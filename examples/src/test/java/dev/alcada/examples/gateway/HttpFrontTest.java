package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.audit.SettlementEvent;
import dev.alcada.counter.Ended;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.alcada.time.TimeSource;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Mono;

/** What the gateway takes and refuses over HTTP. */
@SuppressWarnings("NullAway.Init") // each test starts one
class HttpFrontTest {
  @RegisterExtension final Logged logged = new Logged();

  private static final int MIB = 1 << 20;
  private static final String ALLOW = "{\"version\": \"1\", \"default\": \"allow\"}";
  private static final String INITIALIZE =
      "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
          + "\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}";
  private static final String CALL =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/call\",\"params\":{\"name\":\"act\"}}";

  private final HttpClient http = HttpClient.newHttpClient();
  private final BlockingQueue<SettlementEvent> settled = new LinkedBlockingQueue<>();
  private HttpFront.Serving gateway;

  private void start(String manner) throws IOException {
    ToolGuard guard =
        ToolGuard.builder(Policy.parse(ALLOW))
            .listener(
                new DecisionListener() {
                  @Override
                  public void onDecision(DecisionEvent event) {}

                  @Override
                  public void onSettled(SettlementEvent event) {
                    settled.add(event);
                  }
                })
            .build();
    Settings settings = Settings.of(guard, Conversation.badServer(manner)).withMaxBytes(MIB);
    gateway = HttpFront.start(settings, null, 0);
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  private HttpRequest.Builder request(String session) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(gateway.url()))
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream");
    return session.isEmpty() ? request : request.header("Mcp-Session-Id", session);
  }

  private HttpResponse<String> post(String session, BodyPublisher body) throws Exception {
    return http.send(request(session).POST(body).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(String session, String body) throws Exception {
    return post(session, BodyPublishers.ofString(body));
  }

  private String newSession() throws Exception {
    String session = post("", INITIALIZE).headers().firstValue("Mcp-Session-Id").orElseThrow();
    post(session, "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    return session;
  }

  @Test
  void aCancelledCallIsCancelledUpstreamSettledAsUnknownAndNotAnswered() throws Exception {
    start("holds");
    BlockingQueue<JSONRPCMessage> received = new LinkedBlockingQueue<>();
    HttpClientStreamableHttpTransport client =
        HttpClientStreamableHttpTransport.builder(gateway.server().url())
            .endpoint("/mcp")
            .openConnectionOnStartup(false)
            .build();
    client
        .connect(message -> message.doOnNext(received::add).then(Mono.<JSONRPCMessage>empty()))
        .block();
    client
        .sendMessage(
            ask(0, "initialize", Json.object(Conversation.parsed(INITIALIZE).get("params"))))
        .block();
    client.sendMessage(new JSONRPCNotification("notifications/initialized")).block();
    assertThat(received.poll(30, TimeUnit.SECONDS)).isInstanceOf(JSONRPCResponse.class);

    client
        .sendMessage(
            ask(5, "tools/call", Map.of("name", "act", "_meta", Map.of("progressToken", "t"))))
        .subscribe();
    assertThat(received.poll(30, TimeUnit.SECONDS))
        .isInstanceOfSatisfying(
            JSONRPCNotification.class,
            progress -> assertThat(progress.method()).isEqualTo("notifications/progress"));
    client
        .sendMessage(new JSONRPCNotification("notifications/cancelled", Map.of("requestId", 5)))
        .block();

    SettlementEvent event = settled.poll(30, TimeUnit.SECONDS);
    assertThat(event).isNotNull();
    assertThat(event.result()).isEqualTo(Ended.UNKNOWN);
    client.sendMessage(ask(6, "tools/call", Map.of("name", "act"))).subscribe();
    List<Object> answered = new ArrayList<>();
    JSONRPCResponse last = null;
    while (answered.isEmpty() || !answered.contains(6)) {
      if (received.poll(30, TimeUnit.SECONDS) instanceof JSONRPCResponse response) {
        answered.add(response.id());
        last = response;
      }
    }
    assertThat(answered).containsExactly(6);
    assertThat(String.valueOf(last)).contains("cancelled: ");
    client.closeGracefully().block();
  }

  private static JSONRPCRequest ask(int id, String method, Map<String, ?> params) {
    return new JSONRPCRequest(method, id, params);
  }

  @Test
  void aMessageThatIsTooLargeIsRefusedWithOrWithoutItsLengthAndTheSessionGoesOn() throws Exception {
    start("counts");
    String session = newSession();
    byte[] large =
        CALL.replace("\"act\"", "\"" + "x".repeat(MIB) + "\"").getBytes(StandardCharsets.UTF_8);

    assertThat(post(session, BodyPublishers.ofByteArray(large)).statusCode()).isEqualTo(413);
    BodyPublisher chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large));
    assertThat(post(session, chunked).statusCode()).isEqualTo(413);
    assertThat(post("", BodyPublishers.ofByteArray(large)).statusCode()).isEqualTo(413);

    assertThat(post(session, CALL).body()).contains("call 1");
  }

  @Test
  void aFirstMessageThatIsTooLargeBeginsNoSession() throws Exception {
    start("counts");
    String large =
        INITIALIZE.replace(
            "\"capabilities\":{", "\"capabilities\":{\"x\":\"" + "x".repeat(1 << 16) + "\"");
    assertThat(large.length()).isGreaterThan(1 << 16);

    for (int i = 0; i < 2; i++) {
      HttpResponse<String> refused = post("", large);
      assertThat(refused.statusCode()).isEqualTo(413);
      assertThat(refused.body())
          .contains("The first message of a session is longer than the gateway keeps.");
      newSession(); // by which what the upstream greets with is known
    }
  }

  @Test
  void anUpstreamsAnswerThatIsTooLargeIsAnErrorOfTheCall() throws Exception {
    start("floods");
    String session = newSession();

    assertThat(post(session, CALL).body())
        .contains("The tool did not answer: the upstream server sent something too large");
  }

  @Test
  void progressGoesToTheRequestThatItIsOfUnderTheClientsOwnToken() throws Exception {
    start("misreports");
    String session = newSession();

    assertThat(post(session, CALL.replace("}}", ",\"_meta\":{\"progressToken\":\"t\"}}}")).body())
        .contains("{\"progressToken\":\"t\",\"progress\":\"much\"}")
        .contains("\"done\"");
    assertThat(post(session, CALL).body()).doesNotContain("progress").contains("\"done\"");
  }

  @Test
  void nothingThatCannotBeJudgedReachesTheUpstream() throws Exception {
    start("counts");
    String session = newSession();
    for (String body :
        List.of(
            "[" + CALL + "]",
            CALL.replace("\"act\"", "\"x\",\"name\":\"act\""),
            CALL.replace("}}", "},\"params\":{\"name\":\"act\"}}"),
            CALL.replace("\"id\":1", "\"id\":null"),
            CALL.replace("}}", ""))) {
      assertThat(post(session, body).statusCode()).as(body).isEqualTo(400);
    }
    for (String body :
        List.of(
            CALL.replace("tools/call", "tools/Call"),
            CALL.replace("tools/call", "tools/call\\u0000"),
            CALL.replace("\"act\"", "\"Act\""),
            CALL.replace("\"act\"", "\"act\",\"arguments\":[]"),
            CALL.replace("{\"name\":\"act\"}", "null"))) {
      assertThat(post(session, body).body()).as(body).contains("\"error\"");
    }
    assertThat(post(session, CALL.replace("\"id\":1,", "")).body()).isEmpty();

    assertThat(post(session, CALL).body()).contains("call 1");
  }

  @Test
  void sessionsHaveTheirOwnUpstreamsHoweverTheyNumberTheirRequests() throws Exception {
    start("signs");
    String one = newSession();
    String two = newSession();
    String ofOne = text(post(one, CALL));
    String ofTwo = text(post(two, CALL));

    assertThat(ofOne).startsWith("from ").isNotEqualTo(ofTwo);
    assertThat(text(post(one, CALL))).isEqualTo(ofOne);
    assertThat(text(post(two, CALL))).isEqualTo(ofTwo);
    assertThat(post("", CALL).statusCode()).isEqualTo(400);
    assertThat(post(one + "x", CALL).statusCode()).isEqualTo(404);

    ProcessHandle upstream =
        ProcessHandle.of(Long.parseLong(ofOne.substring("from ".length()))).orElseThrow();
    http.send(request(one).DELETE().build(), BodyHandlers.discarding());
    upstream.onExit().get(30, TimeUnit.SECONDS);
    assertThat(post(one, CALL).statusCode()).isEqualTo(404);
    assertThat(text(post(two, CALL))).isEqualTo(ofTwo);
  }

  private static String text(HttpResponse<String> response) {
    return Conversation.text(answer(response));
  }

  private static Map<String, Object> answer(HttpResponse<String> response) {
    String data =
        response.body().lines().filter(line -> line.startsWith("data:")).findFirst().orElseThrow();
    return Conversation.parsed(data.substring("data:".length()));
  }

  @ParameterizedTest
  @CsvSource({
    "Host: evil.example, 421",
    "Host: 127.0.0.1.evil.example:PORT, 421",
    "Host: localhost.evil.example, 421",
    "Host: [::1]:PORT, 421",
    "Host: 127.0.0.1:PORT; Origin: http://evil.example, 403",
    "Host: 127.0.0.1:PORT; Origin: http://localhost.evil.example, 403",
    "Host: 127.0.0.1:PORT; Origin: https://127.0.0.1:PORT, 403",
    "Host: 127.0.0.1:PORT; Origin: null, 403",
    "Host: 127.0.0.1:PORT; Host: evil.example, 400",
    "Host: 127.0.0.1:PORT, 200",
    "Host: localhost:PORT; Origin: http://localhost:PORT, 200",
  })
  void aWebPageElsewhereIsNoClient(String headers, int status) throws Exception {
    start("behaves");

    assertThat(raw("application/json", headers)).isEqualTo(status);
  }

  @Test
  void whatABrowserSendsWithoutAskingFirstIsNoMessage() throws Exception {
    start("behaves");

    assertThat(raw("text/plain", "Host: 127.0.0.1:PORT")).isEqualTo(415);
  }

  private int raw(String type, String headers) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), gateway.server().port())) {
      String head =
          "POST /mcp HTTP/1.1\r\nConnection: close\r\nAccept: application/json, text/event-stream\r\n"
              + "Content-Type: %s\r\nContent-Length: %s\r\n%s\r\n\r\n"
                  .formatted(
                      type,
                      INITIALIZE.length(),
                      headers
                          .replace("; ", "\r\n")
                          .replace("PORT", String.valueOf(gateway.server().port())));
      socket.getOutputStream().write((head + INITIALIZE).getBytes(StandardCharsets.UTF_8));
      String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return Integer.parseInt(answer.substring("HTTP/1.1 ".length(), "HTTP/1.1 200".length()));
    }
  }

  @Test
  void aFailureOfItsOwnIsOneSentenceAndTheLogSaysWhy() throws Exception {
    TimeSource broken =
        new TimeSource() {
          @Override
          public long nanoTime() {
            throw new IllegalStateException("what nobody should see");
          }

          @Override
          public Instant instant() {
            return Instant.EPOCH;
          }
        };
    ToolGuard guard = ToolGuard.builder(Policy.parse(ALLOW)).build();
    gateway =
        HttpFront.start(
            Settings.of(guard, Conversation.badServer("behaves")).withTime(broken), null, 0);

    HttpResponse<String> failed = post("", INITIALIZE);

    assertThat(failed.statusCode()).isEqualTo(500);
    assertThat(failed.body().strip()).isEqualTo("The gateway failed; its log says why.");
    assertThat(logged.text())
        .contains("failed in the gateway: IllegalStateException \"what nobody should see\"");
  }

  @Test
  void nobodyIsServedButThisMachineItself() throws Exception {
    start("behaves");

    InetAddress alsoThisMachine = InetAddress.getByAddress(new byte[] {127, 0, 0, 2});
    assertThatThrownBy(() -> new Socket(alsoThisMachine, gateway.server().port()).close())
        .isInstanceOf(ConnectException.class);
  }
}
