package dev.alcada.examples.gateway;

import dev.alcada.guard.ToolGuard;
import dev.alcada.tool.ToolPins;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lock file of the upstream's tools, in force as it is on the disk: read again with each list
 * of tools, and before a tool is denied because it is not as it was pinned. Thread-safe.
 */
final class PinFile {
  private static final Logger LOG = LoggerFactory.getLogger(PinFile.class);

  private final Path file;
  private final ToolGuard guard;
  private List<?> seen;

  /**
   * @param file was loaded into the guard just now
   */
  PinFile(Path file, ToolGuard guard) {
    this.file = file;
    this.guard = guard;
    this.seen = state();
  }

  /** Puts what the file has now in force; one that cannot be read leaves what was in force. */
  synchronized void reread() {
    List<?> now = state();
    if (now.equals(seen)) {
      return;
    }
    seen = now;
    try {
      guard.replacePins(ToolPins.load(file));
      System.err.println("pins: the file has changed; what it says now is in force");
    } catch (IllegalArgumentException | UncheckedIOException e) {
      LOG.warn(
          "The lock file does not load; the last good one stays in force: {}",
          Quoted.line(e.getMessage()));
    }
  }

  private List<? extends @Nullable Object> state() {
    try {
      BasicFileAttributes file = Files.readAttributes(this.file, BasicFileAttributes.class);
      return Arrays.asList(file.lastModifiedTime(), file.size(), file.fileKey());
    } catch (IOException e) {
      return List.of();
    }
  }
}
