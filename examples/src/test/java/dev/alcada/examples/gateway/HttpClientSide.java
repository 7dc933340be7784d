package dev.alcada.examples.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A client's end of a gateway over HTTP, with messages as they are on the wire. */
final class HttpClientSide {
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final String url;
  private String session = "";

  HttpClientSide(String url) {
    this.url = url;
  }

  HttpRequest.Builder request() {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream");
    return session.isEmpty() ? request : request.header("Mcp-Session-Id", session);
  }

  HttpResponse<String> post(String body) throws IOException, InterruptedException {
    return HTTP.send(
        request().POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
  }

  CompletableFuture<HttpResponse<String>> postAsync(String body) {
    return HTTP.sendAsync(
        request().POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofString());
  }

  /** Leaves what answers a message open; closing it closes the connection. */
  BufferedReader open(String body) throws IOException, InterruptedException {
    HttpResponse<InputStream> answer =
        HTTP.send(
            request().POST(BodyPublishers.ofString(body)).build(), BodyHandlers.ofInputStream());
    return new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8));
  }

  /** {@return the next message of what is open} */
  static Map<String, Object> next(BufferedReader open) throws IOException {
    String line = open.readLine();
    while (!line.startsWith("data:")) {
      line = open.readLine();
    }
    return Conversation.parsed(line.substring("data:".length()));
  }

  /** Begins a session; {@return what that was answered with} */
  HttpResponse<String> begin() throws IOException, InterruptedException {
    return begin("2025-06-18");
  }

  HttpResponse<String> begin(String version) throws IOException, InterruptedException {
    return begin(version, "{}");
  }

  HttpResponse<String> begin(String version, String capabilities)
      throws IOException, InterruptedException {
    HttpResponse<String> answer =
        post(
            "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
                + "\"%s\",\"capabilities\":%s,\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}"
                    .formatted(version, capabilities));
    session = answer.headers().firstValue("Mcp-Session-Id").orElse("");
    if (!session.isEmpty()) {
      post("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    }
    return answer;
  }

  static String callOf(int id, String tool, String arguments) {
    return "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"tools/call\",\"params\":{\"name\":\"%s\",\"arguments\":%s}}"
        .formatted(id, tool, arguments);
  }

  HttpResponse<String> call(int id, String tool, String arguments)
      throws IOException, InterruptedException {
    return post(callOf(id, tool, arguments));
  }

  /** {@return the text of a call's result} */
  String text(int id, String tool, String arguments) throws IOException, InterruptedException {
    return text(call(id, tool, arguments));
  }

  static String text(HttpResponse<String> response) {
    return response
        .body()
        .lines()
        .filter(line -> line.startsWith("data:"))
        .map(line -> Conversation.parsed(line.substring("data:".length())))
        .filter(message -> message.containsKey("id") && !message.containsKey("method"))
        .findFirst()
        .map(Conversation::text)
        .orElse("status " + response.statusCode());
  }

  /** Listens to what the server says of its own accord. */
  InputStream listen() throws IOException, InterruptedException {
    return HTTP.send(request().GET().build(), BodyHandlers.ofInputStream()).body();
  }

  int end() throws IOException, InterruptedException {
    return HTTP.send(request().DELETE().build(), BodyHandlers.discarding()).statusCode();
  }

  static Map<String, Object> parsed(HttpResponse<String> response) {
    return Conversation.parsed(response.body());
  }
}
