package dev.alcada.policy;

import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.Place;
import dev.alcada.internal.document.Problems;
import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.ToolRule.Mode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
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
  /** Counters count in whole units of a decimal place, in 64 bits. */
  private static final BigDecimal FINE_MAX = new BigDecimal("4e9");

  /** The most that any counter holds. */
  static final BigDecimal COARSE_MAX = new BigDecimal("4e15");

  private static final int FINE_PLACES = 9;
  private static final int COARSE_PLACES = 3;

  private final Problems problems;

  /** The counters that have fewer decimal places, because a limit of theirs is so large. */
  private final Set<Identity> coarse = new HashSet<>();

  /** The limits with a number that not every counter can count. */
  private final List<Map.Entry<Identity, Placed>> doubtful = new ArrayList<>();

  private final Map<Identity, Placed> ofAllTools = new HashMap<>();

  /** A limit and the object that spells it. */
  record Placed(Limit limit, Node.Mapping node) {
    Place place(String field) {
      Node.Member member = node.members().get(field);
      return member == null ? node.place() : member.value().place();
    }
  }

  /** What limits have in common that share a count. */
  private record Identity(
      Mode mode,
      String counter,
      Scope scope,
      Duration window,
      Alignment alignment,
      ZoneId timezone) {
    static Identity of(Limit limit, Mode mode) {
      return new Identity(
          mode,
          limit.counter(),
          limit.scope(),
          limit.window(),
          limit.alignment(),
          limit.timezone());
    }
  }

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
            (identity, placed) -> {
              Placed other = ofAllTools.get(identity);
              if (other != null && !sameCharge(placed.limit, other.limit)) {
                problems.add(
                    placed.node.place(),
                    "the counter "
                        + Spelling.quote(identity.counter)
                        + " with another \"counts\" or amount than in \"all_tools\"",
                    "the same in both, since one call is counted once");
              }
            });
  }

  private static boolean sameCharge(Limit one, Limit other) {
    return one.counts() == other.counts()
        && one.increment().compareTo(other.increment()) == 0
        && Objects.equals(one.incrementFrom(), other.incrementFrom());
  }

  private Map<Identity, Placed> inOneList(List<Placed> limits, Mode mode) {
    Map<Identity, Placed> seen = new HashMap<>();
    for (Placed placed : limits) {
      Identity identity = Identity.of(placed.limit, mode);
      note(identity, placed);
      Placed first = seen.putIfAbsent(identity, placed);
      if (first != null) {
        int line = first.node.place().line();
        problems.add(
            placed.node.place(),
            "the counter "
                + Spelling.quote(identity.counter)
                + " a second time with the same scope and window",
            "each counter once in a list"
                + (line == 0 ? "" : " (the first is on line " + line + ")"));
      }
    }
    return seen;
  }

  /** Keeps what {@link #amounts} needs: most numbers can be counted in every counter. */
  private void note(Identity identity, Placed placed) {
    BigDecimal max = placed.limit.max();
    BigDecimal increment = placed.limit.increment();
    if (max.compareTo(FINE_MAX) > 0) {
      coarse.add(identity);
    }
    if (max.max(increment).compareTo(FINE_MAX) > 0
        || Math.max(max.scale(), increment.scale()) > COARSE_PLACES) {
      doubtful.add(Map.entry(identity, placed));
    }
  }

  /** Checks that every number of each counter can be counted exactly. */
  void amounts() {
    for (Map.Entry<Identity, Placed> entry : doubtful) {
      boolean isCoarse = coarse.contains(entry.getKey());
      Placed placed = entry.getValue();
      amount(placed.limit.max(), placed.place("max"), isCoarse);
      amount(placed.limit.increment(), placed.place("increment"), isCoarse);
    }
  }

  /** Checks the number of a {@code rate_limit}, which shares with nothing. */
  void alone(@Nullable RateLimit limit, Place place) {
    if (limit != null) {
      amount(limit.max(), place, limit.max().compareTo(FINE_MAX) > 0);
    }
  }

  private void amount(BigDecimal amount, Place place, boolean isCoarse) {
    String expected = null;
    if (amount.compareTo(isCoarse ? COARSE_MAX : FINE_MAX) > 0) {
      expected =
          isCoarse
              ? "at most 4000000000000000 (4·10¹⁵)"
              : "at most 4000000000 (4·10⁹), as much as this counter can count";
    } else if (amount.scale() > (isCoarse ? COARSE_PLACES : FINE_PLACES)) {
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
