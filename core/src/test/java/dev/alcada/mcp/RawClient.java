package dev.alcada.mcp;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A client over Streamable HTTP that does what no official one does, such as to hang up. */
final class RawClient {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

  private final String url;
  private String session = "";

  private RawClient(String url) {
    this.url = url;
  }

  /** {@return a client in a session of its own, which can show forms} */
  static RawClient begun(String url) throws IOException, InterruptedException {
    RawClient client = new RawClient(url);
    HttpResponse<String> begun =
        client.post(
            "{\"jsonrpc\": \"2.0\", \"id\": 0, \"method\": \"initialize\", \"params\": {\"protocolVersion\":"
                + " \"2025-06-18\", \"capabilities\": {\"elicitation\": {}}, \"clientInfo\": {\"name\": \"raw\","
                + " \"version\": \"1\"}}}");
    client.session = begun.headers().firstValue("Mcp-Session-Id").orElseThrow();
    client.post("{\"jsonrpc\": \"2.0\", \"method\": \"notifications/initialized\"}");
    return client;
  }

  static String call(int id, String tool, String arguments) {
    return "{\"jsonrpc\": \"2.0\", \"id\": %s, \"method\": \"tools/call\", \"params\": {\"name\": \"%s\", \"arguments\": %s}}"
        .formatted(id, tool, arguments);
  }

  HttpResponse<String> post(String body) throws IOException, InterruptedException {
    return HTTP.send(request(body), BodyHandlers.ofString());
  }

  /** Ticks the box of a form and accepts it. */
  void accept(String form) throws IOException, InterruptedException {
    result(form, "{\"action\": \"accept\", \"content\": {\"approve\": true}}");
  }

  /** Answers a ping. */
  void pong(String ping) throws IOException, InterruptedException {
    result(ping, "{}");
  }

  private void result(String id, String result) throws IOException, InterruptedException {
    post("{\"jsonrpc\": \"2.0\", \"id\": \"%s\", \"result\": %s}".formatted(id, result));
  }

  /** Says that it waits no longer for the answer of a request. */
  void cancel(int id) throws IOException, InterruptedException {
    post(
        "{\"jsonrpc\": \"2.0\", \"method\": \"notifications/cancelled\", \"params\":"
            + " {\"requestId\": %s}}".formatted(id));
  }

  /** Sends a message and leaves what answers it open; closing that closes the connection. */
  Answering open(String body) {
    return opening(body).join();
  }

  /** The same as {@link #open} where the server answers nothing for a while. */
  CompletableFuture<Answering> opening(String body) {
    return HTTP.sendAsync(request(body), BodyHandlers.ofInputStream())
        .thenApply(
            answer ->
                new Answering(
                    new BufferedReader(
                        new InputStreamReader(answer.body(), StandardCharsets.UTF_8))));
  }

  /** Sends a message and waits for nothing; closing the socket closes the connection. */
  Socket send(String body) throws IOException {
    URI address = URI.create(url);
    Socket socket = new Socket(address.getHost(), address.getPort());
    byte[] text = body.getBytes(StandardCharsets.UTF_8);
    String head =
        "POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nMcp-Session-Id: %s\r\n"
                .formatted(address.getPath(), address.getAuthority(), session)
            + "Accept: application/json, text/event-stream\r\nContent-Length: %s\r\n\r\n"
                .formatted(text.length);
    socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().write(text);
    socket.getOutputStream().flush();
    return socket;
  }

  private HttpRequest request(String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .POST(BodyPublishers.ofString(body));
    return (session.isEmpty() ? request : request.header("Mcp-Session-Id", session)).build();
  }

  /** The events of one answer. */
  record Answering(BufferedReader events) implements AutoCloseable {
    /** {@return the next message, as it came} */
    String next() throws IOException {
      String line = events.readLine();
      while (line != null && !line.startsWith("data:")) {
        line = events.readLine();
      }
      if (line == null) {
        throw new EOFException("the server has ended its answer");
      }
      return line;
    }

    /** {@return the identifier of the next request of this method} */
    String idOf(String method) throws IOException {
      String message = next();
      while (!message.contains("\"" + method + "\"")) {
        message = next();
      }
      Matcher id = ID.matcher(message);
      if (!id.find()) {
        throw new AssertionError(message);
      }
      return id.group(1);
    }

    @Override
    public void close() throws IOException {
      events.close();
    }
  }
}
