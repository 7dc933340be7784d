package dev.alcada.decision;

import dev.alcada.policy.Condition;
import dev.alcada.policy.Conditions;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes a rule that asks in one spelling, so that equal rules have equal texts. */
final class RuleContent {
  private static final JsonFactory JSON = new JsonFactory();

  private final JsonGenerator out;

  private RuleContent(JsonGenerator out) {
    this.out = out;
  }

  static String of(Conditions predicate) {
    return written(
        content -> {
          content.out.writeName("conditions");
          content.out.writeStartArray();
          predicate.conditions().forEach(content::condition);
          content.out.writeEndArray();
          content.text("name", predicate.name());
          content.text("on_deny", predicate.onDeny());
        });
  }

  static String ofAction(@Nullable String reason) {
    return written(
        content -> {
          content.text("action", "require_approval");
          content.text("reason", reason);
        });
  }

  private static String written(Consumer<RuleContent> members) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
      out.writeStartObject();
      members.accept(new RuleContent(out));
      out.writeEndObject();
    }
    return text.toString();
  }

  private void condition(Condition condition) {
    out.writeStartObject();
    text("op", condition.op().text());
    text("path", condition.path().toString());
    out.writeName("value");
    value(condition.value());
    out.writeEndObject();
  }

  private void text(String name, @Nullable String text) {
    if (text != null) {
      out.writeName(name);
      out.writeString(text);
    }
  }

  private void value(@Nullable Object value) {
    if (value == null) {
      out.writeNull();
    } else if (value instanceof String text) {
      out.writeString(text);
    } else if (value instanceof Boolean truth) {
      out.writeBoolean(truth);
    } else if (value instanceof BigDecimal number) {
      out.writeNumber(number.signum() == 0 ? BigDecimal.ZERO : number.stripTrailingZeros());
    } else if (value instanceof List<?> list) {
      out.writeStartArray();
      list.forEach(this::value);
      out.writeEndArray();
    } else if (value instanceof Map<?, ?> map) {
      out.writeStartObject();
      for (Map.Entry<?, ?> member : new TreeMap<>(map).entrySet()) {
        out.writeName((String) member.getKey());
        value(member.getValue());
      }
      out.writeEndObject();
    } else {
      throw new IllegalArgumentException("not a value of a document: " + value.getClass());
    }
  }
}
