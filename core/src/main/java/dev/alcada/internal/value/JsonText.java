package dev.alcada.internal.value;

import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.PrettyPrinter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.core.util.Separators.Spacing;

/**
 * Writes the values that JSON has, in the order they are in: numbers with their exact value, half
 * of a surrogate pair as an escape, which survives an encoding. What is to be signed, bound or
 * compared is written by {@link CanonicalJson}.
 */
public final class JsonText {
  private static final JsonFactory FACTORY = new JsonFactory();

  private static final Separators SEPARATORS =
      Separators.createDefaultInstance()
          .withObjectNameValueSpacing(Spacing.AFTER)
          .withObjectEmptySeparator("")
          .withArrayEmptySeparator("");

  private static final ObjectWriteContext INDENTED =
      layout(
          () -> {
            DefaultIndenter lines = new DefaultIndenter("  ", "\n");
            return new DefaultPrettyPrinter(SEPARATORS)
                .withObjectIndenter(lines)
                .withArrayIndenter(lines);
          });

  private static final ObjectWriteContext SPACED =
      layout(
          () -> {
            DefaultPrettyPrinter.Indenter none = new DefaultPrettyPrinter.NopIndenter();
            Separators spaced =
                SEPARATORS
                    .withObjectEntrySpacing(Spacing.AFTER)
                    .withArrayElementSpacing(Spacing.AFTER);
            return new DefaultPrettyPrinter(spaced)
                .withObjectIndenter(none)
                .withArrayIndenter(none);
          });

  private static final Pattern HALF_A_CHARACTER = Pattern.compile("\\p{Cs}");

  private JsonText() {}

  /**
   * Returns a value in one line.
   *
   * @throws IllegalStateException if it holds what JSON has not
   */
  public static String of(@Nullable Object value) {
    return text(value, ObjectWriteContext.empty());
  }

  /**
   * Returns a value in lines, each level indented by two spaces.
   *
   * @throws IllegalStateException if it holds what JSON has not
   */
  public static String indented(@Nullable Object value) {
    return text(value, INDENTED);
  }

  /**
   * Returns a value in one line, with a space behind each colon and comma.
   *
   * @throws IllegalStateException if it holds what JSON has not
   */
  public static String spaced(@Nullable Object value) {
    return text(value, SPACED);
  }

  private static ObjectWriteContext layout(Supplier<PrettyPrinter> printer) {
    return new ObjectWriteContext.Base() {
      @Override
      public boolean hasPrettyPrinter() {
        return true;
      }

      @Override
      public PrettyPrinter getPrettyPrinter() {
        return printer.get();
      }
    };
  }

  private static String text(@Nullable Object value, ObjectWriteContext layout) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(layout, text)) {
      write(value, out);
    }
    String json = text.toString();
    Matcher halves = HALF_A_CHARACTER.matcher(json);
    return halves.find()
        ? halves.replaceAll(half -> "\\\\u%04x".formatted((int) half.group().charAt(0)))
        : json;
  }

  private static void write(@Nullable Object value, JsonGenerator out) {
    if (value == null) {
      out.writeNull();
    } else if (value instanceof Map<?, ?> map) {
      out.writeStartObject();
      map.forEach(
          (name, member) -> {
            out.writeName(name instanceof String text ? text : unwritable(name));
            write(member, out);
          });
      out.writeEndObject();
    } else if (value instanceof List<?> list) {
      out.writeStartArray();
      list.forEach(element -> write(element, out));
      out.writeEndArray();
    } else if (value instanceof String text) {
      out.writeString(text);
    } else if (value instanceof Boolean truth) {
      out.writeBoolean(truth);
    } else if (value instanceof Number number && JsonType.of(number) == JsonType.NUMBER) {
      out.writeNumber(NumberSpelling.spell(Decimals.decimal(number)));
    } else {
      unwritable(value);
    }
  }

  private static String unwritable(@Nullable Object value) {
    throw new IllegalStateException(
        "JSON has no " + (value == null ? "name null" : value.getClass().getName()));
  }
}
