package dev.alcada.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterId.Kind;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Held;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal.Reason;
import dev.alcada.counter.Reservation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What an operator sees of marks and of what runs, and takes back. */
abstract class HeldCases extends MarkCases {

  private CounterStore heldStore() {
    assumeTrue(lists());
    return store();
  }

  @Test
  void whatIsHeldIsListed() {
    CounterStore store = heldStore();
    Mark mark = mark("read", MINUTE);
    Demand demand = Demand.builder().charge(inFlight(9, 4)).charge(once("a")).tried(mark).build();
    Reservation first = admitted(store, demand);
    admitted(store, inFlight(9, 1));
    time.advance(SECOND);
    CounterKey running = inFlight(9, 4).key();
    assertThat(store.held(Kind.MARK, "", 9)).containsExactly(new Held(mark.key(), 1, null));
    assertThat(store.held(Kind.IN_FLIGHT, "", 9))
        .containsExactly(new Held(running, 2, MINUTE.minus(SECOND)));
    assertThat(store.held(Kind.ONCE, "", 9))
        .containsExactly(new Held(once("a").key(), 1, MINUTE.minus(SECOND)));
    first.settle(Ended.DONE);
    assertThat(store.held(Kind.MARK, "", 9)).containsExactly(new Held(mark.key(), 0, MINUTE));
    assertThat(store.held(Kind.IN_FLIGHT, "", 9))
        .containsExactly(new Held(running, 1, MINUTE.minus(SECOND)));
    time.advance(MINUTE);
    for (Kind kind : List.of(Kind.MARK, Kind.IN_FLIGHT, Kind.ONCE)) {
      assertThat(store.held(kind, "", 9)).as(kind.name()).isEmpty();
    }
  }

  @Test
  void aLongListIsReadPieceByPiece() {
    CounterStore store = heldStore();
    List<CounterKey> keys = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      keys.add(key(CounterId.mark("marks", "read", "args.file"), "file " + i));
      admitted(store, Demand.builder().tried(new Mark(keys.get(i), MINUTE)).build());
    }
    List<CounterKey> listed = new ArrayList<>();
    String after = "";
    List<Held> piece = store.held(Kind.MARK, after, 10);
    while (!piece.isEmpty()) {
      assertThat(piece).hasSizeLessThanOrEqualTo(10);
      piece.forEach(held -> listed.add(held.key()));
      after = listed.get(listed.size() - 1).text();
      piece = store.held(Kind.MARK, after, 10);
    }
    keys.sort(Comparator.comparing(CounterKey::text));
    assertThat(listed).isEqualTo(keys);
  }

  /** Values come from arguments, and a list is what is taken back by. */
  @Test
  void whateverAKeyIsMadeOfItIsListedAsItselfAndTakenBack() {
    CounterStore store = heldStore();
    CounterId id = CounterId.mark("marks", "read", "args.file");
    String longText = "x".repeat(200);
    List<CounterKey> keys = new ArrayList<>();
    for (String value : List.of("", "a", "/-", "é%_\\", "\ud800", "sha256:a", longText, "\u0000")) {
      keys.add(new CounterKey(id, value, null));
      keys.add(new CounterKey(id, value, ""));
      keys.add(new CounterKey(id, value, longText + value));
    }
    for (CounterKey key : keys) {
      admitted(store, Demand.builder().tried(new Mark(key.ownedBy("agent"), MINUTE)).build());
    }
    keys.sort(Comparator.comparing(CounterKey::text));
    assertThat(store.held(Kind.MARK, "", 99)).extracting(Held::key).isEqualTo(keys);
    assertThat(store.held(Kind.ONCE, "", 99)).isEmpty();

    String after = "";
    for (int i = 0; i < keys.size(); i++) {
      Held first = store.held(Kind.MARK, after, 1).get(0);
      assertThat(first.key()).isEqualTo(keys.get(i));
      assertThat(store.takeBack(first.key())).isTrue();
      after = first.key().text();
    }
    assertThat(store.held(Kind.MARK, "", 99)).isEmpty();
    assertThat(store.held(Kind.MARK, after, 1)).isEmpty();
  }

  @Test
  void whatIsTakenBackIsGoneAndTheCallsThatLeftItDoNotBringItBack() {
    CounterStore store = heldStore();
    Mark mark = mark("read", MINUTE);
    Demand demand = Demand.builder().charge(inFlight(1, 1)).charge(once("a")).tried(mark).build();
    for (Ended ended : Ended.values()) {
      Reservation hung = admitted(store, demand);
      List<CounterKey> keys = List.of(mark.key(), inFlight(1, 1).key(), once("a").key());
      for (CounterKey key : keys) {
        assertThat(store.takeBack(key)).as(key.toString()).isTrue();
        assertThat(store.takeBack(key)).as(key.toString()).isFalse();
      }
      assertThat(isThere(store, mark)).isFalse();
      Reservation next = admitted(store, demand);
      hung.settle(ended);
      assertThat(isThere(store, mark)).as("of the next call").isTrue();
      refused(store, 0, Reason.EXHAUSTED, null, inFlight(1, 1));
      next.cancel();
      assertThat(isThere(store, mark)).as("of the call before, %s", ended).isFalse();
    }
  }

  @Test
  void whatWasTakenBackIsListedAgainOnceAnotherCallLeavesIt() {
    CounterStore store = heldStore();
    Mark mark = mark("read", MINUTE);
    for (int round = 0; round < 3; round++) {
      Reservation call = admitted(store, Demand.builder().tried(mark).build());
      assertThat(store.held(Kind.MARK, "", 9)).containsExactly(new Held(mark.key(), 1, null));
      call.settle(Ended.DONE);
      assertThat(store.held(Kind.MARK, "", 9)).containsExactly(new Held(mark.key(), 0, MINUTE));
      store.takeBack(mark.key());
      assertThat(store.held(Kind.MARK, "", 9)).isEmpty();
      admitted(store, Demand.builder().done(mark).build()).settle(Ended.DONE, List.of(mark));
      assertThat(store.held(Kind.MARK, "", 9)).containsExactly(new Held(mark.key(), 0, MINUTE));
      time.advance(MINUTE);
      assertThat(store.held(Kind.MARK, "", 9)).isEmpty();
      time.advance(MINUTE);
    }
  }

  @Test
  void countsAreNeitherListedNorTakenBack() {
    CounterStore store = heldStore();
    Map<Kind, Charge> counts =
        Map.of(Kind.AMOUNT, charge("rate", "a", 1, 1), Kind.DISTINCT, distinct(1, "a"));
    counts.forEach(
        (kind, charge) -> {
          admitted(store, charge);
          assertThatThrownBy(() -> store.held(kind, "", 1))
              .isInstanceOf(IllegalArgumentException.class);
          assertThatThrownBy(() -> store.takeBack(charge.key()))
              .isInstanceOf(IllegalArgumentException.class);
          assertThat(used(store, charge)).isEqualTo(1);
        });
    assertThatThrownBy(() -> store.held(Kind.MARK, "", 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aKindThatAStoreDoesNotKeepItRefuses() {
    CounterStore store = store();
    Map<Kind, Demand> demands =
        Map.of(
            Kind.DISTINCT,
            Demand.of(distinct(1, "a")),
            Kind.IN_FLIGHT,
            Demand.of(inFlight(1, 1)),
            Kind.ONCE,
            Demand.of(once("a")),
            Kind.MARK,
            Demand.builder().tried(mark("read", MINUTE)).build());
    demands.forEach(
        (kind, demand) -> {
          if (kinds().contains(kind)) {
            admitted(store, demand);
          } else {
            assertThatThrownBy(() -> store.reserve(demand))
                .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> store.look(demand))
                .isInstanceOf(IllegalArgumentException.class);
          }
        });
  }
}
