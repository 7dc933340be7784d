package dev.alcada.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Refusal.Earlier;
import dev.alcada.counter.Refusal.Reason;
import dev.alcada.counter.Reservation;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What it is that a call is made once. */
abstract class OnceCases extends InFlightCases {

  private CounterStore onceStore() {
    assumeTrue(kinds().contains(CounterId.Kind.ONCE));
    return store();
  }

  private static void duplicate(
      CounterStore store, Duration ago, @Nullable Ended ended, Charge once) {
    refused(store, Demand.of(once), duplicate(0, ago, ended));
  }

  private static Refusal duplicate(int index, Duration ago, @Nullable Ended ended) {
    return Refusal.duplicate(index, new Earlier(ago, ended));
  }

  @ParameterizedTest
  @EnumSource(
      value = Ended.class,
      names = {"DONE", "UNKNOWN"})
  void theSameCallIsRefusedWithWhatIsKnownOfTheFirst(Ended ended) {
    CounterStore store = onceStore();
    Reservation first = admitted(store, once("a"));
    time.advance(SECOND);
    duplicate(store, SECOND, null, once("a"));
    admitted(store, once("b"));
    first.settle(ended);
    time.advance(SECOND);
    duplicate(store, SECOND.multipliedBy(2), ended, once("a"));
    time.advance(SECOND.multipliedBy(57));
    duplicate(store, SECOND.multipliedBy(59), ended, once("a"));
    time.advance(SECOND);
    admitted(store, once("a"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"release", "cancel"})
  void aCallThatDidNothingMayBeMadeAgain(String how) {
    CounterStore store = onceStore();
    settle(admitted(store, once("a")), how);
    admitted(store, once("a"));
    duplicate(store, Duration.ZERO, null, once("a"));
  }

  @Test
  void aCallThatRunsLongerThanTheWindowIsNotMadeAgainMeanwhile() {
    CounterStore store = onceStore();
    Reservation first = admitted(store, once("a", SECOND, MINUTE));
    time.advance(SECOND.multipliedBy(59));
    duplicate(store, SECOND.multipliedBy(59), null, once("a", SECOND, MINUTE));
    first.settle(Ended.DONE);
    admitted(store, once("a", SECOND, MINUTE));
  }

  @Test
  void afterItsLeaseACallThatStillRunsRefusesNoOtherAndReleasesNoneButItself() {
    CounterStore store = onceStore();
    Reservation first = admitted(store, once("a", SECOND, MINUTE));
    time.advance(MINUTE);
    Reservation second = admitted(store, once("a", SECOND, MINUTE));
    first.settle(Ended.NOT_DONE);
    duplicate(store, Duration.ZERO, null, once("a", SECOND, MINUTE));
    second.settle(Ended.DONE);
    duplicate(store, Duration.ZERO, Ended.DONE, once("a", SECOND, MINUTE));
  }

  @Test
  void withinTheWindowACallIsRememberedWhoseLeaseIsOver() {
    CounterStore store = onceStore();
    admitted(store, once("a", MINUTE, SECOND));
    time.advance(SECOND.multipliedBy(59));
    duplicate(store, SECOND.multipliedBy(59), null, once("a", MINUTE, SECOND));
    time.advance(SECOND);
    admitted(store, once("a", MINUTE, SECOND));
  }

  @Test
  void aCallIsRememberedForTheLongerOfItsWindowAndALaterOne() {
    CounterStore store = onceStore();
    Duration hour = Duration.ofHours(1);
    admitted(store, once("a", hour, SECOND)).settle(Ended.DONE);
    admitted(store, once("b", MINUTE, SECOND)).settle(Ended.DONE);
    time.advance(SECOND.multipliedBy(30));
    duplicate(store, SECOND.multipliedBy(30), Ended.DONE, once("a", SECOND, SECOND));
    duplicate(store, SECOND.multipliedBy(30), Ended.DONE, once("b", hour, SECOND));
    time.advance(hour.minusSeconds(31));
    duplicate(store, hour.minusSeconds(1), Ended.DONE, once("a", SECOND, SECOND));
    duplicate(store, hour.minusSeconds(1), Ended.DONE, once("b", SECOND, SECOND));
    time.advance(SECOND);
    admitted(store, once("a", SECOND, SECOND));
    admitted(store, once("b", hour, SECOND));
  }

  @Test
  void aDuplicateComesBeforeTheLackOfRoomAndKnowsNoWait() {
    CounterStore store = onceStore();
    admitted(store, charge("rate", "a", 1, 1), once("a"));
    Refusal expected = duplicate(1, Duration.ZERO, null);
    refused(store, Demand.of(charge("rate", "a", 1, 1), once("a")), expected);
    refused(store, Demand.of(charge("rate", "a", 1, 2), once("a")), expected);
    refused(store, 0, Reason.EXHAUSTED, MINUTE, charge("rate", "a", 1, 1), once("b"));
    admitted(store, once("b"));
  }

  @Test
  void ofCalendarDaysACallIsRememberedUntilItsOwnEnds() {
    CounterStore store = onceStore();
    Charge daily =
        new Charge.Once(once("a").key(), calendar(Duration.ofDays(1), "America/Sao_Paulo"), MINUTE);
    admitted(store, daily).settle(Ended.DONE);
    Duration left = Duration.between(time.instant(), Instant.parse("2026-11-03T03:00:00Z"));
    time.advance(left.minusMillis(1));
    duplicate(store, left.minusMillis(1), Ended.DONE, daily);
    time.advance(Duration.ofMillis(1));
    admitted(store, daily);
  }

  @Test
  void aCallThatIsRefusedIsNotRemembered() {
    CounterStore store = onceStore();
    admitted(store, charge("full", "a", 1, 1));
    refused(store, 1, Reason.EXHAUSTED, MINUTE, once("a"), charge("full", "a", 1, 1));
    admitted(store, once("a"));
    assertThat(store.look(Demand.of(once("a"))).usage()).hasSize(1);
  }
}
