package dev.alcada.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Refusal.Reason;
import dev.alcada.counter.Reservation;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How much a window holds, and what settling does to it. */
abstract class WindowCases extends StoreFixture {
  @Test
  void aWindowHoldsItsMaximumAndNotOneMore() {
    CounterStore store = store();
    for (int i = 0; i < 30; i++) {
      admitted(store, charge("rate", "a", 30, 1));
    }
    refused(store, 0, Reason.EXHAUSTED, MINUTE, charge("rate", "a", 30, 1));
    admitted(store, charge("rate", "b", 30, 1));
  }

  @Test
  void anAdmissionCountsUntilTheInstantItsWindowHasPassed() {
    CounterStore store = store();
    admitted(store, charge("rate", "a", 1, 1));
    time.advance(MINUTE.minus(resolution()));
    refused(store, 0, Reason.EXHAUSTED, resolution(), charge("rate", "a", 1, 1));
    time.advance(resolution());
    admitted(store, charge("rate", "a", 1, 1));
  }

  @Test
  void noSpanOfTheWindowsLengthHoldsTwiceTheMaximum() {
    CounterStore store = store();
    time.advance(Duration.ofSeconds(59));
    for (int i = 0; i < 30; i++) {
      admitted(store, charge("rate", "a", 30, 1));
    }
    time.advance(Duration.ofSeconds(2));
    refused(store, 0, Reason.EXHAUSTED, Duration.ofSeconds(58), charge("rate", "a", 30, 1));
  }

  @Test
  void theWaitIsUntilAsMuchHasLeftAsTheCallNeeds() {
    CounterStore store = store();
    for (int amount : new int[] {3, 4, 2}) {
      admitted(store, charge("spend", "a", 10, amount));
      time.advance(SECOND);
    }
    admitted(store, charge("spend", "a", 10, 1));
    refused(store, 0, Reason.EXHAUSTED, Duration.ofSeconds(57), charge("spend", "a", 10, 3));
    refused(store, 0, Reason.EXHAUSTED, Duration.ofSeconds(58), charge("spend", "a", 10, 4));
    refused(store, 0, Reason.EXHAUSTED, Duration.ofSeconds(60), charge("spend", "a", 10, 10));
    assertThat(store.look(Demand.of(charge("spend", "a", 13, 3))).refusal()).isNull();
  }

  @Test
  void severalLimitsAreReservedTogetherOrNotAtAll() {
    CounterStore store = store();
    admitted(store, charge("two", "a", 1, 1));
    refused(store, 1, Reason.EXHAUSTED, MINUTE, charge("one", "a", 1, 1), charge("two", "a", 1, 1));
    refused(store, 0, Reason.EXHAUSTED, MINUTE, charge("two", "a", 1, 1), charge("one", "a", 1, 1));
    admitted(store, charge("one", "a", 1, 1));
  }

  @Test
  void theFirstLimitWithoutRoomIsNamedAndTheWaitIsForAllOfThem() {
    CounterStore store = store();
    admitted(store, charge("late", "a", 5, 5));
    time.advance(SECOND);
    admitted(store, charge("later", "a", 5, 5));
    refused(
        store,
        1,
        Reason.EXHAUSTED,
        MINUTE,
        charge("room", "a", 5, 1),
        charge("late", "a", 5, 1),
        charge("later", "a", 5, 1));
    refused(
        store,
        0,
        Reason.EXHAUSTED,
        null,
        charge("late", "a", 5, 1),
        charge("never", "a", 5, 6),
        charge("later", "a", 5, 1));
  }

  @Test
  void anAmountAboveTheMaximumWillNeverFit() {
    CounterStore store = store();
    refused(store, 0, Reason.ABOVE_MAX, null, charge("spend", "a", 5, 6));
    refused(store, 0, Reason.ABOVE_MAX, null, charge("spend", "a", 0, 1));
    refused(
        store, 0, Reason.ABOVE_MAX, null, charge("spend", "a", Charge.MAX_UNITS, Long.MAX_VALUE));
  }

  @Test
  void theGreatestAmountsDoNotOverflow() {
    CounterStore store = store();
    admitted(store, charge("spend", "a", Charge.MAX_UNITS, Charge.MAX_UNITS - 1));
    refused(store, 0, Reason.EXHAUSTED, MINUTE, charge("spend", "a", Charge.MAX_UNITS, 2));
    refused(
        store,
        0,
        Reason.EXHAUSTED,
        MINUTE,
        charge("spend", "a", Charge.MAX_UNITS, Charge.MAX_UNITS));
    admitted(store, charge("spend", "a", Charge.MAX_UNITS, 1));
    refused(store, 0, Reason.EXHAUSTED, MINUTE, charge("spend", "a", Charge.MAX_UNITS, 1));
  }

  @Test
  void anAmountOfZeroHasRoomAndLeavesNoTrace() {
    CounterStore store = store(time, 1);
    admitted(store, charge("rate", "a", 0, 0));
    admitted(store, charge("rate", "b", 1, 1));
    admitted(store, charge("rate", "b", 1, 0));
    admitted(store, charge("rate", "c", 1, 0));
    refused(store, 0, Reason.EXHAUSTED, MINUTE, charge("rate", "b", 1, 1));
  }

  @Test
  void noChargesAtAllHaveRoom() {
    CounterStore store = store();
    admitted(store);
    assertThat(store.look(Demand.of()).refusal()).isNull();
  }

  @Test
  void limitsOfDifferentMaximumShareACountAndEachLooksAtItsOwn() {
    CounterStore store = store();
    admitted(store, charge("rate", "a", 10, 4));
    refused(store, 0, Reason.EXHAUSTED, MINUTE, charge("rate", "a", 4, 1));
    refused(store, 0, Reason.EXHAUSTED, MINUTE, charge("rate", "a", 2, 1));
    admitted(store, charge("rate", "a", 5, 1));
    admitted(store, charge("rate", "a", 10, 5));
    refused(store, 0, Reason.EXHAUSTED, MINUTE, charge("rate", "a", 10, 1));
  }

  @Test
  void peekingTellsWhatReservingWouldAndCountsNothing() {
    CounterStore store = store();
    for (int i = 0; i < 5; i++) {
      assertThat(store.look(Demand.of(charge("rate", "a", 1, 1))).refusal()).isNull();
    }
    admitted(store, charge("rate", "a", 1, 1));
    assertThat(store.look(Demand.of(charge("rate", "a", 1, 1))).refusal())
        .isEqualTo(new Refusal(0, Reason.EXHAUSTED, MINUTE));
    assertThat(store.look(Demand.of(charge("rate", "a", 1, 2))).refusal())
        .isEqualTo(new Refusal(0, Reason.ABOVE_MAX, null));
  }

  @Test
  void aReleaseGivesBackWhatIsReleasableAndACancellationEverything() {
    CounterStore store = store();
    Charge spend = charge("spend", "a", 5, 5);
    Charge rate = new Charge.Amount(key("rate", "a", null), 1, 1, 9, false);
    admitted(store, spend, rate).settle(Ended.NOT_DONE);
    assertThat(store.look(Demand.of(spend)).refusal()).isNull();
    assertThat(store.look(Demand.of(rate)).refusal()).isNotNull();
    time.advance(MINUTE);
    admitted(store, spend, rate).cancel();
    assertThat(store.look(Demand.of(spend, rate)).refusal()).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"keep", "lose", "release", "cancel"})
  void onlyTheFirstSettlementCounts(String first) {
    CounterStore store = store();
    admitted(store, charge("rate", "a", 9, 4));
    Reservation settled = admitted(store, charge("rate", "a", 9, 3));
    settle(settled, first);
    boolean kept = first.equals("keep") || first.equals("lose");
    for (String again : List.of("release", "cancel", "keep", "lose", "release")) {
      settle(settled, again);
      assertThat(store.look(Demand.of(charge("rate", "a", kept ? 8 : 5, 1))).refusal()).isNull();
      assertThat(store.look(Demand.of(charge("rate", "a", kept ? 7 : 4, 1))).refusal()).isNotNull();
    }
  }

  @Test
  void aReleaseTouchesOnlyWhatItReserved() {
    CounterStore store = store();
    admitted(store, charge("rate", "a", 9, 2));
    time.advance(SECOND);
    Reservation released = admitted(store, charge("rate", "a", 9, 3));
    time.advance(SECOND);
    admitted(store, charge("rate", "a", 9, 4));
    released.settle(Ended.NOT_DONE);
    refused(store, 0, Reason.EXHAUSTED, Duration.ofSeconds(58), charge("rate", "a", 9, 5));
    time.advance(Duration.ofSeconds(58));
    refused(store, 0, Reason.EXHAUSTED, Duration.ofSeconds(2), charge("rate", "a", 9, 6));
    admitted(store, charge("rate", "a", 9, 5));
  }

  @Test
  void aReleaseAfterItsWindowTouchesNothing() {
    CounterStore store = store();
    Reservation late = admitted(store, charge("rate", "a", 9, 5));
    time.advance(MINUTE);
    admitted(store, charge("rate", "a", 9, 6));
    late.settle(Ended.NOT_DONE);
    refused(store, 0, Reason.EXHAUSTED, MINUTE, charge("rate", "a", 9, 4));
    Reservation later = admitted(store, charge("rate", "a", 9, 3));
    time.advance(Duration.ofDays(1_000));
    later.cancel();
    admitted(store, charge("rate", "a", 9, 9));
  }
}
