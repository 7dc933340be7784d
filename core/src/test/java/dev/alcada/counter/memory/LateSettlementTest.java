package dev.alcada.counter.memory;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What an operator says of a call after the fact, and what it changes. */
class LateSettlementTest {
  private static final Window HOUR = new Window.Sliding(Duration.ofHours(1));
  private static final Duration LEASE = Duration.ofMinutes(15);
  private static final CounterKey PAID =
      new CounterKey(CounterId.of("limits", "paid", "grant", HOUR), "agent-7", null);
  private static final CounterKey RUNS =
      new CounterKey(CounterId.inFlight("limits", "runs", "grant"), "agent-7", null);
  private static final CounterKey ONCE =
      new CounterKey(CounterId.once("once", "pay"), "agent-7", null);
  private static final CounterKey MARK =
      new CounterKey(CounterId.mark("marks", "seen", "grant"), "agent-7", null);

  private final ManualTime time = new ManualTime();
  private final InMemoryCounterStore store =
      InMemoryCounterStore.builder().timeSource(time).build();

  /** What a call holds, of which at most one is there. */
  private enum Kind {
    AMOUNT {
      @Override
      Demand demand() {
        return Demand.of(new Charge.Amount(PAID, 1, 1, 9, true));
      }
    },
    ATTEMPT {
      @Override
      Demand demand() {
        return Demand.of(new Charge.Amount(PAID, 1, 1, 9, false));
      }
    },
    RUNNING {
      @Override
      Demand demand() {
        return Demand.of(new Charge.InFlight(RUNS, 1, 1, 9, LEASE));
      }
    },
    MADE_ONCE {
      @Override
      Demand demand() {
        return Demand.of(new Charge.Once(ONCE, HOUR, LEASE));
      }
    },
    MARKED {
      @Override
      Demand demand() {
        return Demand.builder()
            .reads(MARK, false)
            .tried(new Mark(MARK, Duration.ofHours(1)))
            .build();
      }
    },
    ALL {
      @Override
      Demand demand() {
        return Demand.builder()
            .charge(new Charge.Once(ONCE, HOUR, LEASE))
            .charge(new Charge.Amount(PAID, 1, 1, 9, true))
            .charge(new Charge.InFlight(RUNS, 1, 1, 9, LEASE))
            .reads(MARK, false)
            .tried(new Mark(MARK, Duration.ofHours(1)))
            .build();
      }
    };

    abstract Demand demand();
  }

  private Reservation reserved(Kind kind) {
    return (Reservation) store.reserve(kind.demand());
  }

  private boolean hasRoom(Kind kind) {
    return store.look(kind.demand()).refusal() == null;
  }

  /** A second end is none, so that it opens nothing to an operator's word either. */
  @ParameterizedTest
  @EnumSource(names = {"AMOUNT", "ALL"})
  void whatIsKnownOfACallIsNotMadeUnknownByASecondEnd(Kind kind) {
    Reservation reservation = reserved(kind);
    String id = requireNonNull(reservation.id());
    reservation.settle(Ended.DONE);
    reservation.settle(Ended.UNKNOWN);

    assertThat(store.settleLate(id, Ended.NOT_DONE)).isFalse();
    assertThat(hasRoom(kind)).isFalse();
  }

  /** The operator's word after each end of the call, and whether another call then has room. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          AMOUNT    | UNKNOWN  | NOT_DONE | true  | true
          AMOUNT    | UNKNOWN  | DONE     | true  | false
          AMOUNT    |          | NOT_DONE | true  | true
          AMOUNT    |          | DONE     | true  | false
          AMOUNT    | DONE     | NOT_DONE | false | false
          AMOUNT    | NOT_DONE | DONE     | false | true
          RUNNING   |          | NOT_DONE | true  | true
          RUNNING   |          | DONE     | true  | true
          RUNNING   | UNKNOWN  | DONE     | true  | true
          MADE_ONCE | UNKNOWN  | NOT_DONE | true  | true
          MADE_ONCE | UNKNOWN  | DONE     | true  | false
          MADE_ONCE |          | NOT_DONE | true  | true
          MADE_ONCE |          | DONE     | true  | false
          MADE_ONCE | DONE     | NOT_DONE | false | false
          MARKED    | UNKNOWN  | NOT_DONE | true  | true
          MARKED    | UNKNOWN  | DONE     | true  | false
          MARKED    |          | NOT_DONE | true  | true
          MARKED    |          | DONE     | true  | false
          MARKED    | DONE     | NOT_DONE | false | false
          ALL       | UNKNOWN  | NOT_DONE | true  | true
          ALL       |          | NOT_DONE | true  | true
          ALL       | UNKNOWN  | DONE     | true  | false
          ALL       | DONE     | NOT_DONE | false | false
          """)
  void theWordIsTakenWhereNobodyKnewAndNowhereElse(
      Kind kind, Ended ended, Ended said, boolean taken, boolean room) {
    Reservation held = reserved(kind);
    String id = requireNonNull(held.id());
    if (ended != null) {
      held.settle(ended);
    }

    assertThat(store.settleLate(id, said)).isEqualTo(taken);
    assertThat(hasRoom(kind)).isEqualTo(room);
    assertThat(store.settleLate(id, Ended.NOT_DONE)).as("it is the last word").isFalse();
    assertThat(hasRoom(kind)).isEqualTo(room);
  }

  @ParameterizedTest
  @EnumSource(
      value = Kind.class,
      names = {"AMOUNT", "RUNNING", "MADE_ONCE", "MARKED", "ALL"})
  void whatTheCallSaysItselfAfterwardsChangesNothing(Kind kind) {
    Reservation held = reserved(kind);
    store.settleLate(requireNonNull(held.id()), Ended.NOT_DONE);
    Reservation next = reserved(kind);

    held.settle(Ended.NOT_DONE);
    held.cancel();

    assertThat(hasRoom(kind)).as("the next call's is still there").isFalse();
    next.settle(Ended.NOT_DONE);
    assertThat(hasRoom(kind)).isTrue();
  }

  @Test
  void aCallOfWhichNothingCanChangeHasNoName() {
    assertThat(reserved(Kind.ATTEMPT).id()).isNull();
  }

  @Test
  void aNameIsNobodyElses() {
    assertThat(store.settleLate("", Ended.DONE)).isFalse();
    assertThat(store.settleLate("0-m1", Ended.DONE)).isFalse();
    String id = requireNonNull(reserved(Kind.AMOUNT).id());
    assertThat(InMemoryCounterStore.create().settleLate(id, Ended.DONE)).isFalse();
    assertThatThrownBy(() -> store.settleLate(id, Ended.UNKNOWN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("ended is UNKNOWN, expected DONE or NOT_DONE");
  }

  @Test
  void whatWasLeftOfADuplicateTellsWhatTheOperatorSaid() {
    Reservation held = reserved(Kind.MADE_ONCE);
    String id = requireNonNull(held.id());
    held.settle(Ended.UNKNOWN);
    assertThat(earlier().ended()).isEqualTo(Ended.UNKNOWN);

    store.settleLate(id, Ended.DONE);

    assertThat(earlier().ended()).isEqualTo(Ended.DONE);
  }

  private Refusal.Earlier earlier() {
    Refusal refusal = requireNonNull(store.look(Kind.MADE_ONCE.demand()).refusal());
    return requireNonNull(refusal.earlier());
  }

  @Test
  void ofAMarkThatTwoCallsLeftOnlyTheOnesPartIsTakenBack() {
    Demand leaves = Demand.builder().tried(new Mark(MARK, Duration.ofHours(1))).build();
    Reservation first = (Reservation) store.reserve(leaves);
    Reservation second = (Reservation) store.reserve(leaves);
    String id = requireNonNull(second.id());
    first.settle(Ended.DONE);
    time.advance(Duration.ofMinutes(30));
    second.settle(Ended.UNKNOWN);

    store.settleLate(id, Ended.NOT_DONE);

    assertThat(hasRoom(Kind.MARKED)).isFalse();
    time.advance(Duration.ofMinutes(30));
    assertThat(hasRoom(Kind.MARKED)).as("the first one's part is over").isTrue();
  }

  @Test
  void ofManyUnknownOnesEachLastsAsLongAsItSays() {
    Demand leaves = Demand.builder().tried(new Mark(MARK, Duration.ofHours(1))).build();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Reservation held = (Reservation) store.reserve(leaves);
      ids.add(requireNonNull(held.id()));
      held.settle(Ended.UNKNOWN);
      time.advance(Duration.ofMinutes(1));
    }
    ids.forEach(id -> store.settleLate(id, Ended.DONE));

    time.advance(Duration.ofMinutes(58));
    assertThat(hasRoom(Kind.MARKED)).isFalse();
    time.advance(Duration.ofMinutes(1));
    assertThat(hasRoom(Kind.MARKED)).isTrue();
  }

  @Test
  void aWordThatComesWhenTheWindowHasPassedTakesNothingFromLaterCalls() {
    for (Kind kind : List.of(Kind.AMOUNT, Kind.MADE_ONCE, Kind.MARKED, Kind.ALL)) {
      Reservation held = reserved(kind);
      String id = requireNonNull(held.id());
      held.settle(Ended.UNKNOWN);
      time.advance(Duration.ofHours(2));
      Reservation next = reserved(kind);

      store.settleLate(id, Ended.NOT_DONE);

      assertThat(hasRoom(kind)).isFalse();
      next.settle(Ended.NOT_DONE);
    }
  }

  @Test
  void whatIsOfNoMoreUseIsNotKept() {
    Supplier<Reservation> call =
        () -> {
          Reservation held = reserved(Kind.AMOUNT);
          assertThat(held.id()).isNotNull();
          return held;
        };
    for (int i = 0; i < 1_000; i++) {
      call.get().settle(Ended.NOT_DONE);
    }
    for (int i = 0; i < 1_000; i++) {
      call.get().settle(Ended.UNKNOWN);
      time.advance(Duration.ofHours(1));
    }
    assertThat(store.lateCalls()).isLessThan(10);
  }
}
