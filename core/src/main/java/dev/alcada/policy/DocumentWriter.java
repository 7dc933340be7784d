package dev.alcada.policy;

import dev.alcada.internal.document.JavaTree;
import dev.alcada.internal.document.WindowSpelling;
import dev.alcada.internal.value.CanonicalJson;
import dev.alcada.internal.value.JsonText;
import dev.alcada.internal.value.UnwritableException;
import dev.alcada.policy.Limit.Counts;
import dev.alcada.policy.ToolRule.Action;
import dev.alcada.policy.ToolRule.Mode;
import dev.alcada.time.Window;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a policy as the document it could have been read from, without what goes unsaid. */
final class DocumentWriter {
  private DocumentWriter() {}

  static String json(Policy policy) {
    return JsonText.indented(document(policy));
  }

  /** {@return the SHA-256 of the document's one spelling, in hexadecimal digits} */
  static String revision(Policy policy) {
    try {
      byte[] text =
          CanonicalJson.write(document(policy), Integer.MAX_VALUE).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
    } catch (UnwritableException | NoSuchAlgorithmException e) {
      throw new IllegalStateException("A policy that was read can be written", e);
    }
  }

  /** {@return the document as Java values, which {@link JavaTree} reads} */
  static Map<String, Object> document(Policy policy) {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("version", "1");
    put(document, "description", policy.description());
    document.put("default", word(policy.defaultAction()));
    ZoneId zone = policy.timezone();
    put(document, "timezone", zone == null ? null : zone.getId());
    put(document, "halt", policy.halted());
    if (policy.hidesUnlisted()) {
      document.put("hide", DocumentReader.UNLISTED);
    }
    putAll(document, "hide", policy.hide());
    if (!policy.allTools().equals(AllTools.NONE)) {
      document.put("all_tools", allTools(policy.allTools()));
    }
    if (!policy.tools().isEmpty()) {
      Map<String, Object> tools = new LinkedHashMap<>();
      policy.tools().forEach((name, rule) -> tools.put(name, tool(rule)));
      document.put("tools", tools);
    }
    return document;
  }

  private static Map<String, Object> allTools(AllTools rule) {
    Map<String, Object> fields = new LinkedHashMap<>();
    putAll(fields, "require", predicates(rule.require()));
    putAll(fields, "deny_if", predicates(rule.denyIf()));
    putAll(fields, "approve_if", predicates(rule.approveIf()));
    putAll(fields, "limits", rule.limits().stream().map(DocumentWriter::limit).toList());
    put(fields, "approval", approval(rule.approval()));
    return fields;
  }

  private static Map<String, Object> tool(ToolRule rule) {
    Map<String, Object> fields = new LinkedHashMap<>();
    put(fields, "action", rule.action() == Action.ALLOW ? null : word(rule.action()));
    put(fields, "reason", rule.reason());
    putAll(fields, "require", predicates(rule.require()));
    putAll(fields, "deny_if", predicates(rule.denyIf()));
    putAll(fields, "approve_if", predicates(rule.approveIf()));
    RateLimit rate = rule.rateLimit();
    put(fields, "rate_limit", rate == null ? null : rateLimit(rate));
    putAll(fields, "limits", rule.limits().stream().map(DocumentWriter::limit).toList());
    put(fields, "once", once(rule.once()));
    putAll(fields, "marks", rule.marks().stream().map(DocumentWriter::mark).toList());
    put(fields, "approval", approval(rule.approval()));
    put(fields, "mode", rule.mode() == Mode.ENFORCE ? null : word(rule.mode()));
    return fields;
  }

  private static List<Map<String, Object>> predicates(List<Conditions> predicates) {
    return predicates.stream()
        .map(
            predicate -> {
              Map<String, Object> fields = new LinkedHashMap<>();
              put(fields, "name", predicate.name());
              fields.put(
                  "conditions",
                  predicate.conditions().stream().map(DocumentWriter::condition).toList());
              put(fields, "on_deny", predicate.onDeny());
              return fields;
            })
        .toList();
  }

  private static Map<String, @Nullable Object> condition(Condition condition) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("path", condition.path().toString());
    fields.put("op", condition.op().text());
    if (condition.valueFrom() == null) {
      fields.put("value", condition.value());
    } else {
      fields.put("value_from", condition.valueFrom().toString());
    }
    if (condition.scope() != null) {
      fields.put("scope", scope(condition.scope()));
    }
    return fields;
  }

  private static Object scope(Scope scope) {
    if (!(scope instanceof Scope.OfParts several)) {
      return scope.toString();
    } else if (!several.named()) {
      return several.parts().stream().map(Scope.Part::name).toList();
    }
    Map<String, Object> names = new LinkedHashMap<>();
    several.parts().forEach(part -> names.put(part.name(), part.path().toString()));
    return names;
  }

  private static @Nullable Object once(ToolRule.@Nullable Once once) {
    if (once == null) {
      return null;
    } else if (once.by().isEmpty() && once.onDeny() == null) {
      return length(once.length());
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("window", length(once.length()));
    putAll(fields, "by", once.by().stream().map(ValuePath::toString).toList());
    put(fields, "on_deny", once.onDeny());
    return fields;
  }

  private static Map<String, Object> mark(MarkRule mark) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("mark", mark.name());
    fields.put("for", duration(mark.lasts()));
    put(fields, "scope", mark.scope().equals(Scope.GRANT) ? null : scope(mark.scope()));
    put(fields, "when", mark.when() == MarkRule.When.DONE ? null : word(mark.when()));
    putAll(fields, "result", mark.result().stream().map(DocumentWriter::condition).toList());
    return fields;
  }

  /** Where a word such as hour is none. */
  private static Object duration(Duration length) {
    Object spelt = length(length);
    return spelt instanceof String word && WindowSpelling.WORDS.containsKey(word)
        ? length.toMillis() / 1000 + "s"
        : spelt;
  }

  private static Map<String, Object> rateLimit(RateLimit limit) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("max", limit.max());
    fields.put("window", length(limit.window().length()));
    put(fields, "scope", limit.scope().equals(Scope.SESSION) ? null : scope(limit.scope()));
    put(fields, "on_deny", limit.onDeny());
    return fields;
  }

  private static Map<String, Object> limit(Limit limit) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("counter", limit.counter());
    boolean inFlight = limit.kind() == Limit.Kind.IN_FLIGHT;
    fields.put("window", inFlight ? "in_flight" : length(limit.window().length()));
    fields.put("max", limit.max());
    putAll(fields, "if", limit.appliesIf().stream().map(DocumentWriter::condition).toList());
    putAll(fields, "distinct", limit.distinct().stream().map(ValuePath::toString).toList());
    put(
        fields,
        "lease",
        inFlight && !limit.window().length().equals(Limit.DEFAULT_LEASE)
            ? duration(limit.window().length())
            : null);
    put(fields, "scope", limit.scope().equals(Scope.GRANT) ? null : scope(limit.scope()));
    ValuePath from = limit.incrementFrom();
    if (from != null) {
      fields.put("increment_from", from.toString());
    }
    if (limit.increment().compareTo(BigDecimal.ONE) != 0) {
      fields.put("increment", limit.increment());
    }
    Counts unsaid = Limit.unsaid(from);
    put(fields, "counts", limit.counts() == unsaid ? null : word(limit.counts()));
    if (limit.window() instanceof Window.Calendar calendar) {
      fields.put("alignment", "calendar");
      fields.put("timezone", calendar.zone().getId());
    }
    put(fields, "on_deny", limit.onDeny());
    return fields;
  }

  private static @Nullable Map<String, Object> approval(@Nullable ApprovalTerms terms) {
    if (terms == null) {
      return null;
    }
    Map<String, Object> fields = new LinkedHashMap<>();
    Duration timeout = terms.saidTimeout();
    Duration valid = terms.saidValid();
    put(fields, "timeout", timeout == null ? null : length(timeout));
    put(fields, "valid", valid == null ? null : length(valid));
    put(fields, "approvers", terms.approvers() == 1 ? null : terms.approvers());
    putAll(fields, "from", terms.from());
    return fields;
  }

  /** A length that no document can have is written as a number, for the reader to refuse. */
  private static Object length(Duration length) {
    boolean spellable =
        length.compareTo(Window.SHORTEST) >= 0
            && length.compareTo(Window.LONGEST) <= 0
            && length.getNano() % 1_000_000 == 0;
    return spellable
        ? WindowSpelling.spell(length)
        : BigDecimal.valueOf(length.getSeconds()).add(BigDecimal.valueOf(length.getNano(), 9));
  }

  private static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static void put(Map<String, Object> fields, String name, @Nullable Object value) {
    if (value != null) {
      fields.put(name, value);
    }
  }

  private static void putAll(Map<String, Object> fields, String name, List<?> values) {
    if (!values.isEmpty()) {
      fields.put(name, values);
    }
  }
}
