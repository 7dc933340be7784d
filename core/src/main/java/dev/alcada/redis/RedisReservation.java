package dev.alcada.redis;

import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What is held on Redis for one call. */
final class RedisReservation implements Reservation {
  private final RedisCounterStore store;
  private final long number;
  private final ReserveCall call;
  private final ReserveCall.Answer answer;

  /** What the record of what it holds is found by, if one was kept. */
  private final @Nullable String id;

  private final AtomicBoolean settled = new AtomicBoolean();

  RedisReservation(
      RedisCounterStore store,
      long number,
      ReserveCall call,
      ReserveCall.Answer answer,
      @Nullable String id) {
    this.store = store;
    this.number = number;
    this.call = call;
    this.answer = answer;
    this.id = id;
  }

  @Override
  public void settle(Ended ended, List<Mark> done) {
    if (!settled.getAndSet(true)) {
      end(ReserveCall.End.of(ended), ended == Ended.DONE ? done : List.of());
    }
  }

  @Override
  public void cancel() {
    if (!settled.getAndSet(true)) {
      end(ReserveCall.End.CANCELLED, List.of());
    }
  }

  /** For tests: the same again, as if nobody knew that it was settled. */
  RedisReservation unsettled() {
    return new RedisReservation(store, number, call, answer, id);
  }

  /** For tests: when the server admitted a charge, in microseconds. */
  long stamp(CounterKey key) {
    return answer.held().stream()
        .filter(held -> held.charge().key().equals(key))
        .findFirst()
        .orElseThrow()
        .stamp();
  }

  private void end(ReserveCall.End how, List<Mark> done) {
    List<Wanted> keys = new ArrayList<>();
    List<byte[]> arguments = new ArrayList<>();
    if (id == null && how == ReserveCall.End.CANCELLED) {
      for (int i = 0; i < answer.held().size(); i++) {
        if (call.charge(i).adds()) {
          keys.add(call.charge(i));
          arguments.add(answer.held().get(i).argument());
          Wanted owned = call.charge(i).owned();
          if (owned != null) {
            keys.add(owned);
            arguments.add(owned.told());
          }
        }
      }
    }
    for (Wanted mark : store.left(done)) {
      keys.add(mark);
      arguments.add(mark.told());
    }
    if (id != null || !keys.isEmpty()) {
      store.end(number, id, how, keys, arguments);
    }
  }

  @Override
  public List<Usage> usage() {
    return answer.usage();
  }

  @Override
  public @Nullable String id() {
    return id;
  }
}
