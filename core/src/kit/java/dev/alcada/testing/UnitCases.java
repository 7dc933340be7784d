package dev.alcada.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Look;
import dev.alcada.counter.Refusal.Reason;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.Usage;
import dev.alcada.time.Window;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In which units a count is kept, and what it tells of what it holds. */
abstract class UnitCases extends SettlementCases {
  /** Until the end of the calendar's day, by the fixture's clock. */
  private static final Duration REST_OF_DAY = Duration.ofMinutes(13 * 60 + 44).plusSeconds(30);

  private static final long MILLION = 1_000_000;

  private static CounterKey spend(boolean calendar) {
    Window window =
        calendar ? calendar(Duration.ofDays(1), "UTC") : new Window.Sliding(Duration.ofMinutes(1));
    return key("spend", window, "a", null);
  }

  private static Duration whole(boolean calendar) {
    return calendar ? REST_OF_DAY : MINUTE;
  }

  /** In units of nine decimal places. */
  private static Charge.Amount fine(boolean calendar, long max, long amount) {
    return new Charge.Amount(spend(calendar), max, amount, 9, true);
  }

  /** In units of three decimal places. */
  private static Charge.Amount coarse(boolean calendar, long max, long amount) {
    return new Charge.Amount(spend(calendar), max, amount, 3, true);
  }

  private static void held(Usage usage, long used, @Nullable Duration nextLeaves) {
    assertThat(usage).returns(used, Usage::used).returns(nextLeaves, Usage::nextLeaves);
  }

  @Test
  void aReservationTellsWhatItsCountHeldBefore() {
    CounterStore store = store();
    Reservation first = admitted(store, charge("rate", "a", 9, 5));
    time.advance(SECOND);
    Reservation second = admitted(store, charge("rate", "a", 9, 2));
    held(first.usage().get(0), 0, null);
    held(second.usage().get(0), 5, MINUTE.minus(SECOND));
    first.cancel();
    held(second.usage().get(0), 5, MINUTE.minus(SECOND));
    time.advance(SECOND);
    held(admitted(store, charge("rate", "a", 9, 1)).usage().get(0), 2, MINUTE.minus(SECOND));
  }

  @Test
  void usageIsToldForEachChargeInItsPlace() {
    CounterStore store = store();
    admitted(store, charge("one", "a", 9, 5));
    time.advance(SECOND);
    admitted(store, charge("two", "a", 9, 7));
    Charge[] charges = {
      charge("two", "a", 9, 1), charge("new", "a", 9, 1), charge("one", "a", 9, 0)
    };
    List<Usage> looked = store.look(Demand.of(charges)).usage();
    List<Usage> reserved = admitted(store, charges).usage();
    for (List<Usage> usage : List.of(looked, reserved)) {
      assertThat(usage).hasSize(3);
      held(usage.get(0), 7, MINUTE);
      held(usage.get(1), 0, null);
      held(usage.get(2), 5, MINUTE.minus(SECOND));
    }
    assertThat(store.look(Demand.of()).usage()).isEmpty();
    assertThat(admitted(store).usage()).isEmpty();
    held(admitted(store, charge("one", "a", 9, 0)).usage().get(0), 5, MINUTE.minus(SECOND));
  }

  @Test
  void aLookTellsWhatIsHeldWhereNothingHasRoom() {
    CounterStore store = store();
    admitted(store, charge("rate", "a", 9, 9));
    Look look = store.look(Demand.of(charge("rate", "a", 9, 1), charge("rate", "b", 9, 10)));
    assertThat(look.refusal()).isNotNull();
    held(look.usage().get(0), 9, MINUTE);
    held(look.usage().get(1), 0, null);
  }

  @Test
  void theUsageOfAPeriodLeavesAtItsEnd() {
    CounterStore store = store();
    held(admitted(store, fine(true, 9, 5)).usage().get(0), 0, null);
    held(admitted(store, fine(true, 9, 1)).usage().get(0), 5, REST_OF_DAY);
    time.advance(REST_OF_DAY);
    held(admitted(store, fine(true, 9, 1)).usage().get(0), 0, null);
  }

  @Test
  void whatWasGivenBackOrHasLeftIsNotUsed() {
    CounterStore store = store();
    Reservation only = admitted(store, charge("rate", "a", 9, 5));
    only.settle(Ended.NOT_DONE);
    held(store.look(Demand.of(charge("rate", "a", 9, 1))).usage().get(0), 0, null);
    admitted(store, charge("rate", "a", 9, 5));
    time.advance(MINUTE);
    held(store.look(Demand.of(charge("rate", "a", 9, 1))).usage().get(0), 0, null);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aMaximumThatNeedsCoarserUnitsChangesNoCount(boolean calendar) {
    CounterStore store = store();
    long most = 4_000_000_000L * 1_000 * MILLION;
    admitted(store, fine(calendar, most, 2_500 * MILLION));
    admitted(store, fine(calendar, most, 1_000 * MILLION));
    assertThat(used(store, coarse(calendar, 4_000_000_001_000L, 1))).isEqualTo(3_500);
    assertThat(used(store, fine(calendar, most, 1))).isEqualTo(3_500 * MILLION);
    admitted(store, coarse(calendar, 4_000_000_001_000L, 500));
    assertThat(used(store, coarse(calendar, 4_000_000_001_000L, 1))).isEqualTo(4_000);
    assertThat(used(store, fine(calendar, most, 1))).isEqualTo(4_000 * MILLION);
    refused(store, 0, Reason.EXHAUSTED, whole(calendar), fine(calendar, 4_000 * MILLION, MILLION));
    admitted(store, fine(calendar, 4_001 * MILLION, MILLION));
    assertThat(used(store, coarse(calendar, 1, 1))).isEqualTo(4_001);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatCoarserUnitsCannotSayIsRoundedUpAndAMaximumDown(boolean calendar) {
    CounterStore store = store();
    for (int i = 0; i < 3; i++) {
      admitted(store, fine(calendar, MILLION * 10, 400_000));
    }
    assertThat(used(store, fine(calendar, 1, 1))).isEqualTo(1_200_000);
    admitted(store, coarse(calendar, 10, 1));
    assertThat(used(store, coarse(calendar, 10, 1))).isBetween(3L, 4L);
    time.advance(whole(calendar));

    admitted(store, coarse(calendar, 10, 1));
    // 0.0015 becomes 0.001, and a billionth as much.
    refused(store, 0, Reason.EXHAUSTED, next(calendar), fine(calendar, 1_500_000, 1));
    admitted(store, fine(calendar, 2_000_000, 1));
    assertThat(used(store, coarse(calendar, 10, 1))).isEqualTo(2);
  }

  /** Until what has just been counted leaves, when the first day is over. */
  private static Duration next(boolean calendar) {
    return calendar ? Duration.ofDays(1) : MINUTE;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anEmptyCountIsFineAgain(boolean calendar) {
    CounterStore store = store();
    admitted(store, coarse(calendar, 10, 1)).cancel();
    for (int i = 0; i < 3; i++) {
      admitted(store, fine(calendar, 3, 1));
    }
    refused(store, 0, Reason.EXHAUSTED, whole(calendar), fine(calendar, 3, 1));
    time.advance(whole(calendar));
    admitted(store, coarse(calendar, 10, 10));
    time.advance(next(calendar));
    admitted(store, fine(calendar, 3, 2));
    assertThat(used(store, fine(calendar, 3, 1))).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aReleaseGivesBackItsAmountInWhateverUnitsTheCountIsKept(boolean calendar) {
    CounterStore store = store();
    Reservation first = admitted(store, fine(calendar, 9_000 * MILLION, 2_000 * MILLION));
    Reservation second = admitted(store, coarse(calendar, 9_000, 3_000));
    Reservation third = admitted(store, fine(calendar, 9_000 * MILLION, 1_500 * MILLION));
    Reservation last = admitted(store, coarse(calendar, 9_000, 200));
    first.settle(Ended.NOT_DONE);
    assertThat(used(store, coarse(calendar, 9_000, 1))).isEqualTo(4_700);
    second.cancel();
    assertThat(used(store, coarse(calendar, 9_000, 1))).isEqualTo(1_700);
    first.cancel();
    third.settle(Ended.NOT_DONE);
    assertThat(used(store, coarse(calendar, 9_000, 1))).as("of the last alone").isEqualTo(200);
    last.cancel();
    assertThat(used(store, fine(calendar, 9_000 * MILLION, 1))).isZero();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatWasRoundedUpWhenItWasAddedIsGivenBackWhole(boolean calendar) {
    CounterStore store = store();
    admitted(store, coarse(calendar, 10, 5));
    Reservation rounded = admitted(store, fine(calendar, MILLION * 10, 400_000));
    assertThat(used(store, coarse(calendar, 10, 1))).isEqualTo(6);
    rounded.settle(Ended.NOT_DONE);
    assertThat(used(store, coarse(calendar, 10, 1))).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void whatIsRoundedUpIsNeverGivenBackTwice(boolean calendar) {
    CounterStore store = store();
    Reservation first = admitted(store, fine(calendar, MILLION * 10, 400_000));
    admitted(store, fine(calendar, MILLION * 10, 400_000));
    admitted(store, coarse(calendar, 10, 5));
    first.settle(Ended.NOT_DONE);
    assertThat(used(store, coarse(calendar, 10, 1))).isGreaterThanOrEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theGreatestAmountsOfBothUnitsDoNotOverflow(boolean calendar) {
    CounterStore store = store();
    long most = Charge.MAX_UNITS;
    admitted(store, fine(calendar, most, most));
    refused(store, 0, Reason.EXHAUSTED, whole(calendar), coarse(calendar, most, most));
    admitted(store, coarse(calendar, most, most - most / MILLION));
    assertThat(used(store, coarse(calendar, most, 1))).isEqualTo(most);
    assertThat(used(store, fine(calendar, most, 1))).isEqualTo(Long.MAX_VALUE);
    refused(store, 0, Reason.EXHAUSTED, whole(calendar), fine(calendar, most, 1));
    refused(store, 0, Reason.EXHAUSTED, whole(calendar), coarse(calendar, most, 1));
  }
}
