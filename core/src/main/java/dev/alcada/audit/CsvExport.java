package dev.alcada.audit;

import dev.alcada.internal.value.JsonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Writes the records of a day as comma-separated values. */
final class CsvExport {
  private static final List<String> COLUMNS =
      List.of(
          "seq",
          "kind",
          "at",
          "id",
          "tool",
          "grant",
          "session",
          "client",
          "outcome",
          "code",
          "rule",
          "location",
          "message",
          "retry_after",
          "policy",
          "arguments",
          "arguments_digest",
          "limits",
          "approval",
          "answered_by",
          "approved",
          "change",
          "expires_at",
          "counter",
          "scope",
          "handler",
          "settled",
          "failure",
          "decide_ns",
          "reserve_ns");

  /**
   * What a spreadsheet takes for the beginning of a formula, also behind blanks and in full width.
   */
  private static final Pattern FORMULA =
      Pattern.compile(
          "[\\s\\p{Z}\\p{Cc}\\p{Cf}]*[=+@\\-\uff1d\uff0b\uff0d\uff20\u2212]|[\\t\\r\\n]");

  private static final List<String> KINDS =
      List.of("decision", "settlement", "approval", "late_settlement", "taken_back");

  private final Appendable to;
  private long records;

  CsvExport(Appendable to) {
    this.to = to;
  }

  long export(Path directory, LocalDate day) throws IOException {
    to.append(String.join(",", COLUMNS)).append("\r\n");
    for (LogFile file : LogFile.in(directory)) {
      if (Files.isRegularFile(file.path())) {
        FileLines.read(file.path(), new Rows(day.toString()));
      }
    }
    return records;
  }

  /** Makes a row of each line that is a record of the day; what is none, verifying tells. */
  private final class Rows implements FileLines.Taker {
    private final String day;

    Rows(String day) {
      this.day = day;
    }

    @Override
    public void line(long number, byte[] bytes, int from, int to) throws IOException {
      Map<String, @Nullable Object> record = LogFile.read(bytes, from, to - from);
      if (record != null
          && record.get("kind") instanceof String kind
          && KINDS.contains(kind)
          && LogFile.text(record.get("at")).startsWith(day)) {
        row(record);
      }
    }

    @Override
    public void tooLong(long number) {
      // No record is so long.
    }
  }

  private void row(Map<String, @Nullable Object> record) throws IOException {
    records++;
    for (int i = 0; i < COLUMNS.size(); i++) {
      if (i > 0) {
        to.append(',');
      }
      cell(record.get(COLUMNS.get(i)));
    }
    to.append("\r\n");
  }

  private void cell(@Nullable Object value) throws IOException {
    if (value == null) {
      return;
    }
    String text =
        value instanceof List<?> || value instanceof Map<?, ?>
            ? JsonText.of(value)
            : value.toString();
    boolean formula = FORMULA.matcher(text).lookingAt() && !(value instanceof Number);
    to.append('"').append(formula ? "'" : "").append(text.replace("\"", "\"\"")).append('"');
  }
}
