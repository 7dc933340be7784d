package dev.alcada.audit;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * That one log is open in a directory, in this process or another. Within this one it is known
 * without touching the file: to close it anywhere would free it everywhere. One thread at a time.
 */
final class DirectoryLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
  private static final Set<Path> OPEN_HERE = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private FileChannel channel;
  private @Nullable Object fileKey;

  private DirectoryLock(Path directory) throws IOException {
    this.directory = directory;
    this.channel = locked(directory);
    this.fileKey = key(directory);
  }

  static DirectoryLock of(Path directory) throws IOException {
    Path real = directory.toRealPath();
    if (!OPEN_HERE.add(real)) {
      throw inUse(directory);
    }
    try {
      return new DirectoryLock(real);
    } catch (IOException | RuntimeException e) {
      OPEN_HERE.remove(real);
      throw e;
    }
  }

  private static FileChannel locked(Path directory) throws IOException {
    Path path = directory.resolve(LogFile.LOCK);
    LogPath.checkPlain(path);
    FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    FileLock lock = null;
    try {
      lock = channel.tryLock();
    } catch (OverlappingFileLockException e) {
      // By whoever else in this process locks files of that name.
    } finally {
      if (lock == null) {
        channel.close();
      }
    }
    if (lock == null) {
      throw inUse(directory);
    }
    return channel;
  }

  private static IOException inUse(Path directory) {
    return new IOException(
        "another audit log is open in "
            + directory
            + ": give each process a directory of its own, such as one named after the host");
  }

  private static @Nullable Object key(Path directory) throws IOException {
    try {
      return Files.readAttributes(directory.resolve(LogFile.LOCK), BasicFileAttributes.class)
          .fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** {@return the directory that is locked, by a name without links, which lead elsewhere later} */
  Path directory() {
    return directory;
  }

  /** Locks the directory that is there now, where the one that was locked is gone. */
  void renew() throws IOException {
    Object present = key(directory);
    if (present != null && Objects.equals(present, fileKey)) {
      return;
    }
    FileChannel last = channel;
    channel = locked(directory);
    fileKey = key(directory);
    last.close();
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("A lock could not be closed.", e);
    } finally {
      OPEN_HERE.remove(directory);
    }
  }
}
