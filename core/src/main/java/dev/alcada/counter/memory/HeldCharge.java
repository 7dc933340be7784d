package dev.alcada.counter.memory;

import dev.alcada.counter.Charge;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.Usage;
import dev.alcada.time.Window;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is held of an amount: a reservation, or a part of {@link HeldTogether}. */
class HeldCharge extends Part implements Reservation {
  final Charge.Amount charge;

  /** In how many decimal places the amount was added. */
  byte places;

  private HeldCharge(
      @Nullable Tally count, Charge.Amount charge, long stamp, long used, long leavesIn) {
    super(count, stamp, used, leavesIn);
    this.charge = charge;
  }

  /** {@return what is held; a charge that stays whatever the end of its call is the smaller one} */
  static HeldCharge of(
      @Nullable Tally count, Charge.Amount charge, long stamp, long used, long leavesIn) {
    return charge.releasable()
        ? new Releasable(count, charge, stamp, used, leavesIn)
        : new HeldCharge(count, charge, stamp, used, leavesIn);
  }

  @Override
  boolean endsBy(byte how) {
    return how == HeldTogether.CANCELLED || (how == HeldTogether.NOT_DONE && charge.releasable());
  }

  @Override
  boolean endsLateBy(byte how) {
    return state == ADDED && how == HeldTogether.NOT_DONE && charge.releasable();
  }

  @Override
  long mayEndLateFor(long now) {
    Window window = charge.key().counter().window();
    return mayEndLate() && window != null ? window.length().toNanos() : 0;
  }

  @Override
  public void settle(Ended ended, List<Mark> done) {
    if (ended == Ended.DONE && !done.isEmpty()) {
      new HeldTogether(this).settle(ended, done);
    } else if (ended == Ended.NOT_DONE && charge.releasable()) {
      cancel();
    } else if (!settled) {
      unknown = ended == Ended.UNKNOWN;
      settled = true;
    }
  }

  @Override
  public void cancel() {
    if (count != null && !settled) {
      count.counter.store.end(new HeldTogether(this), HeldTogether.CANCELLED);
    }
  }

  @Override
  public List<Usage> usage() {
    return List.of(usageThen());
  }

  /** What can be given back, and so be settled late too. */
  private static final class Releasable extends HeldCharge {
    /** What an operator knows it by, once somebody has asked. */
    private @Nullable HeldTogether named;

    Releasable(@Nullable Tally count, Charge.Amount charge, long stamp, long used, long leavesIn) {
      super(count, charge, stamp, used, leavesIn);
    }

    @Override
    boolean mayEndLate() {
      return count != null;
    }

    @Override
    public @Nullable String id() {
      if (!mayEndLate()) {
        return null;
      }
      HeldTogether known = named;
      if (known == null) {
        known = new HeldTogether(this);
        named = known;
      }
      return known.id();
    }
  }
}
