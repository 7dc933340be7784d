package dev.alcada.redis;

import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** What is held on Redis for one call. */
final class RedisReservation implements Reservation {
  private final RedisCounterStore store;
  private final Keys keys;
  private final long number;
  private final ReserveCall call;
  private final ReserveCall.Answer answer;

  /** What the record of what it holds is found by, if one was kept. */
  private final @Nullable String id;

  private final AtomicBoolean settled = new AtomicBoolean();

  RedisReservation(
      RedisCounterStore store,
      Keys keys,
      long number,
      ReserveCall call,
      ReserveCall.Answer answer,
      @Nullable String id) {
    this.store = store;
    this.keys = keys;
    this.number = number;
    this.call = call;
    this.answer = answer;
    this.id = id;
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // nobody waits
  public void settle(Ended ended, List<Mark> done) {
    if (!settled.getAndSet(true)) {
      end(ReserveCall.End.of(ended), ended == Ended.DONE ? done : List.of());
    }
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // nobody waits
  public void cancel() {
    givenBack();
  }

  /** Cancels, and returns when the server has said that it is done, or will not. */
  CompletableFuture<?> givenBack() {
    return settled.getAndSet(true)
        ? CompletableFuture.completedFuture(null)
        : end(ReserveCall.End.CANCELLED, List.of());
  }

  Keys keys() {
    return keys;
  }

  /** For tests: the same again, as if nobody knew that it was settled. */
  RedisReservation unsettled() {
    return new RedisReservation(store, keys, number, call, answer, id);
  }

  /** For tests: when the server admitted a charge, in microseconds. */
  long stamp(CounterKey key) {
    return answer.held().stream()
        .filter(held -> held.charge().key().equals(key))
        .findFirst()
        .orElseThrow()
        .stamp();
  }

  private CompletableFuture<?> end(ReserveCall.End how, List<Mark> done) {
    List<Wanted> parts = new ArrayList<>();
    List<byte[]> arguments = new ArrayList<>();
    if (id == null && how == ReserveCall.End.CANCELLED) {
      for (int i = 0; i < answer.held().size(); i++) {
        if (call.charge(i).adds()) {
          parts.add(call.charge(i));
          arguments.add(answer.held().get(i).argument());
          Wanted owned = call.charge(i).owned();
          if (owned != null) {
            parts.add(owned);
            arguments.add(owned.told());
          }
        }
      }
    }
    for (Wanted mark : store.left(done, keys)) {
      parts.add(mark);
      arguments.add(mark.told());
    }
    return id == null && parts.isEmpty()
        ? CompletableFuture.completedFuture(null)
        : store.end(keys, number, id, how, parts, arguments);
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
