package dev.alcada.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What an operator says afterwards of a call, and what it changes. */
abstract class LateCases extends HeldCases {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Mark SEEN = mark("seen", MINUTE);

  /** What a call holds, of which at most one is there. */
  enum Holding {
    AMOUNT(CounterId.Kind.AMOUNT),
    IN_PERIOD(CounterId.Kind.AMOUNT),
    RUNNING(CounterId.Kind.IN_FLIGHT),
    MADE_ONCE(CounterId.Kind.ONCE),
    MARKED(CounterId.Kind.MARK),
    ALL(
        CounterId.Kind.AMOUNT,
        CounterId.Kind.DISTINCT,
        CounterId.Kind.IN_FLIGHT,
        CounterId.Kind.ONCE,
        CounterId.Kind.MARK);

    @SuppressWarnings("ImmutableEnumChecker") // It is.
    private final Set<CounterId.Kind> kinds;

    Holding(CounterId.Kind... kinds) {
      this.kinds = Set.of(kinds);
    }

    Demand demand() {
      Demand.Builder demand = Demand.builder();
      switch (this) {
        case AMOUNT -> demand.charge(charge("rate", "a", 1, 1));
        case IN_PERIOD ->
            demand.charge(
                new Charge.Amount(key("day", calendar(HOUR, "UTC"), "a", null), 1, 1, 9, true));
        case RUNNING -> demand.charge(inFlight(1, 1));
        case MADE_ONCE -> demand.charge(once("a"));
        case MARKED -> demand.reads(SEEN.key(), false).tried(SEEN);
        case ALL ->
            demand
                .charge(once("a"))
                .charge(charge("rate", "a", 1, 1))
                .charge(new Charge.Amount(key("tried", "a", null), 1_000, 1, 9, false))
                .charge(distinct(9, "x"))
                .charge(inFlight(1, 1))
                .reads(SEEN.key(), false)
                .tried(SEEN);
      }
      return demand.build();
    }
  }

  private CounterStore lateStore(Holding holding) {
    assumeTrue(settlesLate());
    assumeTrue(kinds().containsAll(holding.kinds));
    return store();
  }

  static String id(Reservation reservation) {
    assertThat(reservation.id()).isNotNull();
    return String.valueOf(reservation.id());
  }

  private static boolean hasRoom(CounterStore store, Holding holding) {
    return store.look(holding.demand()).refusal() == null;
  }

  /** The operator's word after each end of the call, and whether another call then has room. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          AMOUNT    | lose    | NOT_DONE | true  | true
          AMOUNT    | lose    | DONE     | true  | false
          AMOUNT    |         | NOT_DONE | true  | true
          AMOUNT    |         | DONE     | true  | false
          AMOUNT    | keep    | NOT_DONE | false | false
          AMOUNT    | release | DONE     | false | true
          AMOUNT    | cancel  | DONE     | false | true
          IN_PERIOD | lose    | NOT_DONE | true  | true
          IN_PERIOD |         | DONE     | true  | false
          RUNNING   |         | NOT_DONE | true  | true
          RUNNING   |         | DONE     | true  | true
          RUNNING   | keep    | NOT_DONE | false | true
          MADE_ONCE | lose    | NOT_DONE | true  | true
          MADE_ONCE | lose    | DONE     | true  | false
          MADE_ONCE |         | NOT_DONE | true  | true
          MADE_ONCE |         | DONE     | true  | false
          MADE_ONCE | keep    | NOT_DONE | false | false
          MADE_ONCE | cancel  | DONE     | false | true
          MARKED    | lose    | NOT_DONE | true  | true
          MARKED    | lose    | DONE     | true  | false
          MARKED    |         | NOT_DONE | true  | true
          MARKED    |         | DONE     | true  | false
          MARKED    | keep    | NOT_DONE | false | false
          ALL       | lose    | NOT_DONE | true  | true
          ALL       |         | NOT_DONE | true  | true
          ALL       | lose    | DONE     | true  | false
          ALL       | keep    | NOT_DONE | false | false
          ALL       | cancel  | DONE     | false | true
          """)
  void theWordIsTakenWhereNobodyKnewAndNowhereElse(
      Holding holding, @Nullable String how, Ended said, boolean taken, boolean room) {
    CounterStore store = lateStore(holding);
    Reservation call = admitted(store, holding.demand());
    String id = id(call);
    if (how != null) {
      settle(call, how);
    }

    assertThat(store.settleLate(id, said)).isEqualTo(taken);
    assertThat(hasRoom(store, holding)).isEqualTo(room);
    for (Ended again : List.of(Ended.NOT_DONE, Ended.DONE)) {
      assertThat(store.settleLate(id, again)).as("it is the last word").isFalse();
      assertThat(hasRoom(store, holding)).isEqualTo(room);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatTheCallSaysItselfAfterwardsChangesNothing(Holding holding) {
    CounterStore store = lateStore(holding);
    for (String how : List.of("keep", "lose", "release", "cancel")) {
      Reservation call = admitted(store, holding.demand());
      assertThat(store.settleLate(id(call), Ended.NOT_DONE)).isTrue();
      Reservation next = admitted(store, holding.demand());

      settle(call, how);

      assertThat(hasRoom(store, holding)).as("the next call's is there, %s", how).isFalse();
      assertThat(store.settleLate(id(next), Ended.NOT_DONE)).isTrue();
      settle(call, how);
      assertThat(hasRoom(store, holding)).as(how).isTrue();
    }
  }

  /** A second end is none, so that it opens nothing to an operator's word either. */
  @ParameterizedTest
  @EnumSource(names = {"AMOUNT", "ALL"})
  void whatIsKnownOfACallIsNotMadeUnknownByASecondEnd(Holding holding) {
    CounterStore store = lateStore(holding);
    Reservation call = admitted(store, holding.demand());
    String id = id(call);
    settle(call, "keep");
    settle(call, "lose");

    assertThat(store.settleLate(id, Ended.NOT_DONE)).isFalse();
    assertThat(hasRoom(store, holding)).isFalse();
  }

  /** A store may keep a call by itself otherwise than one that makes its key. */
  @Test
  void norIsWhatIsKnownOfACallBesideOthersOfItsKey() {
    CounterStore store = lateStore(Holding.AMOUNT);
    admitted(store, charge("rate", "a", 9, 1));
    Reservation call = admitted(store, charge("rate", "a", 9, 1));
    String id = id(call);
    settle(call, "keep");
    settle(call, "lose");

    assertThat(store.settleLate(id, Ended.NOT_DONE)).isFalse();
    assertThat(used(store, charge("rate", "a", 9, 1))).isEqualTo(2);
  }

  @Test
  void nothingIsGivenBackThatCountsHoweverTheCallHasEnded() {
    CounterStore store = lateStore(Holding.ALL);
    Charge tried = new Charge.Amount(key("tried", "a", null), 1_000, 1, 9, false);

    store.settleLate(id(admitted(store, Holding.ALL.demand())), Ended.NOT_DONE);

    assertThat(used(store, tried)).isEqualTo(1);
    assertThat(used(store, distinct(9, "y"))).isEqualTo(1);
  }

  /** Not even one that lasts on when all that the call held is over. */
  @ParameterizedTest
  @EnumSource(names = {"DONE", "NOT_DONE"})
  void noMarkThatPermitsIsLeftAfterTheWord(Ended said) {
    CounterStore store = lateStore(Holding.ALL);
    Mark checked = mark("checked", HOUR);
    for (Duration pause : List.of(Duration.ZERO, HOUR)) {
      Demand demand = Demand.builder().charge(charge("rate", "a", 99, 1)).done(checked).build();
      Reservation call = admitted(store, demand);
      store.settleLate(id(call), said);
      assertThat(isThere(store, checked)).isFalse();
      time.advance(pause);

      call.settle(Ended.DONE, List.of(checked));

      assertThat(isThere(store, checked)).isFalse();
    }
  }

  /** Whatever the store keeps of a call for an operator, and however long that is. */
  @Test
  void aCallThatEndsWhenAllThatItHeldIsOverLeavesItsMark() {
    CounterStore store = lateStore(Holding.ALL);
    Mark checked = mark("checked", MINUTE);
    Demand.Builder demand = Demand.builder().charge(charge("rate", "a", 99, 1));
    Reservation call = admitted(store, demand.charge(inFlight(9, 1)).done(checked).build());
    id(call);
    for (int i = 0; i < 200; i++) {
      time.advance(MINUTE);
      id(admitted(store, charge("rate", "b", 99, 1)));
    }

    call.settle(Ended.DONE, List.of(checked));

    assertThat(isThere(store, checked)).isTrue();
  }

  @Test
  void aCallOfWhichNothingCanChangeHasNoIdentifierAndNoOtherHasTheSame() {
    CounterStore store = lateStore(Holding.AMOUNT);
    assertThat(admitted(store, Demand.of()).id()).isNull();
    Charge tried = new Charge.Amount(key("tried", "a", null), 9, 1, 9, false);
    assertThat(admitted(store, tried).id()).isNull();
    assertThat(admitted(store, charge("rate", "a", 9, 0)).id()).isNull();
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 9; i++) {
      Reservation call = admitted(store, charge("rate", "a", 9, 1));
      assertThat(ids.add(id(call))).isTrue();
      assertThat(call.id()).as("asked again").isEqualTo(id(call));
    }
  }

  @Test
  void aWordOnNoCallChangesNothingAndNobodyKnowsIsNoWord() {
    CounterStore store = lateStore(Holding.AMOUNT);
    String id = id(admitted(store, Holding.AMOUNT.demand()));
    List<String> others =
        List.of(
            "",
            " ",
            "0",
            "no call",
            id + "0",
            id.substring(1),
            id.toUpperCase(Locale.ROOT) + "-",
            "é\u0000");
    for (String other : others) {
      assertThat(store.settleLate(other, Ended.NOT_DONE)).as(other).isFalse();
    }
    assertThat(hasRoom(store, Holding.AMOUNT)).isFalse();
    assertThatThrownBy(() -> store.settleLate(id, Ended.UNKNOWN))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("ended is UNKNOWN, expected DONE or NOT_DONE");
    assertThat(store.settleLate(id, Ended.NOT_DONE)).isTrue();
  }

  @Test
  void whoRepeatsACallIsToldWhatTheOperatorSaid() {
    CounterStore store = lateStore(Holding.MADE_ONCE);
    Reservation call = admitted(store, once("a"));
    String id = id(call);
    call.settle(Ended.UNKNOWN);
    time.advance(SECOND);
    assertThat(earlier(store)).isEqualTo(new Refusal.Earlier(SECOND, Ended.UNKNOWN));

    store.settleLate(id, Ended.DONE);

    assertThat(earlier(store)).isEqualTo(new Refusal.Earlier(SECOND, Ended.DONE));
  }

  private static Refusal.@Nullable Earlier earlier(CounterStore store) {
    Refusal refusal = store.look(Demand.of(once("a"))).refusal();
    return refusal == null ? null : refusal.earlier();
  }

  @Test
  void aCallThatIsRememberedForLongerCanBeSettledForLonger() {
    CounterStore store = lateStore(Holding.MADE_ONCE);
    for (String how : List.of("lose", "")) {
      Reservation call = admitted(store, once("a"));
      String id = id(call);
      if (!how.isEmpty()) {
        settle(call, how);
      }
      assertThat(store.reserve(Demand.of(once("a", HOUR, MINUTE)))).isInstanceOf(Refusal.class);
      for (int i = 0; i < 50; i++) {
        time.advance(SECOND.multipliedBy(2));
        id(admitted(store, charge("rate", "b", 99, 1)));
      }
      assertThat(hasRoom(store, Holding.MADE_ONCE)).isFalse();

      assertThat(store.settleLate(id, Ended.NOT_DONE)).as(how).isTrue();

      assertThat(hasRoom(store, Holding.MADE_ONCE)).isTrue();
    }
  }

  @Test
  void ofAMarkThatTwoCallsLeftOnlyTheOnesPartIsTakenBack() {
    CounterStore store = lateStore(Holding.MARKED);
    Demand leaves = Demand.builder().tried(SEEN).build();
    Reservation first = admitted(store, leaves);
    Reservation second = admitted(store, leaves);
    String id = id(second);
    first.settle(Ended.DONE);
    time.advance(MINUTE.dividedBy(2));
    second.settle(Ended.UNKNOWN);

    store.settleLate(id, Ended.NOT_DONE);

    assertThat(hasRoom(store, Holding.MARKED)).isFalse();
    time.advance(MINUTE.dividedBy(2));
    assertThat(hasRoom(store, Holding.MARKED)).as("the first one's part is over").isTrue();
  }

  @Test
  void ofManyUnknownOnesEachMarkLastsAsLongAsItSays() {
    CounterStore store = lateStore(Holding.MARKED);
    Demand leaves = Demand.builder().tried(SEEN).build();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      Reservation call = admitted(store, leaves);
      ids.add(id(call));
      call.settle(Ended.UNKNOWN);
      time.advance(SECOND);
    }
    ids.forEach(id -> store.settleLate(id, Ended.DONE));

    time.advance(Duration.ofSeconds(58));
    assertThat(hasRoom(store, Holding.MARKED)).isFalse();
    time.advance(SECOND);
    assertThat(hasRoom(store, Holding.MARKED)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void aWordThatComesWhenAllIsOverTakesNothingFromLaterCalls(Holding holding) {
    CounterStore store = lateStore(holding);
    for (String how : List.of("lose", "")) {
      for (Ended said : List.of(Ended.NOT_DONE, Ended.DONE)) {
        Reservation call = admitted(store, holding.demand());
        String id = id(call);
        if (!how.isEmpty() || holding == Holding.MARKED || holding == Holding.ALL) {
          settle(call, "lose"); // a mark is there for as long as its call runs
        }
        time.advance(HOUR);
        Reservation next = admitted(store, holding.demand());

        store.settleLate(id, said);

        assertThat(hasRoom(store, holding)).isFalse();
        next.settle(Ended.NOT_DONE);
        assertThat(hasRoom(store, holding)).isTrue();
      }
    }
  }

  /** Where a store no longer keeps each call apart. */
  @Test
  void aWordOnOneAmongThousandsGivesBackItsOwnAmountOnce() {
    CounterStore store = lateStore(Holding.AMOUNT);
    Charge probe = charge("many", "a", 1_000_000, 1);
    List<String> ids = new ArrayList<>();
    long used = 0;
    for (int i = 0; i < 1_500; i++) {
      Reservation call = admitted(store, charge("many", "a", 1_000_000, 1 + i % 3));
      ids.add(id(call));
      used += 1 + i % 3;
      if (i % 2 == 0) {
        call.settle(Ended.UNKNOWN);
      }
      time.advance(Duration.ofMillis(10));
    }
    assertThat(used(store, probe)).isEqualTo(used);
    for (int i = 0; i < ids.size(); i += 13) {
      assertThat(store.settleLate(ids.get(i), Ended.NOT_DONE)).isTrue();
      assertThat(store.settleLate(ids.get(i), Ended.NOT_DONE)).isFalse();
      used -= 1 + i % 3;
      assertThat(used(store, probe)).as("call %s", i).isEqualTo(used);
    }
  }

  /** What ran has left already, and is not taken out of what others hold together. */
  @Test
  void aWordOnACallThatRanTakesNothingOfThoseThatRun() {
    assumeTrue(kinds().contains(CounterId.Kind.IN_FLIGHT));
    CounterStore store = lateStore(Holding.AMOUNT);
    List<String> ids = new ArrayList<>();
    List<Reservation> calls = new ArrayList<>();
    for (int i = 0; i < 1_200; i++) {
      Demand.Builder demand = Demand.builder().charge(inFlight(1_000_000, 1));
      calls.add(admitted(store, demand.charge(charge("rate", "a", 1_000_000, 1)).build()));
      ids.add(id(calls.get(i)));
    }
    for (int i = 0; i < 10; i++) {
      calls.get(i).settle(Ended.UNKNOWN);
    }
    assertThat(used(store, inFlight(1_000_000, 1))).isEqualTo(1_190);
    for (int i = 0; i < 20; i++) {
      assertThat(store.settleLate(ids.get(i), Ended.NOT_DONE)).isTrue();
    }
    assertThat(used(store, inFlight(1_000_000, 1))).isEqualTo(1_180);
    assertThat(used(store, charge("rate", "a", 1_000_000, 1))).isEqualTo(1_180);
  }

  @Test
  void aStoreThatTakesNoWordGivesNoIdentifiers() {
    CounterStore store = store();
    String id = admitted(store, Holding.AMOUNT.demand()).id();
    if (settlesLate()) {
      assertThat(id).isNotNull();
    } else {
      assertThat(id).isNull();
      assertThatThrownBy(() -> store.settleLate("id", Ended.DONE))
          .isInstanceOf(UnsupportedOperationException.class);
    }
  }
}
