package dev.alcada.internal.document;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The text of a document: what it is written in. */
public final class DocumentText {
  private static final int MAX_BYTES = 16 * 1024 * 1024;
  private static final int PATIENCE_MILLIS = 10_000;

  private DocumentText() {}

  /**
   * {@return the tree of a document; what begins with a brace or bracket is JSON, all else YAML}
   */
  public static Node tree(String text, Problems problems) {
    return tree(text, new TreeBuilder(problems), problems);
  }

  /** As {@link #tree(String, Problems)}, made by a builder of the caller's. */
  public static Node tree(String text, TreeBuilder tree, Problems problems) {
    if (tooLong(text)) {
      Place place = Place.root(1, 1);
      problems.add(place, "more than 16 MiB", "at most 16 MiB");
      return new Node.Broken(place);
    }
    String document = text.startsWith("\uFEFF") ? text.substring(1) : text;
    char first = firstOf(document);
    String mend = first == '/' || first == '`' ? SyntaxMends.atBeginning(document) : null;
    if (mend != null) {
      Place place = placeOf(document, first);
      problems.add(
          place, "text that is neither JSON nor YAML", "a document that begins at once", mend);
      return new Node.Broken(place);
    }
    Node root =
        first == '{' || first == '['
            ? JsonTree.read(document, tree, problems)
            : YamlTree.read(document, tree, problems);
    return root == null ? new Node.Broken(Place.root(1, 1)) : root;
  }

  /**
   * Returns the text of a file.
   *
   * @throws UnreadableException if it cannot be read or is not UTF-8
   */
  public static String text(Path file) throws UnreadableException {
    return text(() -> Files.newInputStream(file.toAbsolutePath()), "file");
  }

  /**
   * Returns the text of a resource.
   *
   * @throws UnreadableException if it cannot be read in time, or is not UTF-8
   */
  public static String text(URL resource) throws UnreadableException {
    return text(
        () -> {
          URLConnection connection = resource.openConnection();
          // A cached one would keep a jar open, and show an old text of a new jar.
          connection.setUseCaches(false);
          connection.setConnectTimeout(PATIENCE_MILLIS);
          connection.setReadTimeout(PATIENCE_MILLIS);
          return connection.getInputStream();
        },
        "resource");
  }

  /** Opens what a text is read from. */
  private interface Opening {
    InputStream open() throws IOException;
  }

  private static String text(Opening opening, String what) throws UnreadableException {
    byte[] bytes;
    try (InputStream in = opening.open()) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    } catch (IOException | RuntimeException e) {
      throw new UnreadableException(
          fault(Place.root(0, 0), "no readable " + what + " (" + e + ")", "a policy document"),
          e,
          null);
    }
    if (bytes.length > MAX_BYTES) {
      throw new UnreadableException(
          fault(Place.root(0, 0), "more than 16 MiB", "at most 16 MiB"),
          null,
          new String(bytes, StandardCharsets.UTF_8));
    }
    CharBuffer text = CharBuffer.allocate(bytes.length);
    CoderResult result =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .decode(ByteBuffer.wrap(bytes), text, true);
    text.flip();
    boolean otherEncoding =
        bytes.length > 1
            && (bytes[0] == 0 || bytes[1] == 0 || (bytes[0] & bytes[1] & 0xff) == 0xfe);
    if (result.isError() || otherEncoding) {
      throw new UnreadableException(
          fault(
              otherEncoding ? Place.root(1, 1) : endOf(text),
              otherEncoding ? "UTF-16 or UTF-32" : "bytes that are not UTF-8",
              "a document in UTF-8"),
          null,
          madeOut(bytes, otherEncoding));
    }
    return text.toString();
  }

  private static Place endOf(CharSequence text) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < text.length(); i++) {
      column = text.charAt(i) == '\n' ? 1 : column + 1;
      line += text.charAt(i) == '\n' ? 1 : 0;
    }
    return Place.root(line, column);
  }

  private static Fault fault(Place place, String found, String expected) {
    return new Fault("", place.line(), place.column(), found, expected, null);
  }

  /** Of UTF-16 and UTF-32 the characters of Latin-1, which are enough to find a name. */
  private static String madeOut(byte[] bytes, boolean otherEncoding) {
    String text =
        new String(bytes, otherEncoding ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8);
    return otherEncoding ? text.replaceFirst("^\0*[\u00fe\u00ff]{2}", "") : text;
  }

  private static Place placeOf(String text, char first) {
    String before = text.substring(0, text.indexOf(first));
    int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
    return Place.root(line, before.length() - before.lastIndexOf('\n'));
  }

  private static char firstOf(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
        return c;
      }
    }
    return ' ';
  }

  private static boolean tooLong(String text) {
    if (text.length() <= MAX_BYTES / 3) {
      return false;
    }
    return text.length() > MAX_BYTES
        || text.codePoints().mapToLong(DocumentText::utf8Length).sum() > MAX_BYTES;
  }

  private static int utf8Length(int codePoint) {
    if (codePoint < 0x80) {
      return 1;
    } else if (codePoint < 0x800) {
      return 2;
    }
    return codePoint < 0x10000 ? 3 : 4;
  }
}
