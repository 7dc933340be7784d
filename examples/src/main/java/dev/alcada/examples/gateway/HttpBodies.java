package dev.alcada.examples.gateway;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpResponse.BodySubscriber;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What an upstream answers over HTTP, read as it arrives and no faster than it is taken. */
final class HttpBodies {
  private HttpBodies() {}

  /** {@return reads a text of so many bytes at most; a longer one is cut off or fails} */
  static BodySubscriber<String> text(int maxBytes, boolean cut) {
    return new Text(maxBytes, cut);
  }

  /**
   * {@return reads a stream of events to its end, and gives the id of the last one, or an empty
   * text}
   *
   * @param onMessage takes the data of an event; completed when the next should be read
   */
  static BodySubscriber<String> events(
      int maxBytes, Function<String, CompletionStage<?>> onMessage) {
    return new Events(maxBytes, onMessage);
  }

  private abstract static class Body implements BodySubscriber<String> {
    final CompletableFuture<String> whole = new CompletableFuture<>();
    private Flow.@Nullable Subscription subscription;

    @Override
    public CompletionStage<String> getBody() {
      return whole;
    }

    @Override
    public void onSubscribe(Flow.Subscription opened) {
      subscription = opened;
      opened.request(1);
    }

    void more() {
      if (subscription != null) {
        subscription.request(1);
      }
    }

    void cancel() {
      if (subscription != null) {
        subscription.cancel();
      }
    }

    @Override
    public void onError(Throwable thrown) {
      whole.completeExceptionally(thrown);
    }
  }

  private static final class Text extends Body {
    private final int maxBytes;
    private final boolean cut;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Text(int maxBytes, boolean cut) {
      this.maxBytes = maxBytes;
      this.cut = cut;
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      for (ByteBuffer buffer : buffers) {
        byte[] some = new byte[Math.min(buffer.remaining(), maxBytes - bytes.size())];
        buffer.get(some);
        bytes.write(some, 0, some.length);
        if (buffer.hasRemaining()) {
          cancel();
          if (cut) {
            onComplete();
          } else {
            onError(
                new UpstreamException(
                    "the upstream server sent something too large: a message is larger than "
                        + maxBytes
                        + " bytes"));
          }
          return;
        }
      }
      more();
    }

    @Override
    public void onComplete() {
      whole.complete(bytes.toString(StandardCharsets.UTF_8));
    }
  }

  private static final class Events extends Body {
    private final EventLines lines;
    private final Deque<CompletionStage<?>> untaken = new ArrayDeque<>();

    Events(int maxBytes, Function<String, CompletionStage<?>> onMessage) {
      this.lines = new EventLines(maxBytes, data -> untaken.add(onMessage.apply(data)));
    }

    @Override
    public void onNext(List<ByteBuffer> buffers) {
      try {
        buffers.forEach(lines::take);
      } catch (RuntimeException | Error e) {
        cancel();
        onError(e);
        return;
      }
      CompletionStage<?> taken =
          CompletableFuture.allOf(
              untaken.stream()
                  .map(CompletionStage::toCompletableFuture)
                  .toArray(CompletableFuture[]::new));
      untaken.clear();
      taken.whenComplete((room, thrown) -> more());
    }

    @Override
    public void onComplete() {
      String id = lines.lastId();
      whole.complete(id == null ? "" : id);
    }
  }
}
