package dev.alcada.pluggy;

import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** One request to Pluggy with its repetitions, on the calling thread or without holding one. */
final class Exchange {
  private final Transport transport;
  private final Settings settings;
  private final Attempts attempts;
  private final byte[] json;
  private int number;
  private volatile Instant asked = Instant.EPOCH;
  private volatile boolean cancelled;
  private volatile Transport.@Nullable Sending sending;
  private volatile @Nullable Future<?> pause;

  Exchange(Transport transport, Settings settings, Attempts attempts, byte[] json) {
    this.transport = transport;
    this.settings = settings;
    this.attempts = attempts;
    this.json = json;
  }

  Attempts attempts() {
    return attempts;
  }

  /** {@return when the last attempt was made} */
  Instant asked() {
    return asked;
  }

  /** Sends the request on the calling thread until there is a verdict other than again. */
  Verdict send(@Nullable ApiKey key) {
    while (true) {
      Transport.Sending next = next(key);
      if (next == null) {
        return givenUp();
      }
      if (Thread.currentThread().isInterrupted()) {
        return attempts.abandoned("interrupted", new InterruptedException());
      }
      Verdict verdict = attempts.judge(next.execute(), key);
      if (!(verdict instanceof Verdict.Again again)) {
        return verdict;
      }
      CompletableFuture<Void> wait = pause(again);
      try {
        wait.get();
      } catch (InterruptedException e) {
        wait.cancel(false);
        Thread.currentThread().interrupt();
        return attempts.abandoned("interrupted", e);
      } catch (ExecutionException e) {
        throw new IllegalStateException("a wait failed", e);
      } catch (java.util.concurrent.CancellationException e) {
        return givenUp();
      }
    }
  }

  /** Sends the request without holding a thread until there is a verdict other than again. */
  CompletableFuture<Verdict> sendAsync(@Nullable ApiKey key) {
    Transport.Sending next = next(key);
    if (next == null) {
      return CompletableFuture.completedFuture(givenUp());
    }
    return next.enqueue()
        .thenCompose(
            reply -> {
              Verdict verdict = attempts.judge(reply, key);
              return verdict instanceof Verdict.Again again
                  ? pause(again).handle((done, cancelled) -> key).thenCompose(this::sendAsync)
                  : CompletableFuture.completedFuture(verdict);
            });
  }

  /** Ends the exchange wherever it is. */
  void cancel() {
    cancelled = true;
    Transport.Sending current = sending;
    if (current != null) {
      current.cancel();
    }
    Future<?> waiting = pause;
    if (waiting != null) {
      waiting.cancel(false);
    }
  }

  private Transport.@Nullable Sending next(@Nullable ApiKey key) {
    Transport.Sending next =
        transport.sending(attempts.endpoint(), json, key, ++number, attempts.deadline());
    sending = next;
    asked = settings.clock().instant();
    // Whoever cancels either sees this attempt or is seen here.
    return cancelled ? null : next;
  }

  private CompletableFuture<Void> pause(Verdict.Again again) {
    CompletableFuture<Void> wait = settings.pauses().after(again.pause());
    pause = wait;
    if (cancelled) {
      wait.cancel(false);
    }
    return wait;
  }

  private Verdict givenUp() {
    return attempts.abandoned("cancelled, or the client was closed", null);
  }
}
