package dev.alcada.policy;

import dev.alcada.internal.document.DocumentText;
import dev.alcada.internal.document.UnreadableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** The documents kept as test data, and the tables that say what is expected of them. */
final class Corpus {
  private Corpus() {}

  static Path path(String name) {
    try {
      URL url = Objects.requireNonNull(Corpus.class.getResource(name), name);
      return Path.of(url.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The names of a folder's files, sorted. */
  static List<String> files(String folder) {
    try (var files = Files.list(path(folder))) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The rows of a table by their first cell, each without it. */
  static Map<String, List<String>> table(String name) {
    Map<String, List<String>> rows = new TreeMap<>();
    try {
      for (String line : Files.readAllLines(path(name))) {
        String[] cells = line.split("\t", 2);
        rows.computeIfAbsent(cells[0], file -> new ArrayList<>()).add(cells[1]);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return rows;
  }

  /** One of several documents in a file: what it is, what is expected where in it, and its text. */
  record Case(String file, String title, List<Expectation> expected, String document) {
    @Override
    public String toString() {
      return file + ": " + title;
    }
  }

  /** The place of something in a document, and a pattern of what is said there. */
  record Expectation(String pointer, String pattern) {}

  /**
   * The documents of a folder's files. In a file each begins with a line {@code == title}, then
   * come lines {@code pointer ~ pattern}, a line {@code --} and the document.
   */
  static List<Case> cases(String folder) {
    List<Case> cases = new ArrayList<>();
    for (String file : files(folder)) {
      try {
        String text = Files.readString(path(folder).resolve(file));
        String[] parts = text.split("(?m)^== ");
        for (String part : List.of(parts).subList(1, parts.length)) {
          cases.add(of(file, part));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return cases;
  }

  private static Case of(String file, String part) {
    int end = part.indexOf("\n--\n");
    String[] head = part.substring(0, end).split("\n");
    List<Expectation> expected = new ArrayList<>();
    for (String line : List.of(head).subList(1, head.length)) {
      String[] cells = line.split(" ~ ", 2);
      expected.add(new Expectation(cells[0], cells[1]));
    }
    return new Case(file, head[0], expected, part.substring(end + 4));
  }

  /** The text of a document, as a policy is loaded from it. */
  static String text(Path file) {
    try {
      return DocumentText.text(file);
    } catch (UnreadableException e) {
      throw PolicyException.of(file.toString(), e);
    }
  }
}
