package dev.alcada.counter.memory;

import java.security.SecureRandom;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/*
 * The calls that somebody has asked the name of, so that an operator can say how they have ended:
 *
 *   id ──► call      each new one looks at the two that have waited longest:
 *                    ended for certain, or long over: dropped    runs, or unknown: to the back
 *
 * So no more are kept than twice those that are of use, and nothing scans them.
 */

/** Calls by what an operator knows them by. Safe for use by several threads. */
final class LateCalls {
  private static final int MOST = 100_000;

  /** A call, and until when anything that it holds can count, once its end is unknown. */
  private static final class Entry {
    final String id;
    final HeldTogether call;
    long over = Long.MAX_VALUE;

    Entry(String id, HeldTogether call) {
      this.id = id;
      this.call = call;
    }

    boolean isOfUse(long now) {
      if (!call.isSettled()) {
        return true;
      } else if (!call.isUnknown()) {
        return false;
      }
      if (over == Long.MAX_VALUE) {
        over = now + call.mayEndLateFor(now);
      }
      return now < over;
    }
  }

  private final String run;
  private final Map<String, Entry> byId = new HashMap<>();
  private final Deque<Entry> waiting = new ArrayDeque<>();
  private long number;

  LateCalls() {
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    run = HexFormat.of().formatHex(random) + "-m";
  }

  /** {@return what the call is found by, or null if too many are kept} */
  synchronized @Nullable String add(HeldTogether call, long now) {
    for (int i = 0; i < 2; i++) {
      Entry oldest = waiting.poll();
      if (oldest != null) {
        if (oldest.isOfUse(now)) {
          waiting.add(oldest);
        } else {
          byId.remove(oldest.id);
        }
      }
    }
    if (byId.size() >= MOST) {
      return null;
    }
    Entry entry = new Entry(run + ++number, call);
    waiting.add(entry);
    byId.put(entry.id, entry);
    return entry.id;
  }

  synchronized @Nullable HeldTogether find(String id) {
    Entry entry = byId.get(id);
    return entry == null ? null : entry.call;
  }

  /** For tests; {@return how many are kept} */
  synchronized int size() {
    return byId.size();
  }
}
