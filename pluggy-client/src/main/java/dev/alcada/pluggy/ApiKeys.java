package dev.alcada.pluggy;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The API key that all calls share. While it has to be fetched, one request is on its way, belongs
 * to no caller in particular, and everybody who needs the key waits for that one; when the last of
 * them has left, it is cancelled. Thread-safe.
 */
final class ApiKeys {
  private final Transport transport;
  private final Settings settings;
  private final Operations operations;
  private final Object lock = new Object();
  private volatile @Nullable ApiKey cached;
  private @Nullable Flight flight; // guarded by lock

  ApiKeys(Transport transport, Settings settings, Operations operations) {
    this.transport = transport;
    this.settings = settings;
    this.operations = operations;
  }

  /**
   * Returns the key that may be used now.
   *
   * @param refused the key that was refused, or {@code null}
   * @return {@code null} if it has to be fetched
   */
  @Nullable ApiKey current(@Nullable ApiKey refused) {
    ApiKey key = cached;
    return key != null && key != refused && key.usableAt(settings.clock().instant()) ? key : null;
  }

  /**
   * Waits for a key.
   *
   * @throws PluggyException if there is none
   * @throws InterruptedException if the thread is interrupted while it waits, or was before: then
   *     nothing is asked for
   */
  ApiKey await(@Nullable ApiKey refused, Deadline deadline) throws InterruptedException {
    ApiKey key = current(refused);
    if (key != null) {
      return key;
    }
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    Flight joined = join(refused);
    try {
      return joined.landed.get(Math.max(1, deadline.remaining()), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw onThisThread(e.getCause());
    } catch (TimeoutException e) {
      leave(joined);
      throw PluggyException.of(late());
    } catch (InterruptedException e) {
      leave(joined);
      throw e;
    }
  }

  /** Returns a future for a key; a waiter who stops waiting cancels it. */
  CompletableFuture<ApiKey> obtain(@Nullable ApiKey refused, Deadline deadline) {
    ApiKey key = current(refused);
    if (key != null) {
      return CompletableFuture.completedFuture(key);
    }
    Flight joined = join(refused);
    CompletableFuture<ApiKey> mine =
        joined.landed.copy().orTimeout(Math.max(1, deadline.remaining()), TimeUnit.NANOSECONDS);
    var unused =
        mine.whenComplete(
            (landed, failure) -> {
              if (!joined.landed.isDone()) {
                leave(joined);
              }
            });
    return mine;
  }

  /** Returns the failure of a key's request as an exception for one of those who waited for it. */
  PluggyException onThisThread(@Nullable Throwable failure) {
    if (failure instanceof PluggyException shared) {
      return PluggyException.of(shared.failure());
    }
    if (failure instanceof TimeoutException) {
      return PluggyException.of(late());
    }
    throw new IllegalStateException("the request for an API key failed", failure);
  }

  private Failure late() {
    String message = "no API key was obtained within " + settings.deadline().toMillis() + " ms";
    return Failure.of(Failure.Kind.UNAVAILABLE, Operations.AUTH, message, null);
  }

  private Flight join(@Nullable ApiKey refused) {
    Flight joined;
    synchronized (lock) {
      ApiKey key = current(refused);
      if (key != null) {
        Flight over = new Flight(null);
        over.landed.complete(key);
        return over;
      }
      Flight underWay = flight;
      if (underWay != null) {
        underWay.waiters++;
        return underWay;
      }
      cached = null;
      joined = new Flight(refused);
      joined.waiters = 1;
      flight = joined;
    }
    joined.depart();
    return joined;
  }

  private void leave(Flight left) {
    synchronized (lock) {
      if (--left.waiters > 0 || flight != left) {
        return;
      }
      flight = null;
    }
    left.cancel();
  }

  /** One request for a key and all who wait for it. */
  private final class Flight {
    private final CompletableFuture<ApiKey> landed = new CompletableFuture<>();
    private final boolean replacement;
    private int waiters; // guarded by lock
    private volatile boolean cancelled;
    private volatile @Nullable Exchange<ApiKey> exchange;

    Flight(@Nullable ApiKey refused) {
      this.replacement = refused != null;
    }

    /** Whatever happens, the flight lands: all who wait for it would wait for nothing. */
    void depart() {
      try {
        Operation<ApiKey> operation = operations.key(supplied(), replacement);
        Deadline deadline = Deadline.in(settings.deadline());
        Exchange<ApiKey> request = transport.begin(new RetryRules<>(settings, operation, deadline));
        exchange = request;
        if (cancelled) {
          request.cancel();
        }
        var unused = request.sendAsync(null).thenApply(this::key).whenComplete(this::land);
      } catch (RuntimeException e) {
        land(null, e);
      } catch (Error e) {
        land(null, e);
        throw e;
      }
    }

    private PluggyCredentials supplied() {
      try {
        return Objects.requireNonNull(settings.credentials().get(), "credentials");
      } catch (RuntimeException e) {
        String message = "the credentials could not be supplied: " + e.getClass().getSimpleName();
        throw PluggyException.of(Failure.of(Failure.Kind.UNAVAILABLE, Operations.AUTH, message, e));
      }
    }

    private ApiKey key(Next<ApiKey> next) {
      if (next instanceof Next.Done<ApiKey> done) {
        return done.value();
      }
      if (next instanceof Next.Failed<ApiKey> failed) {
        throw PluggyException.of(failed.failure());
      }
      throw new IllegalStateException("no end: " + next);
    }

    private void land(@Nullable ApiKey key, @Nullable Throwable failure) {
      Exchange<ApiKey> request = exchange;
      if (request != null) {
        transport.end(request);
      }
      synchronized (lock) {
        if (key != null) {
          cached = key;
        }
        if (flight == this) {
          flight = null;
        }
      }
      if (key != null) {
        landed.complete(key);
      } else {
        landed.completeExceptionally(
            failure == null ? new IllegalStateException("no key") : failure);
      }
    }

    void cancel() {
      cancelled = true;
      Exchange<ApiKey> request = exchange;
      if (request != null) {
        request.cancel();
      }
    }
  }
}
