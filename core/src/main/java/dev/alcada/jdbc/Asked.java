package dev.alcada.jdbc;

import dev.alcada.counter.Charge;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Mark;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a demand asks of the rows.
 *
 * @param wanted its charges, then the marks that it leaves at once
 * @param charges how many charges there are
 * @param reads the marks that it is judged by
 * @param leavesMarks whether it may leave marks at its end
 */
record Asked(List<Wanted> wanted, int charges, List<Read> reads, boolean leavesMarks) {
  /**
   * A mark that is looked at.
   *
   * @param id its row
   * @param there whether it has to be there, or {@code null} to look only
   */
  record Read(String id, @Nullable Boolean there) {}

  /**
   * Returns what a demand asks.
   *
   * @throws IllegalArgumentException if two charges have the same key, or one is of a kind that
   *     this store does not know
   */
  static Asked of(Demand demand) {
    List<Wanted> wanted = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (Charge charge : demand.charges()) {
      Wanted next = Wanted.of(charge);
      if (!ids.add(next.id())) {
        throw new IllegalArgumentException(
            "charge "
                + wanted.size()
                + " has the same key as one before it, expected one charge a key");
      }
      wanted.add(next);
    }
    for (Mark mark : demand.tried()) {
      wanted.add(Wanted.tried(mark));
    }
    List<Read> reads = new ArrayList<>();
    for (Demand.Read read : demand.reads()) {
      reads.add(new Read(Wanted.id(read.key()), read.there()));
    }
    return new Asked(wanted, demand.size(), reads, !demand.done().isEmpty());
  }

  /** {@return the rows, each once} */
  List<String> ids() {
    Set<String> ids = new LinkedHashSet<>();
    wanted.forEach(each -> ids.add(each.id()));
    reads.forEach(each -> ids.add(each.id()));
    return List.copyOf(ids);
  }

  /** {@return whether granting it changes any row} */
  boolean addsAnything() {
    return wanted.stream().anyMatch(Wanted::adds);
  }
}
