package dev.alcada.examples.gateway;

import dev.alcada.examples.ChildJvm;
import dev.alcada.examples.Main;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A client's end of a gateway that is a process, with an {@link ObedientServer} behind it. */
final class GatewayProcess implements AutoCloseable {
  private final Process process;
  private final OutputStream to;
  private final BufferedReader from;
  private final Path errors;

  private GatewayProcess(Process process, Path errors) {
    this.process = process;
    this.to = process.getOutputStream();
    this.from =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    this.errors = errors;
  }

  /** Starts one that keeps its files, its standard error among them, in a directory. */
  static GatewayProcess start(Path directory, String policy, String... options) throws IOException {
    Path errors = directory.resolve("stderr");
    return start(directory, policy, ProcessBuilder.Redirect.to(errors.toFile()), options);
  }

  static GatewayProcess start(
      Path directory, String policy, ProcessBuilder.Redirect errors, String... options)
      throws IOException {
    Files.writeString(directory.resolve("policy.json"), policy);
    List<String> command = new ArrayList<>(ChildJvm.command(Main.class));
    for (String option : options) {
      // What is for the JVM comes before the program's name.
      command.add(option.startsWith("-D") ? command.size() - 1 : command.size(), option);
    }
    int program = command.indexOf(Main.class.getName());
    command.addAll(
        program + 1, List.of("gateway", "--policy", directory.resolve("policy.json").toString()));
    command.add("--");
    command.addAll(ChildJvm.command(ObedientServer.class, directory.resolve("ledger").toString()));
    return new GatewayProcess(
        new ProcessBuilder(command).redirectError(errors).start(), directory.resolve("stderr"));
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  int exitCode() throws InterruptedException {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new IllegalStateException("it has not ended");
    }
    return process.exitValue();
  }

  void send(String line) throws IOException {
    to.write((line + "\n").getBytes(StandardCharsets.UTF_8));
    to.flush();
  }

  Map<String, Object> next() throws IOException {
    return Conversation.parsed(from.readLine());
  }

  Map<String, Object> answer() throws IOException {
    Map<String, Object> message = next();
    while (!message.containsKey("id")) {
      message = next();
    }
    return message;
  }

  Map<String, Object> initialize() throws IOException {
    send(
        "{\"jsonrpc\":\"2.0\",\"id\":0,\"method\":\"initialize\",\"params\":{\"protocolVersion\":"
            + "\"2025-06-18\",\"capabilities\":{},\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}");
    Map<String, Object> answer = answer();
    send("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}");
    return answer;
  }

  Map<String, Object> call(int id, String tool, String arguments) throws IOException {
    send(
        "{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"tools/call\",\"params\":{\"name\":\"%s\",\"arguments\":%s}}"
            .formatted(id, tool, arguments));
    return answer();
  }

  void hangUp() throws IOException {
    to.close();
  }

  String errors() throws IOException {
    return Files.readString(errors);
  }

  /** {@return what it has written to standard error, once a whole line has this in it} */
  String awaitError(String part) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!isWritten(part) && System.nanoTime() < deadline && process.isAlive()) {
      process.waitFor(50, TimeUnit.MILLISECONDS);
    }
    return errors();
  }

  private boolean isWritten(String part) throws IOException {
    String errors = errors();
    int at = errors.indexOf(part);
    return at >= 0 && errors.indexOf('\n', at) >= 0;
  }

  @Override
  public void close() throws IOException {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    from.close();
  }
}
