package dev.alcada.policy;

import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.Place;
import dev.alcada.internal.document.Problems;
import dev.alcada.internal.document.Spelling;
import dev.alcada.internal.value.AmountScale;
import dev.alcada.policy.ToolRule.Mode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks the limits of a document against each other: those of one identity share a count. */
final class LimitChecks {
  private final Problems problems;

  /** The counters that have fewer decimal places, because a limit of theirs is so large. */
  private final Set<Shared> coarse = new HashSet<>();

  /** The limits with a number that not every counter can count. */
  private final List<Map.Entry<Shared, Placed>> doubtful = new ArrayList<>();

  private final Map<Shared, Placed> ofAllTools = new HashMap<>();

  /** A limit and the object that spells it. */
  record Placed(Limit limit, Node.Mapping node) {
    Place place(String field) {
      Node.Member member = node.members().get(field);
      return member == null ? node.place() : member.value().place();
    }
  }

  /** What enforced limits, or those in shadow, have in common that share a count. */
  private record Shared(Mode mode, Limit.Identity identity) {}

  LimitChecks(Problems problems) {
    this.problems = problems;
  }

  void allTools(List<Placed> limits) {
    inOneList(limits, Mode.ENFORCE).forEach(ofAllTools::putIfAbsent);
  }

  /** Checks a tool's limits; those of all tools come first. */
  void tool(List<Placed> limits, Mode mode) {
    inOneList(limits, mode)
        .forEach(
            (shared, placed) -> {
              Placed other = ofAllTools.get(shared);
              if (other != null && !sameCharge(placed.limit, other.limit)) {
                problems.add(
                    placed.node.place(),
                    "the counter "
                        + Spelling.quote(placed.limit.counter())
                        + " with another "
                        + differs(placed.limit, other.limit)
                        + " than in \"all_tools\"",
                    "the same in both, since one call is counted once");
              }
            });
  }

  private static String differs(Limit one, Limit other) {
    if (!one.window().equals(other.window())) {
      return "\"lease\"";
    } else if (!one.scope().equals(other.scope())) {
      return "path in its \"scope\"";
    } else if (!one.appliesIf().equals(other.appliesIf())) {
      return "\"if\"";
    }
    return Set.copyOf(one.distinct()).equals(Set.copyOf(other.distinct()))
        ? "\"counts\" or amount"
        : "\"distinct\"";
  }

  private static boolean sameCharge(Limit one, Limit other) {
    return one.counts() == other.counts()
        && one.increment().compareTo(other.increment()) == 0
        && one.window().equals(other.window())
        && one.scope().equals(other.scope())
        && one.appliesIf().equals(other.appliesIf())
        && Set.copyOf(one.distinct()).equals(Set.copyOf(other.distinct()))
        && Objects.equals(one.incrementFrom(), other.incrementFrom());
  }

  private Map<Shared, Placed> inOneList(List<Placed> limits, Mode mode) {
    Map<Shared, Placed> seen = new HashMap<>();
    for (Placed placed : limits) {
      Shared shared = new Shared(mode, placed.limit.identity());
      note(shared, placed);
      Placed first = seen.putIfAbsent(shared, placed);
      if (first != null) {
        int line = first.node.place().line();
        problems.add(
            placed.node.place(),
            "the counter "
                + Spelling.quote(placed.limit.counter())
                + " a second time with the same scope and window",
            "each counter once in a list"
                + (line == 0 ? "" : " (the first is on line " + line + ")"));
      }
    }
    return seen;
  }

  /** Keeps what {@link #amounts} needs: most numbers can be counted in every counter. */
  private void note(Shared shared, Placed placed) {
    BigDecimal max = placed.limit.max();
    BigDecimal increment = placed.limit.increment();
    if (AmountScale.of(max) == AmountScale.COARSE) {
      coarse.add(shared);
    }
    if (AmountScale.of(max.max(increment)) == AmountScale.COARSE
        || Math.max(max.scale(), increment.scale()) > AmountScale.COARSE.places()) {
      doubtful.add(Map.entry(shared, placed));
    }
  }

  /** Checks that every number of each counter can be counted exactly. */
  void amounts() {
    for (Map.Entry<Shared, Placed> entry : doubtful) {
      AmountScale scale = coarse.contains(entry.getKey()) ? AmountScale.COARSE : AmountScale.FINE;
      Placed placed = entry.getValue();
      amount(placed.limit.max(), placed.place("max"), scale);
      amount(placed.limit.increment(), placed.place("increment"), scale);
    }
  }

  /** Checks the number of a {@code rate_limit}, which shares with nothing. */
  void alone(@Nullable RateLimit limit, Place place) {
    if (limit != null) {
      amount(limit.max(), place, AmountScale.of(limit.max()));
    }
  }

  private void amount(BigDecimal amount, Place place, AmountScale scale) {
    boolean isCoarse = scale == AmountScale.COARSE;
    String expected = null;
    if (amount.compareTo(scale.most()) > 0) {
      expected =
          isCoarse
              ? "at most 4000000000000000 (4·10¹⁵)"
              : "at most 4000000000 (4·10⁹), as much as this counter can count";
    } else if (amount.scale() > scale.places()) {
      expected =
          isCoarse
              ? "at most 3 decimal places, since a \"max\" of this counter is above 4000000000"
              : "at most 9 decimal places";
    }
    if (expected != null) {
      problems.add(place, "the number " + Spelling.shorten(amount.toString()), expected);
    }
  }
}
