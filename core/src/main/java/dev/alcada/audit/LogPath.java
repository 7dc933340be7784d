package dev.alcada.audit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Opens what a log writes. Whoever may write its directory, and nothing else of ours, could put a
 * link there, so that we write over what it leads to, or a pipe, so that we wait for ever: only
 * plain files are opened, and none is begun where anything stands.
 *
 * <p>A file is opened by its name and through links, so what stands there is looked at before and
 * once more after, and nothing is written in between; a file that is begun must be empty too. What
 * remains of the race: whoever puts a link there and takes it away again, both within the opening
 * of a file that is gone on with, has us write over what it led to; of a file that is begun, into
 * an empty one. A pipe that is put there within the opening of a file that is only read is waited
 * for.
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
    return opened(path, mode, false);
  }

  /**
   * Begins a file.
   *
   * @throws java.nio.file.FileAlreadyExistsException if anything stands there
   */
  static RandomAccessFile begin(Path path) throws IOException {
    Files.createFile(path);
    return opened(path, "rw", true);
  }

  private static RandomAccessFile opened(Path path, String mode, boolean begun) throws IOException {
    checkPlain(path);
    Object before = key(path);
    RandomAccessFile opened = new RandomAccessFile(path.toFile(), mode);
    boolean ours = false;
    try {
      ours = isPlain(path) && Objects.equals(key(path), before) && !(begun && opened.length() > 0);
    } finally {
      if (!ours) {
        opened.close();
      }
    }
    if (!ours) {
      throw new IOException(path + " was replaced while it was opened");
    }
    return opened;
  }

  /** {@return what tells a file from others of its name, or null if there is none} */
  private static @Nullable Object key(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Opens a file of which nothing matters that it holds; whatever else stands there is removed. */
  static RandomAccessFile replace(Path path) throws IOException {
    if (isPlain(path)) {
      return open(path, "rw");
    }
    Files.deleteIfExists(path);
    return begin(path);
  }

  /** {@return a text of a file, which anybody may have written, on one line and not endless} */
  static String shown(String text) {
    String line = text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]", "?");
    return line.length() > 300 ? line.substring(0, 300) + "…" : line;
  }
}
