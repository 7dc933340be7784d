package dev.alcada.examples;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.CountDownLatch;

/** Standard input that tells when it has ended: a server over stdio lives no longer than that. */
final class StdinToEnd extends FilterInputStream {
  private final CountDownLatch end = new CountDownLatch(1);

  StdinToEnd(InputStream in) {
    super(in);
  }

  void awaitEnd() throws InterruptedException {
    end.await();
  }

  @Override
  public int read() throws IOException {
    return seen(super.read());
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    return seen(super.read(bytes, offset, length));
  }

  private int seen(int read) {
    if (read < 0) {
      end.countDown();
    }
    return read;
  }
}
