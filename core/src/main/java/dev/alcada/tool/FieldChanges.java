package dev.alcada.tool;

import dev.alcada.internal.document.ShownJson;
import dev.alcada.internal.document.Spelling;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Finds what differs between two definitions. */
final class FieldChanges {
  /** As many as anybody reads of one tool. */
  private static final int MAX = 50;

  private static final int SHOWN = 200;
  private static final int AROUND = 30;

  private final List<FieldChange> changes = new ArrayList<>();

  private FieldChanges() {}

  static List<FieldChange> between(ToolDefinition before, ToolDefinition now) {
    FieldChanges found = new FieldChanges();
    found.compare("", PinnedTool.members(before), PinnedTool.members(now));
    return List.copyOf(found.changes);
  }

  private void compare(String pointer, @Nullable Object before, @Nullable Object now) {
    if (changes.size() == MAX) {
      return;
    } else if (before instanceof Map<?, ?> one && now instanceof Map<?, ?> other) {
      objects(pointer, one, other);
    } else if (before instanceof List<?> one
        && now instanceof List<?> other
        && one.size() == other.size()) {
      for (int i = 0; i < one.size(); i++) {
        compare(pointer + "/" + i, one.get(i), other.get(i));
      }
    } else if (before instanceof String one && now instanceof String other) {
      if (!one.equals(other)) {
        texts(pointer, one, other);
      }
    } else if (!same(before, now)) {
      add(pointer, shown(before), shown(now));
    }
  }

  private void objects(String pointer, Map<?, ?> before, Map<?, ?> now) {
    Set<Object> names = new LinkedHashSet<>(before.keySet());
    names.addAll(now.keySet());
    for (Object name : names) {
      String below = pointer + "/" + String.valueOf(name).replace("~", "~0").replace("/", "~1");
      if (!now.containsKey(name)) {
        add(below, shown(before.get(name)), null);
      } else if (!before.containsKey(name)) {
        add(below, null, shown(now.get(name)));
      } else {
        compare(below, before.get(name), now.get(name));
      }
    }
  }

  /** Numbers are the same if their values are, whatever they were read as. */
  private static boolean same(@Nullable Object before, @Nullable Object now) {
    if (before instanceof Number one && now instanceof Number other) {
      return PinnedTool.sameNumber(one, other);
    }
    return before == null ? now == null : before.equals(now);
  }

  /** Of long texts only what is between the parts that they have in common, and a little around. */
  private void texts(String pointer, String before, String now) {
    int start = 0;
    int shorter = Math.min(before.length(), now.length());
    while (start < shorter && before.charAt(start) == now.charAt(start)) {
      start++;
    }
    int end = 0;
    while (end < shorter - start
        && before.charAt(before.length() - 1 - end) == now.charAt(now.length() - 1 - end)) {
      end++;
    }
    add(pointer, part(before, start, end), part(now, start, end));
  }

  private static String part(String text, int start, int end) {
    int from = start <= AROUND ? 0 : start - AROUND;
    int to = end <= AROUND ? text.length() : text.length() - end + AROUND;
    String part = text.substring(from, Math.min(to, from + 2 * SHOWN));
    return (from > 0 ? "…" : "") + shown(part) + (from + part.length() < text.length() ? "…" : "");
  }

  private static String shown(@Nullable Object value) {
    return Spelling.shorten(ShownJson.line(value), SHOWN);
  }

  private void add(String pointer, @Nullable String before, @Nullable String now) {
    if (changes.size() < MAX) {
      changes.add(new FieldChange(Spelling.visible(Spelling.shorten(pointer, SHOWN)), before, now));
    }
  }
}
