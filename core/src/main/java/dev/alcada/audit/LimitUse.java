package dev.alcada.audit;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.Usage;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A limit that a call touched, and what its count held by the store's answer. The value counted by
 * is left out: it may be an argument's.
 *
 * @param counter what counts, with its name, scope and window
 * @param max the most it may hold
 * @param amount what the call adds
 * @param before what it held before the call, or {@code null} if the store has not said
 * @param after what it held once the call was charged; as before if it was not; {@code null} where
 *     it counts different values and the store has not said
 */
public record LimitUse(
    CounterId counter,
    BigDecimal max,
    BigDecimal amount,
    @Nullable BigDecimal before,
    @Nullable BigDecimal after) {

  static List<LimitUse> of(
      @Nullable Demand demand, @Nullable Reservation reservation, List<Usage> looked) {
    if (demand == null || demand.isEmpty()) {
      return List.of();
    }
    List<Usage> used = looked;
    if (reservation != null) {
      try {
        used = reservation.usage();
      } catch (RuntimeException e) {
        used = List.of(); // a store that cannot say any more changes nothing of the rest
      }
    }
    List<LimitUse> uses = new ArrayList<>(demand.size());
    for (int i = 0; i < demand.size(); i++) {
      Charge charge = demand.charge(i);
      Usage then = i < used.size() ? used.get(i) : null;
      if (charge instanceof Charge.Amount adds) {
        uses.add(of(adds.key(), adds.max(), adds.amount(), adds.decimals(), then, reservation));
      } else if (charge instanceof Charge.InFlight adds) {
        uses.add(of(adds.key(), adds.max(), adds.amount(), adds.decimals(), then, reservation));
      } else if (charge instanceof Charge.Distinct several) {
        // How many of its values were there already is not known here.
        uses.add(
            new LimitUse(
                several.key().counter(),
                BigDecimal.valueOf(several.max()),
                BigDecimal.valueOf(several.values().size()),
                then == null ? null : BigDecimal.valueOf(then.used()),
                then == null || reservation != null ? null : BigDecimal.valueOf(then.used())));
      }
    }
    return List.copyOf(uses);
  }

  private static LimitUse of(
      CounterKey key,
      long max,
      long amount,
      int decimals,
      @Nullable Usage then,
      @Nullable Reservation reservation) {
    BigDecimal before = then == null ? null : decimal(then.used(), decimals);
    BigDecimal adds = decimal(amount, decimals);
    return new LimitUse(
        key.counter(),
        decimal(max, decimals),
        adds,
        before,
        before == null || reservation == null ? before : before.add(adds));
  }

  private static BigDecimal decimal(long units, int decimals) {
    BigDecimal exact = BigDecimal.valueOf(units, decimals).stripTrailingZeros();
    return exact.scale() < 0 ? exact.setScale(0) : exact;
  }
}
