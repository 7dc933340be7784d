package dev.alcada.tool;

import dev.alcada.internal.document.Spelling;
import dev.alcada.internal.value.LookAlikes;
import dev.alcada.tool.Suspicion.Kind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads every text of one tool, names of parameters and permitted values among them. */
final class SuspicionReader {
  private static final int MAX_OF_TOOL = 20;
  private static final int LONGEST = 10_000;
  private static final int MOST_BLANKS = 100;
  private static final int SHOWN = 80;
  private static final int SHORTEST_NAME = 4;
  private static final int LONGEST_NAME = 200;

  private final ToolDefinition tool;
  private final Set<String> names;
  private final Map<String, Suspicion> found = new LinkedHashMap<>();

  private SuspicionReader(ToolDefinition tool, Set<String> names) {
    this.tool = tool;
    this.names = names;
  }

  static List<Suspicion> read(Collection<ToolDefinition> tools) {
    Set<String> names = new LinkedHashSet<>();
    tools.forEach(tool -> names.add(tool.name()));
    LookAlikes lookAlikes = LookAlikes.of(names);
    List<Suspicion> found = new ArrayList<>();
    for (ToolDefinition tool : tools) {
      SuspicionReader reader = new SuspicionReader(tool, names);
      List<String> like = lookAlikes.like(tool.name());
      if (!like.isEmpty()) {
        reader.add("/name", Kind.LOOK_ALIKE, "it looks like " + Spelling.quote(like.get(0)));
      }
      PinnedTool.members(tool).forEach((name, value) -> reader.value("/" + name, value));
      found.addAll(reader.found.values());
    }
    return List.copyOf(found);
  }

  private void value(String pointer, @Nullable Object value) {
    if (value instanceof Map<?, ?> object) {
      object.forEach(
          (name, member) -> {
            String text = (String) name;
            String below = pointer + "/" + Spelling.shorten(text, SHOWN);
            text(below, text);
            value(below, member);
          });
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        value(pointer + "/" + i, list.get(i));
      }
    } else if (value instanceof String text) {
      text(pointer, text);
    }
  }

  private void text(String pointer, String text) {
    if (found.size() >= MAX_OF_TOOL) {
      return;
    }
    String hidden = HiddenCharacters.in(text);
    if (hidden != null) {
      add(pointer, Kind.HIDDEN_CHARACTERS, hidden);
    }
    if (text.contains("<!--")) {
      add(pointer, Kind.HIDDEN_CHARACTERS, "it has a comment, which is not seen where it is shown");
    }
    if (text.length() > LONGEST) {
      String length = String.format(Locale.ROOT, "%,d", text.length());
      add(pointer, Kind.OVERLONG, "it is " + length + " characters long");
    }
    if (goesOnBehindBlanks(text)) {
      add(pointer, Kind.OVERLONG, "it goes on behind " + MOST_BLANKS + " blanks or more");
    }
    for (String phrase : Phrases.in(text)) {
      add(pointer, Kind.INSTRUCTION, "it says " + Spelling.quote(phrase));
    }
    if (pointer.endsWith("/description") || pointer.endsWith("/title")) {
      for (String name : named(text)) {
        add(pointer, Kind.OTHER_TOOL, "it names the tool " + Spelling.quote(name));
      }
    }
  }

  private static boolean goesOnBehindBlanks(String text) {
    int blanks = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\u00a0' || c == '\u3000') {
        blanks++;
      } else if (blanks >= MOST_BLANKS) {
        return true;
      } else {
        blanks = 0;
      }
    }
    return false;
  }

  /** The other tools that a text names; a name that is a plain word may be meant as one. */
  private Set<String> named(String text) {
    Set<String> named = new LinkedHashSet<>();
    int start = -1;
    for (int i = 0; i <= text.length() && named.size() < MAX_OF_TOOL; i++) {
      char c = i == text.length() ? ' ' : text.charAt(i);
      boolean part = Character.isLetterOrDigit(c) || "_-./".indexOf(c) >= 0;
      if (part && start < 0) {
        start = i;
      } else if (!part && start >= 0) {
        int end = i;
        while (end > start && "-./".indexOf(text.charAt(end - 1)) >= 0) {
          end--;
        }
        if (end - start >= SHORTEST_NAME && end - start <= LONGEST_NAME) {
          String word = text.substring(start, end);
          if (!isPlain(word) && names.contains(word) && !word.equals(tool.name())) {
            named.add(word);
          }
        }
        start = -1;
      }
    }
    return named;
  }

  private static boolean isPlain(String word) {
    return word.substring(1).chars().allMatch(Character::isLowerCase);
  }

  private void add(String pointer, Kind kind, String what) {
    if (found.size() < MAX_OF_TOOL) {
      String where = Spelling.visible(Spelling.shorten(pointer, 200));
      found.putIfAbsent(where + " " + what, new Suspicion(tool.name(), where, kind, what));
    }
  }
}
