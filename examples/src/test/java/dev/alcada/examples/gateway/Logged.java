package dev.alcada.examples.gateway;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** What goes to standard error during a test: to be looked at, and shown only if the test fails. */
final class Logged extends OutputStream implements BeforeEachCallback, AfterEachCallback {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private PrintStream before = System.err;

  @Override
  public void beforeEach(ExtensionContext context) {
    before = System.err;
    System.setErr(new PrintStream(this, true, StandardCharsets.UTF_8));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    System.setErr(before);
    if (context.getExecutionException().isPresent()) {
      before.print(text());
    }
  }

  @Override
  public synchronized void write(int b) {
    bytes.write(b);
    notifyAll();
  }

  @Override
  public synchronized void write(byte[] from, int offset, int length) {
    bytes.write(from, offset, length);
    notifyAll();
  }

  synchronized String text() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** {@return what was written, once this is in it} */
  synchronized String await(String part) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!text().contains(part) && System.nanoTime() < deadline) {
      wait(1_000);
    }
    return text();
  }
}
