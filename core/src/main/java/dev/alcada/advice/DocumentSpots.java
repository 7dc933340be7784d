package dev.alcada.advice;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * Where a policy's document, its {@code tools} and its {@code hide} stand in the text, so that
 * something can be added to them. The document has been read before and is known to be one.
 */
final class DocumentSpots {
  private static final JsonFactory FACTORY = new JsonFactory();

  /**
   * An object or a list of the document.
   *
   * @param flow whether it stands between braces or brackets, rather than in lines of its own
   * @param start where it begins
   * @param end where it ends; of one in lines, where its last value ends
   * @param lastEnd where its last value ends, or -1 if it has none
   * @param firstStart where its first name or value begins, or -1 if it has none
   */
  record Spot(boolean flow, int start, int end, int lastEnd, int firstStart) {}

  private final String text;
  private final Map<String, Spot> spots = new HashMap<>();

  private DocumentSpots(String text) {
    this.text = text;
  }

  static DocumentSpots of(String text) {
    DocumentSpots spots = new DocumentSpots(text);
    String start = text.stripLeading();
    if (start.startsWith("{")) {
      spots.json();
    } else {
      spots.yaml();
    }
    return spots;
  }

  /** {@return the document itself} */
  Spot root() {
    Spot root = spots.get("");
    if (root == null) {
      throw new IllegalStateException("A policy that was read is no object");
    }
    return root;
  }

  /** {@return an object or list of the document, or null if it has none of that name} */
  @Nullable Spot member(String name) {
    return spots.get(name);
  }

  private void json() {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      Deque<Open> open = new ArrayDeque<>();
      String name = "";
      while (parser.nextToken() != null) {
        JsonToken token = parser.currentToken();
        int start = (int) parser.currentTokenLocation().getCharOffset();
        if (token == JsonToken.PROPERTY_NAME) {
          open.element().sawChild(start);
          if (open.size() == 1) {
            name = parser.currentName();
          }
          continue;
        }
        parser.finishToken();
        int end = (int) parser.currentLocation().getCharOffset();
        if (token.isStructStart()) {
          Open parent = open.peek();
          if (parent != null) {
            parent.sawChild(start);
          }
          open.push(new Open(open.isEmpty() ? "" : name, open.size(), true, start));
        } else if (token.isStructEnd()) {
          close(open, end);
        } else {
          open.element().sawChild(start);
          open.element().lastEnd = end;
        }
      }
    }
  }

  private void yaml() {
    LoadSettings settings =
        LoadSettings.builder()
            .setUseMarks(true)
            .setCodePointLimit(Integer.MAX_VALUE)
            .setBufferSize(Math.max(1024, text.length()))
            .build();
    ParserImpl parser = new ParserImpl(settings, new StreamReader(settings, text));
    Deque<Open> open = new ArrayDeque<>();
    String name = "";
    while (parser.hasNext()) {
      Event event = parser.next();
      if (event instanceof CollectionStartEvent collection) {
        int start = offset(event.getStartMark());
        Open parent = open.peek();
        if (parent != null) {
          parent.sawChild(start);
        }
        open.push(new Open(open.isEmpty() ? "" : name, open.size(), collection.isFlow(), start));
      } else if (event instanceof ScalarEvent scalar && !open.isEmpty()) {
        Open parent = open.element();
        int start = offset(event.getStartMark());
        parent.sawChild(start);
        if (open.size() == 1 && parent.isName()) {
          name = scalar.getValue();
        }
        parent.lastEnd = offset(event.getEndMark());
      } else if (event.getEventId() == Event.ID.MappingEnd
          || event.getEventId() == Event.ID.SequenceEnd) {
        close(open, open.element().flow ? offset(event.getEndMark()) : -1);
      }
    }
  }

  /** Marks count characters, of which some are two in Java. */
  private int offset(Optional<Mark> mark) {
    return text.offsetByCodePoints(0, mark.orElseThrow().getIndex());
  }

  private void close(Deque<Open> open, int end) {
    Open closed = open.pop();
    int last = end < 0 ? closed.lastEnd : end;
    if (closed.depth < 2) {
      spots.put(
          closed.name,
          new Spot(closed.flow, closed.start, last, closed.lastEnd, closed.firstStart));
    }
    Open parent = open.peek();
    if (parent != null) {
      parent.lastEnd = last;
    }
  }

  /** An object or list whose end has not been seen. */
  private static final class Open {
    private final String name;
    private final int depth;
    private final boolean flow;
    private final int start;
    private int firstStart = -1;
    private int lastEnd = -1;
    private int children;

    Open(String name, int depth, boolean flow, int start) {
      this.name = name;
      this.depth = depth;
      this.flow = flow;
      this.start = start;
    }

    void sawChild(int at) {
      children++;
      if (firstStart < 0) {
        firstStart = at;
      }
    }

    /** {@return whether what was seen last is a name, if this is an object} */
    boolean isName() {
      return children % 2 == 1;
    }
  }
}
