package dev.alcada.redis;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** What is held on Redis for one call. */
final class RedisReservation implements Reservation {
  private final RedisCounterStore store;
  private final long id;
  private final ReserveCall call;
  private final ReserveCall.Answer answer;
  private final AtomicBoolean settled = new AtomicBoolean();

  RedisReservation(RedisCounterStore store, long id, ReserveCall call, ReserveCall.Answer answer) {
    this.store = store;
    this.id = id;
    this.call = call;
    this.answer = answer;
  }

  @Override
  public void settle(Ended ended, List<Mark> done) {
    if (!settled.getAndSet(true) && ended == Ended.NOT_DONE) {
      giveBack(false);
    }
  }

  @Override
  public void cancel() {
    if (!settled.getAndSet(true)) {
      giveBack(true);
    }
  }

  /** For tests: the same again, as if nobody knew that it was settled. */
  RedisReservation unsettled() {
    return new RedisReservation(store, id, call, answer);
  }

  /** For tests: when the server admitted a charge, in microseconds. */
  long stamp(CounterKey key) {
    return answer.held().stream()
        .filter(held -> held.charge().key().equals(key))
        .findFirst()
        .orElseThrow()
        .stamp();
  }

  private void giveBack(boolean all) {
    List<byte[]> keys = new ArrayList<>();
    List<byte[]> arguments = new ArrayList<>();
    for (int i = 0; i < answer.held().size(); i++) {
      ReserveCall.Held held = answer.held().get(i);
      Charge charge = held.charge();
      if (held.charge().amount() > 0 && (all || charge.releasable())) {
        keys.add(call.keys[2 * i]);
        keys.add(call.keys[2 * i + 1]);
        arguments.add(held.argument());
      }
    }
    if (!arguments.isEmpty()) {
      store.giveBack(id, keys, arguments);
    }
  }

  @Override
  public List<Usage> usage() {
    return answer.usage();
  }
}
