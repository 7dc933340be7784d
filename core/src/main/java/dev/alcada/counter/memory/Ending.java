package dev.alcada.counter.memory;

import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Mark;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The end of a call that has done its work, with the marks that it leaves, in one step. */
final class Ending {
  private final InMemoryCounterStore store;
  private final HeldTogether held;
  private final List<Mark> marks;
  private final int[] hashes;
  private final Stripe[] stripes;

  Ending(InMemoryCounterStore store, HeldTogether held, List<Mark> done) {
    this.store = store;
    this.held = held;
    this.marks = longest(done);
    this.hashes = new int[marks.size()];
    Stripe[] each = new Stripe[held.parts.length + marks.size() + 1];
    int size = 0;
    for (Part part : held.parts) {
      if (part.count != null) {
        each[size++] = part.count.stripe;
      }
    }
    if (size == 0) {
      // So that of two settlements at once one is the first.
      each[size++] = store.stripe(0);
    }
    for (int i = 0; i < hashes.length; i++) {
      hashes[i] = InMemoryCounterStore.spread(marks.get(i).key().hashCode());
      each[size++] = store.stripe(hashes[i]);
    }
    this.stripes = AllOrNone.ascending(Arrays.copyOf(each, size));
  }

  /** Of several with one key, that which lasts longest. */
  private static List<Mark> longest(List<Mark> marks) {
    List<Mark> longest = new ArrayList<>(marks.size());
    for (Mark mark : marks) {
      int same = 0;
      while (same < longest.size() && !longest.get(same).key().equals(mark.key())) {
        same++;
      }
      if (same == longest.size()) {
        longest.add(mark);
      } else if (longest.get(same).lasts().compareTo(mark.lasts()) < 0) {
        longest.set(same, mark);
      }
    }
    return longest;
  }

  Stripe[] stripes() {
    return stripes;
  }

  List<Mark> marks() {
    return marks;
  }

  /** Decides the end of the call, which is yet to be done to the counts; or nothing if it has. */
  HeldTogether decide(long reading) {
    long now = AllOrNone.advance(stripes, reading);
    if (held.isSettled()) {
      return held;
    }
    LiveCounters live = store.counters();
    synchronized (live) {
      List<Part> parts = new ArrayList<>(Arrays.asList(held.parts));
      @Nullable CounterKey[] wanting = new @Nullable CounterKey[marks.size()];
      for (int i = 0; i < wanting.length; i++) {
        Mark mark = marks.get(i);
        Stripe stripe = store.stripe(hashes[i]);
        Tally count = stripe.find(hashes[i], mark.key());
        if (count == null) {
          wanting[i] = mark.key();
          if (live.full(wanting) < 0) {
            count = live.newTally(mark.key(), stripe, hashes[i]);
          } else {
            // A mark that permits and has no room is missing.
            wanting[i] = null;
          }
        }
        if (count != null) {
          parts.add(new HeldMark(count, mark, now, true));
        }
      }
      HeldTogether note = new HeldTogether(store, parts.toArray(new Part[0]));
      note.ending = HeldTogether.DONE;
      for (Stripe stripe : stripes) {
        stripe.unfinished = note;
      }
      live.decide(note, held);
      return note;
    }
  }
}
