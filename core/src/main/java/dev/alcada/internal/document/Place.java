package dev.alcada.internal.document;

import dev.alcada.internal.value.JsonPointer;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Where something of a document stands: its chain of names and indices, and the line and column of
 * its text. Pointers are only spelt out when one is asked for.
 *
 * @param parent the place of what holds this, or {@code null} for the document itself
 * @param name the name of an object's member, else empty
 * @param index the index of a list's element, else {@link #NONE}
 * @param line the line in the document's text
 * @param column the column in that line
 */
public record Place(@Nullable Place parent, String name, int index, int line, int column) {
  private static final int NONE = -1;

  /** The document itself. */
  public static Place root(int line, int column) {
    return new Place(null, "", NONE, line, column);
  }

  public Place member(String name, int line, int column) {
    return new Place(this, name, NONE, line, column);
  }

  public Place element(int index, int line, int column) {
    return new Place(this, "", index, line, column);
  }

  /** {@return another place in the text that has the same pointer} */
  public Place at(int newLine, int newColumn) {
    return new Place(parent, name, index, newLine, newColumn);
  }

  /** {@return the place as a JSON Pointer, RFC 6901} */
  public String pointer() {
    Deque<String> steps = new ArrayDeque<>();
    for (Place place = this; place.parent != null; place = place.parent) {
      steps.push(
          place.index == NONE ? JsonPointer.escaped(place.name) : Integer.toString(place.index));
    }
    StringBuilder pointer = new StringBuilder();
    steps.forEach(step -> pointer.append('/').append(step));
    return pointer.toString();
  }

  public static String describe(String pointer, int line, int column) {
    String where =
        pointer.isEmpty() ? "the document" : Spelling.visible(Spelling.shorten(pointer, 200));
    return line == 0 ? where : where + " (line " + line + ", column " + column + ")";
  }
}
