package dev.alcada.internal.document;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes Java values as JSON for people, with nothing in it that a terminal would act upon. */
public final class JsonText {
  private final StringBuilder out = new StringBuilder();
  private final boolean lines;

  private JsonText(boolean lines) {
    this.lines = lines;
  }

  /** {@return a value in lines, indented by two spaces} */
  public static String pretty(@Nullable Object value) {
    return new JsonText(true).write(value);
  }

  /** {@return a value in one line, with a space behind each colon and comma} */
  public static String line(@Nullable Object value) {
    return new JsonText(false).write(value);
  }

  private String write(@Nullable Object value) {
    value(value, "\n");
    return out.toString();
  }

  private void value(@Nullable Object value, String newLine) {
    if (value instanceof Map<?, ?> object && !object.isEmpty()) {
      out.append('{');
      String inside = newLine + "  ";
      String before = lines ? inside : "";
      for (Map.Entry<?, ?> member : object.entrySet()) {
        out.append(before);
        text(Objects.requireNonNull(member.getKey()).toString());
        out.append(": ");
        value(member.getValue(), inside);
        before = lines ? "," + inside : ", ";
      }
      out.append(lines ? newLine : "").append('}');
    } else if (value instanceof List<?> list && !list.isEmpty()) {
      out.append('[');
      String inside = newLine + "  ";
      String before = lines ? inside : "";
      for (Object element : list) {
        out.append(before);
        value(element, inside);
        before = lines ? "," + inside : ", ";
      }
      out.append(lines ? newLine : "").append(']');
    } else if (value instanceof Map<?, ?>) {
      out.append("{}");
    } else if (value instanceof List<?>) {
      out.append("[]");
    } else if (value instanceof String text) {
      text(text);
    } else if (value instanceof BigDecimal number) {
      out.append(NumberSpelling.spell(number));
    } else {
      out.append(value);
    }
  }

  private void text(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (c == '"' || c == '\\') {
        out.append('\\').append((char) c);
      } else if (c == '\n') {
        out.append("\\n");
      } else if (!DoubtfulText.isInvisible(c)) {
        out.appendCodePoint(c);
      } else {
        for (char unit : Character.toChars(c)) {
          out.append(String.format("\\u%04x", (int) unit));
        }
      }
    }
    out.append('"');
  }
}
