package dev.alcada.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Refusal.Reason;
import dev.alcada.counter.Reservation;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a limit of what runs does. */
abstract class InFlightCases extends DistinctCases {

  private CounterStore inFlightStore() {
    assumeTrue(kinds().contains(CounterId.Kind.IN_FLIGHT));
    return store();
  }

  @ParameterizedTest
  @ValueSource(strings = {"keep", "lose", "release", "cancel"})
  void whatRunsCountsUntilItsCallHasEndedHoweverItDoes(String how) {
    CounterStore store = inFlightStore();
    Reservation first = admitted(store, inFlight(2, 1));
    admitted(store, inFlight(2, 1));
    refused(store, 0, Reason.EXHAUSTED, null, inFlight(2, 1));
    settle(first, how);
    settle(first, how);
    assertThat(used(store, inFlight(2, 1))).isEqualTo(1);
    admitted(store, inFlight(2, 1));
    refused(store, 0, Reason.EXHAUSTED, null, inFlight(2, 1));
  }

  @Test
  void whatRunsLeavesWithItsLease() {
    CounterStore store = inFlightStore();
    CounterKey key = inFlight(1, 1).key();
    Reservation first = admitted(store, new Charge.InFlight(key, 3, 1, 9, MINUTE));
    admitted(store, new Charge.InFlight(key, 3, 1, 9, SECOND));
    time.advance(SECOND);
    assertThat(used(store, inFlight(3, 1))).isEqualTo(1);
    time.advance(MINUTE.minus(SECOND).minusMillis(1));
    refused(store, 0, Reason.EXHAUSTED, null, inFlight(1, 1));
    time.advance(Duration.ofMillis(1));
    admitted(store, inFlight(1, 1));
    settle(first, "keep");
    refused(store, 0, Reason.EXHAUSTED, null, inFlight(1, 1));
  }

  @Test
  void noWaitIsToldForWhatRunsWhateverOtherLimitsSay() {
    CounterStore store = inFlightStore();
    admitted(store, inFlight(1, 1), charge("rate", "a", 1, 1));
    refused(store, 0, Reason.EXHAUSTED, null, charge("rate", "a", 1, 1), inFlight(1, 1));
    refused(store, 0, Reason.EXHAUSTED, null, inFlight(1, 1), charge("rate", "a", 1, 1));
    refused(store, 1, Reason.EXHAUSTED, MINUTE, inFlight(2, 1), charge("rate", "a", 1, 1));
    assertThat(used(store, inFlight(1, 1))).isEqualTo(1);
  }

  @Test
  void amountsOfWhatRunsAreAddedAndNothingOfZeroIsKept() {
    CounterStore store = inFlightStore();
    admitted(store, inFlight(10, 4));
    Reservation second = admitted(store, inFlight(10, 6));
    refused(store, 0, Reason.EXHAUSTED, null, inFlight(10, 1));
    refused(store, 0, Reason.ABOVE_MAX, null, inFlight(10, 11));
    settle(admitted(store, inFlight(10, 0)), "keep");
    settle(second, "keep");
    refused(store, 0, Reason.EXHAUSTED, null, inFlight(10, 7));
    admitted(store, inFlight(10, 6));
  }

  /** 1.0000005 and 2 of 3.0000004 are no 3, of which one thousandth more is left. */
  @Test
  void whatRunsIsRoundedUpWhereUnitsMeet() {
    CounterStore store = inFlightStore();
    CounterKey key = inFlight(1, 1).key();
    Reservation fine = admitted(store, inFlight(5_000_000_000L, 1_000_000_500L));
    Charge coarse = new Charge.InFlight(key, 3_001, 2_000, 3, MINUTE);
    admitted(store, coarse);
    assertThat(used(store, coarse)).isEqualTo(3_001);
    refused(store, 0, Reason.EXHAUSTED, null, new Charge.InFlight(key, 3_001, 1, 3, MINUTE));
    settle(fine, "keep");
    assertThat(used(store, coarse)).isEqualTo(2_000);
  }
}
