package dev.alcada.traces;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Refusal.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What all kinds of charges and marks mean, in the fewest words: every call ever made, and sums
 * over them. Sliding windows and one unit alone. Shares no code with the store.
 */
final class NaiveRoom {
  /** A call that was admitted. */
  static final class Call {
    final long at;
    final Demand demand;
    boolean cancelled;
    @Nullable Ended ended;
    long endedAt;
    List<Mark> left = List.of();

    Call(long at, Demand demand) {
      this.at = at;
      this.demand = demand;
    }

    boolean isSettled() {
      return cancelled || ended != null;
    }

    boolean didNothing() {
      return cancelled || ended == Ended.NOT_DONE;
    }
  }

  /** A value that counts, and the call that brought it in if no other has had it since. */
  private static final class Value {
    long lastHad;
    @Nullable Call broughtBy;
  }

  private final List<Call> calls = new ArrayList<>();
  private final Map<CounterKey, Map<String, Value>> values = new HashMap<>();

  /** Up to when the latest call with a key is remembered, whether it runs or not. */
  private final Map<CounterKey, Call> latest = new HashMap<>();

  private final Map<CounterKey, Long> remembered = new HashMap<>();
  private final Map<CounterKey, Set<Call>> takenBack = new HashMap<>();

  /** Of those whose marks were taken back, the calls that had ended: others may leave some yet. */
  private final Map<CounterKey, Set<Call>> endedBefore = new HashMap<>();

  /** {@return why the demand is refused, or {@code null}} */
  @Nullable Refusal refusal(long now, Demand demand) {
    for (Demand.Read read : demand.reads()) {
      if (read.there() != null && read.there() != isThere(now, read.key())) {
        return new Refusal(-1, Reason.MARKS_CHANGED, null);
      }
    }
    for (int i = 0; i < demand.size(); i++) {
      if (demand.charge(i) instanceof Charge.Once once && isRemembered(now, once.key())) {
        Call call = Objects.requireNonNull(latest.get(once.key()));
        Refusal.Earlier earlier = new Refusal.Earlier(Duration.ofNanos(now - call.at), call.ended);
        return Refusal.duplicate(i, earlier);
      }
    }
    for (int i = 0; i < demand.size(); i++) {
      if (!fits(now, demand.charge(i))) {
        Reason reason = fitsEver(demand.charge(i)) ? Reason.EXHAUSTED : Reason.ABOVE_MAX;
        return new Refusal(i, reason, wait(now, demand));
      }
    }
    return null;
  }

  private @Nullable Duration wait(long now, Demand demand) {
    TreeSet<Long> instants = new TreeSet<>(Set.of(now));
    for (Charge charge : demand.charges()) {
      if (!fitsEver(charge) || (charge instanceof Charge.InFlight && !fits(now, charge))) {
        return null;
      }
      calls.forEach(call -> instants.add(call.at + window(charge)));
      values
          .getOrDefault(charge.key(), Map.of())
          .values()
          .forEach(value -> instants.add(value.lastHad + window(charge)));
    }
    for (long instant : instants.tailSet(now)) {
      if (demand.charges().stream()
          .allMatch(charge -> charge instanceof Charge.InFlight || fits(instant, charge))) {
        return Duration.ofNanos(instant - now);
      }
    }
    throw new AssertionError("it fits when all has left");
  }

  private boolean fits(long now, Charge charge) {
    if (charge instanceof Charge.Amount amount) {
      return amount.amount() == 0 || used(now, charge) + amount.amount() <= amount.max();
    }
    if (charge instanceof Charge.InFlight inFlight) {
      return inFlight.amount() == 0 || used(now, charge) + inFlight.amount() <= inFlight.max();
    }
    if (charge instanceof Charge.Distinct distinct) {
      Set<String> together = new HashSet<>(counting(now, distinct.key()));
      together.addAll(distinct.values());
      return distinct.values().isEmpty() || together.size() <= distinct.max();
    }
    return true;
  }

  private static boolean fitsEver(Charge charge) {
    if (charge instanceof Charge.Amount amount) {
      return amount.amount() <= amount.max();
    }
    if (charge instanceof Charge.InFlight inFlight) {
      return inFlight.amount() <= inFlight.max();
    }
    return !(charge instanceof Charge.Distinct distinct)
        || distinct.values().size() <= distinct.max();
  }

  long used(long now, Charge charge) {
    if (charge instanceof Charge.Distinct) {
      return counting(now, charge.key()).size();
    }
    long used = 0;
    for (Call call : calls) {
      for (Charge had : call.demand.charges()) {
        boolean same = had.key().equals(charge.key());
        if (same && had instanceof Charge.Amount amount) {
          boolean back = call.cancelled || (call.didNothing() && amount.releasable());
          used += !back && now - call.at < window(amount) ? amount.amount() : 0;
        } else if (same && had instanceof Charge.InFlight inFlight) {
          boolean runs = !call.isSettled() && now - call.at < inFlight.lease().toNanos();
          used += runs && !isTakenBack(call, charge.key()) ? inFlight.amount() : 0;
        }
      }
    }
    return used;
  }

  private Set<String> counting(long now, CounterKey key) {
    Set<String> counting = new HashSet<>();
    values
        .getOrDefault(key, Map.of())
        .forEach(
            (text, value) -> {
              if (now - value.lastHad < length(key)) {
                counting.add(text);
              }
            });
    return counting;
  }

  boolean isThere(long now, CounterKey mark) {
    for (Call call : calls) {
      boolean back = isTakenBack(call, mark);
      for (Mark tried : call.demand.tried()) {
        boolean lasts = !call.isSettled() || now < call.endedAt + tried.lasts().toNanos();
        if (!back && tried.key().equals(mark) && !call.didNothing() && lasts) {
          return true;
        }
      }
      for (Mark done : call.left) {
        boolean goneSince = back && endedBefore.getOrDefault(mark, Set.of()).contains(call);
        if (!goneSince && done.key().equals(mark) && now < call.endedAt + done.lasts().toNanos()) {
          return true;
        }
      }
    }
    return false;
  }

  private boolean isRemembered(long now, CounterKey key) {
    Call call = latest.get(key);
    if (call == null || call.didNothing() || isTakenBack(call, key)) {
      return false;
    }
    boolean runs = !call.isSettled() && now - call.at < once(call, key).lease().toNanos();
    return runs || now < remembered.getOrDefault(key, 0L);
  }

  private static Charge.Once once(Call call, CounterKey key) {
    return call.demand.charges().stream()
        .filter(charge -> charge.key().equals(key))
        .map(Charge.Once.class::cast)
        .findFirst()
        .orElseThrow();
  }

  /**
   * What a call that was refused as a duplicate does: the first is remembered as long as it asks.
   */
  void asked(long now, Demand demand) {
    for (Charge charge : demand.charges()) {
      if (charge instanceof Charge.Once once && isRemembered(now, once.key())) {
        long end =
            Objects.requireNonNull(latest.get(once.key())).at + once.window().length().toNanos();
        remembered.merge(once.key(), end, Math::max);
      }
    }
  }

  Call admit(long now, Demand demand) {
    Call call = new Call(now, demand);
    for (Charge charge : demand.charges()) {
      if (charge instanceof Charge.Once once) {
        latest.put(once.key(), call);
        remembered.put(once.key(), now + once.window().length().toNanos());
      } else if (charge instanceof Charge.Distinct distinct) {
        Set<String> counting = counting(now, distinct.key());
        for (String text : distinct.values()) {
          Value value =
              values
                  .computeIfAbsent(distinct.key(), key -> new HashMap<>())
                  .computeIfAbsent(text, key -> new Value());
          value.lastHad = now;
          value.broughtBy = counting.contains(text) ? null : call;
        }
      }
    }
    calls.add(call);
    return call;
  }

  void end(long now, Call call, @Nullable Ended ended, List<Mark> done) {
    if (call.isSettled()) {
      return;
    }
    call.cancelled = ended == null;
    call.ended = ended;
    call.endedAt = now;
    call.left = ended == Ended.DONE ? done : List.of();
    if (call.cancelled) {
      values.values().forEach(each -> each.values().removeIf(value -> value.broughtBy == call));
    }
  }

  /** {@return whether anything was there} */
  boolean takeBack(long now, CounterKey key) {
    boolean there =
        switch (key.counter().kind()) {
          case MARK -> isThere(now, key);
          case ONCE -> isRemembered(now, key);
          default ->
              calls.stream()
                  .anyMatch(
                      call ->
                          call.demand.charges().stream()
                              .anyMatch(
                                  charge ->
                                      charge instanceof Charge.InFlight inFlight
                                          && charge.key().equals(key)
                                          && inFlight.amount() > 0
                                          && !call.isSettled()
                                          && now - call.at < inFlight.lease().toNanos()
                                          && !isTakenBack(call, key)));
        };
    takenBack.computeIfAbsent(key, each -> new HashSet<>()).addAll(calls);
    calls.stream()
        .filter(Call::isSettled)
        .forEach(endedBefore.computeIfAbsent(key, each -> new HashSet<>())::add);
    return there;
  }

  private boolean isTakenBack(Call call, CounterKey key) {
    return takenBack.getOrDefault(key, Set.of()).contains(call);
  }

  private static long window(Charge charge) {
    return charge instanceof Charge.Amount || charge instanceof Charge.Distinct
        ? length(charge.key())
        : 0;
  }

  private static long length(CounterKey key) {
    return Objects.requireNonNull(key.counter().window(), "window").length().toNanos();
  }
}
