package dev.alcada.examples.evidence;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Reads the lines of a log that may still be written, file after file. */
final class LogLines {
  /** More than a record can have. */
  private static final int LONGEST = 8 << 20;

  /** What stands for a line that is no record, whatever it holds. */
  private static final String TOO_LONG = "";

  private final Path directory;
  private @Nullable Path file;
  private long position;

  /** What was read of the file, and how far of it lines were given. */
  private byte[] read = new byte[0];

  private int given;

  /** Whether a line is being passed over that is longer than any record. */
  private boolean passing;

  LogLines(Path directory) {
    this.directory = directory;
  }

  /** {@return the next whole line, or null if there is none yet} */
  @Nullable String next() throws IOException {
    while (true) {
      for (int at = given; at < read.length; at++) {
        if (read[at] == '\n') {
          String line = new String(read, given, at - given, StandardCharsets.UTF_8);
          given = at + 1;
          if (passing) {
            passing = false;
            return TOO_LONG;
          }
          return line;
        }
      }
      if (read.length - given > LONGEST) {
        passing = true;
        given = read.length;
      }
      if (!more() && !nextFile()) {
        return null;
      }
    }
  }

  private boolean more() throws IOException {
    Path from = file;
    if (from == null || !Files.isRegularFile(from)) {
      return false; // a pipe of such a name would be waited for
    }
    ByteArrayOutputStream rest = new ByteArrayOutputStream();
    rest.write(read, given, read.length - given);
    int before = rest.size();
    try (InputStream in = Files.newInputStream(from)) {
      in.skipNBytes(Math.min(position, Files.size(from)));
      byte[] block = in.readNBytes(1 << 20);
      position += block.length;
      rest.writeBytes(block);
    }
    read = rest.toByteArray();
    given = 0;
    return read.length > before;
  }

  /** A file is whole once there is another behind it. */
  private boolean nextFile() throws IOException {
    Path from = file;
    String last = from == null ? "" : String.valueOf(from.getFileName());
    Path next;
    try (Stream<Path> files = Files.list(directory)) {
      next =
          files
              .filter(
                  each ->
                      String.valueOf(each.getFileName()).matches("audit-[0-9]{8,18}-.*\\.jsonl"))
              .filter(each -> String.valueOf(each.getFileName()).compareTo(last) > 0)
              .sorted()
              .findFirst()
              .orElse(null);
    }
    if (next == null) {
      return false;
    }
    file = next;
    position = 0;
    read = new byte[0];
    given = 0;
    passing = false;
    return true;
  }
}
