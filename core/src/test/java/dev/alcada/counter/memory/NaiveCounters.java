package dev.alcada.counter.memory;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What sliding windows mean, in the fewest words: every admission ever made, and sums over those in
 * the window. Shares no code with the store.
 */
final class NaiveCounters {
  /** One admission; {@code takenBack} once it has been released. */
  static final class Admission {
    final long time;
    final BigDecimal amount;
    boolean takenBack;

    Admission(long time, BigDecimal amount) {
      this.time = time;
      this.amount = amount;
    }
  }

  /** One charge in the model's terms. */
  record Wanted(String key, long window, BigDecimal max, BigDecimal amount) {}

  /** The model's answer; {@code delay} is negative if it will never fit. */
  record Answer(int refused, boolean never, long delay) {
    static final Answer ADMITTED = new Answer(-1, false, 0);
  }

  private final Map<String, List<Admission>> byKey = new HashMap<>();

  Answer look(long now, List<Wanted> charges) {
    int refused = -1;
    boolean refusedNever = false;
    long until = now;
    boolean never = false;
    for (int i = 0; i < charges.size(); i++) {
      Long fits = fits(now, charges.get(i));
      if (fits == null || fits > now) {
        if (refused < 0) {
          refused = i;
          refusedNever = fits == null;
        }
        never |= fits == null;
        until = fits == null ? until : Math.max(until, fits);
      }
    }
    return refused < 0
        ? Answer.ADMITTED
        : new Answer(refused, refusedNever, never ? -1 : until - now);
  }

  List<Admission> admit(long now, List<Wanted> charges) {
    List<Admission> admitted = new ArrayList<>();
    for (Wanted wanted : charges) {
      Admission admission = new Admission(now, wanted.amount());
      byKey.computeIfAbsent(wanted.key(), key -> new ArrayList<>()).add(admission);
      admitted.add(admission);
    }
    return admitted;
  }

  BigDecimal total(String key, long window, long now) {
    BigDecimal total = BigDecimal.ZERO;
    for (Admission admission : byKey.getOrDefault(key, List.of())) {
      if (!admission.takenBack && now - admission.time < window) {
        total = total.add(admission.amount);
      }
    }
    return total;
  }

  /** {@return the first instant with room: now, or when some admission leaves; null if never} */
  private @Nullable Long fits(long now, Wanted wanted) {
    if (wanted.amount().signum() == 0) {
      return now;
    }
    if (wanted.amount().compareTo(wanted.max()) > 0) {
      return null;
    }
    long instant = now;
    while (total(wanted.key(), wanted.window(), instant)
            .add(wanted.amount())
            .compareTo(wanted.max())
        > 0) {
      long next = Long.MAX_VALUE;
      for (Admission admission : byKey.getOrDefault(wanted.key(), List.of())) {
        long leaves = admission.time + wanted.window();
        if (!admission.takenBack && leaves > instant) {
          next = Math.min(next, leaves);
        }
      }
      instant = next;
    }
    return instant;
  }
}
