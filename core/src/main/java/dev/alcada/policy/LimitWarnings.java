package dev.alcada.policy;

import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.ToolRule.Mode;
import dev.alcada.time.Window;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Finds limits that probably do not limit what their author means. */
final class LimitWarnings {
  private static final Duration LONG = Duration.ofHours(1);

  /** The sign of these zones is the other way round: Etc/GMT+3 is three hours behind. */
  private static final Pattern TURNED_ZONE = Pattern.compile("Etc/GMT[+-][1-9][0-9]?");

  /** Numbers of seconds that are hours or days to whoever writes them. */
  private static final Set<Integer> NOT_SECONDS = Set.of(7, 24, 48, 72, 365, 366);

  private final AllTools all;

  /** The document's own zone, or null. */
  private final @Nullable ZoneId zone;

  private final Warnings warnings;
  private final ValueWarnings values;
  private final Bounds ofAll = new Bounds();

  /** The first limit of each counter name. */
  private final Map<String, Limit> counters = new HashMap<>();

  /** The same of rules in shadow mode, which share no count with enforced ones. */
  private final Map<String, Limit> shadowed = new HashMap<>();

  /** Counter names without what people spell in several ways, and the first that is spelt so. */
  private final Map<String, String> bareNames = new HashMap<>();

  /** What a call cannot choose of the limits that hold for it together. */
  private static final class Bounds {
    /** Whether there is one of a scope that no call can choose. */
    private boolean byCaller;

    /** Whether there is one that a new session does not empty, nor another argument. */
    private boolean beyondSession;

    void add(Limit limit) {
      // A limit for some calls, or on anything but amounts, bounds not all calls.
      if (limit.kind() == Limit.Kind.AMOUNT && limit.appliesIf().isEmpty()) {
        add(limit.scope());
      }
    }

    void add(Scope scope) {
      boolean whole = scope instanceof Scope.OfGrant || scope instanceof Scope.OfGlobal;
      byCaller |= whole;
      beyondSession |= whole || (!isSession(scope) && !hasArguments(scope));
    }
  }

  private static boolean has(Scope scope, ValuePath.Root root) {
    return scope.paths().stream().anyMatch(path -> path.root() == root);
  }

  private static boolean hasArguments(Scope scope) {
    return has(scope, ValuePath.Root.ARGS) || has(scope, ValuePath.Root.CALL);
  }

  /** {@return whether a new session begins anew} */
  static boolean isSession(Scope scope) {
    return scope instanceof Scope.OfSession || has(scope, ValuePath.Root.SESSION);
  }

  /** {@return whether it goes by nothing but what the call itself says} */
  private static boolean isOfCallAlone(Scope scope) {
    return !scope.paths().isEmpty()
        && scope.paths().stream()
            .allMatch(
                path -> path.root() == ValuePath.Root.ARGS || path.root() == ValuePath.Root.CALL);
  }

  LimitWarnings(AllTools all, @Nullable ZoneId zone, Warnings warnings) {
    this.all = all;
    this.zone = zone;
    this.warnings = warnings;
    this.values = new ValueWarnings(warnings);
    all.limits().forEach(ofAll::add);
  }

  void allTools(Node at) {
    for (int i = 0; i < all.limits().size(); i++) {
      Limit limit = all.limits().get(i);
      limit(limit, counters, ofAll, at, "limits", i);
      if (limit.incrementFrom() != null) {
        warnings.add(
            "every call needs a number at "
                + limit.incrementFrom()
                + ": a tool without that argument is always denied; put the limit into the tools that"
                + " have it",
            at,
            "limits",
            i,
            "increment_from");
      }
    }
  }

  void tool(Node at, ToolRule rule) {
    RateLimit rate = rule.rateLimit();
    List<Limit> limits = rule.limits();
    if (rate == null && limits.isEmpty()) {
      return;
    }
    Bounds bounds = new Bounds();
    bounds.byCaller = ofAll.byCaller;
    bounds.beyondSession = ofAll.beyondSession;
    limits.forEach(bounds::add);
    if (rate != null) {
      bounds.add(rate.scope());
      max(rate.max(), BigDecimal.ONE, null, at, "rate_limit");
      scope(rate.scope(), rate.window().length(), false, bounds, at, "rate_limit");
      window(at, false, "rate_limit");
      values.path(at, "rate_limit", "scope");
    }
    Map<String, Limit> named = rule.mode() == Mode.SHADOW ? shadowed : counters;
    for (int i = 0; i < limits.size(); i++) {
      limit(limits.get(i), named, bounds, at, "limits", i);
    }
  }

  private void limit(
      Limit limit, Map<String, Limit> named, Bounds bounds, Node at, Object... steps) {
    ValuePath from = limit.incrementFrom();
    max(limit.max(), limit.increment(), from, at, steps);
    boolean inFlight = limit.kind() == Limit.Kind.IN_FLIGHT;
    scope(
        limit.scope(), inFlight ? LONG : limit.window().length(), from != null, bounds, at, steps);
    if (Warnings.at(at, with(steps, "if")) instanceof Node.Sequence list
        && list.elements().isEmpty()) {
      warnings.add("an empty list limits every call: leave it out", at, with(steps, "if"));
    }
    window(at, from != null, steps);
    calendar(limit, at, steps);
    if (from != null && PredicateWarnings.hasIndex(from)) {
      warnings.add("counts one element only: the others of the list cost nothing", at, steps);
    }
    values.path(at, with(steps, "increment_from"));
    values.path(at, with(steps, "scope"));
    Limit first = named.putIfAbsent(limit.counter(), limit);
    String differs = first == null ? null : differs(first, limit);
    if (differs != null) {
      warnings.add(
          "the counter " + Spelling.quote(limit.counter()) + " is named before " + differs,
          at,
          steps);
    } else if (first == null) {
      alike(limit.counter(), at, steps);
    }
  }

  private void alike(String counter, Node at, Object... steps) {
    String other = bareNames.putIfAbsent(NameWarnings.bare(counter), counter);
    if (other != null && !other.equals(counter)) {
      warnings.add(
          "the counters "
              + Spelling.quote(other)
              + " and "
              + Spelling.quote(counter)
              + " share no count: spell them alike, or name them apart",
          at,
          with(steps, "counter"));
    }
    String doubt = NameWarnings.doubt(counter, true);
    if (doubt != null) {
      warnings.add("the counter's name " + doubt, at, with(steps, "counter"));
    }
  }

  private static Object[] with(Object[] steps, String field) {
    List<Object> all = new ArrayList<>(List.of(steps));
    all.add(field);
    return all.toArray();
  }

  private static @Nullable String differs(Limit first, Limit limit) {
    if (!first.identity().equals(limit.identity())) {
      boolean sameWindow =
          first.kind() == limit.kind()
              && (first.kind() == Limit.Kind.IN_FLIGHT || first.window().equals(limit.window()));
      return "with another "
          + (sameWindow ? "scope" : "window")
          + ": the two share no count; give each a name of its own";
    } else if ((first.incrementFrom() == null) != (limit.incrementFrom() == null)) {
      return "for another unit: one counts calls, the other amounts, and they share one count; give"
          + " each a name of its own";
    }
    return first.max().compareTo(limit.max()) == 0
        ? null
        : "with another \"max\": the two share one count; if that is not meant, give each a name"
            + " of its own";
  }

  private void max(
      BigDecimal max, BigDecimal increment, @Nullable ValuePath from, Node at, Object... steps) {
    if (max.signum() == 0) {
      warnings.add(
          from == null
              ? "\"max\": 0 denies every call: \"action\": \"deny\" says so plainly"
              : "\"max\": 0 denies every amount but 0: a call with "
                  + from
                  + " = 0 passes;"
                  + " \"action\": \"deny\" denies every call",
          at,
          steps);
    } else if (from == null && max.compareTo(increment) < 0) {
      warnings.add(
          "\"max\" "
              + Spelling.shorten(max.toPlainString())
              + " is below the "
              + Spelling.shorten(increment.toPlainString())
              + " of one call: every call is denied",
          at,
          steps);
    }
  }

  private void scope(
      Scope scope, Duration window, boolean ofAmounts, Bounds bounds, Node at, Object... steps) {
    if (!bounds.byCaller && isOfCallAlone(scope)) {
      warnings.add(
          "whoever makes the call chooses "
              + scope.paths().get(0)
              + " and with it the count: add a limit"
              + " with scope \"grant\" or \"global\"",
          at,
          steps);
    } else if (!bounds.beyondSession
        && isSession(scope)
        && (ofAmounts || window.compareTo(LONG) >= 0)) {
      warnings.add(
          "a client that opens a new session starts at 0: "
              + (steps[0].equals("rate_limit")
                  ? "write {\"max\": …, \"window\": …, \"scope\": \"grant\"}"
                  : "write \"scope\": \"grant\"")
              + ", or add a limit that has it",
          at,
          steps);
    }
  }

  /** A bare number is of seconds. */
  private void window(Node at, boolean ofAmounts, Object... steps) {
    Node node = Warnings.at(at, with(steps, "window"));
    if (!(node instanceof Node.Num number) || !number.text().matches("[0-9]{1,8}")) {
      return;
    }
    int seconds = Integer.parseInt(number.text());
    String mend = null;
    if (NOT_SECONDS.contains(seconds) || (ofAmounts && seconds < 60)) {
      mend = "hours or days as \"" + seconds + "h\" or \"" + seconds + "d\"";
    } else if (seconds % 60_000 == 0 || (seconds % 1000 == 0 && seconds % 3600 != 0)) {
      mend = "milliseconds as \"" + seconds + "ms\"";
    }
    if (mend != null) {
      warnings.add(
          "a bare number is of seconds, here " + seconds + " of them: write " + mend,
          at,
          with(steps, "window"));
    }
  }

  private void calendar(Limit limit, Node at, Object... steps) {
    if (!(limit.window() instanceof Window.Calendar calendar)) {
      return;
    }
    boolean said =
        Warnings.at(at, steps) instanceof Node.Mapping fields
            && fields.members().containsKey("timezone");
    if (!said && zone == null) {
      warnings.add(
          "a calendar window without \"timezone\" begins anew at midnight UTC: write \"timezone\","
              + " \"UTC\" if that is meant",
          at,
          steps);
    } else if (said) {
      turned(calendar.zone(), at, with(steps, "timezone"));
    }
  }

  /** Finds a zone whose sign is the other way round. */
  void turned(ZoneId of, Node at, Object... steps) {
    if (TURNED_ZONE.matcher(of.getId()).matches()) {
      String zone = of.getId();
      boolean behind = zone.charAt(7) == '+';
      warnings.add(
          zone
              + " is "
              + zone.substring(8)
              + " hours "
              + (behind ? "behind" : "ahead of")
              + " UTC, for its sign is the other way round: name a city, such as"
              + " \"America/Sao_Paulo\"",
          at,
          steps);
    }
  }
}
