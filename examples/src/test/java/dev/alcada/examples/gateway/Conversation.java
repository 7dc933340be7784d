package dev.alcada.examples.gateway;

import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
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

  private final PipedOutputStream toGateway = new PipedOutputStream();
  private final BufferedReader fromGateway;
  private final CompletableFuture<String> end;

  private Conversation(
      ToolGuard guard, Upstream.Opener opener, Duration startTime, boolean toolsOnly)
      throws IOException {
    PipedInputStream gatewayIn = new PipedInputStream(toGateway, 16 * MIB);
    PipedOutputStream gatewayOut = new PipedOutputStream();
    PipedInputStream in = new PipedInputStream(gatewayOut, 16 * MIB);
    fromGateway = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    StdioFront front = new StdioFront(gatewayIn, gatewayOut, 2 * MIB);
    end =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                String why = front.serve(new Relay.Settings(guard, opener, toolsOnly, startTime));
                return why == null ? "" : why;
              } catch (IOException e) {
                return e.toString();
              }
            },
            task -> new Thread(task, "gateway").start());
  }

  static Conversation with(String policy, List<String> command, Duration startTime)
      throws IOException {
    return with(policy, command, startTime, false);
  }

  static Conversation with(
      String policy, List<String> command, Duration startTime, boolean toolsOnly)
      throws IOException {
    return new Conversation(
        ToolGuard.builder(Policy.parse(policy)).resultClassifier(GuardedTools::nothingDone).build(),
        listener -> UpstreamProcess.start(command, 2 * MIB, listener),
        startTime,
        toolsOnly);
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
        "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"tools/call\",\"params\":{\"name\":\"%s\"}}"
            .formatted(id, tool));
    return next();
  }

  @SuppressWarnings("unchecked")
  Map<String, Object> next() throws IOException {
    return Json.MAPPER.readValue(fromGateway.readLine(), Map.class);
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
