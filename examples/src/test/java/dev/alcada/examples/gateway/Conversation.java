package dev.alcada.examples.gateway;

import dev.alcada.examples.ChildJvm;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/**
 * A client's end of a gateway over stdio in this process, with messages as they are on the wire.
 */
final class Conversation implements AutoCloseable {
  private static final int MIB = 1 << 20;
  private static final HttpClient HTTP = UpstreamUrl.http();

  private final OutputStream toGateway;
  private final BufferedReader fromGateway;
  private final CompletableFuture<String> end;
  private boolean answersPings = true;

  private Conversation(Settings settings) throws IOException {
    this(settings, Duration.ofSeconds(30));
  }

  private Conversation(Settings settings, Duration patience) throws IOException {
    Pipe there = Pipe.open();
    Pipe back = Pipe.open();
    toGateway = Channels.newOutputStream(there.sink());
    fromGateway = new BufferedReader(Channels.newReader(back.source(), StandardCharsets.UTF_8));
    StdioFront front =
        new StdioFront(
            Channels.newInputStream(there.source()),
            Channels.newOutputStream(back.sink()),
            settings.maxBytes(),
            patience);
    end =
        CompletableFuture.supplyAsync(
            () -> {
              String why = front.serve(settings);
              return why == null ? "" : why;
            },
            task -> new Thread(task, "gateway").start());
  }

  /** With a {@link BadServer} of the given manner. */
  static Conversation with(String policy, String manner) throws IOException {
    return with(policy, manner, settings -> settings);
  }

  static Conversation with(String policy, String manner, UnaryOperator<Settings> more)
      throws IOException {
    return with(
        ToolGuard.builder(Policy.parse(policy)).resultClassifier(GuardedTools::nothingDone),
        manner,
        more);
  }

  static Conversation with(ToolGuard.Builder guard, String manner, UnaryOperator<Settings> more)
      throws IOException {
    Settings settings = Settings.of(guard.build(), badServer(manner)).withMaxBytes(2 * MIB);
    return new Conversation(more.apply(settings));
  }

  /** With an {@link ObedientServer} that has this ledger. */
  static Conversation obeyed(String policy, Path ledger) throws IOException {
    return obeyed(policy, ledger, settings -> settings);
  }

  static Conversation obeyed(String policy, Path ledger, UnaryOperator<Settings> more)
      throws IOException {
    ToolGuard guard =
        ToolGuard.builder(Policy.parse(policy)).resultClassifier(GuardedTools::nothingDone).build();
    return new Conversation(
        more.apply(Settings.of(guard, obedientServer(ledger)).withMaxBytes(2 * MIB)));
  }

  /** As others, but what is under way at the end is not waited for. */
  static Conversation obeyed(ToolGuard.Builder builder, Path ledger) throws IOException {
    ToolGuard guard = builder.resultClassifier(GuardedTools::nothingDone).build();
    return new Conversation(
        Settings.of(guard, obedientServer(ledger)).withMaxBytes(2 * MIB), Duration.ofMillis(1));
  }

  /** With a server at an address. */
  static Conversation at(String policy, URI uri) throws IOException {
    return at(policy, uri, Map.of());
  }

  static Conversation at(String policy, URI uri, Map<String, String> headers) throws IOException {
    ToolGuard guard =
        ToolGuard.builder(Policy.parse(policy)).resultClassifier(GuardedTools::nothingDone).build();
    UpstreamUrl.Address address = new UpstreamUrl.Address(HTTP, uri, headers, 2 * MIB);
    return new Conversation(
        Settings.of(guard, listener -> new UpstreamUrl(address, listener)).withMaxBytes(2 * MIB));
  }

  static Upstream.Opener obedientServer(Path ledger) {
    return obedientServer(ledger, Duration.ofSeconds(30));
  }

  static Upstream.Opener obedientServer(Path ledger, Duration takes) {
    List<String> command = ChildJvm.command(ObedientServer.class, ledger.toString());
    UpstreamProcess.Limits limits = new UpstreamProcess.Limits(2 * MIB, takes);
    return listener -> UpstreamProcess.start(command, limits, listener);
  }

  static Upstream.Opener badServer(String manner) {
    List<String> command = ChildJvm.command(BadServer.class, manner);
    UpstreamProcess.Limits limits = new UpstreamProcess.Limits(2 * MIB, Duration.ofSeconds(30));
    return listener -> UpstreamProcess.start(command, limits, listener);
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

  /** {@return the next message that is no ping; those are answered, as every client does} */
  Map<String, Object> next() throws IOException {
    Map<String, Object> message = parsed(fromGateway.readLine());
    while (Methods.PING.equals(message.get("method"))) {
      if (answersPings) {
        send("{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":{}}".formatted(message.get("id")));
      }
      message = parsed(fromGateway.readLine());
    }
    return message;
  }

  /** From now on it hears nothing more, but of what it calls. */
  void answerNoPings() {
    answersPings = false;
  }

  /** {@return the members of a message} */
  static Map<String, Object> parsed(String text) {
    return Json.object(Json.read(text));
  }

  /** Calls a tool whose name and what follows it are JSON as it comes. */
  Map<String, Object> callRaw(int id, String nameAndMore) throws IOException {
    send(
        "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"tools/call\",\"params\":{\"name\":%s}}"
            .formatted(id, nameAndMore));
    return answer();
  }

  /** Sends a call of a tool with arguments that are JSON. */
  void sendCall(int id, String tool, String arguments) throws IOException {
    send(
        "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"tools/call\",\"params\":{\"name\":\"%s\",\"arguments\":%s}}"
            .formatted(id, tool, arguments));
  }

  Map<String, Object> call(int id, String tool, String arguments) throws IOException {
    sendCall(id, tool, arguments);
    return answer();
  }

  /** Makes a request of any method, with parameters that are JSON. */
  Map<String, Object> ask(int id, String method, String params) throws IOException {
    send(
        "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"%s\",\"params\":%s}"
            .formatted(id, method, params));
    return answer();
  }

  void cancel(int id) throws IOException {
    send(
        "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":%s}}"
            .formatted(id));
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
