package dev.alcada.counter.memory;

import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.Usage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
 * So nobody ever sees one count changed and another not. To end a call is the same again, with
 * `ending` in place of `decided`; where the end leaves marks, the note is another one, of the call's
 * parts and of those marks. Each step of doing is done once: parts say how far they have come,
 * counts whether they are in the table and in the heap.
 */

/** What is held for a call of several charges, of marks, or of one charge whose key is new. */
final class HeldTogether implements Reservation {
  /** The call has not been settled. */
  static final byte NOT_YET = 0;

  static final byte DONE = 1;
  static final byte NOT_DONE = 2;
  static final byte UNKNOWN = 3;

  /** The call was not made. */
  static final byte CANCELLED = 4;

  final InMemoryCounterStore store;
  final Part[] parts;

  /** Whether the parts count. */
  boolean decided;

  /** How the call has ended. */
  byte ending;

  /** What it is found by later, once somebody has asked. */
  private @Nullable String id;

  /** Whether it has, if there is no part to say so. */
  volatile boolean settled;

  HeldTogether(InMemoryCounterStore store, Part[] parts) {
    this.store = store;
    this.parts = parts;
  }

  /** Wraps what counts already, to be ended. */
  @SuppressWarnings("NullAway") // What is of no count has nothing to end but its marks.
  HeldTogether(HeldCharge part) {
    this.store = part.count.counter.store;
    this.parts = new Part[] {part};
    this.decided = true;
  }

  @Override
  public void settle(Ended ended, List<Mark> done) {
    byte how =
        switch (ended) {
          case DONE -> DONE;
          case NOT_DONE -> NOT_DONE;
          case UNKNOWN -> UNKNOWN;
        };
    if (how == DONE && !done.isEmpty()) {
      if (!isSettled()) {
        store.endWithMarks(this, done);
      }
    } else {
      end(how);
    }
  }

  @Override
  public void cancel() {
    end(CANCELLED);
  }

  private void end(byte how) {
    if (isSettled()) {
      return;
    }
    for (Part part : parts) {
      if (part.count != null && part.endsBy(how)) {
        store.end(this, how);
        return;
      }
    }
    if (parts.length == 0) {
      settled = true;
    } else {
      parts[0].unknown = how == UNKNOWN;
      parts[0].settled = true;
    }
  }

  /** {@return whether the call has been settled} */
  boolean isSettled() {
    return parts.length == 0 ? settled : parts[0].settled;
  }

  /** {@return whether it has been settled, and nobody knows how the call has ended} */
  boolean isUnknown() {
    return parts.length > 0 && parts[0].settled && parts[0].unknown;
  }

  @Override
  public @Nullable String id() {
    String known = id;
    if (known == null) {
      for (Part part : parts) {
        if (part.count != null && part.mayEndLate()) {
          known = store.keep(this);
          break;
        }
      }
      id = known;
    }
    return known;
  }

  /** {@return for how long an operator's word on it could change anything} */
  long mayEndLateFor(long now) {
    long longest = 0;
    for (Part part : parts) {
      longest = Math.max(longest, part.count == null ? 0 : part.mayEndLateFor(now));
    }
    return longest;
  }

  @Override
  public List<Usage> usage() {
    List<Usage> usage = new ArrayList<>(parts.length);
    for (Part part : parts) {
      if (part.isCharge()) {
        usage.add(part.usageThen());
      }
    }
    return List.copyOf(usage);
  }

  /** Does what is decided to the counts of one stripe, which is locked. */
  void finish(Stripe stripe) {
    if (decided) {
      for (Part part : parts) {
        Tally count = part.count;
        if (count != null && count.stripe == stripe) {
          finish(part, count);
        }
      }
    }
    stripe.unfinished = null;
  }

  private void finish(Part part, Tally count) {
    if (part.state == Part.WANTED) {
      count.add(part);
    }
    if (ending == NOT_YET || part.isLeftAtTheEnd()) {
      if (!count.live) {
        if (count.position == ExpiryHeap.NOWHERE) {
          count.counter.enter(count);
        }
        count.stripe.add(count);
      }
    } else if (part.endsBy(ending)) {
      if (part.state == Part.ADDED) {
        count.end(count.stripe.latest(), part, ending);
      }
      store.leaveIfEmpty(count);
    }
  }
}
