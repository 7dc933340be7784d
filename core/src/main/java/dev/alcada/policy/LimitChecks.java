package dev.alcada.policy;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Checks the limits of a document against each other: those of one identity share a count. */
final class LimitChecks {
  /** Counters count in whole units of a decimal place, in 64 bits. */
  private static final BigDecimal FINE_MAX = new BigDecimal("4e9");

  private static final BigDecimal COARSE_MAX = new BigDecimal("4e15");
  private static final int FINE_PLACES = 9;
  private static final int COARSE_PLACES = 3;

  private final Problems problems;
  private final Map<Identity, List<Placed>> counters = new HashMap<>();
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
      counters.computeIfAbsent(identity, key -> new ArrayList<>(1)).add(placed);
      Placed first = seen.putIfAbsent(identity, placed);
      if (first != null) {
        problems.add(
            placed.node.place(),
            "the counter "
                + Spelling.quote(identity.counter)
                + " a second time with the same scope and window",
            "each counter once in a list (the first is on line " + first.node.place().line() + ")");
      }
    }
    return seen;
  }

  /** Checks that every number of each counter can be counted exactly. */
  void amounts() {
    for (List<Placed> sharing : counters.values()) {
      boolean coarse =
          sharing.stream().anyMatch(placed -> placed.limit.max().compareTo(FINE_MAX) > 0);
      for (Placed placed : sharing) {
        amount(placed.limit.max(), placed.place("max"), coarse);
        amount(placed.limit.increment(), placed.place("increment"), coarse);
      }
    }
  }

  /** Checks the number of a {@code rate_limit}, which shares with nothing. */
  void alone(@Nullable RateLimit limit, Place place) {
    if (limit != null) {
      amount(limit.max(), place, limit.max().compareTo(FINE_MAX) > 0);
    }
  }

  private void amount(BigDecimal amount, Place place, boolean coarse) {
    String found = "the number " + Spelling.shorten(amount.toString());
    BigDecimal most = coarse ? COARSE_MAX : FINE_MAX;
    if (amount.compareTo(most) > 0) {
      problems.add(
          place,
          found,
          coarse
              ? "at most 4000000000000000 (4·10¹⁵)"
              : "at most 4000000000 (4·10⁹), as much as this counter can count");
    } else if (amount.scale() > (coarse ? COARSE_PLACES : FINE_PLACES)) {
      problems.add(
          place,
          found,
          coarse
              ? "at most 3 decimal places, since a \"max\" of this counter is above 4000000000"
              : "at most 9 decimal places");
    }
  }
}
