package dev.alcada.decision;

import dev.alcada.decision.ReferenceValues.Call;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Documents that say what they mean, and calls that meet their rules; the same for a seed. */
final class RightCases {
  private static final List<String> TOOLS =
      List.of("pay", "refund", "http", "run_sql", "read_file", "send_mail", "delete_user");

  private final Random random;

  RightCases(long seed) {
    this.random = new Random(seed);
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private <T> T of(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private static Map<String, @Nullable Object> object(Object... members) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    for (int i = 0; i < members.length; i += 2) {
      object.put((String) members[i], members[i + 1]);
    }
    return object;
  }

  private static List<@Nullable Object> list(Object... elements) {
    return new ArrayList<>(List.of(elements));
  }

  private static Map<String, @Nullable Object> condition(String path, String op, Object value) {
    return object("path", path, "op", op, "value", value);
  }

  private static Map<String, @Nullable Object> predicate(Object... conditions) {
    return object("conditions", list(conditions));
  }

  Map<String, @Nullable Object> document() {
    boolean open = chance(40);
    Map<String, @Nullable Object> document =
        object("version", "1", "default", open ? "allow" : "deny");
    if (chance(20)) {
      document.put("hide", list("admin_reset", "debug_*"));
    }
    if (chance(40)) {
      document.put("all_tools", allTools());
    }
    Map<String, @Nullable Object> tools = new LinkedHashMap<>();
    for (String tool : TOOLS) {
      if (chance(60)) {
        tools.put(tool, rule(tool));
      }
    }
    if (chance(30)) {
      tools.put("get_*", chance(50) ? object("rate_limit", "60/minute") : object());
    }
    if (chance(30)) {
      tools.put("delete_*", object("action", "deny"));
      tools.put("delete_user", object("action", "deny", "reason", "Users are deleted by people."));
    }
    if (open && chance(25)) {
      tools.put("*", object("action", chance(50) ? "deny" : "require_approval"));
    }
    tools.putIfAbsent("pay", rule("pay"));
    document.put("tools", tools);
    return document;
  }

  private Map<String, @Nullable Object> allTools() {
    Map<String, @Nullable Object> all = new LinkedHashMap<>();
    if (chance(50)) {
      all.put(
          "require", list(predicate(condition("context.role", "in", list("clerk", "manager")))));
    }
    if (chance(50)) {
      all.put(
          "deny_if", list(predicate(condition("tool", "in", list("drop_table", "drop_index")))));
    }
    all.put("limits", list(limit("all_calls", "minute", 100)));
    return all;
  }

  private static Map<String, @Nullable Object> limit(String counter, Object window, int max) {
    return object("counter", counter, "window", window, "max", max);
  }

  private Map<String, @Nullable Object> rule(String tool) {
    return switch (tool) {
      case "pay" -> pay();
      case "refund" ->
          object(
              "require",
              list(predicate(condition("args.amount", "exists", true))),
              "approve_if",
              list(predicate(condition("args.amount", "gt", of(List.of(50, 100))))),
              "approval",
              object("timeout", "30m", "valid", "10m"));
      case "http" -> http();
      case "run_sql" ->
          object(
              "require",
              list(predicate(condition("args.query", "exists", true))),
              "deny_if",
              list(
                  predicate(condition("args.query", "regex", "(?i)\\bdrop\\b")),
                  predicate(condition("args.query", "contains", "TRUNCATE"))));
      case "read_file" ->
          object(
              "require",
              list(predicate(condition("args.path", "regex", "^/srv/reports/[a-z0-9_]+\\.csv$"))),
              "rate_limit",
              "20/minute");
      case "send_mail" -> mail();
      default -> object("action", "require_approval", "reason", "A person looks at it.");
    };
  }

  private Map<String, @Nullable Object> pay() {
    Map<String, @Nullable Object> rule = new LinkedHashMap<>();
    rule.put("require", list(predicate(condition("args.amount", "lte", of(List.of(500, 1000))))));
    rule.put(
        "deny_if",
        list(
            predicate(
                condition("args.amount", "gt", 100), condition("context.role", "eq", "guest"))));
    Map<String, @Nullable Object> spent = limit("spent", "day", 2000);
    spent.put("increment_from", "args.amount");
    if (chance(30)) {
      spent.put("alignment", "calendar");
      spent.put("timezone", "America/Sao_Paulo");
    }
    rule.put("limits", list(spent, limit("payments", "hour", 20)));
    return rule;
  }

  private Map<String, @Nullable Object> http() {
    return object(
        "require",
        list(
            predicate(condition("args.method", "in", list("GET", "HEAD", "POST", "DELETE"))),
            predicate(condition("args.url", "regex", "^https://api\\.example\\.com/"))),
        "deny_if",
        list(
            predicate(condition("args.method", "eq", "DELETE")),
            predicate(condition("args.headers.host", "exists", true))),
        "approve_if",
        list(predicate(condition("args.method", "in", list("POST", "PUT")))));
  }

  private Map<String, @Nullable Object> mail() {
    Map<String, @Nullable Object> each = limit("to_one", "day", 3);
    each.put("scope", "args.to");
    return object(
        "require",
        list(predicate(condition("args.to", "regex", "^[a-z.]+@acme\\.example$"))),
        "limits",
        list(limit("mails", "day", 50), each));
  }

  /** Calls of a tool with the arguments that its rules judge, and now and then without one. */
  Call call() {
    String tool =
        chance(85)
            ? of(TOOLS)
            : of(
                List.of(
                    "get_balance", "delete_branch", "drop_table", "admin_reset", "debug_x", "z"));
    Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
    put(arguments, "amount", List.<Object>of(-1, 0, 60, 150, 501, 5000, new BigDecimal("99.5")));
    put(arguments, "method", List.of("GET", "POST", "PUT", "DELETE", "xGETx"));
    put(
        arguments,
        "url",
        List.of(
            "https://api.example.com/v1",
            "https://api.example.com.evil.example/",
            "http://api.example.com/",
            "https://evil.example/?https://api.example.com/",
            "https://apixexample.com/"));
    put(
        arguments,
        "query",
        List.of("select 1", "DROP TABLE t", "x; drop table t", "TRUNCATE t", "dropped"));
    put(
        arguments,
        "path",
        List.of(
            "/srv/reports/a.csv",
            "/etc/passwd",
            "/srv/reports/../../a.csv",
            "x/srv/reports/a.csv"));
    put(arguments, "to", List.of("ana@acme.example", "bo@evil.example", "ana@acme.example.evil"));
    if (chance(20)) {
      arguments.put("headers", object("host", "internal"));
    }
    Map<String, @Nullable Object> context = new LinkedHashMap<>();
    if (chance(90)) {
      context.put("role", of(List.of("clerk", "manager", "guest")));
    }
    return new Call(tool, arguments, "agent-7", "s-1", null, context);
  }

  private void put(Map<String, @Nullable Object> arguments, String name, List<?> values) {
    if (chance(85)) {
      arguments.put(name, of(values));
    }
  }
}
