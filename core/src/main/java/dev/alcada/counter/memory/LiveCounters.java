package dev.alcada.counter.memory;

import dev.alcada.counter.CounterId;
import dev.alcada.time.TimeSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which counters have live keys, and how many keys there may be. Its lock is taken only when a key
 * comes or goes and for clean-up, and nothing else is locked within it.
 */
final class LiveCounters {
  /** Counters with fewer keys may use the last tenth, so that big ones do not shut them out. */
  private static final int FEW = 1024;

  private final TimeSource time;
  private final int maxOfOne;
  private final int maxInAll;
  private final Map<CounterId, Counter> byId = new LinkedHashMap<>();
  private int live;

  LiveCounters(TimeSource time, int maxOfOne, int maxInAll) {
    this.time = time;
    this.maxOfOne = maxOfOne;
    this.maxInAll = maxInAll;
  }

  /** {@return how many keys are live or not yet cleaned up} */
  synchronized int live() {
    return live;
  }

  /**
   * Makes room for one key of each counter, or for none.
   *
   * @param ids the counters; {@code null} where no key is wanted
   * @param entered where the counters are put
   * @param keep whether the room is taken, or only looked for
   * @return the first place whose counter has no room, or -1 if all have
   */
  synchronized int enter(@Nullable CounterId[] ids, @Nullable Counter[] entered, boolean keep) {
    int full = -1;
    for (int i = 0; i < ids.length && full < 0; i++) {
      CounterId id = ids[i];
      if (id != null && (entered[i] = enter(id)) == null) {
        full = i;
      }
    }
    if (full >= 0 || !keep) {
      for (Counter counter : entered) {
        if (counter != null) {
          leave(counter);
        }
      }
    }
    return full;
  }

  private @Nullable Counter enter(CounterId id) {
    Counter known = byId.get(id);
    int keys = known == null ? 0 : known.live;
    if (keys >= maxOfOne || live >= (keys < FEW ? maxInAll : maxInAll - maxInAll / 10)) {
      return null;
    }
    Counter counter = known != null ? known : Counter.of(id, time);
    if (known == null) {
      byId.put(id, counter);
    }
    counter.live++;
    live++;
    return counter;
  }

  synchronized void leave(Counter counter) {
    live--;
    if (--counter.live == 0) {
      byId.remove(counter.id());
    }
  }

  synchronized @Nullable Counter get(CounterId id) {
    return byId.get(id);
  }

  /** {@return each counter in turn, or {@code null} if there is none} */
  synchronized @Nullable Counter next() {
    Iterator<Counter> oldest = byId.values().iterator();
    if (!oldest.hasNext()) {
      return null;
    }
    Counter counter = oldest.next();
    oldest.remove();
    byId.put(counter.id(), counter);
    return counter;
  }
}
