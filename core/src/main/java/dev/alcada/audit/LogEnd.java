package dev.alcada.audit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a log ends that is opened again, and what is wrong there.
 *
 * @param chain the identifier of its chain, or an empty text if there is none yet
 * @param file the file to go on in, or {@code null} if another is to be begun
 * @param length how many bytes of it are whole records
 * @param torn how many bytes behind them a crash has left
 * @param begun files after it that a crash has left without a whole line
 * @param nextNumber the number of the next file
 * @param sequence the number of the last record
 * @param tie its tie
 * @param key the name of the key that it was written under
 * @param finding what an operator must hear of, or {@code null}
 */
record LogEnd(
    String chain,
    @Nullable LogFile file,
    long length,
    long torn,
    List<LogFile> begun,
    long nextNumber,
    long sequence,
    String tie,
    String key,
    @Nullable String finding) {
  /** More bytes than a record can have. */
  static final int LONGEST = 8 << 20;

  static LogEnd find(Path directory, AuditKeys keys) throws IOException {
    List<LogFile> files = LogFile.in(directory);
    long torn = 0;
    for (int i = files.size() - 1; i >= 0; i--) {
      LogFile file = files.get(i);
      byte[] tail = tail(file.path());
      int whole = lastBreak(tail, tail.length) + 1;
      torn += tail.length - whole;
      if (whole == 0) {
        if (tail.length == LONGEST) {
          throw new IOException(file.path() + " is no audit log: it has no lines");
        }
        continue; // a crash while it was begun
      }
      return end(directory, keys, file, tail, whole, torn, files.subList(i + 1, files.size()));
    }
    String finding = null;
    String anchor = anchorText(directory);
    if (anchor != null) {
      finding = "the files of the log are gone whose anchor is " + LogPath.shown(anchor);
    }
    return new LogEnd("", null, 0, torn, files, 1, 0, hex(Chain.zero()), "", finding);
  }

  private static LogEnd end(
      Path directory,
      AuditKeys keys,
      LogFile file,
      byte[] tail,
      int whole,
      long torn,
      List<LogFile> begun)
      throws IOException {
    Map<String, @Nullable Object> header = header(file, keys);
    Line line = new Line();
    int to = whole - 1;
    int skipped = 0;
    while (!line.parse(tail, lastBreak(tail, to) + 1, to)) {
      skipped++;
      to = lastBreak(tail, to);
      if (to < 0) {
        throw new IOException(file.path() + " has no record that could be gone on from");
      }
    }
    String finding =
        skipped == 0
            ? found(directory, keys, LogFile.text(header.get("chain")), line)
            : file.name() + " ends with " + skipped + " lines that are no records";
    return new LogEnd(
        LogFile.text(header.get("chain")),
        skipped == 0 ? file : null,
        Files.size(file.path()) - (tail.length - whole),
        torn,
        begun,
        file.number() + 1,
        line.sequence,
        hex(line.tie),
        LogFile.text(header.get("key")),
        finding);
  }

  private static Map<String, @Nullable Object> header(LogFile file, AuditKeys keys)
      throws IOException {
    byte[] start = new byte[64 << 10];
    int read;
    try (RandomAccessFile in = LogPath.open(file.path(), "r")) {
      read = Math.max(0, in.read(start));
    }
    int end = 0;
    while (end < read && start[end] != '\n') {
      end++;
    }
    Map<String, @Nullable Object> header = LogFile.read(start, 0, end);
    if (header == null
        || !"header".equals(header.get("kind"))
        || !LogFile.text(header.get("chain")).matches("[0-9a-f]{16}")) {
      throw new IOException(
          file.path() + ", line 1: this is no header of an audit log; use another directory");
    }
    if (LogFile.number(header.get("format")) != LogFile.FORMAT) {
      throw new IOException(
          file.path()
              + ", line 1: found format "
              + LogPath.shown(String.valueOf(header.get("format")))
              + ", expected 1: a newer version of the library has written it");
    }
    String key = LogFile.text(header.get("key"));
    if (!key.isEmpty() && !keys.knows(key)) {
      String named = LogPath.shown(key);
      throw new IOException(
          file.path()
              + ", line 1: it was written under the key \""
              + named
              + "\", which is not among the keys given: add it, as in AuditKeys.of(id, key).and(\""
              + named
              + "\", itsKey)");
    }
    if (!key.isEmpty() && keys.isEmpty()) {
      throw new IOException(
          file.path() + ", line 1: it was written under a key, and must go on under one");
    }
    return header;
  }

  /** Compares the end with the anchor. Whatever is said here, the log goes on. */
  private static @Nullable String found(Path directory, AuditKeys keys, String chain, Line last)
      throws IOException {
    String text = anchorText(directory);
    if (text == null) {
      return "the anchor is missing, so that a cut end cannot be told";
    }
    Anchor anchor;
    try {
      anchor = Anchor.parse(text);
    } catch (IllegalArgumentException e) {
      return "the anchor cannot be read, so that a cut end cannot be told";
    }
    if (!anchor.isGenuine(keys)) {
      return "the anchor was not made under one of the keys";
    } else if (!anchor.chain().equals(chain)) {
      return "the anchor is of another log, " + LogPath.shown(anchor.chain());
    } else if (anchor.sequence() > last.sequence) {
      return "the end was cut: the anchor is of record "
          + anchor.sequence()
          + ", and the last that was there is "
          + last.sequence;
    } else if (anchor.sequence() == last.sequence && !anchor.tie().equals(hex(last.tie))) {
      return "the last record is not the one of the anchor";
    }
    return null;
  }

  static String hex(byte[] tie) {
    byte[] hex = new byte[2 * Chain.BYTES];
    Chain.hex(tie, hex, 0);
    return new String(hex, StandardCharsets.US_ASCII);
  }

  static @Nullable String anchorText(Path directory) throws IOException {
    try {
      Path path = directory.resolve(LogFile.ANCHOR);
      return !LogPath.isTaken(path)
          ? null
          : !LogPath.isPlain(path) || Files.size(path) > 1 << 16
              ? ""
              : Files.readString(path, StandardCharsets.ISO_8859_1).strip();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static byte[] tail(Path path) throws IOException {
    try (RandomAccessFile in = LogPath.open(path, "r")) {
      long length = in.length();
      byte[] tail = new byte[(int) Math.min(length, LONGEST)];
      in.seek(length - tail.length);
      in.readFully(tail);
      return tail;
    }
  }

  /** {@return where the last line break before a place is, or -1} */
  private static int lastBreak(byte[] bytes, int before) {
    int at = before - 1;
    while (at >= 0 && bytes[at] != '\n') {
      at--;
    }
    return at;
  }
}
