package dev.alcada.counter.memory;

import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.Usage;
import java.util.ArrayList;
import java.util.List;

/*
 * How several counts change in one step, whatever ends the thread. One assignment decides; what it
 * decides about each count is noted beforehand where it cannot be missed:
 *
 *   all stripes locked   note              decide            do              erase the note
 *                        ─────────────►    ────────────►     ───────────►    ─────────────►
 *   stripe 3             unfinished = t                      count += 5      unfinished = null
 *   stripe 8             unfinished = t    t.decided = true  count += 5      unfinished = null
 *                        │                 │                 │
 *   if it ends here:     nothing was       whoever next locks 3 or 8 does what is left there,
 *                        decided           before it looks at anything
 *
 * So nobody ever sees one count changed and another not. To give back is the same again, with
 * `giving` in place of `decided`. Each step of doing is done once: parts say how far they have come,
 * counts whether they are in the table and in the heap.
 */

/** What is held for a call of several charges, or of one whose key is new. */
final class HeldTogether implements Reservation {
  static final byte NOTHING = 0;
  static final byte RELEASABLE = 1;
  static final byte ALL = 2;

  final HeldCharge[] parts;

  /** Whether the amounts count. */
  boolean decided;

  /** What of them is given back. */
  byte giving;

  HeldTogether(HeldCharge[] parts) {
    this.parts = parts;
  }

  /** Wraps what counts already, to be given back. */
  HeldTogether(HeldCharge part) {
    this.parts = new HeldCharge[] {part};
    this.decided = true;
  }

  @Override
  public void settle(Ended ended, List<Mark> done) {
    if (ended == Ended.NOT_DONE) {
      giveBack(false);
    } else if (parts.length > 0) {
      parts[0].settled = true;
    }
  }

  @Override
  public void cancel() {
    giveBack(true);
  }

  private void giveBack(boolean all) {
    if (!isSettled()) {
      for (HeldCharge part : parts) {
        if (part.count != null) {
          part.count.counter.store.giveBack(this, all);
          return;
        }
      }
    }
  }

  /** {@return whether nothing can be given back any more: the first part speaks for all} */
  boolean isSettled() {
    return parts.length == 0 || parts[0].settled;
  }

  @Override
  public List<Usage> usage() {
    List<Usage> usage = new ArrayList<>(parts.length);
    for (HeldCharge part : parts) {
      usage.add(part.usageThen());
    }
    return List.copyOf(usage);
  }

  /** Does what is decided to the counts of one stripe, which is locked. */
  void finish(Stripe stripe) {
    if (decided) {
      for (HeldCharge part : parts) {
        Tally count = part.count;
        if (count != null && count.stripe == stripe) {
          finish(part, count);
        }
      }
    }
    stripe.unfinished = null;
  }

  private void finish(HeldCharge part, Tally count) {
    if (part.state == HeldCharge.WANTED) {
      count.add(part);
    }
    if (giving == ALL || (giving == RELEASABLE && part.charge.releasable())) {
      if (part.state == HeldCharge.ADDED) {
        count.take(count.stripe.latest(), part);
      }
      count.counter.store.leaveIfEmpty(count);
    } else if (giving == NOTHING && !count.live) {
      if (count.position == ExpiryHeap.NOWHERE) {
        count.counter.enter(count);
      }
      count.stripe.add(count);
    }
  }
}
