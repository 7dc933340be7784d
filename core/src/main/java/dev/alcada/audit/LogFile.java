package dev.alcada.audit;

import dev.alcada.internal.value.ArgumentsJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One file of a log, by its name.
 *
 * @param path where it is
 * @param number its number in the log, from 1
 * @param day the day, in UTC, on which it was begun
 */
record LogFile(Path path, long number, LocalDate day) {
  /** What is found in a directory besides the files of records. */
  static final String ANCHOR = "anchor.json";

  static final String LOCK = "lock";
  static final int FORMAT = 1;

  private static final Pattern NAME =
      Pattern.compile("audit-([0-9]{8,18})-([0-9]{4}-[0-9]{2}-[0-9]{2})\\.jsonl");

  static LogFile of(Path directory, long number, LocalDate day) {
    return new LogFile(
        directory.resolve("audit-" + digits(number) + "-" + day + ".jsonl"), number, day);
  }

  /** In the digits of ASCII, whatever those of the machine's language are. */
  private static String digits(long number) {
    String digits = Long.toString(number);
    return "0".repeat(Math.max(0, 8 - digits.length())) + digits;
  }

  String name() {
    return String.valueOf(path.getFileName());
  }

  /** {@return the files of a directory by number, those of one number by name} */
  static List<LogFile> in(Path directory) throws IOException {
    List<LogFile> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      for (Path entry : entries) {
        Matcher name = NAME.matcher(String.valueOf(entry.getFileName()));
        LocalDate day = name.matches() ? day(name.group(2)) : null;
        if (day != null) {
          files.add(new LogFile(entry, Long.parseLong(name.group(1)), day));
        }
      }
    }
    files.sort(
        Comparator.comparingLong((LogFile file) -> file.number())
            .thenComparing(file -> file.name()));
    return files;
  }

  /** A file that is named after no day is none of a log's, whoever has put it there. */
  private static @Nullable LocalDate day(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** {@return a record as JSON's values, or null if the bytes are none} */
  static @Nullable Map<String, @Nullable Object> read(byte[] bytes, int from, int length) {
    try {
      return ArgumentsJson.read(new String(bytes, from, length, StandardCharsets.UTF_8));
    } catch (RuntimeException e) {
      return null;
    }
  }

  static long number(@Nullable Object value) {
    return value instanceof Number number ? number.longValue() : -1;
  }

  static String text(@Nullable Object value) {
    return value instanceof String text ? text : "";
  }
}
