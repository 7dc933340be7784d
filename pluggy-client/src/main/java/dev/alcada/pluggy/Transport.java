package dev.alcada.pluggy;

import dev.alcada.pluggy.Reply.Answer;
import dev.alcada.pluggy.Reply.Lost;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request at a time over HTTP: nothing is repeated here. Thread-safe. */
final class Transport {
  private static final Logger log = LoggerFactory.getLogger(PluggyClient.class);
  // More than this is no refusal of Pluggy's.
  private static final int MAX_ERROR = 64 * 1024;

  private final OkHttpClient client;
  private final Settings settings;
  private final boolean interruptible;
  private final Set<Exchange<?>> underWay = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Transport(OkHttpClient client, Settings settings) {
    this.client = client;
    this.settings = settings;
    this.interruptible = client.socketFactory() instanceof InterruptibleSockets;
  }

  /** A request on its way, once. */
  final class Sending implements Callback {
    private final Operation<?> operation;
    private final int number;
    private final Outgoing outgoing;
    private final Call call;
    private final Deadline deadline;
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();
    private final AtomicBoolean over = new AtomicBoolean();
    private volatile boolean late;
    private long started;

    private Sending(Operation<?> operation, @Nullable ApiKey key, int number, Deadline deadline) {
      this.operation = operation;
      this.number = number;
      this.deadline = deadline;
      this.outgoing = new Outgoing(operation.body());
      Request.Builder request =
          new Request.Builder()
              .url(operation.url())
              .tag(Outgoing.class, outgoing)
              .header("User-Agent", settings.userAgent())
              .header("Accept", "application/json")
              .method(operation.method(), outgoing.body());
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
        boolean sent = !outgoing.revoke();
        cancel();
        Thread.currentThread().interrupt();
        return new Lost(new IOException(e), sent, true);
      } catch (ExecutionException e) {
        return new Lost(new IOException(e), outgoing.isSent(), false);
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
      if (outgoing.revoke()) {
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
        int most = response.isSuccessful() ? operation.maxAnswer() : MAX_ERROR;
        boolean whole = !source.request(most + 1L);
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
      return new Lost(e, outgoing.isSent(), interrupted || (call.isCanceled() && !isTimeout(e)));
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
      log.debug("{}, attempt {}: {} in {}", operation, number, status, duration);
      try {
        if (listener != null) {
          listener.onAttempt(
              new Attempt(operation.method(), operation.route(), number, status, duration));
        }
      } catch (Throwable e) {
        log.debug("the attempt listener failed: {}", e.getClass().getName());
      }
      return result;
    }
  }

  /** Begins an exchange, which {@link #close} ends if it is not ended before. */
  <T extends @Nullable Object> Exchange<T> begin(RetryRules<T> rules) {
    Exchange<T> exchange = new Exchange<>(this, settings, rules);
    underWay.add(exchange);
    if (closed) {
      exchange.cancel();
    }
    return exchange;
  }

  void end(Exchange<?> exchange) {
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

  Sending sending(Operation<?> operation, @Nullable ApiKey key, int number, Deadline deadline) {
    return new Sending(operation, key, number, deadline);
  }
}
