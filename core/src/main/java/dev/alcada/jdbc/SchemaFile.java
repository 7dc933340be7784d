package dev.alcada.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** The tables, as files beside this class that a host applies with its own migrations. */
final class SchemaFile {
  /** Held while tables are created: two that create one at a time fail. */
  static final long LOCK = 0x616c6361_64610001L;

  private SchemaFile() {}

  /** {@return where the file lies on the class path} */
  static String path(String name) {
    return "dev/alcada/jdbc/" + name;
  }

  static List<String> statements(String name) {
    try (InputStream in = SchemaFile.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(path(name) + " is missing in this library");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Arrays.stream(text.replaceAll("(?m)^\\s*--.*$", "").split(";"))
          .map(String::strip)
          .filter(statement -> !statement.isEmpty())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
