package dev.alcada.redis;

import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.Usage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What is held for one call in the slots that it needs: a reservation in each. */
final class SlotsReservation implements Reservation {
  private final RedisCounterStore store;
  private final Slots slots;
  private final long number;
  private final List<RedisReservation> held;
  private final List<Usage> usage;
  private final @Nullable String id;
  private final AtomicBoolean settled = new AtomicBoolean();

  SlotsReservation(
      RedisCounterStore store,
      Slots slots,
      long number,
      List<Slots.Share> shares,
      List<RedisReservation> held,
      int charges) {
    this.store = store;
    this.slots = slots;
    this.number = number;
    this.held = List.copyOf(held);
    Usage[] all = new Usage[charges];
    for (int i = 0; i < shares.size(); i++) {
      SlotBySlot.put(held.get(i).usage(), shares.get(i).charges, all);
    }
    this.usage = List.copyOf(Arrays.asList(all));
    this.id = id(shares, held);
  }

  private static @Nullable String id(List<Slots.Share> shares, List<RedisReservation> held) {
    String base = null;
    StringBuilder recorded = new StringBuilder();
    StringBuilder others = new StringBuilder();
    for (int i = 0; i < shares.size(); i++) {
      String own = held.get(i).id();
      String slot = shares.get(i).keys.slot();
      if (own != null) {
        base = own;
        recorded.append('.').append(slot);
      } else if (shares.get(i).mayEnd()) {
        others.append('+').append(slot);
      }
    }
    return base == null ? null : base + recorded + others;
  }

  @Override
  public void settle(Ended ended, List<Mark> done) {
    Map<String, List<Mark>> marks = slots.bySlot(ended == Ended.DONE ? done : List.of());
    if (settled.getAndSet(true)) {
      return;
    }
    for (RedisReservation each : held) {
      List<Mark> own = marks.remove(each.keys().slot());
      each.settle(ended, own == null ? List.of() : own);
    }
    marks.forEach((slot, own) -> store.nothing(slots.named(slot), number).settle(ended, own));
  }

  @Override
  public void cancel() {
    if (!settled.getAndSet(true)) {
      held.forEach(RedisReservation::cancel);
    }
  }

  @Override
  public List<Usage> usage() {
    return usage;
  }

  @Override
  public @Nullable String id() {
    return id;
  }
}
