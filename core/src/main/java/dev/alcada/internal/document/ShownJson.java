package dev.alcada.internal.document;

import dev.alcada.internal.value.JsonText;
import org.jspecify.annotations.Nullable;

/**
 * Writes values as JSON that people read: what a terminal or a log would act upon, and what nobody
 * would see, stands there as an escape.
 */
public final class ShownJson {
  private ShownJson() {}

  /** {@return a value in lines, each level indented by two spaces} */
  public static String indented(@Nullable Object value) {
    return escaped(JsonText.indented(value));
  }

  /** {@return a value in one line, with a space behind each colon and comma} */
  public static String line(@Nullable Object value) {
    return escaped(JsonText.spaced(value));
  }

  /** Between the texts there are spaces and line breaks alone, so that all else is within one. */
  private static String escaped(String json) {
    if (json.codePoints().allMatch(c -> c == '\n' || !DoubtfulText.isInvisible(c))) {
      return json;
    }
    StringBuilder shown = new StringBuilder(json.length() + 64);
    json.codePoints()
        .forEach(
            c -> {
              if (c == '\n' || !DoubtfulText.isInvisible(c)) {
                shown.appendCodePoint(c);
              } else {
                for (char unit : Character.toChars(c)) {
                  shown.append("\\u%04x".formatted((int) unit));
                }
              }
            });
    return shown.toString();
  }
}
