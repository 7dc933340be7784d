package dev.alcada.pluggy;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One call: a key, the request, and once more with a fresh key if that one is refused. */
final class Minting {
  private static final Duration LIFE = Duration.ofMinutes(30);

  private final Transport transport;
  private final Settings settings;
  private final ApiKeys keys;
  private final Exchange exchange;
  private final Deadline deadline;

  Minting(Transport transport, Settings settings, ApiKeys keys, Exchange exchange) {
    this.transport = transport;
    this.settings = settings;
    this.keys = keys;
    this.exchange = exchange;
    this.deadline = exchange.attempts().deadline();
  }

  ConnectToken onThisThread() {
    try {
      ApiKey key = keys.await(null, deadline);
      Verdict verdict = exchange.send(key);
      if (verdict instanceof Verdict.Renew) {
        verdict = exchange.send(keys.await(key, deadline));
      }
      return token(verdict);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return token(exchange.attempts().abandoned("interrupted", e));
    } catch (PluggyException e) {
      throw inView(e);
    } finally {
      transport.end(exchange);
    }
  }

  CompletableFuture<ConnectToken> async() {
    CompletableFuture<ConnectToken> result = new CompletableFuture<>();
    var settled =
        obtain(null, result)
            .thenCompose(
                key ->
                    exchange
                        .sendAsync(key)
                        .thenCompose(
                            verdict ->
                                verdict instanceof Verdict.Renew
                                    ? obtain(key, result).thenCompose(exchange::sendAsync)
                                    : CompletableFuture.completedFuture(verdict)))
            .thenApply(this::token)
            .whenComplete(
                (token, failure) -> {
                  transport.end(exchange);
                  if (failure == null) {
                    result.complete(token);
                  } else {
                    result.completeExceptionally(failureOf(failure));
                  }
                });
    var unused =
        result.whenComplete(
            (token, failure) -> {
              if (!settled.isDone()) {
                exchange.cancel();
              }
            });
    return result;
  }

  /** Returns a key's future, which is cancelled when the caller's own ends first. */
  private CompletableFuture<ApiKey> obtain(
      @Nullable ApiKey refused, CompletableFuture<ConnectToken> result) {
    CompletableFuture<ApiKey> key = keys.obtain(refused, deadline);
    if (!key.isDone()) {
      var unused = result.whenComplete((token, failure) -> key.cancel(false));
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
    return PluggyException.of(exchange.attempts().inView(e.problem()));
  }

  private ConnectToken token(Verdict verdict) {
    if (verdict instanceof Verdict.Done done) {
      Instant asked = exchange.asked();
      return new ConnectToken(done.value(), asked, asked.plus(LIFE), settings.clock());
    }
    if (verdict instanceof Verdict.Failed failed) {
      throw PluggyException.of(failed.problem());
    }
    throw new IllegalStateException("no verdict: " + verdict);
  }
}
