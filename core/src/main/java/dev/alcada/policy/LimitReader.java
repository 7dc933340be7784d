package dev.alcada.policy;

import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.ObjectReader;
import dev.alcada.internal.document.Problems;
import dev.alcada.internal.document.Spelling;
import dev.alcada.internal.document.WindowSpelling;
import dev.alcada.internal.value.NumberSpelling;
import dev.alcada.policy.Limit.Counts;
import dev.alcada.time.Window;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads limits and the shorthand {@code rate_limit}. */
final class LimitReader {
  static final Set<String> FIELDS =
      ObjectReader.names(
          "counter",
          "window",
          "max",
          "scope",
          "increment",
          "increment_from",
          "counts",
          "alignment",
          "timezone",
          "if",
          "distinct",
          "lease",
          "on_deny");
  private static final Set<String> RATE_FIELDS =
      ObjectReader.names("max", "window", "scope", "on_deny");

  /** In place of a window: what runs now. */
  private static final String IN_FLIGHT = "in_flight";

  private static final Set<ValuePath.Root> DISTINCT =
      EnumSet.of(
          ValuePath.Root.ARGS,
          ValuePath.Root.CONTEXT,
          ValuePath.Root.GRANT,
          ValuePath.Root.SESSION,
          ValuePath.Root.CLIENT,
          ValuePath.Root.TOOL);

  /** The zone of calendar windows where the document does not say. */
  static final ZoneId UTC = ZoneId.of("UTC");

  /** How documents say how a window lies in time. */
  private enum Alignment {
    SLIDING,
    CALENDAR
  }

  private final Problems problems;
  private final PredicateReader paths;
  private final ScopeReader scopes;

  /** The document's own zone, or null. */
  private @Nullable ZoneId zone;

  LimitReader(Problems problems, PredicateReader paths, ScopeReader scopes) {
    this.problems = problems;
    this.paths = paths;
    this.scopes = scopes;
  }

  /** Sets the zone of calendar windows that name none. */
  void timezone(@Nullable ZoneId ofDocument) {
    this.zone = ofDocument;
  }

  List<LimitChecks.Placed> limits(ObjectReader rule) {
    List<LimitChecks.Placed> limits = new ArrayList<>();
    if (rule.get("limits") instanceof Node.Text text && Mends.rate(text.value()) != null) {
      ObjectReader.wrong(text, "a list of limits", "write it as \"rate_limit\"", problems);
      return limits;
    }
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
    if (node instanceof Node.Text text) {
      ObjectReader.wrong(
          node,
          "a limit",
          Mends.rate(text.value()) == null ? null : "write it as \"rate_limit\"",
          problems);
      return null;
    }
    ObjectReader fields =
        ObjectReader.of(node, "a limit", FIELDS, (field, value) -> Mends.ofLimit(field), problems);
    if (fields == null) {
      return null;
    }
    Node named = fields.required("counter", "the counter's name");
    String counter =
        named == null ? null : ObjectReader.nonEmpty(named, "the counter's name", problems);
    boolean inFlight =
        fields.get("window") instanceof Node.Text text && text.value().equals(IN_FLIGHT);
    Duration window = inFlight ? Limit.DEFAULT_LEASE : window(fields);
    BigDecimal max = max(fields);
    Scope scope = scope(fields, Scope.GRANT);
    List<ValuePath> distinct = distinct(fields, inFlight);
    Node from = fields.get("increment_from");
    ValuePath incrementFrom = from == null ? null : amountPath(from);
    BigDecimal increment = increment(fields, from != null);
    Counts counts =
        fields.constant(
            "counts", Counts.values(), from == null ? Counts.ATTEMPTS : Counts.SUCCESSES);
    List<Condition> conditions = paths.conditions(fields, "if", PredicateReader.Where.LIMIT);
    ZoneId calendar = inFlight ? null : calendar(fields, window);
    Duration lease = lease(fields, inFlight);
    String onDeny = fields.text("on_deny");
    if (inFlight) {
      without(fields, "\"window\": \"in_flight\"", "alignment", "timezone", "counts");
    }
    if (counter == null || window == null || max == null || scope == null || distinct == null) {
      return null;
    }
    Limit.Builder limit =
        (inFlight ? Limit.inFlight(counter, max) : Limit.builder(counter, window, max))
            .scope(scope)
            .increment(increment)
            .appliesIf(conditions.toArray(new Condition[0]));
    if (!inFlight) {
      limit.counts(counts);
    }
    if (!distinct.isEmpty()) {
      limit.distinct(distinct);
    }
    if (lease != null) {
      limit.lease(lease);
    }
    if (incrementFrom != null) {
      limit.incrementFrom(incrementFrom);
    }
    if (calendar != null) {
      limit.calendar(calendar);
    }
    if (onDeny != null) {
      limit.onDeny(onDeny);
    }
    return limit.build();
  }

  private void without(ObjectReader fields, String beside, String... names) {
    for (String name : names) {
      if (fields.has(name)) {
        problems.add(
            fields.name(name), "\"" + name + "\" beside " + beside, "a limit without one of them");
      }
    }
  }

  private @Nullable Duration lease(ObjectReader fields, boolean inFlight) {
    Node node = fields.get("lease");
    if (node == null) {
      return null;
    } else if (!inFlight) {
      problems.add(
          fields.name("lease"),
          "\"lease\" without \"window\": \"in_flight\"",
          "a lease for what runs only");
      return null;
    }
    return MarkReader.span(
        node, Duration.ofSeconds(1), Duration.ofDays(1), "1 second to 1 day", problems);
  }

  /** {@return the paths of different values; none if it counts no such, null if it is wrong} */
  private @Nullable List<ValuePath> distinct(ObjectReader fields, boolean inFlight) {
    Node node = fields.get("distinct");
    if (node == null) {
      return List.of();
    }
    without(fields, "\"distinct\"", "increment", "increment_from", "counts");
    if (inFlight) {
      problems.add(
          fields.name("distinct"),
          "\"distinct\" beside \"window\": \"in_flight\"",
          "a window of time for different values");
    }
    if (fields.get("max") instanceof Node.Num max
        && !max.text().matches("(?:[1-9][0-9]{0,2}|1000)")) {
      ObjectReader.wrong(max, "a whole number from 1 to 1,000 for \"distinct\"", problems);
      return null;
    }
    String expected = "a path such as \"args.to\", or a list of paths";
    List<Node> elements = node instanceof Node.Sequence list ? list.elements() : List.of(node);
    if (elements.isEmpty() || elements.size() > RuleReader.MAX_ENTRIES) {
      ObjectReader.wrong(node, expected, problems);
      return null;
    }
    List<ValuePath> read = new ArrayList<>();
    for (Node element : elements) {
      if (!(element instanceof Node.Text)) {
        ObjectReader.wrong(element, expected, problems);
        return null;
      }
      ValuePath path = paths.path(element, DISTINCT, expected);
      if (path == null) {
        return null;
      } else if (read.contains(path)) {
        problems.add(
            element.place(),
            "the path " + Spelling.quote(path.toString()) + " a second time",
            "each once");
      }
      read.add(path);
    }
    return inFlight ? null : read;
  }

  @Nullable RateLimit rateLimit(Node node) {
    if (node instanceof Node.Text text) {
      return shorthand(text);
    }
    if (!(node instanceof Node.Mapping)) {
      ObjectReader.wrong(
          node,
          "{\"max\": 10, \"window\": 60} or a text such as \"10/minute\"",
          node instanceof Node.Sequence
              ? "a list of limits is \"limits\""
              : node instanceof Node.Num number
                  ? "in what time? " + number.text() + "/minute"
                  : null,
          problems);
      return null;
    }
    ObjectReader fields =
        ObjectReader.of(
            node,
            "\"rate_limit\"",
            RATE_FIELDS,
            (field, value) ->
                FIELDS.contains(field)
                    ? "a limit with \"" + field + "\" belongs into \"limits\": [{…}]"
                    : Mends.ofLimit(field),
            problems);
    if (fields == null) {
      return null;
    }
    BigDecimal max = max(fields);
    Duration window = window(fields);
    Scope scope = scope(fields, Scope.SESSION);
    String onDeny = fields.text("on_deny");
    if (max == null || window == null || scope == null) {
      return null;
    }
    RateLimit limit = RateLimit.of(max, window).withScope(scope);
    return onDeny == null ? limit : limit.withOnDeny(onDeny);
  }

  private @Nullable RateLimit shorthand(Node.Text node) {
    String text = node.value();
    int slash = text.indexOf('/');
    String max = text.substring(0, Math.max(0, slash));
    BigDecimal millis = WindowSpelling.millis(text.substring(slash + 1));
    Duration window =
        millis == null ? null : WindowSpelling.duration(millis, Window.SHORTEST, Window.LONGEST);
    if (window == null || !max.matches("0|[1-9][0-9]{0,15}")) {
      ObjectReader.wrong(
          node,
          "a count, a slash and a window, such as \"10/minute\" or \"100/15m\"",
          Mends.rate(text),
          problems);
      return null;
    }
    BigDecimal most = checkedMax(node, new BigDecimal(max));
    return most == null ? null : RateLimit.of(most, window);
  }

  private @Nullable Duration window(ObjectReader fields) {
    Node node = fields.required("window", WindowSpelling.SPELLINGS);
    if (node instanceof Node.Text text
        && Set.of("inflight", "concurrent", "concurrency", "parallel", "running", "active")
            .contains(Spelling.bare(text.value()))) {
      ObjectReader.wrong(
          node,
          WindowSpelling.SPELLINGS,
          fields.has("counter")
              ? "what runs at one time is \"in_flight\""
              : "what runs at one time is a limit: \"limits\": [{\"counter\", \"window\":"
                  + " \"in_flight\", \"max\"}]",
          problems);
      return null;
    }
    return node == null
        ? null
        : duration(node, Window.SHORTEST, Window.LONGEST, "1 ms to 366 days", problems);
  }

  /** {@return a length of time, or null if the node spells none within the bounds, a problem} */
  static @Nullable Duration duration(
      Node node, Duration shortest, Duration longest, String bounds, Problems problems) {
    BigDecimal millis = null;
    if (node instanceof Node.Num number) {
      BigDecimal seconds = NumberSpelling.exact(number.text());
      // A number with thousands of digits is out of the bounds whatever it is exactly.
      millis =
          seconds.precision() - (long) seconds.scale() > 20
              ? BigDecimal.valueOf(-1)
              : seconds.movePointRight(3);
    } else if (node instanceof Node.Text text) {
      millis = WindowSpelling.millis(text.value());
    }
    if (millis == null && node instanceof Node.Text text && !NumberSpelling.isJson(text.value())) {
      String mend = Mends.ofWindow(text.value());
      ObjectReader.wrong(
          node,
          WindowSpelling.SPELLINGS,
          mend == null ? Spelling.didYouMean(text.value(), WindowSpelling.WORDS.keySet()) : mend,
          problems);
      return null;
    } else if (millis == null) {
      ObjectReader.notNumber(node, WindowSpelling.SPELLINGS, null, problems);
      return null;
    }
    Duration duration = WindowSpelling.duration(millis, shortest, longest);
    if (duration == null) {
      ObjectReader.wrong(node, "a time from " + bounds + ", in whole milliseconds", problems);
    }
    return duration;
  }

  private @Nullable BigDecimal max(ObjectReader fields) {
    Node node = fields.required("max", "a number of at least 0");
    if (node == null) {
      return null;
    } else if (node instanceof Node.Num number) {
      return checkedMax(node, NumberSpelling.exact(number.text()));
    }
    ObjectReader.notNumber(
        node,
        "a number of at least 0",
        node instanceof Node.Null ? Mends.UNBOUNDED : Mends.ofNumber(node),
        problems);
    return null;
  }

  private @Nullable BigDecimal checkedMax(Node node, BigDecimal max) {
    if (max.signum() < 0) {
      ObjectReader.wrong(node, "a number of at least 0", Mends.UNBOUNDED, problems);
      return null;
    }
    return max;
  }

  private BigDecimal increment(ObjectReader fields, boolean fromArgument) {
    Node node = fields.get("increment");
    if (node == null) {
      return BigDecimal.ONE;
    } else if (fromArgument) {
      problems.add(
          fields.name("increment"),
          "\"increment\" beside \"increment_from\"",
          "a fixed amount or one from an argument, not both");
    } else if (node instanceof Node.Num number) {
      BigDecimal increment = NumberSpelling.exact(number.text());
      if (increment.signum() > 0) {
        return increment;
      }
      ObjectReader.wrong(node, "a number greater than 0", problems);
    } else {
      ObjectReader.notNumber(node, "a number greater than 0", Mends.ofNumber(node), problems);
    }
    return BigDecimal.ONE;
  }

  private @Nullable ValuePath amountPath(Node node) {
    ValuePath path = paths.path(node);
    if (path != null
        && path.root() != ValuePath.Root.ARGS
        && path.root() != ValuePath.Root.CONTEXT) {
      ObjectReader.wrong(node, "a path that can hold a number, such as \"args.amount\"", problems);
      return null;
    }
    return path;
  }

  private @Nullable Scope scope(ObjectReader fields, Scope fallback) {
    Node node = fields.get("scope");
    return node == null ? fallback : scopes.scope(node, false);
  }

  /** {@return the zone of a calendar window, or null of a sliding one} */
  private @Nullable ZoneId calendar(ObjectReader fields, @Nullable Duration window) {
    Alignment alignment = fields.constant("alignment", Alignment.values(), Alignment.SLIDING);
    Node timezone = fields.get("timezone");
    if (alignment == Alignment.SLIDING) {
      if (timezone != null) {
        problems.add(
            fields.name("timezone"),
            "\"timezone\" without \"alignment\": \"calendar\"",
            "a time zone for calendar windows only");
      }
      return null;
    }
    ZoneId zone =
        timezone == null ? Objects.requireNonNullElse(this.zone, UTC) : zone(timezone, problems);
    Node length = fields.get("window");
    if (window != null && length != null && !isPeriod(window, zone)) {
      ObjectReader.wrong(
          length, "\"minute\", \"hour\", \"day\" or \"week\" for a calendar window", problems);
      return null;
    }
    return zone;
  }

  /** {@return the zone that a node spells, or UTC if it spells none, which is a problem} */
  static ZoneId zone(Node node, Problems problems) {
    if (node instanceof Node.Text text) {
      try {
        ZoneId zone = ZoneId.of(text.value());
        return zone instanceof ZoneOffset ? zone : ZoneId.of(zone.getId());
      } catch (DateTimeException e) {
        // Reported below.
      }
    }
    ObjectReader.wrong(
        node,
        "a time zone such as \"America/Sao_Paulo\" or \"UTC\"",
        node instanceof Node.Text text ? Mends.ofZone(text.value()) : null,
        problems);
    return UTC;
  }

  private static boolean isPeriod(Duration length, ZoneId zone) {
    try {
      return new Window.Calendar(length, zone).length().equals(length);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
