package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.decision.Caller;
import dev.alcada.guard.ToolGuard;
import dev.alcada.pluggy.ConnectTokenTool;
import dev.alcada.pluggy.PluggyClient;
import dev.alcada.pluggy.testing.PluggyStandIn;
import dev.alcada.policy.Policy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectPageTest {
  private final PluggyStandIn pluggy = PluggyStandIn.start();
  private final PluggyClient client =
      PluggyClient.builder()
          .credentials(PluggyStandIn.CLIENT_ID, PluggyStandIn.CLIENT_SECRET)
          .baseAddress(pluggy.baseAddress())
          .build();
  private LoopbackServer server;

  @BeforeEach
  void start() throws IOException {
    Policy policy = Policy.load(Path.of("policies/create_connect_token.json"));
    server =
        LoopbackServer.start(
            new ConnectPage(
                ToolGuard.builder(policy).build(),
                ConnectTokenTool.builder(client).clientUserId(Caller::grant).build(),
                "/w.js?a=1&b=%222"),
            0);
  }

  @AfterEach
  void stop() {
    server.close();
    client.close();
    pluggy.close();
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create(server.url() + path));
  }

  private HttpResponse<String> mint() throws Exception {
    return send(
        to("/token").POST(HttpRequest.BodyPublishers.noBody()).header("X-Connect-Page", "1"));
  }

  @Test
  void servesAPageThatLoadsTheConfiguredWidget() throws Exception {
    HttpResponse<String> page = send(to("/"));
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body()).contains("<script src=\"/w.js?a=1&amp;b=%222\">");
    assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(send(to("/other")).statusCode()).isEqualTo(404);
  }

  @Test
  void givesATokenThatPluggyAcceptsAndNoneAboveTheLimit() throws Exception {
    for (int i = 0; i < 30; i++) {
      assertThat(mint().statusCode()).isEqualTo(200);
    }
    HttpResponse<String> over = mint();
    assertThat(over.statusCode()).isEqualTo(403);
    assertThat(over.body()).contains("problem").doesNotContain("connectToken");
    assertThat(pluggy.minted()).isEqualTo(30);
  }

  @Test
  void givesNothingToAFormOfAnotherSite() throws Exception {
    HttpResponse<String> answer =
        send(to("/token").POST(HttpRequest.BodyPublishers.ofString("x=1")));
    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(pluggy.minted()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:%s, 200",
    "localhost:%s, 200",
    "evil.example:%s, 404",
    "127.0.0.1.evil.example:%s, 404",
    "127.0.0.1:1, 404",
    "localhost, 404"
  })
  void givesNothingToAPageUnderAnotherHostsName(String host, int status) throws Exception {
    int port = server.port();
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String request =
          """
          POST /token HTTP/1.1\r
          Host: %s\r
          X-Connect-Page: 1\r
          Content-Length: 0\r
          Connection: close\r
          \r
          """;
      socket
          .getOutputStream()
          .write(request.formatted(host.formatted(port)).getBytes(StandardCharsets.US_ASCII));
      assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
          .startsWith("HTTP/1.1 " + status);
    }
    assertThat(pluggy.minted()).isEqualTo(status == 200 ? 1 : 0);
  }

  @Test
  void letsNoOtherPageFrameIt() throws Exception {
    assertThat(send(to("/")).headers().firstValue("Content-Security-Policy"))
        .hasValue("frame-ancestors 'none'");
  }

  @Test
  void saysNothingOfWhatPluggySaid() throws Exception {
    pluggy.disable(true);
    HttpResponse<String> answer = mint();
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(answer.body())
        .isEqualTo("{\"problem\":\"Pluggy gave no token. Please try again later.\"}");
  }
}
