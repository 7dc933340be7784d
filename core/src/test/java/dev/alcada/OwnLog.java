package dev.alcada;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What is logged on this thread; the servers and clients of other tests may still be ending. */
public final class OwnLog extends OutputStream {
  private final Thread owner = Thread.currentThread();
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream others;

  private OwnLog(PrintStream others) {
    this.others = others;
  }

  /** {@return the lines that this thread logs while it does something} */
  public static List<String> of(ThrowingCallable action) throws Throwable {
    PrintStream before = System.err;
    OwnLog log = new OwnLog(before);
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try {
      action.call();
    } finally {
      System.setErr(before);
    }
    return log.bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Override
  public void write(int b) {
    if (Thread.currentThread() == owner) {
      bytes.write(b);
    } else {
      others.write(b);
    }
  }

  @Override
  public void write(byte[] text, int offset, int length) throws IOException {
    if (Thread.currentThread() == owner) {
      bytes.write(text, offset, length);
    } else {
      others.write(text, offset, length);
    }
  }
}
