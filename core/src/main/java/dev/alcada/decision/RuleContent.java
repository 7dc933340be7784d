package dev.alcada.decision;

import dev.alcada.internal.value.CanonicalJson;
import dev.alcada.internal.value.UnwritableException;
import dev.alcada.policy.Condition;
import dev.alcada.policy.Conditions;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a rule that asks says, in one spelling: equal rules have equal texts. */
final class RuleContent {
  private RuleContent() {}

  static String of(Conditions predicate) {
    Map<String, Object> content = new HashMap<>();
    content.put("conditions", predicate.conditions().stream().map(RuleContent::condition).toList());
    put(content, "name", predicate.name());
    put(content, "on_deny", predicate.onDeny());
    return written(content);
  }

  static String ofAction(@Nullable String reason) {
    Map<String, Object> content = new HashMap<>();
    content.put("action", "require_approval");
    put(content, "reason", reason);
    return written(content);
  }

  private static Map<String, @Nullable Object> condition(Condition condition) {
    Map<String, @Nullable Object> content = new HashMap<>();
    content.put("op", condition.op().text());
    content.put("path", condition.path().toString());
    if (condition.valueFrom() == null) {
      content.put("value", condition.value());
    } else {
      content.put("value_from", condition.valueFrom().toString());
    }
    if (condition.scope() != null) {
      content.put("scope", condition.scope().toString());
    }
    return content;
  }

  private static void put(Map<String, Object> content, String name, @Nullable String text) {
    if (text != null) {
      content.put(name, text);
    }
  }

  private static String written(Map<String, Object> content) {
    try {
      return CanonicalJson.write(content, Integer.MAX_VALUE);
    } catch (UnwritableException e) {
      throw new IllegalArgumentException("a rule holds what no document can", e);
    }
  }
}
