package dev.alcada.tool;

import dev.alcada.internal.document.ShownJson;
import dev.alcada.internal.document.Spelling;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Tools as a person has accepted them, in a lock file that is kept with the code: what a server
 * says of a tool cannot change unseen.
 *
 * <p>Of each tool there is the SHA-256 of its canonical JSON (name, title, description, schemas and
 * annotations), and beside it the definition itself, so that a change can be shown field by field.
 * The order of members and the spelling of numbers do not count; every character of a text does.
 * Nothing is ever pinned but by {@link #of} and {@link #accept}.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class ToolPins {
  /** What is known of a tool. */
  public enum Status {
    /** It is as it was accepted. */
    PINNED,
    /** It was accepted, and is not as it was then. */
    CHANGED,
    /** No tool of its name was accepted. */
    UNPINNED
  }

  private final Map<String, PinnedTool> pinned;

  ToolPins(Map<String, PinnedTool> pinned) {
    this.pinned = pinned;
  }

  /**
   * Returns tools as they are now.
   *
   * @param tools the tools that a person has looked at
   * @throws IllegalArgumentException if two tools have one name, or one cannot be written as JSON
   *     that every reader takes alike
   */
  public static ToolPins of(Collection<ToolDefinition> tools) {
    return new ToolPins(Map.of()).accept(tools);
  }

  /**
   * Returns the tools that a lock file's text has.
   *
   * @param lock the text, as {@link #toJson} writes it
   * @throws IllegalArgumentException if it is no such text, or a definition in it is not that of
   *     its hash; the message says where
   */
  public static ToolPins parse(String lock) {
    return PinsReader.read(Objects.requireNonNull(lock, "lock"));
  }

  /**
   * Returns the tools that a lock file has.
   *
   * @param file the lock file, in UTF-8
   * @throws IllegalArgumentException if it is no such file, or a definition in it is not that of
   *     its hash; the message says where
   * @throws UncheckedIOException if it cannot be read
   */
  public static ToolPins load(Path file) {
    try {
      return parse(Files.readString(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the lock file " + file + ": " + e, e);
    }
  }

  /**
   * Returns these tools, and others with them, which take the place of those of the same name.
   *
   * @param tools the tools that a person has looked at
   * @throws IllegalArgumentException if two tools have one name, or one cannot be written as JSON
   *     that every reader takes alike
   */
  public ToolPins accept(Collection<ToolDefinition> tools) {
    Map<String, PinnedTool> added = new LinkedHashMap<>();
    for (ToolDefinition tool : tools) {
      if (added.put(tool.name(), PinnedTool.of(tool)) != null) {
        throw new IllegalArgumentException(
            "More than one tool is called " + Spelling.quote(tool.name()));
      }
    }
    Map<String, PinnedTool> all = new TreeMap<>(pinned);
    all.putAll(added);
    return new ToolPins(all);
  }

  /**
   * Returns these tools without one.
   *
   * @param name the tool's name
   * @throws IllegalArgumentException if no tool of that name is pinned
   */
  public ToolPins without(String name) {
    Map<String, PinnedTool> rest = new TreeMap<>(pinned);
    if (rest.remove(name) == null) {
      throw new IllegalArgumentException("No tool called " + Spelling.quote(name) + " is pinned");
    }
    return new ToolPins(rest);
  }

  /** {@return the names of the tools} */
  public Set<String> names() {
    return Collections.unmodifiableSet(pinned.keySet());
  }

  /**
   * Returns a tool as it was accepted, or {@code null} if none of that name was.
   *
   * @param name the tool's name
   */
  public @Nullable ToolDefinition accepted(String name) {
    PinnedTool tool = pinned.get(name);
    return tool == null ? null : tool.definition();
  }

  /**
   * Returns whether a tool is as it was accepted. One that cannot be written as JSON is never.
   *
   * @param tool the tool as its server describes it now
   */
  public Status status(ToolDefinition tool) {
    PinnedTool accepted = pinned.get(tool.name());
    if (accepted == null) {
      return Status.UNPINNED;
    }
    return accepted.is(tool) ? Status.PINNED : Status.CHANGED;
  }

  /**
   * Returns what has changed since the tools were accepted.
   *
   * @param tools all tools as their server describes them now
   */
  public PinComparison compare(Collection<ToolDefinition> tools) {
    return PinComparison.of(this, tools);
  }

  /** {@return the lock file's text; equal tools have equal texts} */
  public String toJson() {
    Map<String, Object> tools = new LinkedHashMap<>();
    pinned.forEach(
        (name, tool) -> {
          Map<String, Object> entry = new LinkedHashMap<>();
          entry.put("sha256", tool.sha256());
          entry.put("definition", tool.members());
          tools.put(name, entry);
        });
    Map<String, Object> lock = new LinkedHashMap<>();
    lock.put("version", "1");
    lock.put("tools", tools);
    return ShownJson.indented(lock) + "\n";
  }

  /**
   * Writes the lock file; one that is there is replaced as a whole.
   *
   * @param file the lock file
   * @throws UncheckedIOException if it cannot be written; what was there is then still there
   */
  public void save(Path file) {
    Path target = file.toAbsolutePath();
    try {
      Path written = Files.createTempFile(target.getParent(), ".pins", ".json");
      try {
        Files.writeString(written, toJson(), StandardCharsets.UTF_8);
        move(written, target);
      } finally {
        Files.deleteIfExists(written);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the lock file " + file + ": " + e, e);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** {@return whether the other has the same tools as they are here} */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ToolPins pins && pinned.equals(pins.pinned);
  }

  @Override
  public int hashCode() {
    return pinned.hashCode();
  }

  /** {@return how many tools are pinned} */
  @Override
  public String toString() {
    return pinned.size() == 1 ? "1 tool" : pinned.size() + " tools";
  }
}
