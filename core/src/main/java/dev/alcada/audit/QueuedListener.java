package dev.alcada.audit;

import dev.alcada.internal.value.Once;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Many callers, one thread that tells:
 *
 *   callers ──offer──► [ EventRing ] ──poll──► the listener
 *               │full: wait a while, then drop and count
 *
 * A caller that woke the thread each time would pay for it more than for all the rest. So the
 * thread looks again by itself, every millisecond while there is something to do; after a while
 * without anything it goes to sleep, and the next caller wakes it.
 */

/**
 * Tells another listener on a thread of its own, through a bounded queue, so that a slow or blocked
 * one delays no decision. What happens when the queue is full is chosen: an event is dropped and
 * counted at once, or after a caller has waited for room. What is dropped is logged when it begins
 * and when it is over, and counted by {@link #dropped}.
 *
 * <p>Safe for use by several threads. The thread is a daemon; {@link #close} tells what is left.
 */
public final class QueuedListener implements DecisionListener, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(QueuedListener.class);
  private static final int CAPACITY = 8_192;
  private static final int BATCH = 256;
  private static final int IDLE_ROUNDS = 100;
  private static final long LOOK_AGAIN = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long LOOK_FOR_ROOM = TimeUnit.MICROSECONDS.toNanos(200);

  /** A call that holds more than this is read before it waits, so that a full queue stays small. */
  private static final int MOST_HELD = 8_192;

  private final DecisionListener listener;
  private final EventRing queue;
  private final long waitNanos;
  private final Duration closeTimeout;
  private final AtomicLong dropped = new AtomicLong();
  private final Thread thread;
  private volatile boolean asleep;
  private volatile boolean dropping;

  private QueuedListener(Builder builder) {
    this.listener = builder.listener;
    this.queue = new EventRing(builder.capacity == null ? CAPACITY : builder.capacity);
    this.waitNanos = builder.wait == null ? 0 : builder.wait.toNanos();
    this.closeTimeout = Objects.requireNonNullElse(builder.closeTimeout, Duration.ofSeconds(10));
    this.thread = new Thread(this::run, "alcada-listener");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Returns a builder.
   *
   * @param listener who is told; of one that is {@linkplain DecisionListener#required required} a
   *     caller must hear the answer, so it cannot wait in a queue
   * @throws IllegalArgumentException if it is required
   */
  public static Builder builder(DecisionListener listener) {
    if (listener.required()) {
      throw new IllegalArgumentException(
          "a required listener cannot be told later: give it to the guard itself");
    }
    return new Builder(listener);
  }

  @Override
  public void onDecision(DecisionEvent event) {
    if (event.held() > MOST_HELD) {
      event.detach();
    }
    put(event);
  }

  @Override
  public void onSettled(SettlementEvent event) {
    put(event);
  }

  @Override
  public void onSettledLate(LateSettlementEvent event) {
    put(event);
  }

  @Override
  public void onTakenBack(TakenBackEvent event) {
    put(event);
  }

  @Override
  public void onApproval(ApprovalEvent event) {
    put(event);
  }

  /** {@return how many events wait to be told} */
  public int depth() {
    return queue.size();
  }

  /** {@return how many events were dropped because the queue was full, or closed} */
  public long dropped() {
    return dropped.get();
  }

  private void put(Object event) {
    if (queue.offer(event) || waited(event)) {
      if (asleep) {
        LockSupport.unpark(thread);
      }
    } else {
      drop();
    }
  }

  private boolean waited(Object event) {
    if (waitNanos == 0 || Thread.currentThread() == thread) {
      return false;
    }
    long began = System.nanoTime();
    while (!queue.isClosed() && System.nanoTime() - began < waitNanos) {
      LockSupport.parkNanos(this, LOOK_FOR_ROOM);
      if (queue.offer(event)) {
        return true;
      }
      if (Thread.currentThread().isInterrupted()) {
        return false;
      }
    }
    return false;
  }

  private void drop() {
    dropped.incrementAndGet();
    if (!dropping) {
      dropping = true;
      LOG.warn("Events are dropped: a listener does not keep up, and its queue is full or closed.");
    }
  }

  /** A listener that would rather take several events at once. */
  interface Batch extends DecisionListener {
    /** Takes what it was told; called when nothing waits, and now and then. */
    void flush();
  }

  private void run() {
    int idle = 0;
    int told = 0;
    while (true) {
      Object event = queue.poll();
      if (event != null) {
        idle = 0;
        tell(event);
        if (++told >= BATCH) {
          told = 0;
          flush();
        }
      } else {
        if (told > 0) {
          told = 0;
          flush();
          continue; // that may have taken long
        }
        if (dropping) {
          over();
        }
        if (queue.isClosed() && queue.isEmpty()) {
          return;
        } else if (++idle < IDLE_ROUNDS) {
          LockSupport.parkNanos(this, LOOK_AGAIN);
        } else {
          sleep();
        }
      }
    }
  }

  private void flush() {
    if (listener instanceof Batch batch) {
      try {
        batch.flush();
      } catch (Throwable e) {
        failed(e);
      }
    }
  }

  /** Whoever puts an event in after the look sees that the thread sleeps, and wakes it. */
  private void sleep() {
    asleep = true;
    if (queue.isEmpty() && !queue.isClosed()) {
      LockSupport.park(this);
    }
    asleep = false;
  }

  private void over() {
    dropping = false;
    LOG.info("A listener keeps up again; {} events were dropped so far.", dropped.get());
  }

  private void tell(Object event) {
    try {
      if (event instanceof DecisionEvent decided) {
        listener.onDecision(decided);
      } else if (event instanceof SettlementEvent settled) {
        listener.onSettled(settled);
      } else if (event instanceof LateSettlementEvent settled) {
        listener.onSettledLate(settled);
      } else if (event instanceof TakenBackEvent taken) {
        listener.onTakenBack(taken);
      } else if (event instanceof ApprovalEvent approval) {
        listener.onApproval(approval);
      }
    } catch (Throwable e) {
      failed(e);
    }
  }

  private static void failed(Throwable e) {
    try {
      LOG.error("A decision listener failed; the decision stands.", e);
    } catch (Throwable ignored) {
      // There is nobody left to tell; the next event is.
    }
  }

  /**
   * Takes no further events, which count as dropped, and waits until those that are there have been
   * told, at most as long as {@link Builder#closeTimeout} says. What is not told by then is told if
   * the listener ever goes on.
   */
  @Override
  public void close() {
    queue.close();
    LockSupport.unpark(thread);
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      thread.join(Math.max(1, closeTimeout.toMillis()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOG.warn("A listener is still busy; {} events wait for it.", queue.size());
    }
  }

  /** Makes a {@link QueuedListener}. Not safe for use by several threads. */
  public static final class Builder {
    private final DecisionListener listener;
    private @Nullable Integer capacity;
    private @Nullable Duration wait;
    private @Nullable Duration closeTimeout;

    private Builder(DecisionListener listener) {
      this.listener = listener;
    }

    /**
     * Sets how many events may wait.
     *
     * @param events 1 to 1,000,000; 8,192 unless set
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if it was set before
     */
    public Builder capacity(int events) {
      if (events < 1 || events > 1_000_000) {
        throw new IllegalArgumentException("capacity must be 1 to 1,000,000, not " + events);
      }
      capacity = Once.set("capacity", capacity, events);
      return this;
    }

    /**
     * Sets how long a caller waits for room where the queue is full, before the event is dropped
     * and counted; not at all, unless set.
     *
     * @param atMost up to a minute
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if it was set before
     */
    public Builder waitWhenFull(Duration atMost) {
      if (atMost.isNegative() || atMost.compareTo(Duration.ofMinutes(1)) > 0) {
        throw new IllegalArgumentException("waitWhenFull must be 0 to a minute, not " + atMost);
      }
      wait = Once.set("waitWhenFull", wait, atMost);
      return this;
    }

    /**
     * Sets how long {@link QueuedListener#close} waits for the listener; 10 seconds unless set.
     *
     * @param atMost up to a minute
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if it was set before
     */
    public Builder closeTimeout(Duration atMost) {
      if (atMost.isNegative() || atMost.compareTo(Duration.ofMinutes(1)) > 0) {
        throw new IllegalArgumentException("closeTimeout must be 0 to a minute, not " + atMost);
      }
      closeTimeout = Once.set("closeTimeout", closeTimeout, atMost);
      return this;
    }

    /** {@return the listener, whose thread runs} */
    public QueuedListener build() {
      return new QueuedListener(this);
    }
  }
}
