package dev.alcada.examples.gateway;

import dev.alcada.guard.NotDoneException;
import dev.alcada.time.TimeSource;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session's connection to the upstream, which outlives the upstream: it is opened when it is
 * first needed, and when it has been lost, anew for whoever needs it next. The first time that is
 * done at once, and then after pauses that grow, so that a call that crashes the server neither
 * ends the gateway, and with it the counts, nor keeps the machine busy. Thread-safe.
 */
final class Link implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Link.class);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);

  /** Whoever has lasted so long did not end because it had just been started. */
  private static final Duration LASTED = Duration.ofSeconds(60);

  static final String CLOSING = "the gateway is closing";

  private final Upstream.Opener opener;
  private final TimeSource time;
  private final Owner owner;
  private @Nullable Attempt current;
  private int losses;
  private long notBefore;
  private String lastWhy = "";
  private boolean closed;

  /** Hears what comes through the connection; does not wait. */
  interface Owner {
    /**
     * Says to a fresh upstream what has been said to the one before; completed when it may be used.
     */
    CompletionStage<?> greet(Upstream fresh);

    /**
     * Takes a message.
     *
     * @param reply takes answers to that very upstream
     * @return completed when the next should be read
     */
    CompletionStage<?> onMessage(Message message, Consumer<Message> reply);

    /** An upstream may be used that takes another's place, and may have other tools. */
    void onAgain();

    /** Answers that are awaited may have been lost. */
    void onBroken(String why);

    /**
     * No answer will come from that upstream any more.
     *
     * @param wasUp whether it ever could be used
     */
    void onGone(String why, boolean wasUp);
  }

  Link(Upstream.Opener opener, TimeSource time, Owner owner) {
    this.opener = opener;
    this.time = time;
    this.owner = owner;
  }

  /** {@return the upstream, opened if need be; fails with the reason if there is none now} */
  CompletionStage<Upstream> up() {
    Attempt attempt;
    synchronized (this) {
      if (closed) {
        return CompletableFuture.failedFuture(new NotDoneException(CLOSING));
      } else if (current != null) {
        return current.ready;
      }
      long left = losses == 0 ? 0 : notBefore - time.nanoTime();
      if (left > 0) {
        long seconds = Duration.ofNanos(left).plusNanos(999_999_999).toSeconds();
        return CompletableFuture.failedFuture(
            new NotDoneException(lastWhy + "; it is started again in " + seconds + " s"));
      }
      attempt = new Attempt();
      current = attempt;
    }
    attempt.open();
    return attempt.ready;
  }

  /** {@return the upstream if it is up, and else {@code null}} */
  synchronized @Nullable Upstream ifUp() {
    return current == null || !current.ready.isDone() || current.ready.isCompletedExceptionally()
        ? null
        : current.ready.join();
  }

  /** The server does not know the session any more; the next one who needs it opens another. */
  void lost(Upstream upstream, String why) {
    Attempt attempt;
    synchronized (this) {
      attempt = current;
    }
    if (attempt != null && attempt.opened.getNow(null) == upstream) {
      attempt.onEnd(why);
    }
  }

  @Override
  public void close() {
    Attempt last;
    synchronized (this) {
      closed = true;
      last = current;
    }
    if (last != null && last.end(CLOSING)) {
      last.whenOpened.thenAccept(Upstream::close);
    }
  }

  // Who has ended once is started again at once, then after 1, 2, 4 seconds and so on.
  private void pause(String why, @Nullable Long since) {
    long now = time.nanoTime();
    losses = since != null && now - since >= LASTED.toNanos() ? 1 : losses + 1;
    Duration pause =
        losses == 1 ? Duration.ZERO : Duration.ofSeconds(1L << Math.min(losses - 2, 6));
    notBefore = now + (pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause).toNanos();
    lastWhy = why;
  }

  /** One life of the upstream. */
  private final class Attempt implements Upstream.Listener {
    private final CompletableFuture<Upstream> opened = new CompletableFuture<>();
    private final CompletionStage<Upstream> whenOpened = opened;
    private final CompletableFuture<Upstream> ready = new CompletableFuture<>();
    private @Nullable Long since;
    private boolean ended;

    void open() {
      Upstream upstream;
      try {
        upstream = opener.open(this);
      } catch (IOException e) {
        onEnd(String.valueOf(e.getMessage()));
        return;
      } catch (RuntimeException | Error e) {
        LOG.debug("No upstream: {}", Quoted.of(e));
        onEnd("the upstream server cannot be started (" + e.getClass().getSimpleName() + ")");
        return;
      }
      opened.complete(upstream);
      if (hasEnded()) {
        dispose(upstream);
        return;
      }
      owner
          .greet(upstream)
          .whenComplete(
              (greeted, thrown) -> {
                if (thrown == null) {
                  up(upstream);
                } else {
                  onEnd(Failures.reason(thrown));
                }
              });
    }

    private void up(Upstream upstream) {
      boolean again;
      synchronized (Link.this) {
        since = time.nanoTime();
        again = losses > 0;
      }
      ready.complete(upstream);
      if (again) {
        owner.onAgain();
      }
    }

    private boolean hasEnded() {
      synchronized (Link.this) {
        return ended;
      }
    }

    @Override
    public CompletionStage<?> onMessage(Message message) {
      return hasEnded()
          ? CompletableFuture.completedStage(null)
          : owner.onMessage(message, this::reply);
    }

    private void reply(Message message) {
      whenOpened.thenAccept(
          upstream ->
              upstream
                  .send(message, () -> true)
                  .whenComplete(
                      (sent, thrown) -> {
                        if (thrown != null) {
                          LOG.debug("The upstream did not take an answer: {}", Quoted.of(thrown));
                        }
                      }));
    }

    @Override
    public void onBroken(String why) {
      if (!hasEnded()) {
        owner.onBroken(why);
      }
    }

    @Override
    public void onEnd(String why) {
      if (end(why)) {
        whenOpened.thenAccept(Attempt::dispose);
      }
    }

    /** {@return whether it had not ended before} */
    private boolean end(String why) {
      boolean wasUp;
      synchronized (Link.this) {
        if (ended) {
          return false;
        }
        ended = true;
        wasUp = since != null;
        if (current == this) {
          current = null;
          pause(why, since);
        }
      }
      ready.completeExceptionally(new UpstreamException(why));
      owner.onGone(why, wasUp);
      return true;
    }

    // A server that does not go takes seconds, and whoever tells of its end has other things to do.
    private static void dispose(Upstream upstream) {
      Thread end = new Thread(upstream::close, "upstream-end");
      end.setDaemon(true);
      end.start();
    }
  }
}
