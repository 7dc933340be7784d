package dev.alcada.counter;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/*
 * A limit of M, shared by n nodes, of which each keeps a part p = ⌊f·M⌋ for itself:
 *
 *   ├──────────── the store: M − n·p ────────────┤── p ──┤── p ──┤── p ──┤
 *
 * The parts are disjoint and the same whether the store is there or not. So whatever each of them
 * admits, and whoever cannot see whom, it is at most M.
 */

/**
 * How limits are divided between a store and the nodes that share it.
 *
 * @param share which part of each limit a node keeps, more than 0
 * @param nodes how many nodes there are, so that their parts are at most the whole
 */
record HeldBack(double share, int nodes) {
  /**
   * Returns what a node keeps of a limit: whole numbers, for a fraction of a call is of no use.
   *
   * @return in the charge's units
   */
  long part(Charge.Amount charge) {
    long unit = charge.decimals() == 9 ? 1_000_000_000L : 1_000L;
    long whole = charge.max() / unit;
    return Math.min((long) Math.floor(share * whole), whole / nodes) * unit;
  }

  /** Returns what is asked of the store. */
  Demand ofStore(Demand demand) {
    Demand.Builder ofStore = Demand.builder();
    for (Charge charge : demand.charges()) {
      ofStore.charge(
          charge instanceof Charge.Amount amount
              ? withMax(amount, amount.max() - nodes * part(amount))
              : charge);
    }
    demand.reads().forEach(read -> ofStore.reads(read.key(), read.there()));
    demand.tried().forEach(ofStore::tried);
    demand.done().forEach(ofStore::done);
    return ofStore.build();
  }

  /** Returns what may be asked of the node's own part, or {@code null} if none of it may. */
  @Nullable Demand ofNode(Demand demand) {
    if (!demand.isOfChargesAlone()) {
      return null;
    }
    List<Charge> charges = new ArrayList<>(demand.size());
    for (Charge charge : demand.charges()) {
      if (!(charge instanceof Charge.Amount amount)) {
        return null;
      }
      charges.add(withMax(amount, part(amount)));
    }
    return Demand.of(charges);
  }

  private static Charge withMax(Charge.Amount of, long max) {
    return new Charge.Amount(of.key(), max, of.amount(), of.decimals(), of.releasable());
  }
}
