package dev.alcada.examples.gateway;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of a gateway over HTTP. Each may have a server of its own, so there is a bound: at
 * it, the one that has been idle longest makes room for another, and without anybody listening none
 * stays for ever. Thread-safe; only closing takes time.
 */
final class HttpSessions implements AutoCloseable {
  static final int MOST = 100;
  static final Duration LONGEST_IDLE = Duration.ofMinutes(30);
  private static final Logger LOG = LoggerFactory.getLogger(HttpSessions.class);

  private final Settings settings;
  private final Map<String, HttpSession> byId = new ConcurrentHashMap<>();
  private final AtomicInteger closing = new AtomicInteger();

  HttpSessions(Settings settings) {
    this.settings = settings;
  }

  /** Opens a session; {@return it, or {@code null} if all that there may be are in use} */
  synchronized @Nullable HttpSession open() {
    if (byId.size() >= MOST) {
      HttpSession idle =
          byId.values().stream()
              .filter(session -> !session.busy())
              .min(Comparator.comparingLong(HttpSession::used))
              .orElse(null);
      if (idle == null) {
        return null;
      }
      end(idle);
    }
    if (closing.get() >= MOST) {
      return null; // servers that take their time to go
    }
    HttpSession session = new HttpSession(UUID.randomUUID().toString(), settings);
    byId.put(session.id(), session);
    CompletionStage<String> over = session.relay().end();
    over.thenRun(() -> end(session));
    return session;
  }

  /** {@return the session, which counts as used now, or {@code null} if there is none} */
  @Nullable HttpSession use(String id) {
    HttpSession session = byId.get(id);
    if (session != null) {
      session.use(settings.time().nanoTime());
    }
    return session;
  }

  /** Ends a session; its server has time to go, and nobody waits for that. */
  void end(HttpSession session) {
    if (byId.remove(session.id(), session)) {
      closing.incrementAndGet();
      Thread end = new Thread(() -> close(session), "session-end");
      end.setDaemon(true);
      end.start();
    }
  }

  private void close(HttpSession session) {
    try {
      session.close();
    } catch (RuntimeException e) {
      LOG.error("A session did not close: {}", Quoted.of(e));
    } finally {
      closing.decrementAndGet();
    }
  }

  /** Ends the sessions that nobody has used for long, and looks whether clients are still there. */
  void sweep() {
    long now = settings.time().nanoTime();
    for (HttpSession session : byId.values()) {
      session.keepAlive();
      if (!session.busy() && !session.listens() && now - session.used() > LONGEST_IDLE.toNanos()) {
        end(session);
      }
    }
  }

  /** Does something with each session. */
  void forEach(Consumer<HttpSession> action) {
    byId.values().forEach(action);
  }

  /** {@return how many there are} */
  int size() {
    return byId.size();
  }

  @Override
  public void close() {
    List<Thread> ends =
        byId.values().stream()
            .map(session -> new Thread(session::close, "session-end"))
            .peek(Thread::start)
            .toList();
    byId.clear();
    for (Thread end : ends) {
      try {
        end.join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
