package dev.alcada.tool;

import org.jspecify.annotations.Nullable;

/**
 * A difference between a tool that was accepted and the tool of its name now.
 *
 * @param pointer where in the definition, as a JSON Pointer (RFC 6901); nothing in it disturbs a
 *     terminal
 * @param before what was there, as one line of JSON; of a long text the part that changed; {@code
 *     null} if nothing was there
 * @param now what is there, likewise
 */
public record FieldChange(String pointer, @Nullable String before, @Nullable String now) {

  /** {@return place, before and now, for people} */
  @Override
  public String toString() {
    if (before == null) {
      return pointer + ": added " + now;
    } else if (now == null) {
      return pointer + ": removed " + before;
    }
    return pointer + ": " + before + " is now " + now;
  }
}
