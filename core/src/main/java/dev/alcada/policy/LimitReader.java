package dev.alcada.policy;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads limits and the shorthand {@code rate_limit}. */
final class LimitReader {
  static final Set<String> FIELDS =
      Fields.names(
          "counter",
          "window",
          "max",
          "scope",
          "increment",
          "increment_from",
          "counts",
          "alignment",
          "timezone",
          "on_deny");
  private static final Set<String> RATE_FIELDS = Fields.names("max", "window", "scope", "on_deny");
  private static final List<String> SCOPES = List.of("grant", "session", "global");

  static final ZoneId UTC = ZoneId.of("UTC");

  private final Problems problems;
  private final PredicateReader paths;

  LimitReader(Problems problems, PredicateReader paths) {
    this.problems = problems;
    this.paths = paths;
  }

  List<LimitChecks.Placed> limits(Fields rule) {
    List<LimitChecks.Placed> limits = new ArrayList<>();
    rule.each(
        "limits",
        "limits",
        RuleReader.MAX_ENTRIES,
        node -> {
          Limit limit = limit(node);
          if (limit != null && node instanceof Node.Mapping mapping) {
            limits.add(new LimitChecks.Placed(limit, mapping));
          }
        });
    return limits;
  }

  private @Nullable Limit limit(Node node) {
    Fields fields = Fields.of(node, "a limit", FIELDS, problems);
    if (fields == null) {
      return null;
    }
    Node named = fields.required("counter", "the counter's name");
    String counter = named == null ? null : Fields.nonEmpty(named, "the counter's name", problems);
    Duration window = window(fields);
    BigDecimal max = max(fields);
    Scope scope = scope(fields, Scope.GRANT);
    Node from = fields.get("increment_from");
    ValuePath incrementFrom = from == null ? null : amountPath(from);
    BigDecimal increment = increment(fields, from != null);
    Counts counts =
        fields.constant(
            "counts", Counts.values(), from == null ? Counts.ATTEMPTS : Counts.SUCCESSES);
    Alignment alignment = fields.constant("alignment", Alignment.values(), Alignment.SLIDING);
    ZoneId timezone = timezone(fields, alignment);
    if (alignment == Alignment.CALENDAR && window != null) {
      checkCalendar(fields, window);
    }
    String onDeny = fields.text("on_deny");
    if (counter == null || window == null || max == null || scope == null) {
      return null;
    }
    return new Limit(
        counter, window, max, scope, increment, incrementFrom, counts, alignment, timezone, onDeny);
  }

  @Nullable RateLimit rateLimit(Node node) {
    if (node instanceof Node.Text text) {
      return shorthand(text);
    }
    if (!(node instanceof Node.Mapping)) {
      Fields.wrong(node, "{\"max\": 10, \"window\": 60} or a text such as \"10/minute\"", problems);
      return null;
    }
    Fields fields = Fields.of(node, "\"rate_limit\"", RATE_FIELDS, problems);
    if (fields == null) {
      return null;
    }
    BigDecimal max = max(fields);
    Duration window = window(fields);
    Scope scope = scope(fields, Scope.SESSION);
    String onDeny = fields.text("on_deny");
    return max == null || window == null || scope == null
        ? null
        : new RateLimit(max, window, scope, onDeny);
  }

  private @Nullable RateLimit shorthand(Node.Text node) {
    String text = node.value();
    int slash = text.indexOf('/');
    String max = text.substring(0, Math.max(0, slash));
    BigDecimal millis = Windows.millis(text.substring(slash + 1));
    Duration window =
        millis == null ? null : Windows.duration(millis, Windows.SHORTEST, Windows.LONGEST);
    if (window == null || !max.matches("0|[1-9][0-9]{0,15}")) {
      Fields.wrong(
          node, "a count, a slash and a window, such as \"10/minute\" or \"100/15m\"", problems);
      return null;
    }
    BigDecimal most = checkedMax(node, new BigDecimal(max));
    return most == null ? null : new RateLimit(most, window, Scope.SESSION, null);
  }

  private @Nullable Duration window(Fields fields) {
    Node node = fields.required("window", Windows.SPELLINGS);
    return node == null
        ? null
        : duration(node, Windows.SHORTEST, Windows.LONGEST, "1 ms to 366 days", problems);
  }

  /** {@return a length of time, or null if the node spells none within the bounds, a problem} */
  static @Nullable Duration duration(
      Node node, Duration shortest, Duration longest, String bounds, Problems problems) {
    BigDecimal millis = null;
    if (node instanceof Node.Num number) {
      BigDecimal seconds = Numbers.exact(number.text());
      // A number with thousands of digits is out of the bounds whatever it is exactly.
      millis =
          seconds.precision() - (long) seconds.scale() > 20
              ? BigDecimal.valueOf(-1)
              : seconds.movePointRight(3);
    } else if (node instanceof Node.Text text) {
      millis = Windows.millis(text.value());
    }
    if (millis == null && node instanceof Node.Text text && !Numbers.isJson(text.value())) {
      String near = Spelling.didYouMean(text.value(), Windows.WORDS.keySet());
      Fields.wrong(node, Windows.SPELLINGS, near, problems);
      return null;
    } else if (millis == null) {
      Fields.notNumber(node, Windows.SPELLINGS, problems);
      return null;
    }
    Duration duration = Windows.duration(millis, shortest, longest);
    if (duration == null) {
      Fields.wrong(node, "a time from " + bounds + ", in whole milliseconds", problems);
    }
    return duration;
  }

  private @Nullable BigDecimal max(Fields fields) {
    Node node = fields.required("max", "a number of at least 0");
    if (node == null) {
      return null;
    } else if (node instanceof Node.Num number) {
      return checkedMax(node, Numbers.exact(number.text()));
    }
    Fields.notNumber(node, "a number of at least 0", problems);
    return null;
  }

  private @Nullable BigDecimal checkedMax(Node node, BigDecimal max) {
    if (max.signum() < 0) {
      Fields.wrong(node, "a number of at least 0", problems);
      return null;
    }
    return max;
  }

  private BigDecimal increment(Fields fields, boolean fromArgument) {
    Node node = fields.get("increment");
    if (node == null) {
      return BigDecimal.ONE;
    } else if (fromArgument) {
      problems.add(
          fields.name("increment"),
          "\"increment\" beside \"increment_from\"",
          "a fixed amount or one from an argument, not both");
    } else if (node instanceof Node.Num number) {
      BigDecimal increment = Numbers.exact(number.text());
      if (increment.signum() > 0) {
        return increment;
      }
      Fields.wrong(node, "a number greater than 0", problems);
    } else {
      Fields.notNumber(node, "a number greater than 0", problems);
    }
    return BigDecimal.ONE;
  }

  private @Nullable ValuePath amountPath(Node node) {
    ValuePath path = paths.path(node);
    if (path != null
        && path.root() != ValuePath.Root.ARGS
        && path.root() != ValuePath.Root.CONTEXT) {
      Fields.wrong(node, "a path that can hold a number, such as \"args.amount\"", problems);
      return null;
    }
    return path;
  }

  private @Nullable Scope scope(Fields fields, Scope fallback) {
    Node node = fields.get("scope");
    if (node == null) {
      return fallback;
    }
    String expected = "\"grant\", \"session\", \"global\", \"args.<path>\" or \"context.<name>\"";
    if (!(node instanceof Node.Text text)) {
      Fields.wrong(node, expected, problems);
      return null;
    }
    Scope word =
        switch (text.value()) {
          case "grant" -> Scope.GRANT;
          case "session" -> Scope.SESSION;
          case "global" -> Scope.GLOBAL;
          default -> null;
        };
    if (word != null) {
      return word;
    }
    if (!text.value().startsWith("args") && !text.value().startsWith("context")) {
      Fields.wrong(node, expected, otherScope(text.value()), problems);
      return null;
    }
    ValuePath path = paths.path(node);
    return path == null ? null : new Scope.OfValue(path);
  }

  /** {@return what a text may mean that is no scope} */
  private static String otherScope(String text) {
    String near = Spelling.didYouMean(text, SCOPES);
    return near != null
        ? near
        : "each caller apart is \"grant\"; by another value it is \"context.<name>\", which the host"
            + " supplies, or \"args.<path>\", an argument";
  }

  private ZoneId timezone(Fields fields, Alignment alignment) {
    Node node = fields.get("timezone");
    if (node == null) {
      return UTC;
    } else if (alignment != Alignment.CALENDAR) {
      problems.add(
          fields.name("timezone"),
          "\"timezone\" without \"alignment\": \"calendar\"",
          "a time zone for calendar windows only");
      return UTC;
    } else if (node instanceof Node.Text text) {
      try {
        ZoneId zone = ZoneId.of(text.value());
        return zone instanceof ZoneOffset ? zone : ZoneId.of(zone.getId());
      } catch (DateTimeException e) {
        // Reported below.
      }
    }
    Fields.wrong(node, "a time zone such as \"America/Sao_Paulo\" or \"UTC\"", problems);
    return UTC;
  }

  private void checkCalendar(Fields fields, Duration window) {
    Node node = fields.get("window");
    boolean period = Windows.WORDS.containsValue(window) && !window.equals(Duration.ofSeconds(1));
    if (!period && node != null) {
      Fields.wrong(
          node, "\"minute\", \"hour\", \"day\" or \"week\" for a calendar window", problems);
    }
  }
}
