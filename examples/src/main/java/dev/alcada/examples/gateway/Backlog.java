package dev.alcada.examples.gateway;

import java.util.concurrent.CompletableFuture;

/**
 * How much waits for somebody who has not taken it yet. Who brings more can wait, without a thread,
 * until it has become less. Thread-safe.
 */
final class Backlog {
  private final long most;
  private CompletableFuture<Void> room = CompletableFuture.completedFuture(null);
  private long bytes;
  private boolean closed;

  Backlog(long most) {
    this.most = most;
  }

  /** Adds to it; {@return whether there was room, without which nothing is added} */
  synchronized boolean offer(long size) {
    if (bytes > 0 && bytes + size > most) {
      return false;
    }
    add(size);
    return true;
  }

  /** Adds to it, room or not. */
  synchronized void add(long size) {
    bytes += size;
    if (bytes > most && room.isDone() && !closed) {
      room = new CompletableFuture<>();
    }
  }

  /** Takes from it. */
  void free(long size) {
    CompletableFuture<Void> waiting;
    synchronized (this) {
      bytes -= size;
      if (bytes > most / 2) {
        return;
      }
      waiting = room;
    }
    waiting.complete(null);
  }

  /** {@return completed when more should be brought} */
  synchronized CompletableFuture<Void> room() {
    return room;
  }

  /** Nobody waits for room any more. */
  void close() {
    CompletableFuture<Void> waiting;
    synchronized (this) {
      closed = true;
      waiting = room;
    }
    waiting.complete(null);
  }
}
