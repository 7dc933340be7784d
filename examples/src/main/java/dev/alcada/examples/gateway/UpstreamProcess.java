package dev.alcada.examples.gateway;

import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An MCP server that the gateway started. It has the gateway's environment and standard error; its
 * standard input and output carry the messages.
 */
final class UpstreamProcess implements Upstream {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamProcess.class);
  private static final long GRACE_SECONDS = 3;
  private static final long EXIT_SECONDS = 20;

  private final Process process;
  private final OutputStream toServer;
  private final Thread atExit = new Thread(this::end, "upstream-end");
  private volatile boolean closing;
  private volatile int exitCode = 1;

  private UpstreamProcess(Process process) {
    this.process = process;
    this.toServer = process.getOutputStream();
  }

  static UpstreamProcess start(List<String> command, int maxBytes, Listener listener)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.redirectError(ProcessBuilder.Redirect.INHERIT);
    UpstreamProcess started = new UpstreamProcess(builder.start());
    Runtime.getRuntime().addShutdownHook(started.atExit);
    Thread reader = new Thread(() -> started.read(maxBytes, listener), "upstream");
    reader.setDaemon(true);
    reader.start();
    return started;
  }

  private void read(int maxBytes, Listener listener) {
    MessageLines lines = new MessageLines(process.getInputStream(), maxBytes);
    try {
      for (String line = next(lines, listener); line != null; line = next(lines, listener)) {
        receive(line, listener);
      }
    } catch (IOException e) {
      LOG.debug("The upstream's output cannot be read.", e);
    }
    listener.onEnd(closing ? "the gateway is closing" : "the upstream server " + farewell());
  }

  private static @Nullable String next(MessageLines lines, Listener listener) throws IOException {
    try {
      return lines.next();
    } catch (MessageLines.TooLongException e) {
      listener.onBroken("the upstream server sent something too large: " + e.getMessage());
      return "";
    }
  }

  private static void receive(String line, Listener listener) {
    if (line.stripLeading().startsWith("{")) {
      JSONRPCMessage message;
      try {
        message = McpSchema.deserializeJsonRpcMessage(Json.MAPPER, line);
      } catch (IOException | RuntimeException e) {
        LOG.debug("Not a message.", e);
        listener.onBroken("the upstream server sent something that is not a JSON-RPC message");
        return;
      }
      try {
        listener.onMessage(message);
      } catch (RuntimeException e) {
        // This thread goes on, or nobody would hear of the server again, not even its end.
        LOG.debug("A message that cannot be used.", e);
        listener.onBroken("the upstream server sent something that cannot be used");
      }
    } else if (!line.isBlank()) {
      LOG.warn("The upstream wrote a line to standard output that is no message; skipped.");
    }
  }

  // On a busy machine, and behind a launcher, a while passes between the two ends.
  private String farewell() {
    try {
      if (process.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)) {
        exitCode = process.exitValue();
        return "ended with exit code " + exitCode;
      }
      return "closed its output";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "closed its output";
    }
  }

  @Override
  public CompletionStage<Void> send(JSONRPCMessage message) {
    try {
      byte[] line =
          (Json.MAPPER.writeValueAsString(message) + "\n").getBytes(StandardCharsets.UTF_8);
      synchronized (toServer) {
        toServer.write(line);
        toServer.flush();
      }
      return CompletableFuture.completedFuture(null);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(
          new UpstreamException("the upstream server takes no more messages"));
    }
  }

  /** {@return the exit code it chose itself, or 1 if the gateway ended it} */
  int exitCode() {
    return exitCode;
  }

  @Override
  public void close() {
    end();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      LOG.debug("The program is ending anyway.", e);
    }
  }

  // Closes its input, waits, and then insists: the shutdown that MCP describes for stdio.
  private void end() {
    closing = true;
    try {
      toServer.close();
    } catch (IOException e) {
      LOG.debug("The upstream's input was closed already.", e);
    }
    try {
      if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroy);
        process.destroy();
        if (!process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)) {
          process.descendants().forEach(ProcessHandle::destroyForcibly);
          process.destroyForcibly();
        }
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
