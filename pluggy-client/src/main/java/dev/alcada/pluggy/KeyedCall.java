package dev.alcada.pluggy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One call: a key, the request, and once more with a fresh key if that one is refused.
 *
 * @param <T> what is asked for
 */
final class KeyedCall<T extends @Nullable Object> {
  private final Transport transport;
  private final ApiKeys keys;
  private final Exchange<T> exchange;
  private final Deadline deadline;

  KeyedCall(Transport transport, ApiKeys keys, Exchange<T> exchange) {
    this.transport = transport;
    this.keys = keys;
    this.exchange = exchange;
    this.deadline = exchange.rules().deadline();
  }

  T onThisThread() {
    try {
      ApiKey key = keys.await(null, deadline);
      Next<T> next = exchange.send(key);
      if (next instanceof Next.Renew<T>) {
        next = exchange.send(keys.await(key, deadline));
      }
      return value(next);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return value(exchange.rules().abandoned("interrupted", e));
    } catch (PluggyException e) {
      throw inView(e);
    } finally {
      transport.end(exchange);
    }
  }

  CompletableFuture<T> async() {
    CompletableFuture<T> result = new CompletableFuture<>();
    var settled =
        obtain(null, result)
            .thenCompose(
                key ->
                    exchange
                        .sendAsync(key)
                        .thenCompose(
                            next ->
                                next instanceof Next.Renew<T>
                                    ? obtain(key, result).thenCompose(exchange::sendAsync)
                                    : CompletableFuture.completedFuture(next)))
            .thenApply(this::value)
            .whenComplete(
                (value, failure) -> {
                  transport.end(exchange);
                  if (failure == null) {
                    result.complete(value);
                  } else {
                    result.completeExceptionally(failureOf(failure));
                  }
                });
    var unused =
        result.whenComplete(
            (value, failure) -> {
              if (!settled.isDone()) {
                exchange.cancel();
              }
            });
    return result;
  }

  /** Returns a key's future, which is cancelled when the caller's own ends first. */
  private CompletableFuture<ApiKey> obtain(@Nullable ApiKey refused, CompletableFuture<T> result) {
    CompletableFuture<ApiKey> key = keys.obtain(refused, deadline);
    if (!key.isDone()) {
      var unused = result.whenComplete((value, failure) -> key.cancel(false));
    }
    return key;
  }

  private Throwable failureOf(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof TimeoutException
        ? inView(keys.onThisThread(cause))
        : cause instanceof PluggyException known ? inView(known) : cause;
  }

  private PluggyException inView(PluggyException e) {
    return PluggyException.of(exchange.rules().inView(e.failure()));
  }

  private T value(Next<T> next) {
    if (next instanceof Next.Done<T> done) {
      return done.value();
    }
    if (next instanceof Next.Failed<T> failed) {
      throw PluggyException.of(failed.failure());
    }
    throw new IllegalStateException("no end: " + next);
  }
}
