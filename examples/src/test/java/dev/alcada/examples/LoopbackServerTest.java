package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gateway and the approval desk are served by. */
class LoopbackServerTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  /** Answers with what it was sent, and fails when told to. */
  private static final class Echo extends HttpServlet {
    private static final long serialVersionUID = 1L;

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      if (request.getRequestURI().equals("/fail")) {
        throw new IllegalStateException("what nobody should see");
      }
      String form = request.getParameter("a") + "," + request.getParameter("b");
      String body = new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      response.setCharacterEncoding("UTF-8");
      response.getWriter().print(request.getMethod() + " " + form + " " + body.length());
    }
  }

  private static HttpResponse<String> send(LoopbackServer server, String path, String body)
      throws Exception {
    return HTTP.send(
        HttpRequest.newBuilder(URI.create(server.url() + path))
            .timeout(Duration.ofSeconds(60))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "Content-Length: 500\r\n\r\na=1", "Transfer-Encoding: chunked\r\n\r\n5"})
  void requestsThatAreHalfSentStopNobodyElse(String half) throws Exception {
    List<Socket> sockets = new ArrayList<>();
    try (LoopbackServer server = LoopbackServer.start(new Echo(), 0)) {
      for (int i = 0; i < 230; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        sockets.add(socket);
        String head = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n" + half;
        socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
      }

      assertThat(send(server, "/", "a=1").body()).isEqualTo("POST 1,null 3");
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  @Test
  void aFormIsReadAsAFormAndWhatIsTooLargeIsRefused() throws Exception {
    try (LoopbackServer server = LoopbackServer.start(new Echo(), 0, 100)) {
      assertThat(send(server, "/?a=q", "b=%C3%A9+x&a=2&c").body()).isEqualTo("POST q,é x 16");
      assertThat(send(server, "/", "").body()).isEqualTo("POST null,null 0");
      assertThat(send(server, "/", "x".repeat(100)).statusCode()).isEqualTo(200);
      assertThat(send(server, "/", "x".repeat(101)).statusCode()).isEqualTo(413);
    }
  }

  @Test
  void whatIsTooLargeIsRefusedThoughItDoesNotSaySo() throws Exception {
    try (LoopbackServer server = LoopbackServer.start(new Echo(), 0, 100);
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      String head = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nTransfer-Encoding: chunked\r\n\r\n";
      socket
          .getOutputStream()
          .write((head + "65\r\n" + "x".repeat(101)).getBytes(StandardCharsets.US_ASCII));

      assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
          .isEqualTo("HTTP/1.1 413");
    }
  }

  /** Nine of the largest are more than may be arriving at once. */
  @Test
  void largeRequestsThatNeverWhollyArriveStopNobodyElse() throws Exception {
    int most = 50_000;
    List<Socket> sockets = new ArrayList<>();
    try (LoopbackServer server = LoopbackServer.start(new Echo(), 0, most)) {
      String head = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: " + most + "\r\n\r\n";
      for (int i = 0; i < 40; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        sockets.add(socket);
        socket
            .getOutputStream()
            .write((head + "x".repeat(most - 1)).getBytes(StandardCharsets.US_ASCII));
      }
      String body = "a=" + "1".repeat(100);
      for (int i = 0; i < 20; i++) {
        send(server, "/", body); // while they are still coming in
      }
      for (int i = 0; i < 10; i++) {
        assertThat(send(server, "/", body).statusCode()).isEqualTo(200);
      }
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  /** What has arrived takes its room until it has been taken in. */
  @Test
  void bodiesThatAreBeingTakenInCountToo() throws Exception {
    int most = 50_000;
    CountDownLatch begun = new CountDownLatch(8);
    CountDownLatch begunToo = new CountDownLatch(9);
    CountDownLatch go = new CountDownLatch(1);
    HttpServlet slow =
        new HttpServlet() {
          private static final long serialVersionUID = 1L;

          @Override
          protected void service(HttpServletRequest request, HttpServletResponse response) {
            begun.countDown();
            begunToo.countDown();
            try {
              go.await();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    String body = "x".repeat(most);
    try (LoopbackServer server = LoopbackServer.start(slow, 0, most)) {
      List<CompletableFuture<Integer>> first = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        first.add(
            CompletableFuture.supplyAsync(
                () -> status(server, body), task -> new Thread(task).start()));
      }
      begun.await();

      assertThat(send(server, "/", body).statusCode()).isEqualTo(503);
      CompletableFuture<Integer> small =
          CompletableFuture.supplyAsync(
              () -> status(server, "a=1"), task -> new Thread(task).start());
      begunToo.await();
      go.countDown();
      assertThat(small.join()).isEqualTo(200);
      assertThat(first).allSatisfy(answer -> assertThat(answer.join()).isEqualTo(200));
      assertThat(send(server, "/", body).statusCode()).isEqualTo(200);
    }
  }

  private static int status(LoopbackServer server, String body) {
    try {
      return send(server, "/", body).statusCode();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anErrorSaysNothingOfThisProgram() throws Exception {
    try (LoopbackServer server = LoopbackServer.start(new Echo(), 0)) {
      HttpResponse<String> failed = send(server, "/fail", "a=1");

      assertThat(failed.statusCode()).isEqualTo(500);
      assertThat(failed.body()).doesNotContain("nobody should see", "Exception", "Tomcat");
    }
  }
}
