package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Look;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Refusal.Reason;
import dev.alcada.counter.ReserveResult;
import java.util.List;
import org.jspecify.annotations.Nullable;

/*
 * One count that changes is changed in one step by itself: what AllOrNone needs for several, the
 * note of what was decided, can be left out. Each method answers null where something is not as
 * usual, having changed nothing; AllOrNone then decides.
 */

/** The usual demands, without a detour: of one key that is there, and perhaps a mark beside it. */
final class KnownKeys {
  private final InMemoryCounterStore store;

  KnownKeys(InMemoryCounterStore store) {
    this.store = store;
  }

  /** {@return what comes of a demand, or {@code null} if it is not a usual one} */
  @Nullable ReserveResult reserve(Demand demand) {
    if (demand.size() == 1) {
      return demand.charge(0) instanceof Charge.Amount charge
              && charge.amount() > 0
              && charge.amount() <= charge.max()
          ? reserve(charge, demand)
          : null;
    }
    boolean leavesOne =
        demand.size() == 0 && demand.tried().size() == 1 && demand.reads().isEmpty();
    return leavesOne ? reserve(demand.tried().get(0)) : null;
  }

  private @Nullable ReserveResult reserve(Charge.Amount charge, Demand demand) {
    if (demand.isOfChargesAlone()) {
      return reserve(charge);
    }
    return demand.tried().isEmpty() && demand.reads().size() == 1
        ? reserve(charge, demand.reads().get(0))
        : null;
  }

  private @Nullable ReserveResult reserve(Charge.Amount charge) {
    int hash = InMemoryCounterStore.spread(charge.key().hashCode());
    Stripe stripe = store.stripe(hash);
    long reading = store.reading();
    ReserveResult result;
    long now;
    boolean turn;
    Counter counter;
    stripe.lock();
    try {
      if (stripe.unfinished != null) {
        stripe.finish();
      }
      Tally count = stripe.find(hash, charge.key());
      if (count == null) {
        return null;
      }
      counter = count.counter;
      now = stripe.advance(reading);
      turn = stripe.isTurn();
      result = decided(count, charge, counter.stamp(now), reading);
    } finally {
      stripe.held = 0;
    }
    try {
      store.lookAfter(counter, now, turn);
    } catch (Throwable e) {
      // The next call tidies up; what was decided stands.
    }
    return result;
  }

  /** The same, if a mark is as the call was judged by. */
  private @Nullable ReserveResult reserve(Charge.Amount charge, Demand.Read read) {
    int hash = InMemoryCounterStore.spread(charge.key().hashCode());
    int hashOfMark = InMemoryCounterStore.spread(read.key().hashCode());
    Stripe stripe = store.stripe(hash);
    Stripe ofMark = store.stripe(hashOfMark);
    Stripe first = stripe.index <= ofMark.index ? stripe : ofMark;
    Stripe second = first == stripe ? ofMark : stripe;
    long reading = store.reading();
    ReserveResult result;
    long now;
    boolean turn;
    Counter counter;
    int locked = 0;
    try {
      first.lock();
      locked = 1;
      if (second != first) {
        second.lock();
        locked = 2;
      }
      first.finish();
      second.finish();
      Tally count = stripe.find(hash, charge.key());
      Tally mark = ofMark.find(hashOfMark, read.key());
      now = Math.max(first.advance(reading), second.advance(reading));
      boolean there = mark != null && !mark.isEmpty(now);
      if (count == null || (read.there() != null && read.there() != there)) {
        return null;
      }
      first.advance(now);
      second.advance(now);
      counter = count.counter;
      turn = stripe.isTurn();
      result = decided(count, charge, counter.stamp(now), reading);
    } finally {
      if (locked == 2) {
        second.held = 0;
      }
      if (locked > 0) {
        first.held = 0;
      }
    }
    try {
      store.lookAfter(counter, now, turn);
    } catch (Throwable e) {
      // The next call tidies up; what was decided stands.
    }
    return result;
  }

  private static ReserveResult decided(
      Tally count, Charge.Amount charge, long stamp, long reading) {
    ReserveResult atOnce = count.decideAtOnce(stamp, charge, reading);
    if (atOnce != null) {
      return atOnce;
    }
    long freeAt = count.freeAt(stamp, charge);
    if (freeAt != Tally.NOW) {
      return new Refusal(0, Reason.EXHAUSTED, count.counter.until(freeAt, reading));
    }
    HeldCharge held =
        HeldCharge.of(count, charge, stamp, count.used(charge.decimals()), count.leavesIn(reading));
    count.add(held);
    return held;
  }

  private @Nullable ReserveResult reserve(Mark mark) {
    int hash = InMemoryCounterStore.spread(mark.key().hashCode());
    Stripe stripe = store.stripe(hash);
    long reading = store.reading();
    HeldTogether held;
    Tally count;
    long now;
    boolean turn;
    stripe.lock();
    try {
      stripe.finish();
      count = stripe.find(hash, mark.key());
      if (count == null) {
        return null;
      }
      now = stripe.advance(reading);
      turn = stripe.isTurn();
      HeldMark part = new HeldMark(count, mark, now, false);
      held = new HeldTogether(store, new Part[] {part});
      held.decided = true;
      count.add(part);
    } finally {
      stripe.held = 0;
    }
    try {
      store.lookAfter(count.counter, now, turn);
    } catch (Throwable e) {
      // The next call tidies up; what was decided stands.
    }
    return held;
  }

  /** {@return whether the mark is there that a demand reads, or {@code null} for other demands} */
  @Nullable Look look(Demand demand) {
    if (demand.size() != 0 || !demand.tried().isEmpty() || demand.reads().size() != 1) {
      return null;
    }
    Demand.Read read = demand.reads().get(0);
    int hash = InMemoryCounterStore.spread(read.key().hashCode());
    Stripe stripe = store.stripe(hash);
    long reading = store.reading();
    boolean there;
    stripe.lock();
    try {
      stripe.finish();
      // First, so that no call is decided by an earlier time once this has found nothing.
      long now = stripe.advance(reading);
      Tally count = stripe.find(hash, read.key());
      there = count != null && !count.isEmpty(now);
    } finally {
      stripe.held = 0;
    }
    boolean changed = read.there() != null && read.there() != there;
    return Look.of(
        changed ? new Refusal(-1, Reason.MARKS_CHANGED, null) : null, List.of(), List.of(there));
  }
}
