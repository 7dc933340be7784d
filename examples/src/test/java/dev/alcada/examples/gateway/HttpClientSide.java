package dev.alcada.examples.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
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

  /** Begins a session; {@return what that was answered with} */
  HttpResponse<String> begin() throws IOException, InterruptedException {
    return begin("2025-06-18");
  }

  HttpResponse<String> begin(String version) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        post(
            "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
                + "\"%s\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}"
                    .formatted(version));
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
