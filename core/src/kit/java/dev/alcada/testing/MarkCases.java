package dev.alcada.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Refusal.Reason;
import dev.alcada.counter.Reservation;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What marks do. */
abstract class MarkCases extends OnceCases {

  private static final Refusal CHANGED = new Refusal(-1, Reason.MARKS_CHANGED, null);

  private CounterStore markStore() {
    return markStore(1_000);
  }

  private CounterStore markStore(int maxKeys) {
    assumeTrue(kinds().contains(CounterId.Kind.MARK));
    return store(time, maxKeys);
  }

  private static Demand tries(Mark... marks) {
    Demand.Builder demand = Demand.builder();
    List.of(marks).forEach(demand::tried);
    return demand.build();
  }

  private static Demand does(Mark... marks) {
    Demand.Builder demand = Demand.builder();
    List.of(marks).forEach(demand::done);
    return demand.build();
  }

  @ParameterizedTest
  @ValueSource(strings = {"keep", "lose"})
  void aMarkOfAnAttemptIsThereFromItsAdmissionAndLastsFromItsEnd(String how) {
    CounterStore store = markStore();
    Mark mark = mark("read", MINUTE);
    Reservation call = admitted(store, tries(mark));
    assertThat(isThere(store, mark)).isTrue();
    time.advance(MINUTE.multipliedBy(90));
    assertThat(isThere(store, mark)).as("it still runs").isTrue();
    settle(call, how);
    time.advance(MINUTE.minusMillis(1));
    assertThat(isThere(store, mark)).isTrue();
    time.advance(Duration.ofMillis(1));
    assertThat(isThere(store, mark)).as("up to its end, not at it").isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"release", "cancel"})
  void aMarkOfAnAttemptThatDidNothingIsTakenBackAndNoOther(String how) {
    CounterStore store = markStore();
    Mark mark = mark("read", MINUTE);
    Reservation first = admitted(store, tries(mark));
    Reservation second = admitted(store, tries(mark));
    Reservation third = admitted(store, tries(mark, mark("other", MINUTE)));
    settle(third, how);
    assertThat(isThere(store, mark("other", MINUTE))).isFalse();
    settle(first, "keep");
    settle(second, how);
    settle(second, how);
    assertThat(isThere(store, mark)).as("the first call has left it").isTrue();
    time.advance(MINUTE);
    assertThat(isThere(store, mark)).isFalse();
    Reservation last = admitted(store, tries(mark));
    settle(last, how);
    assertThat(isThere(store, mark)).isFalse();
  }

  @Test
  void aMarkThatIsLeftAgainLastsUntilTheLaterOfTheTwoEnds() {
    CounterStore store = markStore();
    for (int round = 0; round < 2; round++) {
      boolean atOnce = round == 0;
      for (Duration lasts : List.of(MINUTE.multipliedBy(10), MINUTE)) {
        Mark mark = mark("round " + round, lasts);
        Reservation call = admitted(store, atOnce ? tries(mark) : does(mark));
        call.settle(Ended.DONE, atOnce ? List.of() : List.of(mark));
      }
    }
    time.advance(MINUTE.multipliedBy(10).minusMillis(1));
    assertThat(isThere(store, mark("round 0", MINUTE))).isTrue();
    assertThat(isThere(store, mark("round 1", MINUTE))).isTrue();
    time.advance(Duration.ofMillis(1));
    assertThat(isThere(store, mark("round 0", MINUTE))).isFalse();
    assertThat(isThere(store, mark("round 1", MINUTE))).isFalse();
  }

  @Test
  void aMarkOfWhatWasDoneIsLeftWhenItIsAndOnlyThen() {
    CounterStore store = markStore();
    Mark mark = mark("checked", MINUTE);
    for (Ended ended : List.of(Ended.NOT_DONE, Ended.UNKNOWN)) {
      Reservation call = admitted(store, does(mark));
      call.settle(ended, List.of(mark));
      call.settle(Ended.DONE, List.of(mark));
    }
    Reservation cancelled = admitted(store, does(mark));
    cancelled.cancel();
    cancelled.settle(Ended.DONE, List.of(mark));
    Reservation unmet = admitted(store, does(mark));
    assertThat(isThere(store, mark)).isFalse();
    unmet.settle(Ended.DONE, List.of());
    assertThat(isThere(store, mark)).isFalse();

    Reservation call = admitted(store, does(mark));
    time.advance(MINUTE);
    call.settle(Ended.DONE, List.of(mark, mark("checked", SECOND)));
    call.settle(Ended.DONE, List.of(mark("another", MINUTE)));
    assertThat(isThere(store, mark("another", MINUTE))).isFalse();
    time.advance(MINUTE.minusMillis(1));
    assertThat(isThere(store, mark)).isTrue();
    time.advance(Duration.ofMillis(1));
    assertThat(isThere(store, mark)).isFalse();
  }

  @Test
  void theEndOfACallLeavesMarksWithAllElseThatItChanges() {
    CounterStore store = markStore();
    Mark tried = mark("read", MINUTE);
    Mark done = mark("checked", MINUTE);
    Demand demand =
        Demand.builder().charge(charge("rate", "a", 9, 1)).tried(tried).done(done).build();
    Reservation call = admitted(store, demand);
    assertThat(call.usage()).hasSize(1);
    time.advance(MINUTE.multipliedBy(2));
    call.settle(Ended.DONE, List.of(done));
    time.advance(MINUTE.minusMillis(1));
    assertThat(isThere(store, tried)).isTrue();
    assertThat(isThere(store, done)).isTrue();
    time.advance(Duration.ofMillis(1));
    assertThat(isThere(store, tried)).isFalse();
  }

  @Test
  void marksAreLookedAtInTheirOrder() {
    CounterStore store = markStore();
    admitted(store, tries(mark("b", MINUTE)));
    Demand reads =
        Demand.builder()
            .reads(mark("a", MINUTE).key(), null)
            .reads(mark("b", MINUTE).key(), false)
            .reads(mark("c", MINUTE).key(), null)
            .build();
    assertThat(store.look(reads).marks()).containsExactly(false, true, false);
    assertThat(store.look(Demand.of(charge("rate", "a", 1, 1))).marks()).isEmpty();
  }

  @Test
  void anAdmissionHoldsOnlyIfTheMarksAreAsTheCallWasJudgedByThem() {
    CounterStore store = markStore();
    Mark mark = mark("checked", MINUTE);
    Demand needs =
        Demand.builder().charge(charge("rate", "a", 1, 1)).reads(mark.key(), true).build();
    Demand forbids =
        Demand.builder().charge(charge("rate", "a", 1, 1)).reads(mark.key(), false).build();
    refused(store, needs, CHANGED);
    Reservation other = admitted(store, tries(mark));
    refused(store, forbids, CHANGED);
    assertThat(used(store, charge("rate", "a", 1, 1))).isZero();
    Reservation call = admitted(store, needs);
    // What has changed comes before what has no room.
    refused(store, forbids, CHANGED);
    refused(store, needs, new Refusal(0, Reason.EXHAUSTED, MINUTE));
    call.cancel();
    other.cancel();
    refused(store, needs, CHANGED);
    admitted(store, forbids);
  }

  @Test
  void aCallNeverSeesTheMarkThatItLeaves() {
    CounterStore store = markStore();
    Mark mark = mark("read", MINUTE);
    Demand first = Demand.builder().reads(mark.key(), false).tried(mark).done(mark).build();
    assertThat(store.look(first).marks()).containsExactly(false);
    Reservation call = admitted(store, first);
    refused(store, first, CHANGED);
    call.settle(Ended.DONE, List.of(mark));
    assertThat(isThere(store, mark)).isTrue();
  }

  @Test
  void aCallThatIsRefusedLeavesNoMark() {
    CounterStore store = markStore();
    admitted(store, charge("full", "a", 1, 1));
    Demand demand =
        Demand.builder().charge(charge("full", "a", 1, 1)).tried(mark("read", MINUTE)).build();
    refused(store, demand, new Refusal(0, Reason.EXHAUSTED, MINUTE));
    assertThat(isThere(store, mark("read", MINUTE))).isFalse();
  }

  @Test
  void aMarkBeyondTheBoundIsRefusedIfItRestrictsAndMissingIfItPermits() {
    CounterStore store = markStore(2);
    CounterId id = CounterId.mark("marks", "read", "args.file");
    Mark first = new Mark(key(id, "1"), MINUTE);
    Mark third = new Mark(key(id, "3"), MINUTE);
    admitted(store, tries(first)).settle(Ended.DONE);
    admitted(store, tries(new Mark(key(id, "2"), MINUTE))).settle(Ended.DONE);
    Demand demand =
        Demand.builder()
            .charge(charge("rate", "a", 1, 1))
            .tried(mark("other", MINUTE))
            .tried(third)
            .build();
    refused(store, demand, new Refusal(2, Reason.TOO_MANY_KEYS, null));
    assertThat(isThere(store, mark("other", MINUTE))).isFalse();
    admitted(store, tries(first)).settle(Ended.DONE);
    Reservation call = admitted(store, does(third, first));
    call.settle(Ended.DONE, List.of(third, first));
    assertThat(isThere(store, third)).isFalse();
    assertThat(isThere(store, first)).isTrue();
    time.advance(MINUTE);
    admitted(store, demand);
    assertThat(isThere(store, third)).isTrue();
  }

  @Test
  void aCallThatIsRefusedForItsMarksHasAskedHowLongTheOneThatItRepeatsIsRemembered() {
    CounterStore store = markStore();
    assumeTrue(kinds().contains(CounterId.Kind.ONCE));
    Duration hour = Duration.ofHours(1);
    admitted(store, once("a", SECOND, SECOND)).settle(Ended.DONE);
    Demand again =
        Demand.builder()
            .charge(once("a", hour, SECOND))
            .reads(mark("read", MINUTE).key(), true)
            .build();
    refused(store, again, CHANGED);
    time.advance(SECOND);
    Refusal.Earlier earlier = new Refusal.Earlier(SECOND, Ended.DONE);
    refused(store, Demand.of(once("a", SECOND, SECOND)), Refusal.duplicate(0, earlier));
  }
}
