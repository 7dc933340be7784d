package dev.alcada.internal.document;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

/** Reads JSON (RFC 8259) into a tree. */
final class JsonTree {
  /** The reader's own bounds are checked here, with places; the library's must not come first. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .disable(TokenStreamFactory.Feature.INTERN_PROPERTY_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNameLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private static final String EXPECTED = "a JSON document, since it starts with a brace or bracket";

  private final JsonParser parser;
  private final TreeBuilder tree;

  private JsonTree(JsonParser parser, TreeBuilder tree) {
    this.parser = parser;
    this.tree = tree;
  }

  /** {@return the tree, or null if the text is not JSON, which is then a problem} */
  static @Nullable Node read(String text, TreeBuilder tree, Problems problems) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      JsonTree reader = new JsonTree(parser, tree);
      parser.nextToken();
      TokenStreamLocation at = parser.currentTokenLocation();
      Node root = reader.value(Place.root(at.getLineNr(), at.getColumnNr()), 1);
      if (parser.nextToken() != null) {
        TokenStreamLocation rest = parser.currentTokenLocation();
        problems.add(
            Place.root(rest.getLineNr(), rest.getColumnNr()),
            "more text after the document's end",
            "one document");
      }
      return root;
    } catch (UnexpectedEndOfInputException e) {
      problems.add(
          at(e),
          "the end of the text within a value",
          EXPECTED,
          "a quote, brace or bracket is not closed");
      return null;
    } catch (JacksonException e) {
      // What the library adds in brackets are switches of its own.
      String message =
          e.getOriginalMessage().replaceFirst("(: maybe| \\(not recognized|: enable).*", "");
      Place place = at(e);
      problems.add(
          place,
          "text that is not JSON (" + Spelling.shorten(message, 160) + ")",
          EXPECTED,
          SyntaxMends.ofJson(text, place.line(), place.column(), e.getOriginalMessage()));
      return null;
    } catch (TreeBuilder.Stopped e) {
      return null;
    }
  }

  private static Place at(JacksonException e) {
    TokenStreamLocation at = e.getLocation();
    return at == null ? Place.root(1, 1) : Place.root(at.getLineNr(), at.getColumnNr());
  }

  private Node value(Place place, int depth) {
    tree.count(place);
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> object(place, depth);
      case START_ARRAY -> list(place, depth);
      case VALUE_STRING -> tree.text(place, parser.getString());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> tree.number(place, parser.getString());
      case VALUE_TRUE -> new Node.Bool(place, true);
      case VALUE_FALSE -> new Node.Bool(place, false);
      default -> new Node.Null(place);
    };
  }

  private Node object(Place place, int depth) {
    tree.checkDepth(place, depth);
    Map<String, Node.Member> members = new LinkedHashMap<>(TreeBuilder.FEW);
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = tree.shared(parser.currentName());
      TokenStreamLocation named = parser.currentTokenLocation();
      parser.nextToken();
      TokenStreamLocation at = parser.currentTokenLocation();
      Node value = value(place.member(name, at.getLineNr(), at.getColumnNr()), depth + 1);
      tree.add(members, name, new Node.Member(value, named.getLineNr(), named.getColumnNr()));
    }
    return new Node.Mapping(place, members);
  }

  private Node list(Place place, int depth) {
    tree.checkDepth(place, depth);
    List<Node> elements = new ArrayList<>(TreeBuilder.FEW);
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      TokenStreamLocation at = parser.currentTokenLocation();
      elements.add(
          value(place.element(elements.size(), at.getLineNr(), at.getColumnNr()), depth + 1));
    }
    return new Node.Sequence(place, elements);
  }
}
