package dev.alcada.audit;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Hands the latest head to a sink that may take its time. Safe for use by several threads. */
final class AnchorThread implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
  private static final long REST = TimeUnit.SECONDS.toNanos(1);
  private static final long CLOSE_MILLIS = 5_000;

  private final AnchorSink sink;
  private final Supplier<Anchor> head;
  private final Thread thread;
  private volatile boolean moved = true;
  private volatile boolean closed;
  private boolean failing;

  AnchorThread(AnchorSink sink, Supplier<Anchor> head) {
    this.sink = sink;
    this.head = head;
    this.thread = new Thread(this::run, "alcada-anchors");
    thread.setDaemon(true);
    thread.start();
  }

  void moved() {
    moved = true;
  }

  private void run() {
    while (true) {
      boolean last = closed;
      if (moved) {
        moved = false;
        keep();
      }
      if (last) {
        return;
      }
      if (!closed) {
        LockSupport.parkNanos(this, REST);
      }
    }
  }

  private void keep() {
    try {
      sink.keep(head.get());
      if (failing) {
        failing = false;
        LOG.info("Heads of the audit log are kept elsewhere again.");
      }
    } catch (Throwable e) {
      moved = true;
      if (!failing) {
        failing = true;
        LOG.error("The head of the audit log could not be kept elsewhere.", e);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(thread);
    try {
      thread.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
