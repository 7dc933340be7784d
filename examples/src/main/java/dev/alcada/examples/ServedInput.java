package dev.alcada.examples;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CompletableFuture;

/**
 * The input of a server over stdio, which lives as long as somebody reads it: the SDK's reader ends
 * at the end of the input, and also at a line that is no message.
 */
final class ServedInput extends FilterInputStream {
  private final CompletableFuture<Thread> reader = new CompletableFuture<>();
  private volatile boolean ended;

  ServedInput(InputStream in) {
    super(in);
  }

  /** {@return whether the input was read to its end; waits until it is read no more} */
  boolean awaitEnd() throws InterruptedException {
    reader.join().join();
    return ended;
  }

  @Override
  public int read() throws IOException {
    reader.complete(Thread.currentThread());
    int read = super.read();
    ended |= read < 0;
    return read;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    reader.complete(Thread.currentThread());
    int read = super.read(bytes, offset, length);
    ended |= read < 0;
    return read;
  }
}
