package dev.alcada.examples.evidence;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lines of a log that may still be written, file after file. All its files are looked at
 * again each time: one is still written to while the next is begun, and one that somebody puts
 * there with a later name must not hide what is written to the others.
 */
final class LogLines {
  private static final int BLOCK = 1 << 20;

  /** More than a record can have. */
  private static final int LONGEST = 8 << 20;

  /** What stands for a line that is no record, whatever it holds. */
  private static final String TOO_LONG = "";

  private final Path directory;
  private final Map<Path, Followed> files = new TreeMap<>();

  /** Whole lines of one file, and how far they were given. */
  private byte[] lines = new byte[0];

  private int given;
  private @Nullable Followed from;

  /** How far a file was read. */
  private static final class Followed {
    /** Where the first line begins that was not read to its end. */
    long position;

    /** How large the file was when nothing more could be read of it. */
    long size = -1;

    /** Whether a line is being passed over that is longer than any record. */
    boolean passing;
  }

  LogLines(Path directory) {
    this.directory = directory;
  }

  /** {@return the next whole line, or null if there is none yet} */
  @Nullable String next() throws IOException {
    if (given == lines.length && !more()) {
      return null;
    }
    int end = given;
    while (lines[end] != '\n') {
      end++;
    }
    String line = new String(lines, given, end - given, StandardCharsets.UTF_8);
    given = end + 1;
    Followed of = from;
    if (of != null && of.passing) {
      of.passing = false;
      return TOO_LONG;
    }
    return line;
  }

  private boolean more() throws IOException {
    List<Path> there = listed();
    files.keySet().retainAll(there);
    for (Path file : there) {
      Followed followed = files.computeIfAbsent(file, path -> new Followed());
      try {
        if (read(file, followed)) {
          return true;
        }
      } catch (NoSuchFileException | EOFException e) {
        // It has just been retired, or cut; what was read of it was given.
        followed.size = -1;
      }
    }
    return false;
  }

  private List<Path> listed() throws IOException {
    try (Stream<Path> all = Files.list(directory)) {
      return all.filter(
              each -> String.valueOf(each.getFileName()).matches("audit-[0-9]{8,18}-.*\\.jsonl"))
          .filter(Files::isRegularFile) // a pipe of such a name would be waited for
          .sorted()
          .toList();
    }
  }

  /** Reads the next whole lines of a file; {@return whether there are any} */
  private boolean read(Path file, Followed followed) throws IOException {
    long size = Files.size(file);
    if (size == followed.size || size <= followed.position) {
      return false;
    }
    try (InputStream in = Files.newInputStream(file)) {
      in.skipNBytes(followed.position);
      byte[] read = new byte[0];
      for (byte[] block = in.readNBytes(BLOCK); block.length > 0; block = in.readNBytes(BLOCK)) {
        int before = read.length;
        read = Arrays.copyOf(read, before + block.length);
        System.arraycopy(block, 0, read, before, block.length);
        int end = afterLastLine(read, before);
        if (end > 0) {
          lines = Arrays.copyOf(read, end);
          given = 0;
          from = followed;
          followed.position += end;
          return true;
        } else if (followed.passing || read.length > LONGEST) {
          followed.passing = true;
          followed.position += read.length;
          read = new byte[0];
        }
      }
    }
    followed.size = size;
    return false;
  }

  private static int afterLastLine(byte[] bytes, int least) {
    for (int at = bytes.length; at > least; at--) {
      if (bytes[at - 1] == '\n') {
        return at;
      }
    }
    return 0;
  }
}
