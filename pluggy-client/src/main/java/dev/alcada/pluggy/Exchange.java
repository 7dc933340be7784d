package dev.alcada.pluggy;

import java.time.Instant;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * One request to Pluggy with its repetitions, on the calling thread or without holding one.
 *
 * @param <T> what is asked for
 */
final class Exchange<T extends @Nullable Object> {
  private final Transport transport;
  private final Settings settings;
  private final RetryRules<T> rules;
  private int number;
  private volatile Instant asked = Instant.EPOCH;
  private volatile boolean cancelled;
  private volatile Transport.@Nullable Sending sending;
  private volatile @Nullable Future<?> pause;

  Exchange(Transport transport, Settings settings, RetryRules<T> rules) {
    this.transport = transport;
    this.settings = settings;
    this.rules = rules;
  }

  RetryRules<T> rules() {
    return rules;
  }

  /** Sends the request on the calling thread, again as often as it is worth it. */
  Next<T> send(@Nullable ApiKey key) {
    while (true) {
      Transport.Sending attempt = attempt(key);
      if (attempt == null) {
        return givenUp();
      }
      if (Thread.currentThread().isInterrupted()) {
        return rules.abandoned("interrupted", new InterruptedException());
      }
      Next<T> next = rules.judge(attempt.execute(), key, asked);
      if (!(next instanceof Next.Again<T> again)) {
        return next;
      }
      CompletableFuture<Void> wait = pause(again);
      try {
        wait.get();
      } catch (InterruptedException e) {
        wait.cancel(false);
        Thread.currentThread().interrupt();
        return rules.abandoned("interrupted", e);
      } catch (ExecutionException e) {
        throw new IllegalStateException("a wait failed", e);
      } catch (CancellationException e) {
        return givenUp();
      }
    }
  }

  /** Sends the request without holding a thread, again as often as it is worth it. */
  CompletableFuture<Next<T>> sendAsync(@Nullable ApiKey key) {
    Transport.Sending attempt = attempt(key);
    if (attempt == null) {
      return CompletableFuture.completedFuture(givenUp());
    }
    return attempt
        .enqueue()
        .thenCompose(
            reply -> {
              Next<T> next = rules.judge(reply, key, asked);
              return next instanceof Next.Again<T> again
                  ? pause(again).handle((done, cancelled) -> key).thenCompose(this::sendAsync)
                  : CompletableFuture.completedFuture(next);
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

  private Transport.@Nullable Sending attempt(@Nullable ApiKey key) {
    Transport.Sending attempt =
        transport.sending(rules.operation(), key, ++number, rules.deadline());
    sending = attempt;
    asked = settings.clock().instant();
    // Whoever cancels either sees this attempt or is seen here.
    return cancelled ? null : attempt;
  }

  private CompletableFuture<Void> pause(Next.Again<T> again) {
    CompletableFuture<Void> wait = settings.pauses().after(again.pause());
    pause = wait;
    if (cancelled) {
      wait.cancel(false);
    }
    return wait;
  }

  private Next<T> givenUp() {
    return rules.abandoned("cancelled, or the client was closed", null);
  }
}
