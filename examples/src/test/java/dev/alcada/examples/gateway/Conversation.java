package dev.alcada.examples.gateway;

import dev.alcada.examples.ChildJvm;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A client's end of a gateway over stdio in this process, with messages as they are on the wire.
 */
final class Conversation implements AutoCloseable {
  private static final int MIB = 1 << 20;

  private final OutputStream toGateway;
  private final BufferedReader fromGateway;
  private final CompletableFuture<String> end;

  private Conversation(
      ToolGuard guard, Upstream.Opener opener, Duration startTime, boolean toolsOnly)
      throws IOException {
    Pipe there = Pipe.open();
    Pipe back = Pipe.open();
    toGateway = Channels.newOutputStream(there.sink());
    fromGateway = new BufferedReader(Channels.newReader(back.source(), StandardCharsets.UTF_8));
    StdioFront front =
        new StdioFront(
            Channels.newInputStream(there.source()),
            Channels.newOutputStream(back.sink()),
            2 * MIB,
            Duration.ofSeconds(30));
    end =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                String why =
                    front.serve(
                        new Relay.Settings(
                            guard, PolicyFit.of(guard, false), opener, toolsOnly, startTime));
                return why == null ? "" : why;
              } catch (IOException e) {
                return e.toString();
              }
            },
            task -> new Thread(task, "gateway").start());
  }

  /** With a {@link BadServer} of the given manner. */
  static Conversation with(String policy, String manner) throws IOException {
    return with(policy, manner, Duration.ofSeconds(30), false);
  }

  static Conversation with(String policy, String manner, Duration startTime, boolean toolsOnly)
      throws IOException {
    return with(
        ToolGuard.builder(Policy.parse(policy)).resultClassifier(GuardedTools::nothingDone),
        manner,
        startTime,
        toolsOnly);
  }

  static Conversation with(
      ToolGuard.Builder guard, String manner, Duration startTime, boolean toolsOnly)
      throws IOException {
    List<String> command = ChildJvm.command(BadServer.class, manner);
    return new Conversation(
        guard.build(),
        listener -> UpstreamProcess.start(command, 2 * MIB, listener),
        startTime,
        toolsOnly);
  }

  static String text(Map<String, Object> answer) {
    Map<String, Object> result = Json.object(answer.get("result"));
    return String.valueOf(Json.object(Json.list(result.get("content")).get(0)).get("text"));
  }

  static String errorCode(Map<String, Object> answer) {
    return String.valueOf(Json.object(answer.get("error")).get("code"));
  }

  void send(String line) throws IOException {
    toGateway.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    toGateway.flush();
  }

  Map<String, Object> initialize() throws IOException {
    send(
        "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
            + "\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}");
    Map<String, Object> answer = next();
    send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    return answer;
  }

  Map<String, Object> call(int id, String tool) throws IOException {
    send(
        "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"tools/call\",\"params\":{\"name\":\"%s\"}}"
            .formatted(id, tool));
    return answer();
  }

  @SuppressWarnings("unchecked")
  Map<String, Object> next() throws IOException {
    return Json.MAPPER.readValue(fromGateway.readLine(), Map.class);
  }

  /** Calls a tool whose name and what follows it are JSON as it comes. */
  Map<String, Object> callRaw(int id, String nameAndMore) throws IOException {
    send(
        "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"tools/call\",\"params\":{\"name\":%s}}"
            .formatted(id, nameAndMore));
    return answer();
  }

  /** {@return the next message that is no notification} */
  Map<String, Object> answer() throws IOException {
    Map<String, Object> message = next();
    while (!message.containsKey("id")) {
      message = next();
    }
    return message;
  }

  void hangUp() throws IOException {
    toGateway.close();
  }

  /** {@return why the gateway ended; empty if because the client did} */
  String end() throws Exception {
    return end.get(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    toGateway.close();
    end.join();
  }
}
