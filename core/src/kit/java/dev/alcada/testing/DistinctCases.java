package dev.alcada.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Refusal.Reason;
import dev.alcada.counter.Reservation;
import dev.alcada.time.Window;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a limit of different values does. */
abstract class DistinctCases extends KeyCases {

  private CounterStore distinctStore() {
    assumeTrue(kinds().contains(CounterId.Kind.DISTINCT));
    return store();
  }

  @Test
  void ofValuesTheDifferentOnesCount() {
    CounterStore store = distinctStore();
    admitted(store, distinct(2, "a"));
    admitted(store, distinct(2, "a", "a"));
    assertThat(used(store, distinct(2, "a"))).isEqualTo(1);
    admitted(store, distinct(2, "b"));
    refused(store, 0, Reason.EXHAUSTED, MINUTE, distinct(2, "c"));
    admitted(store, distinct(2, "b", "a"));
    // What counts amounts under the same name is another counter.
    admitted(store, charge("rate", "a", 1, 1));
  }

  @Test
  void aValueLeavesWhenItsWindowHasPassedSinceTheLastCallThatHadIt() {
    CounterStore store = distinctStore();
    admitted(store, distinct(2, "a", "b"));
    time.advance(SECOND.multipliedBy(30));
    admitted(store, distinct(2, "a"));
    refused(store, 0, Reason.EXHAUSTED, SECOND.multipliedBy(30), distinct(2, "c"));
    time.advance(SECOND.multipliedBy(30));
    admitted(store, distinct(2, "c"));
    assertThat(used(store, distinct(2, "a"))).isEqualTo(2);
    time.advance(SECOND.multipliedBy(29));
    refused(store, 0, Reason.EXHAUSTED, SECOND, distinct(2, "d"));
    time.advance(SECOND);
    admitted(store, distinct(2, "d"));
  }

  @Test
  void allValuesOfACallFitOrNoneIsTaken() {
    CounterStore store = distinctStore();
    admitted(store, distinct(3, "a"));
    time.advance(SECOND);
    admitted(store, distinct(3, "b"));
    refused(store, 0, Reason.EXHAUSTED, SECOND.multipliedBy(59), distinct(3, "c", "d"));
    refused(store, 0, Reason.EXHAUSTED, MINUTE, distinct(3, "c", "d", "e"));
    assertThat(used(store, distinct(3, "a"))).isEqualTo(2);
    admitted(store, distinct(3, "b", "c"));
  }

  @Test
  void moreDifferentValuesThanTheMaximumNeverFitAndNoneAlwaysDo() {
    CounterStore store = distinctStore();
    refused(store, 0, Reason.ABOVE_MAX, null, distinct(2, "a", "b", "c"));
    admitted(store, distinct(2, "a", "b", "a", "b"));
    admitted(store, distinct(2));
    admitted(store, distinct(1));
    assertThat(used(store, distinct(2, "a"))).isEqualTo(2);
  }

  @Test
  void aKnownValueIsRefusedWhileThereAreMoreThanALoweredMaximum() {
    CounterStore store = distinctStore();
    admitted(store, distinct(3, "a"));
    time.advance(SECOND);
    admitted(store, distinct(3, "b", "c"));
    refused(store, 0, Reason.EXHAUSTED, SECOND.multipliedBy(59), distinct(2, "b"));
    refused(store, 0, Reason.EXHAUSTED, MINUTE, distinct(2, "a"));
    time.advance(SECOND.multipliedBy(59));
    admitted(store, distinct(2, "b"));
  }

  @Test
  void aCancellationTakesOutWhatTheCallBroughtInUnlessAnotherHasHadItSince() {
    CounterStore store = distinctStore();
    Reservation first = admitted(store, distinct(9, "a", "b", "c"));
    Reservation second = admitted(store, distinct(9, "b", "d"));
    first.cancel();
    assertThat(used(store, distinct(9, "x"))).as("b and d").isEqualTo(2);
    second.cancel();
    assertThat(used(store, distinct(9, "x"))).as("b").isEqualTo(1);
    Reservation third = admitted(store, distinct(9, "a"));
    third.settle(Ended.NOT_DONE);
    third.cancel();
    assertThat(used(store, distinct(9, "x"))).as("a and b").isEqualTo(2);
  }

  @Test
  void aCancellationAfterTheWindowTakesNothingOfAnother() {
    CounterStore store = distinctStore();
    Reservation first = admitted(store, distinct(9, "a"));
    time.advance(MINUTE);
    admitted(store, distinct(9, "a"));
    first.cancel();
    assertThat(used(store, distinct(9, "x"))).isEqualTo(1);
  }

  @Test
  void valuesOfAPeriodLeaveTogetherWhenItEnds() {
    CounterStore store = distinctStore();
    Window hour = calendar(Duration.ofHours(1), "UTC");
    CounterId id = CounterId.distinct("document", "hourly", "grant", hour);
    Charge one = new Charge.Distinct(key(id, "a"), 2, List.of("a"));
    Charge two = new Charge.Distinct(key(id, "a"), 2, List.of("b", "c"));
    admitted(store, one);
    time.advance(SECOND);
    Duration left = Duration.ofMinutes(44).plusSeconds(29);
    refused(store, 0, Reason.EXHAUSTED, left, two);
    admitted(store, one);
    time.advance(left);
    admitted(store, two);
    assertThat(used(store, one)).isEqualTo(2);
  }

  @Test
  void aLongValueIsNoOtherLongValueAndNoDigest() {
    CounterStore store = distinctStore();
    String text = "x".repeat(200);
    Charge.Distinct one = distinct(9, text);
    admitted(store, one);
    admitted(store, distinct(9, text));
    assertThat(used(store, one)).isEqualTo(1);
    admitted(store, distinct(9, text + "y", "X".repeat(200), one.values().get(0)));
    assertThat(used(store, one)).isEqualTo(4);
  }

  @Test
  void valuesThatFitAreNotTakenWhereAnotherChargeOfTheCallHasNoRoom() {
    CounterStore store = distinctStore();
    admitted(store, charge("full", "a", 1, 1));
    Charge full = charge("full", "a", 1, 1);
    refused(store, 1, Reason.EXHAUSTED, MINUTE, distinct(9, "a"), full);
    assertThat(used(store, distinct(9, "a"))).isZero();
    Refusal both = new Refusal(0, Reason.ABOVE_MAX, null);
    refused(store, Demand.of(distinct(1, "a", "b"), full), both);
  }
}
