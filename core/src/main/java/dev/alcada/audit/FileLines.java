package dev.alcada.audit;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Reads a file line by line, in memory that is bounded whatever it holds. One thread at a time.
 *
 * @param lines how many lines it had, those that were too long too
 * @param rest how many bytes stood behind the last line's end
 */
record FileLines(long lines, int rest) {
  private static final int BLOCK = 1 << 20;

  /** Takes the lines of a file, without their ends. */
  interface Taker {
    void line(long number, byte[] bytes, int from, int to) throws IOException;

    /** Is told of a line that is longer than any record. */
    void tooLong(long number) throws IOException;
  }

  static FileLines read(Path file, Taker taker) throws IOException {
    byte[] block = new byte[BLOCK];
    int filled = 0;
    long line = 0;
    boolean skips = false;
    try (InputStream in = Files.newInputStream(file)) {
      while (true) {
        int read = in.read(block, filled, block.length - filled);
        if (read < 0) {
          return new FileLines(line, filled);
        }
        int end = filled + read;
        int start = 0;
        for (int at = filled; at < end; at++) {
          if (block[at] == '\n') {
            if (skips) {
              skips = false;
            } else {
              taker.line(++line, block, start, at);
            }
            start = at + 1;
          }
        }
        filled = skips ? 0 : end - start;
        System.arraycopy(block, start, block, 0, filled);
        if (filled == block.length) {
          if (block.length >= LogEnd.LONGEST) {
            taker.tooLong(++line);
            skips = true;
            filled = 0;
          } else {
            block = Arrays.copyOf(block, 2 * block.length);
          }
        }
      }
    }
  }
}
