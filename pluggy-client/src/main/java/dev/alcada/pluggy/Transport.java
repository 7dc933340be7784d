package dev.alcada.pluggy;

import dev.alcada.pluggy.Reply.Answer;
import dev.alcada.pluggy.Reply.Lost;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request at a time over HTTP: nothing is repeated here. Thread-safe. */
final class Transport {
  private static final Logger log = LoggerFactory.getLogger(PluggyClient.class);
  private static final MediaType JSON = MediaType.get("application/json");
  // Tokens have a few kilobytes; more than this is no answer of Pluggy's.
  private static final int MAX_BODY = 64 * 1024;

  private final OkHttpClient client;
  private final Settings settings;
  private final boolean interruptible;
  private final Map<Endpoint, HttpUrl> urls;
  private final Set<Exchange> underWay = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Transport(OkHttpClient client, Settings settings) {
    this.client = client;
    this.settings = settings;
    this.interruptible = client.socketFactory() instanceof InterruptibleSockets;
    this.urls = new EnumMap<>(Endpoint.class);
    for (Endpoint endpoint : Endpoint.values()) {
      urls.put(endpoint, settings.base().newBuilder().addPathSegment(endpoint.segment()).build());
    }
  }

  /** A request on its way, once. */
  final class Sending implements Callback {
    private final Endpoint endpoint;
    private final int number;
    private final Body body;
    private final Call call;
    private final Deadline deadline;
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile boolean late;
    private long started;

    private Sending(
        Endpoint endpoint, byte[] json, @Nullable ApiKey key, int number, Deadline deadline) {
      this.endpoint = endpoint;
      this.number = number;
      this.deadline = deadline;
      this.body = new Body(json);
      Request.Builder request =
          new Request.Builder()
              .url(Objects.requireNonNull(urls.get(endpoint)))
              .header("User-Agent", settings.userAgent())
              .header("Accept", "application/json")
              .post(body);
      if (key != null) {
        request.header("X-API-KEY", key.value());
      }
      this.call = client.newCall(request.build());
      call.timeout().timeout(Math.max(1, deadline.remaining()), TimeUnit.NANOSECONDS);
    }

    /** Sends the request and returns what came of it, on the calling thread. */
    Reply execute() {
      if (!interruptible) {
        return executeElsewhere();
      }
      started = System.nanoTime();
      try {
        return observed(read(call.execute()));
      } catch (IOException e) {
        return observed(lost(e));
      } catch (Exception e) {
        if (e instanceof InterruptedException) {
          // OkHttp lets it through undeclared while it connects
          Thread.currentThread().interrupt();
        }
        // else thrown by an interceptor of the host's
        return observed(lost(new IOException(e)));
      }
    }

    /** A host's own sockets ignore an interrupt, so another thread waits for them. */
    private Reply executeElsewhere() {
      CompletableFuture<Reply> elsewhere = enqueue();
      try {
        return elsewhere.get();
      } catch (InterruptedException e) {
        boolean sent = !body.revoke();
        cancel();
        Thread.currentThread().interrupt();
        return new Lost(new IOException(e), sent, true);
      } catch (ExecutionException e) {
        return new Lost(new IOException(e), body.written, false);
      }
    }

    /** Sends the request on a thread of the client's. */
    CompletableFuture<Reply> enqueue() {
      started = System.nanoTime();
      call.enqueue(this);
      // The call's own time-out begins only when OkHttp has a thread for it.
      var unused =
          reply
              .copy()
              .orTimeout(Math.max(1, deadline.remaining()), TimeUnit.NANOSECONDS)
              .whenComplete(
                  (came, timeout) -> {
                    if (timeout != null) {
                      giveUp();
                    }
                  });
      return reply;
    }

    private void giveUp() {
      late = true;
      if (body.revoke()) {
        // Not on this thread, which is the timer of all futures.
        ForkJoinPool.commonPool().execute(() -> end(new InterruptedIOException("timeout")));
      }
      call.cancel();
    }

    void cancel() {
      call.cancel();
    }

    @Override
    public void onResponse(Call call, Response response) {
      try {
        end(read(response));
      } catch (IOException e) {
        end(e);
      }
    }

    @Override
    public void onFailure(Call call, IOException e) {
      end(e);
    }

    private void end(IOException e) {
      end(lost(e));
    }

    private void end(Reply result) {
      if (over.compareAndSet(false, true)) {
        reply.complete(observed(result));
      }
    }

    private Answer read(Response response) throws IOException {
      try (response) {
        BufferedSource source = response.body().source();
        boolean whole = !source.request(MAX_BODY + 1L);
        String body = whole ? source.readUtf8() : "";
        return new Answer(response.code(), response.headers(), body, whole);
      } catch (IOException e) {
        if (response.isSuccessful()) {
          throw e;
        }
        // The status says enough.
        return new Answer(response.code(), response.headers(), "", false);
      }
    }

    private Lost lost(IOException e) {
      boolean interrupted = Thread.currentThread().isInterrupted();
      return new Lost(e, body.written, interrupted || (call.isCanceled() && !isTimeout(e)));
    }

    private boolean isTimeout(IOException e) {
      return late || (e instanceof InterruptedIOException && "timeout".equals(e.getMessage()));
    }

    private Reply observed(Reply result) {
      int status = result instanceof Answer answer ? answer.status() : 0;
      AttemptListener listener = settings.listener();
      if (listener == null && !log.isDebugEnabled()) {
        return result;
      }
      Duration duration = Duration.ofNanos(System.nanoTime() - started);
      log.debug("POST {}, attempt {}: {} in {}", endpoint.path(), number, status, duration);
      try {
        if (listener != null) {
          listener.onAttempt(new Attempt(endpoint.path(), number, status, duration));
        }
      } catch (Throwable e) {
        log.debug("the attempt listener failed: {}", e.getClass().getName());
      }
      return result;
    }
  }

  /** Begins an exchange, which {@link #close} ends if it is not ended before. */
  Exchange begin(Attempts attempts, byte[] json) {
    Exchange exchange = new Exchange(this, settings, attempts, json);
    underWay.add(exchange);
    if (closed) {
      exchange.cancel();
    }
    return exchange;
  }

  void end(Exchange exchange) {
    underWay.remove(exchange);
  }

  /** Ends all exchanges, those that are about to begin included. */
  void close() {
    closed = true;
    underWay.forEach(Exchange::cancel);
  }

  boolean isClosed() {
    return closed;
  }

  Sending sending(
      Endpoint endpoint, byte[] json, @Nullable ApiKey key, int number, Deadline deadline) {
    return new Sending(endpoint, json, key, number, deadline);
  }

  /** Sent at most once: OkHttp would repeat some requests by itself. */
  private static final class Body extends RequestBody {
    private enum State {
      NEW,
      BEGUN,
      REVOKED
    }

    private final byte[] json;
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    // Until the last byte is written, nobody can have acted upon the request.
    volatile boolean written;

    Body(byte[] json) {
      this.json = json;
    }

    /** {@return whether nothing of it was sent, and now never will be} */
    boolean revoke() {
      return state.compareAndSet(State.NEW, State.REVOKED);
    }

    @Override
    public MediaType contentType() {
      return JSON;
    }

    @Override
    public long contentLength() {
      return json.length;
    }

    @Override
    public boolean isOneShot() {
      return true;
    }

    @Override
    public void writeTo(BufferedSink sink) throws IOException {
      // Maybe not for the first time: an interceptor of the host's may read it, to sign or log it.
      state.compareAndSet(State.NEW, State.BEGUN);
      if (state.get() == State.REVOKED) {
        throw new IOException("given up before it was sent");
      }
      sink.write(json);
      written = true;
    }
  }
}
