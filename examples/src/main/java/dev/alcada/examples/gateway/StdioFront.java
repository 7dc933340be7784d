package dev.alcada.examples.gateway;

import dev.alcada.decision.Caller;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.ErrorCodes;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCNotification;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCRequest;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves one client over standard input and output until either side is gone. */
final class StdioFront {
  private static final Logger LOG = LoggerFactory.getLogger(StdioFront.class);
  private static final Duration GIVEN_UP = Duration.ofSeconds(30);

  private final MessageLines in;
  private final OutputStream out;
  private final Duration lastAnswers;
  private final Map<Object, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();
  private final CompletableFuture<Void> clientGone = new CompletableFuture<>();

  /**
   * @param lastAnswers how long what is under way may take once the client has closed its side
   */
  StdioFront(InputStream in, OutputStream out, int maxBytes, Duration lastAnswers) {
    this.in = new MessageLines(in, maxBytes);
    this.out = out;
    this.lastAnswers = lastAnswers;
  }

  /** {@return why the upstream ended, or {@code null} if the client did} */
  @Nullable String serve(Relay.Settings settings) throws IOException {
    try (Relay relay = new Relay(settings, Caller.grant("local"), this::write)) {
      Thread reader = new Thread(() -> read(relay), "client");
      reader.setDaemon(true);
      reader.start();
      CompletableFuture.anyOf(clientGone, relay.end()).join();
      if (!relay.end().isDone()) {
        return null;
      }
      // All has been given up, but another thread may still be about to say so.
      awaitAnswers(GIVEN_UP);
      return relay.end().join();
    }
  }

  private void read(Relay relay) {
    try {
      for (String line = nextLine(); line != null; line = nextLine()) {
        if (!line.isBlank()) {
          read(relay, line);
        }
      }
      awaitAnswers(lastAnswers);
    } catch (IOException e) {
      LOG.debug("The client is gone.", e);
    } finally {
      clientGone.complete(null);
    }
  }

  private void awaitAnswers(Duration patience) {
    try {
      CompletableFuture.allOf(underWay.values().toArray(CompletableFuture[]::new))
          .get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("Not everything was answered.", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private @Nullable String nextLine() throws IOException {
    try {
      return in.next();
    } catch (MessageLines.TooLongException e) {
      write(noId(ErrorCodes.INVALID_REQUEST, String.valueOf(e.getMessage())));
      return "";
    }
  }

  private void read(Relay relay, String line) {
    JSONRPCMessage message;
    try {
      message = McpSchema.deserializeJsonRpcMessage(Json.MAPPER, line);
    } catch (IOException | RuntimeException e) {
      LOG.debug("Not a message.", e);
      write(noId(ErrorCodes.PARSE_ERROR, "not a JSON-RPC message, or one with a key twice"));
      return;
    }
    if (message instanceof JSONRPCRequest request) {
      CompletableFuture<Void> answered = new CompletableFuture<>();
      Object question = new Object(); // an id may come twice
      underWay.put(question, answered);
      relay
          .request(request, this::write)
          .thenAccept(
              response -> {
                if (response != null) {
                  write(response);
                }
                underWay.remove(question);
                answered.complete(null);
              });
    } else if (message instanceof JSONRPCNotification notification) {
      relay.notification(notification);
    } else if (message instanceof JSONRPCResponse response) {
      relay.response(response);
    }
  }

  // JSON-RPC wants the id to be null here, which the SDK's record does not allow.
  private static Map<String, @Nullable Object> noId(int code, String message) {
    Map<String, @Nullable Object> response = new LinkedHashMap<>();
    response.put("jsonrpc", "2.0");
    response.put("id", null);
    response.put("error", Map.of("code", code, "message", message));
    return response;
  }

  private void write(Object message) {
    try {
      byte[] line =
          (Json.MAPPER.writeValueAsString(message) + "\n").getBytes(StandardCharsets.UTF_8);
      synchronized (out) {
        out.write(line);
        out.flush();
      }
    } catch (IOException e) {
      LOG.debug("The client takes no more messages.", e);
      clientGone.complete(null);
    }
  }
}
