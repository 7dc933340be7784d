package dev.alcada.redis;

import dev.alcada.counter.Demand;
import dev.alcada.counter.Look;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Refusal.Reason;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.StoreUnavailableException;
import dev.alcada.counter.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/*
 * One call whose limits and marks may lie in several slots. All are looked at first, at once, so that
 * a call that is refused writes nothing. Then each is reserved by its own script, in the order of
 * Slots.shares; the call has a reservation of the same number in each.
 *
 *   slot 1 ─┐                  slot 1     slot 2     slot 3
 *   slot 2 ─┼─ all have room ─► reserve ─► reserve ─► reserve ─► it is held
 *   slot 3 ─┘                      ▲          │ another call was faster, or it does not answer
 *                              give back ◄────┘
 *
 * What is given back is so before the call is answered. Marks that decide are read where the last
 * writes are made. Where they lie in more slots than one, those of the others are read again after
 * that, without what the call itself has left: of two calls that change each other's marks one at
 * least sees it.
 */

/** Asks for one call, slot by slot. No thread waits. */
final class SlotBySlot {
  private static final Refusal CHANGED = new Refusal(-1, Reason.MARKS_CHANGED, null);

  private final RedisCounterStore store;
  private final Slots slots;
  private final long number;
  private final long deadline;

  /** What has been reserved, slot after slot. */
  private final List<RedisReservation> held = new ArrayList<>();

  SlotBySlot(RedisCounterStore store, Slots slots, long number, long deadline) {
    this.store = store;
    this.slots = slots;
    this.number = number;
    this.deadline = deadline;
  }

  CompletableFuture<ReserveResult> reserved(Demand demand) {
    List<Slots.Share> shares = slots.shares(demand);
    CompletableFuture<ReserveResult> result =
        shares.stream().filter(Slots.Share::asks).count() < 2
            ? from(demand, shares)
            : looked(demand, shares, ReserveCall.Purpose.PREPARE)
                .thenCompose(
                    look -> {
                      Refusal refusal = look.refusal();
                      return refusal == null
                          ? from(demand, shares)
                          : CompletableFuture.completedFuture(refusal);
                    });
    return result.exceptionallyCompose(this::failed);
  }

  private CompletableFuture<ReserveResult> from(Demand demand, List<Slots.Share> shares) {
    int at = held.size();
    if (at == shares.size()) {
      return readAgain(demand, shares);
    }
    Slots.Share share = shares.get(at);
    return store
        .reserved(share.demand.build(), share.keys, number, deadline)
        .thenCompose(
            result -> {
              if (result instanceof Refusal refusal) {
                return givenBack().thenApply(done -> Objects.requireNonNull(share.inAll(refusal)));
              }
              held.add((RedisReservation) result);
              return from(demand, shares);
            });
  }

  private CompletableFuture<ReserveResult> failed(Throwable failure) {
    return givenBack()
        .thenCompose(
            all -> {
              RuntimeException told = RedisLink.unavailable(failure);
              return CompletableFuture.failedFuture(
                  all
                      ? told
                      : new StoreUnavailableException(
                          "what was reserved could not be given back", true, told));
            });
  }

  /** Gives back what is held, and says when that is done, or cannot be, whether all of it was. */
  private CompletableFuture<Boolean> givenBack() {
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (RedisReservation each : held) {
      all.add(each.givenBack());
    }
    return allOf(all).handle((done, failure) -> failure == null);
  }

  private CompletableFuture<ReserveResult> readAgain(Demand demand, List<Slots.Share> shares) {
    List<CompletableFuture<Look>> looks = new ArrayList<>();
    for (Slots.Share share : shares.subList(0, Math.max(0, shares.size() - 1))) {
      if (share.judged) {
        Demand.Builder reads = Demand.builder();
        share.demand.build().reads().forEach(read -> reads.reads(read.key(), read.there()));
        ReserveCall again = new ReserveCall(reads.build(), share.keys, true);
        looks.add(store.looked(again, share.keys, number, ReserveCall.Purpose.LOOK, deadline));
      }
    }
    return allOf(looks)
        .thenCompose(
            done -> {
              for (CompletableFuture<Look> look : looks) {
                if (look.join().refusal() != null) {
                  return givenBack().thenApply(back -> CHANGED);
                }
              }
              return CompletableFuture.completedFuture(
                  new SlotsReservation(store, slots, number, shares, held, demand.size()));
            });
  }

  CompletableFuture<Look> looked(Demand demand) {
    return looked(demand, slots.shares(demand), ReserveCall.Purpose.LOOK);
  }

  /** Asks all at once. */
  private CompletableFuture<Look> looked(
      Demand demand, List<Slots.Share> shares, ReserveCall.Purpose purpose) {
    List<CompletableFuture<Look>> looks = new ArrayList<>();
    for (Slots.Share share : shares) {
      ReserveCall call = new ReserveCall(share.demand.build(), share.keys, false);
      looks.add(store.looked(call, share.keys, 0, purpose, deadline));
    }
    return allOf(looks)
        .thenApply(
            done -> {
              Usage[] usage = new Usage[demand.size()];
              Boolean[] marks = new Boolean[demand.reads().size()];
              Refusal refusal = null;
              for (int i = 0; i < looks.size(); i++) {
                Slots.Share share = shares.get(i);
                Look look = looks.get(i).join();
                refusal = both(refusal, share.inAll(look.refusal()));
                put(look.usage(), share.charges, usage);
                put(look.marks(), share.reads, marks);
              }
              return Look.of(refusal, Arrays.asList(usage), Arrays.asList(marks));
            });
  }

  /** Puts what a slot has said in its places of the whole. */
  static <T> void put(List<T> said, List<Integer> places, T[] all) {
    for (int i = 0; i < said.size(); i++) {
      all[places.get(i)] = said.get(i);
    }
  }

  private static CompletableFuture<Void> allOf(List<? extends CompletableFuture<?>> all) {
    return CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new));
  }

  /** {@return what is told of two refusals, as of two places in one slot} */
  private static @Nullable Refusal both(@Nullable Refusal one, @Nullable Refusal other) {
    if (one == null || other == null) {
      return one == null ? other : one;
    }
    int order = Integer.compare(rank(one), rank(other));
    if (order == 0) {
      order = Integer.compare(one.index(), other.index());
    }
    Refusal first = order <= 0 ? one : other;
    return rank(first) < LACK_OF_ROOM
        ? first
        : new Refusal(first.index(), first.reason(), later(one.retryAfter(), other.retryAfter()));
  }

  private static final int LACK_OF_ROOM = 2;

  private static int rank(Refusal refusal) {
    return switch (refusal.reason()) {
      case MARKS_CHANGED -> 0;
      case DUPLICATE -> 1;
      default -> LACK_OF_ROOM;
    };
  }

  private static @Nullable Duration later(@Nullable Duration one, @Nullable Duration other) {
    if (one == null || other == null) {
      return null;
    }
    return one.compareTo(other) < 0 ? other : one;
  }
}
