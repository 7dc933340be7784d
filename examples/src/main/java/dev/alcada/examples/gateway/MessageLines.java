package dev.alcada.examples.gateway;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reads text one line at a time, and never more of one than it may hold. Not thread-safe. */
final class MessageLines {
  private final InputStream in;
  private final int maxBytes;
  private final byte[] buffer = new byte[8192];
  private int next;
  private int end;

  MessageLines(InputStream in, int maxBytes) {
    this.in = in;
    this.maxBytes = maxBytes;
  }

  /** A line was longer than allowed and has been skipped; the next one can be read. */
  static final class TooLongException extends IOException {
    private static final long serialVersionUID = 1L;

    TooLongException(int maxBytes) {
      super("a message is larger than " + maxBytes + " bytes");
    }
  }

  /** {@return the next line without its end, or {@code null} at the end of the stream} */
  @Nullable String next() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    boolean tooLong = false;
    while (true) {
      if (next == end) {
        next = 0;
        end = Math.max(0, in.read(buffer));
        if (end == 0) {
          return line.size() == 0 || tooLong ? null : line.toString(StandardCharsets.UTF_8);
        }
      }
      int start = next;
      while (next < end && buffer[next] != '\n') {
        next++;
      }
      tooLong |= line.size() + (next - start) > maxBytes;
      if (!tooLong) {
        line.write(buffer, start, next - start);
      } else if (line.size() > 0) {
        line = new ByteArrayOutputStream();
      }
      if (next < end) {
        next++;
        if (tooLong) {
          throw new TooLongException(maxBytes);
        }
        return line.toString(StandardCharsets.UTF_8);
      }
    }
  }
}
