package dev.alcada.decision;

import dev.alcada.decision.ReferenceValues.Call;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Documents and calls drawn from few words, so that they meet often; the same for a seed. */
final class RandomCases {
  private static final List<String> TOOLS =
      List.of("a", "b", "ab", "abc", "x/y", "t~1", "ba", "a*", "*c", "ab*", "*");
  private static final List<String> CALLED =
      List.of("a", "b", "ab", "abc", "x/y", "t~1", "ba", "abbc", "ac", "z", "");
  private static final List<String> PATHS =
      List.of(
          "args.k",
          "args.n",
          "args.o.k",
          "args.l[0]",
          "args.l[1].k",
          "args[\"a.b\"]",
          "args.ss",
          "context.role",
          "context.plan",
          "grant",
          "session",
          "client",
          "tool");
  private static final List<String> OPS =
      List.of("eq", "neq", "in", "not_in", "lt", "lte", "gt", "gte", "regex", "contains", "exists");
  private static final List<Object> WINDOWS =
      List.of("minute", 60, "60s", "PT1M", "second", "1000ms", 1.5, "1h", "hour", "day", "2w");
  private static final List<String> KEYS =
      List.of(
          "k", "K", "\u212a", "n", "N", "o", "l", "a.b", "A.B", "ss", "\u00df", "SS", "__proto__");

  private static final List<String> MARKS = List.of("m0", "m1", "m2", "m3");

  private final Random random;

  /** Whether documents have what the language has gained. */
  private final boolean gained;

  RandomCases(long seed) {
    this(seed, false);
  }

  RandomCases(long seed, boolean gained) {
    this.random = new Random(seed);
    this.gained = gained;
  }

  private boolean gains(int percent) {
    return gained && chance(percent);
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private <T> T of(List<T> values) {
    return values.get(random.nextInt(values.size()));
  }

  private <T> List<T> list(int most, Supplier<T> element) {
    List<T> list = new ArrayList<>();
    for (int i = random.nextInt(most + 1); i > 0; i--) {
      list.add(element.get());
    }
    return list;
  }

  Map<String, @Nullable Object> document() {
    Map<String, @Nullable Object> document = new LinkedHashMap<>();
    document.put("version", "1");
    boolean open = chance(60);
    document.put("default", open ? "allow" : "deny");
    if (gained) {
      document.put(
          "timezone", of(List.of("UTC", "America/Sao_Paulo", "Asia/Kolkata", "Asia/Tokyo")));
    }
    if (gains(2)) {
      document.put("halt", "Stopped.");
    }
    if (!open && chance(15)) {
      document.put("hide", "unlisted");
    } else if (chance(15)) {
      document.put("hide", list(2, () -> of(List.of("a", "ba", "*bc", "z*", "x/y"))));
    }
    if (chance(60)) {
      Map<String, @Nullable Object> all = new LinkedHashMap<>();
      rules(all);
      document.put("all_tools", all);
    }
    Map<String, @Nullable Object> tools = new LinkedHashMap<>();
    for (String tool : list(5, () -> of(open ? TOOLS : TOOLS.subList(0, TOOLS.size() - 1)))) {
      tools.put(tool, tool());
    }
    if (gained) {
      Map<String, @Nullable Object> marker = new LinkedHashMap<>();
      marker.put("marks", MARKS.stream().map(this::mark).toList());
      tools.put("abbc", marker);
    }
    document.put("tools", tools);
    return document;
  }

  private Map<String, @Nullable Object> tool() {
    Map<String, @Nullable Object> rule = new LinkedHashMap<>();
    if (chance(15)) {
      rule.put("action", of(List.of("allow", "deny", "require_approval", "require_approval")));
    }
    if (chance(12)) {
      rule.put("mode", "shadow");
    }
    if (chance(20)) {
      rule.put("rate_limit", chance(50) ? of(List.of("3/minute", "1/60s")) : rateLimit());
    }
    rules(rule);
    if (gains(25)) {
      rule.put("once", once());
    }
    if (gains(15)) {
      rule.put("marks", List.of(mark(of(MARKS))));
    }
    return rule;
  }

  private Object once() {
    if (chance(30)) {
      return of(List.<Object>of("10s", "day", 60));
    }
    Map<String, @Nullable Object> once = new LinkedHashMap<>();
    once.put("window", of(List.of("24h", "1m")));
    once.put(
        "by",
        of(List.of("call", "args.k", "args.n", List.of("args.k", "args.n"), List.of("args.ss"))));
    return once;
  }

  private Map<String, @Nullable Object> mark(String name) {
    Map<String, @Nullable Object> mark = new LinkedHashMap<>();
    mark.put("mark", name);
    mark.put("for", of(List.of("15m", "24h", "PT1H")));
    switch (name) {
      case "m1" -> mark.put("scope", List.of("grant", "args.k"));
      case "m2" -> mark.put("scope", Map.of("who", of(List.of("args.k", "args.n", "session"))));
      case "m3" -> mark.put("scope", "session");
      default -> {}
    }
    if (chance(40)) {
      mark.put("when", "tried");
    }
    return mark;
  }

  private Map<String, @Nullable Object> rateLimit() {
    Map<String, @Nullable Object> limit = new LinkedHashMap<>();
    limit.put("max", random.nextInt(6));
    limit.put("window", of(WINDOWS));
    if (chance(60)) {
      limit.put("scope", scope());
    }
    return limit;
  }

  private void rules(Map<String, @Nullable Object> rule) {
    for (String use : List.of("require", "deny_if", "approve_if")) {
      if (chance(30)) {
        rule.put(use, list(3, this::predicate));
      }
    }
    if (chance(35) || gains(30)) {
      rule.put("limits", list(3, this::limit));
    }
  }

  private Map<String, @Nullable Object> predicate() {
    Map<String, @Nullable Object> predicate = new LinkedHashMap<>();
    predicate.put("conditions", list(chance(90) ? 2 : 3, this::condition));
    if (chance(10)) {
      predicate.put("name", of(List.of("one", "t/w~o", "args.k-eq", "args.k-eq#1")));
    }
    return predicate;
  }

  private Map<String, @Nullable Object> condition() {
    Map<String, @Nullable Object> condition = new LinkedHashMap<>();
    if (gains(20)) {
      return chance(50) ? ofMark() : ofTime();
    }
    String op = of(OPS);
    if (gains(30) && !op.equals("exists") && !op.equals("regex")) {
      condition.put("path", of(PATHS));
      condition.put("op", op);
      condition.put("value_from", chance(10) ? "time.hour" : of(PATHS));
      return condition;
    }
    condition.put("path", of(PATHS));
    condition.put("op", op);
    condition.put(
        "value",
        switch (op) {
          case "in", "not_in" -> list(3, () -> documentValue(2));
          case "lt", "lte", "gt", "gte" -> documentNumber();
          case "regex" -> of(List.of("a", "^a+$", "^$", "a$", "b|g1"));
          case "exists" -> random.nextBoolean();
          default -> documentValue(2);
        });
    return condition;
  }

  private Map<String, @Nullable Object> ofMark() {
    String name = of(MARKS);
    Map<String, @Nullable Object> condition = new LinkedHashMap<>();
    condition.put("path", "marks." + name);
    condition.put("op", "exists");
    condition.put("value", random.nextBoolean());
    if (name.equals("m2")) {
      condition.put("scope", Map.of("who", of(List.of("args.k", "args.n", "session", "grant"))));
    }
    return condition;
  }

  private Map<String, @Nullable Object> ofTime() {
    Map<String, @Nullable Object> condition = new LinkedHashMap<>();
    switch (random.nextInt(4)) {
      case 0 -> {
        condition.put("path", "time.hour");
        condition.put("op", of(List.of("lt", "gte", "eq", "neq")));
        condition.put("value", random.nextInt(24));
      }
      case 1 -> {
        condition.put("path", "time.minute");
        condition.put("op", of(List.of("lte", "gt")));
        condition.put("value", random.nextInt(60));
      }
      case 2 -> {
        condition.put("path", "time.weekday");
        condition.put("op", of(List.of("in", "not_in")));
        condition.put("value", List.of("saturday", "sunday", "monday"));
      }
      default -> {
        condition.put("path", "time.date");
        condition.put("op", of(List.of("lt", "gte", "gt", "lte", "eq")));
        condition.put("value", "2026-11-" + (10 + random.nextInt(20)));
      }
    }
    return condition;
  }

  private Object documentNumber() {
    return of(
        List.<Object>of(
            0,
            1,
            5,
            -1,
            new BigDecimal("0.1"),
            new BigDecimal("5.0"),
            9007199254740992L,
            9007199254740993L,
            new BigInteger("100000000000000000000"),
            new BigDecimal("1e400"),
            new BigDecimal("1.5")));
  }

  private @Nullable Object documentValue(int depth) {
    return switch (random.nextInt(depth > 0 ? 9 : 7)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2, 3 -> text();
      case 7 -> list(2, () -> documentValue(depth - 1));
      case 8 -> {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        list(2, () -> object.put(of(KEYS), documentValue(depth - 1)));
        yield object;
      }
      default -> documentNumber();
    };
  }

  private String text() {
    return of(List.of("", "a", "A", "aa", "5", "a\n", "\u00e9", "e\u0301", "g1", "s1", "ab"));
  }

  private Object scope() {
    if (gains(60)) {
      return of(
          List.<Object>of(
              "call",
              "call",
              "call",
              "call",
              List.of("grant", "args.k"),
              List.of("args.k", "context.plan"),
              List.of("session", "tool"),
              List.of("client", "grant", "args.n"),
              List.of("tool", "call"),
              Map.of("who", "args.k"),
              Map.of("who", "grant", "what", "args.n"),
              Map.of("who", "session", "what", "args.n", "how", "tool")));
    }
    return of(
        List.of("grant", "session", "global", "args.k", "args.n", "context.plan", "args.o.k"));
  }

  private Map<String, @Nullable Object> limit() {
    Map<String, @Nullable Object> limit = new LinkedHashMap<>();
    limit.put("counter", of(List.of("c", "d", "e/f")));
    limit.put("window", of(WINDOWS));
    limit.put("max", of(List.<Object>of(0, 1, 3, 5, 8, new BigDecimal("2.5"), 5_000_000_000L)));
    if (chance(70)) {
      limit.put("scope", scope());
    }
    if (chance(20)) {
      limit.put("increment", of(List.<Object>of(1, 2, new BigDecimal("0.5"))));
    } else if (chance(30)) {
      limit.put("increment_from", of(List.of("args.n", "args.o.k", "context.plan")));
    }
    if (chance(20)) {
      limit.put("counts", of(List.of("attempts", "successes")));
    }
    if (gains(30)) {
      limit.put("if", List.of(ofLimit()));
    }
    if (gains(25)) {
      limit.put("max", 1 + random.nextInt(6));
      limit.keySet().removeAll(List.of("increment", "increment_from", "counts"));
      limit.put(
          "distinct", of(List.of("args.k", "args.l[0]", "args.n", List.of("args.k", "tool"))));
    } else if (gains(60)) {
      limit.put("max", 1 + random.nextInt(4));
      limit.put("window", "in_flight");
      limit.remove("counts");
      if (chance(50)) {
        limit.put("lease", "5m");
      }
      return limit;
    }
    if (chance(15)) {
      limit.put("window", of(List.<Object>of("minute", 3600, "day", "week")));
      limit.put("alignment", "calendar");
      if (chance(50)) {
        limit.put("timezone", of(List.of("UTC", "America/Sao_Paulo")));
      }
    }
    return limit;
  }

  private Map<String, @Nullable Object> ofLimit() {
    Map<String, @Nullable Object> condition = condition();
    while (String.valueOf(condition.get("path")).startsWith("marks")) {
      condition = condition();
    }
    return condition;
  }

  Call call() {
    Map<String, @Nullable Object> arguments = object(3);
    Map<String, @Nullable Object> context = new LinkedHashMap<>();
    if (chance(70)) {
      context.put("role", chance(80) ? text() : value(1));
    }
    if (chance(70)) {
      context.put("plan", value(1));
    }
    return new Call(
        of(CALLED),
        arguments,
        of(List.of("g1", "g2", "a")),
        chance(60) ? of(List.of("s1", "a", "g1")) : null,
        chance(60) ? text() : null,
        context);
  }

  private Map<String, @Nullable Object> object(int depth) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    List<String> keys = new ArrayList<>(KEYS);
    Collections.shuffle(keys, random);
    int size = random.nextInt(6);
    // Most often one spelling of a name stands alone.
    for (String key : keys.subList(0, size)) {
      if (chance(90) && (key.equals("k") || key.length() > 1 || KEYS.indexOf(key) > 4)) {
        object.put(key, value(depth - 1));
      } else if (chance(15)) {
        object.put(key, value(depth - 1));
      }
    }
    if (chance(3)) {
      for (int i = 0; i < 20; i++) {
        object.put("key" + i, i);
      }
    }
    return object;
  }

  private @Nullable Object value(int depth) {
    return switch (random.nextInt(depth > 0 ? 13 : 9)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2, 3 -> text();
      case 4 -> chance(70) ? number() : oddity();
      case 9, 10 -> list(3, () -> value(depth - 1));
      case 11, 12 -> object(depth);
      default -> number();
    };
  }

  private Object number() {
    Object number = documentNumber();
    if (chance(30)) {
      return of(
          List.<Object>of(
              5.0,
              0.1,
              -1.0,
              1.5,
              9.007199254740992E15,
              1e20,
              (byte) 5,
              (short) 1,
              5L,
              0.1f,
              1e-10,
              0.0001,
              -0.0,
              new BigDecimal("0.10"),
              BigInteger.ONE,
              4e9,
              4e15,
              5_000_000_000L));
    }
    return number;
  }

  private Object oddity() {
    return of(
        List.<Object>of(
            Double.NaN,
            Double.POSITIVE_INFINITY,
            Float.NEGATIVE_INFINITY,
            'a',
            new Object(),
            Map.of(1, "a")));
  }
}
