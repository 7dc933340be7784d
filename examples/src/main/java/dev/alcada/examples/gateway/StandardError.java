package dev.alcada.examples.gateway;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Standard error for whom nobody may have to wait: many hosts do not read it, and then a line more
 * would hold the thread that writes it, with all that it serves. Lines are written by a thread of
 * their own; those for which there is no room are counted. Thread-safe.
 */
final class StandardError extends OutputStream implements AutoCloseable {
  private static final int MOST_BYTES = 1 << 20;
  private static final int LONGEST_LINE = 1 << 16;
  private static final Duration LAST_LINES = Duration.ofSeconds(1);

  private final PrintStream before;
  private final Thread writer;
  private final Deque<byte[]> lines = new ArrayDeque<>();
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();
  private int bytes;
  private long lost;
  private boolean writing;
  private boolean closed;

  private StandardError(PrintStream before) {
    this.before = before;
    this.writer = new Thread(this::write, "standard-error");
    this.writer.setDaemon(true);
  }

  /** Puts itself in the place of {@link System#err}. */
  static StandardError install() {
    StandardError error = new StandardError(System.err);
    error.writer.start();
    System.setErr(new PrintStream(error, true, StandardCharsets.UTF_8));
    return error;
  }

  @Override
  public void write(int b) {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] from, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      line.write(from[i]);
      if (from[i] == '\n' || line.size() == LONGEST_LINE) {
        queue(line.toByteArray());
        line.reset();
      }
    }
  }

  private void queue(byte[] whole) {
    if (closed || bytes + whole.length > MOST_BYTES) {
      lost++;
    } else {
      lines.addLast(whole);
      bytes += whole.length;
      notifyAll();
    }
  }

  private void write() {
    try {
      for (byte[] next = next(); next != null; next = next()) {
        before.write(next, 0, next.length);
        before.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized byte[] next() throws InterruptedException {
    writing = false;
    notifyAll();
    while (lines.isEmpty()) {
      wait();
    }
    byte[] next = lines.removeFirst();
    bytes -= next.length;
    if (lost > 0 && lines.isEmpty()) {
      queue(("gateway: " + lost + " lines were not written\n").getBytes(StandardCharsets.UTF_8));
      lost = 0;
    }
    writing = true;
    return next;
  }

  /** Gives the last lines a moment, and puts back what was there before. */
  @Override
  public void close() {
    System.setErr(before);
    long deadline = System.nanoTime() + LAST_LINES.toNanos();
    synchronized (this) {
      try {
        for (long left = deadline - System.nanoTime();
            left > 0 && (writing || !lines.isEmpty());
            left = deadline - System.nanoTime()) {
          wait(Math.max(1, left / 1_000_000));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      closed = true;
    }
  }
}
