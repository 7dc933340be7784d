package dev.alcada.examples.gateway;

import io.modelcontextprotocol.client.McpAsyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCMessage;
import io.modelcontextprotocol.spec.McpSchema.JSONRPCResponse;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/** An MCP server reached over Streamable HTTP. */
final class UpstreamUrl implements Upstream {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamUrl.class);
  private static final Duration CLOSE = Duration.ofSeconds(3);

  private final HttpClientStreamableHttpTransport transport;
  private volatile @Nullable String protocolVersion;

  private UpstreamUrl(HttpClientStreamableHttpTransport transport) {
    this.transport = transport;
  }

  static UpstreamUrl connect(URI url, int maxBytes, Listener listener) {
    String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    HttpClientStreamableHttpTransport transport =
        HttpClientStreamableHttpTransport.builder(url.getScheme() + "://" + url.getRawAuthority())
            .endpoint(path + query)
            .jsonMapper(Json.MAPPER)
            .maxResponseSize(maxBytes)
            .build();
    UpstreamUrl upstream = new UpstreamUrl(transport);
    transport.setExceptionHandler(
        thrown -> {
          LOG.debug("The upstream's stream broke.", thrown);
          listener.onBroken(why(thrown));
        });
    transport
        .connect(
            received ->
                received.flatMap(
                    message -> {
                      upstream.noteVersion(message);
                      listener.onMessage(message);
                      return Mono.<JSONRPCMessage>empty();
                    }))
        .block(CLOSE);
    return upstream;
  }

  private void noteVersion(JSONRPCMessage message) {
    if (protocolVersion == null
        && message instanceof JSONRPCResponse response
        && response.result() instanceof Map<?, ?> result
        && result.get("protocolVersion") instanceof String version) {
      protocolVersion = version;
    }
  }

  @Override
  public CompletionStage<Void> send(JSONRPCMessage message) {
    String version = protocolVersion;
    CompletableFuture<Void> sent = new CompletableFuture<>();
    transport
        .sendMessage(message)
        .contextWrite(
            context ->
                version == null
                    ? context
                    : context.put(McpAsyncClient.NEGOTIATED_PROTOCOL_VERSION, version))
        .subscribe(
            nothing -> {},
            thrown -> {
              LOG.debug("A message did not reach the upstream.", thrown);
              sent.completeExceptionally(new UpstreamException(why(thrown)));
            },
            () -> sent.complete(null));
    return sent;
  }

  // Not the exception's message: it may hold what the server sent.
  private static String why(Throwable thrown) {
    return "the connection to the upstream server failed ("
        + thrown.getClass().getSimpleName()
        + ")";
  }

  @Override
  public void close() {
    try {
      transport.closeGracefully().block(CLOSE);
    } catch (RuntimeException e) {
      LOG.debug("The upstream's session did not close in time.", e);
    }
  }
}
