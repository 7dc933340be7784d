package dev.alcada.tool;

import dev.alcada.internal.document.Spelling;
import java.util.Collection;
import java.util.List;

/**
 * Something in what a server says of a tool that is not there to describe it.
 *
 * <p>Words can be put in many ways, and what is not found is not harmless: a person has to read
 * what a model will read. Immutable and safe for use by several threads.
 *
 * @param tool the tool's name
 * @param pointer where in its definition, as a JSON Pointer (RFC 6901); nothing in it disturbs a
 *     terminal
 * @param kind what kind of thing it is
 * @param found what it is, in words; nothing in it disturbs a terminal
 */
public record Suspicion(String tool, String pointer, Kind kind, String found) {
  /** What is suspicious. */
  public enum Kind {
    /** Words that tell a model what to do, rather than what the tool does. */
    INSTRUCTION,
    /** Characters that people do not see, or that change what they see. */
    HIDDEN_CHARACTERS,
    /** The name of another tool of the list. */
    OTHER_TOOL,
    /** More text than anybody reads, or text behind so much space that nobody finds it. */
    OVERLONG,
    /** A name that looks like that of another tool of the list. */
    LOOK_ALIKE
  }

  /**
   * Returns what is suspicious in tools, in the order of the list, at most 20 of one tool. Takes
   * time proportional to the length of what they say.
   *
   * @param tools all tools of one server
   */
  public static List<Suspicion> of(Collection<ToolDefinition> tools) {
    return SuspicionReader.read(tools);
  }

  /** {@return tool, place and what was found, for people} */
  @Override
  public String toString() {
    return Spelling.quote(tool) + " " + pointer + ": " + found;
  }
}
