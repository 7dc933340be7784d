package dev.alcada.audit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/**
 * Opens what a log writes. Whoever may write its directory, and nothing else of ours, could put a
 * link there, so that we write over what it leads to, or a pipe, so that we wait for ever: only
 * plain files are opened, and none is begun where anything stands.
 */
final class LogPath {
  private LogPath() {}

  /** {@return whether something stands there, if only a link to nothing} */
  static boolean isTaken(Path path) {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
  }

  /** {@return whether it is a file itself: no link, pipe, device or directory} */
  static boolean isPlain(Path path) {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS);
  }

  /**
   * Fails where something stands that is no file.
   *
   * @throws IOException which names it
   */
  static void checkPlain(Path path) throws IOException {
    if (isTaken(path) && !isPlain(path)) {
      throw new IOException(
          path + " is no file, and a link or a pipe is not written through: remove it");
    }
  }

  /** Opens a file that is there. */
  static RandomAccessFile open(Path path, String mode) throws IOException {
    checkPlain(path);
    return new RandomAccessFile(path.toFile(), mode);
  }

  /** Opens a file of which nothing matters that it holds; whatever else stands there is removed. */
  static RandomAccessFile replace(Path path) throws IOException {
    if (!isPlain(path)) {
      Files.deleteIfExists(path);
      Files.createFile(path);
    }
    return new RandomAccessFile(path.toFile(), "rw");
  }

  /** {@return a text of a file, which anybody may have written, on one line and not endless} */
  static String shown(String text) {
    String line = text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]", "?");
    return line.length() > 300 ? line.substring(0, 300) + "…" : line;
  }
}
