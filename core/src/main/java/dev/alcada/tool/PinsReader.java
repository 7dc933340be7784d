package dev.alcada.tool;

import dev.alcada.internal.document.Spelling;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Reads lock files, which somebody may have edited by hand. */
final class PinsReader {
  private static final String EXPECTED =
      "expected a lock file of tools, {\"version\": \"1\", \"tools\": {…}}";

  private PinsReader() {}

  static ToolPins read(String lock) {
    if (!(ToolListReader.lock(lock, EXPECTED) instanceof Map<?, ?> root)) {
      throw new IllegalArgumentException("The lock file is no object; " + EXPECTED);
    }
    only(root, Set.of("version", "tools"), "");
    if (!"1".equals(root.get("version"))) {
      throw new IllegalArgumentException(
          "/version is " + shown(root.get("version")) + "; expected the text \"1\"");
    }
    if (!(root.get("tools") instanceof Map<?, ?> tools)) {
      throw new IllegalArgumentException(
          "/tools is " + ToolListReader.describe(root.get("tools")) + "; " + EXPECTED);
    }
    Map<String, PinnedTool> pinned = new TreeMap<>();
    tools.forEach((name, entry) -> pinned.put((String) name, tool((String) name, entry)));
    return new ToolPins(pinned);
  }

  private static PinnedTool tool(String name, @Nullable Object value) {
    String place = "/tools/" + Spelling.visible(Spelling.shorten(name));
    if (!(value instanceof Map<?, ?> entry)
        || !(entry.get("definition") instanceof Map<?, ?> definition)) {
      throw new IllegalArgumentException(
          place + " has no definition; expected {\"sha256\": \"…\", \"definition\": {…}}");
    }
    only(entry, Set.of("sha256", "definition"), place);
    ToolDefinition read = ToolListReader.tool(definition, place + "/definition");
    if (!read.name().equals(name)) {
      throw new IllegalArgumentException(
          place + "/definition/name is " + shown(read.name()) + "; expected " + shown(name));
    }
    PinnedTool tool = PinnedTool.of(read);
    if (!tool.sha256().equals(entry.get("sha256"))) {
      throw new IllegalArgumentException(
          place
              + "/sha256 is "
              + shown(entry.get("sha256"))
              + "; expected "
              + shown(tool.sha256())
              + ", that of the definition: one of them was edited. Accept the tool anew");
    }
    return tool;
  }

  private static void only(Map<?, ?> object, Set<String> known, String place) {
    for (Object name : object.keySet()) {
      if (!known.contains((String) name)) {
        throw new IllegalArgumentException(
            (place.isEmpty() ? "The lock file" : place)
                + " has the unknown field "
                + shown(name)
                + "; expected "
                + String.join(" and ", new TreeSet<>(known)));
      }
    }
  }

  private static String shown(@Nullable Object value) {
    return value instanceof String text
        ? Spelling.quote(Spelling.shorten(text, 80))
        : ToolListReader.describe(value);
  }
}
