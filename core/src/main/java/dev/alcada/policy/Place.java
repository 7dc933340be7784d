package dev.alcada.policy;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Where something of a document stands: its chain of names and indices, and the line and column of
 * its text. Pointers are only spelt out when one is asked for.
 */
record Place(@Nullable Place parent, String name, int line, int column) {

  /** The document itself. */
  static Place root(int line, int column) {
    return new Place(null, "", line, column);
  }

  Place member(String name, int line, int column) {
    return new Place(this, name, line, column);
  }

  Place element(int index, int line, int column) {
    return new Place(this, Integer.toString(index), line, column);
  }

  /** {@return the place as a JSON Pointer, RFC 6901} */
  String pointer() {
    Deque<String> names = new ArrayDeque<>();
    for (Place place = this; place.parent != null; place = place.parent) {
      names.push(place.name);
    }
    StringBuilder pointer = new StringBuilder();
    for (String name : names) {
      pointer.append('/').append(name.replace("~", "~0").replace("/", "~1"));
    }
    return pointer.toString();
  }

  static String describe(String pointer, int line, int column) {
    String where =
        pointer.isEmpty() ? "the document" : Spelling.visible(Spelling.shorten(pointer, 200));
    return line == 0 ? where : where + " (line " + line + ", column " + column + ")";
  }
}
