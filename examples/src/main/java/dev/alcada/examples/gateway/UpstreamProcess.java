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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An MCP server that the gateway started. It has the gateway's environment and standard error; its
 * standard input and output carry the messages.
 */
final class UpstreamProcess implements Upstream {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamProcess.class);
  private static final long GRACE_SECONDS = 3;

  private final Process process;
  private final OutputStream toServer;
  private final Thread atExit = new Thread(this::end, "upstream-end");
  private volatile boolean closing;

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
    String line = "";
    while (line != null) {
      try {
        line = lines.next();
        if (line != null && line.stripLeading().startsWith("{")) {
          listener.onMessage(McpSchema.deserializeJsonRpcMessage(Json.MAPPER, line));
        } else if (line != null && !line.isBlank()) {
          LOG.warn("The upstream wrote a line to standard output that is no message; skipped.");
        }
      } catch (MessageLines.TooLongException e) {
        listener.onBroken("the upstream server sent something too large: " + e.getMessage());
      } catch (IOException e) {
        LOG.debug("The upstream's output cannot be read.", e);
        line = null;
      } catch (RuntimeException e) {
        LOG.debug("Not a message.", e);
        listener.onBroken("the upstream server sent something that is not a JSON-RPC message");
      }
    }
    listener.onEnd(closing ? "the gateway is closing" : "the upstream server " + farewell());
  }

  private String farewell() {
    try {
      return process.waitFor(GRACE_SECONDS, TimeUnit.SECONDS)
          ? "ended with exit code " + process.exitValue()
          : "closed its output";
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

  /** {@return its exit code; waits for its end} */
  int exitCode() throws InterruptedException {
    return process.waitFor();
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
