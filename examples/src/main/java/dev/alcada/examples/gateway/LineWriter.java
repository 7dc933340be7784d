package dev.alcada.examples.gateway;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes lines to a stream, one after the other, on a thread of its own. Nobody waits for it: what
 * it has not written waits in a queue with a bound, and a full one is an answer. Thread-safe.
 */
final class LineWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LineWriter.class);
  private static final int MOST_LINES = 10_000;

  private final OutputStream out;
  private final Backlog backlog;
  private final Deque<Line> queue = new ArrayDeque<>();
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private boolean closed;

  /** A line that is to be written. */
  final class Line {
    private final BooleanSupplier wanted;
    private final int size;
    private final CompletableFuture<Boolean> written = new CompletableFuture<>();
    private byte @Nullable [] text;
    private volatile boolean begun;

    private Line(byte[] text, BooleanSupplier wanted) {
      this.text = text;
      this.size = text.length;
      this.wanted = wanted;
    }

    /**
     * {@return whether it was written or, when its turn came, not wanted; fails if it cannot be}
     */
    CompletableFuture<Boolean> written() {
      return written;
    }

    /** {@return whether something of it may have been written} */
    boolean begun() {
      return begun;
    }

    /** Takes the line back; {@return whether nothing of it was written or ever will be} */
    boolean withdraw() {
      boolean taken;
      synchronized (queue) {
        taken = take() != null;
      }
      if (taken) {
        // The bytes are free at once, however long the line before it may yet take.
        backlog.free(size);
        written.complete(false);
      }
      return taken;
    }

    private byte @Nullable [] take() {
      byte[] taken = text;
      text = null;
      return taken;
    }
  }

  /**
   * Starts a writer.
   *
   * @param name of its thread
   * @param mostBytes so much waits at most; a line that finds nothing waiting may be longer
   */
  static LineWriter start(String name, OutputStream out, long mostBytes) {
    LineWriter writer = new LineWriter(out, mostBytes);
    Thread thread = new Thread(writer::run, name);
    thread.setDaemon(true);
    thread.start();
    return writer;
  }

  private LineWriter(OutputStream out, long mostBytes) {
    this.out = out;
    this.backlog = new Backlog(mostBytes);
  }

  /** {@return completed once no line will be written any more, and why if that was an error} */
  CompletableFuture<Void> end() {
    return end;
  }

  /**
   * Queues a line if there is room.
   *
   * @param wanted asked when its turn comes
   * @return the line, or {@code null} if there is none
   */
  @Nullable Line offer(String text, BooleanSupplier wanted) {
    return queue(text, wanted, false);
  }

  /** Queues a line, room or not; {@return it, or {@code null} if the writer has ended} */
  @Nullable Line add(String text) {
    return queue(text, () -> true, true);
  }

  private @Nullable Line queue(String text, BooleanSupplier wanted, boolean always) {
    Line line = new Line((text + "\n").getBytes(StandardCharsets.UTF_8), wanted);
    synchronized (queue) {
      if (closed) {
        return null;
      } else if (always) {
        backlog.add(line.size);
      } else if (queue.size() >= MOST_LINES || !backlog.offer(line.size)) {
        return null;
      }
      queue.addLast(line);
      queue.notifyAll();
    }
    return line;
  }

  /** {@return completed when lines should be added again} */
  CompletableFuture<Void> room() {
    return backlog.room();
  }

  private void run() {
    Throwable why = null;
    try {
      for (Line line = next(); line != null; line = next()) {
        write(line);
      }
    } catch (Throwable e) {
      why = e;
    } finally {
      finish(why);
    }
  }

  private @Nullable Line next() throws InterruptedException {
    synchronized (queue) {
      while (queue.isEmpty() && !closed) {
        queue.wait();
      }
      return queue.pollFirst();
    }
  }

  private void write(Line line) throws IOException {
    byte[] text;
    synchronized (queue) {
      text = line.take();
    }
    if (text == null) {
      return;
    }
    try {
      boolean wanted = line.wanted.getAsBoolean();
      if (wanted) {
        line.begun = true;
        out.write(text);
        out.flush();
      }
      line.written.complete(wanted);
    } catch (Throwable e) {
      line.written.completeExceptionally(e);
      throw e;
    } finally {
      backlog.free(line.size);
    }
  }

  private void finish(@Nullable Throwable why) {
    Throwable said = why == null ? new IOException("closed") : why;
    Deque<Line> lost;
    synchronized (queue) {
      closed = true;
      lost = new ArrayDeque<>(queue);
      queue.clear();
    }
    try {
      out.close();
    } catch (IOException e) {
      LOG.debug("The stream did not close: {}", Quoted.of(e));
    }
    lost.forEach(line -> line.written.completeExceptionally(said));
    backlog.close();
    if (why == null) {
      end.complete(null);
    } else {
      end.completeExceptionally(why);
    }
  }

  /** Takes no more lines; those that wait are still written, and then the stream is closed. */
  @Override
  public void close() {
    synchronized (queue) {
      closed = true;
      queue.notifyAll();
    }
  }
}
