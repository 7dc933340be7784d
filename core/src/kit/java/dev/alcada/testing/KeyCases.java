package dev.alcada.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Refusal.Reason;
import dev.alcada.time.Window;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which keys are apart, and how many there may be. */
abstract class KeyCases extends UnitCases {
  @Test
  void countersAreApartInEachPartOfTheirIdentity() {
    CounterStore store = store();
    List<CounterId> ids =
        List.of(
            CounterId.of("document", "n", "grant", new Window.Sliding(MINUTE)),
            CounterId.of("rate_limit", "n", "grant", new Window.Sliding(MINUTE)),
            CounterId.of("document", "m", "grant", new Window.Sliding(MINUTE)),
            CounterId.of("document", "n", "global", new Window.Sliding(MINUTE)),
            CounterId.of("document", "n", "grant", new Window.Sliding(SECOND)),
            CounterId.of("document", "n", "grant", calendar(MINUTE, "UTC")),
            CounterId.of("document", "n", "grant", calendar(MINUTE, "Asia/Tokyo")));
    for (CounterId id : ids) {
      admitted(store, new Charge.Amount(new CounterKey(id, "a", null), 1, 1, 9, true));
    }
    for (CounterId id : ids) {
      assertThat(
              store
                  .look(Demand.of(new Charge.Amount(new CounterKey(id, "a", null), 1, 1, 9, true)))
                  .refusal())
          .isNotNull();
    }
  }

  @Test
  void keysAreStructuresAndNoTextPassesForAnother() {
    CounterStore store = store();
    String longText = "x".repeat(200);
    List<CounterKey> keys = new ArrayList<>();
    for (String value : List.of("", "a", "ab", "\ud800", "?", longText, longText + "y")) {
      for (String session : new String[] {null, "", "a", "b", "\ud801", longText}) {
        keys.add(key("rate", value, session));
      }
    }
    keys.add(key("rate", key("rate", longText, null).value(), null));
    keys.add(key("rate", "\ud800" + longText, null));
    keys.add(key("rate", "\ud801" + longText, null));
    for (CounterKey key : keys) {
      admitted(store, new Charge.Amount(key, 1, 1, 9, true));
    }
    for (CounterKey key : keys) {
      assertThat(store.look(Demand.of(new Charge.Amount(key, 1, 1, 9, true))).refusal())
          .isNotNull();
    }
  }

  @Test
  void oneKeyTwiceInACallIsAMistake() {
    CounterStore store = store();
    List<Charge> twice = List.of(charge("rate", "a", 2, 1), charge("rate", "a", 1, 1));
    assertThatThrownBy(() -> store.reserve(Demand.of(twice)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.look(Demand.of(twice)).refusal())
        .isInstanceOf(IllegalArgumentException.class);
    admitted(store, charge("rate", "a", 1, 1));
  }

  /** A session of one grant: a store may hold the bound for the keys of each grant apart. */
  private static Charge.Amount session(String counter, String session, long max, long amount) {
    return new Charge.Amount(key(counter, "a", session), max, amount, 9, true);
  }

  @Test
  void aNewKeyBeyondTheBoundIsRefusedWhileTheOthersKeepCounting() {
    CounterStore store = store(time, 2);
    admitted(store, session("rate", "a", 2, 1));
    admitted(store, session("rate", "b", 2, 1));
    for (int i = 0; i < 10; i++) {
      refused(store, 0, Reason.TOO_MANY_KEYS, null, session("rate", "c" + i, 2, 1));
    }
    assertThat(store.look(Demand.of(session("rate", "c", 2, 1))).refusal())
        .isEqualTo(new Refusal(0, Reason.TOO_MANY_KEYS, null));
    admitted(store, session("rate", "a", 2, 1));
    refused(store, 0, Reason.EXHAUSTED, MINUTE, session("rate", "a", 2, 1));
    admitted(store, session("other", "c", 2, 1));
    refused(
        store,
        1,
        Reason.TOO_MANY_KEYS,
        null,
        session("other", "c", 2, 1),
        session("rate", "c", 2, 1),
        session("rate", "a", 2, 1));
    time.advance(MINUTE);
    admitted(store, session("rate", "c", 2, 1));
  }

  @Test
  void aRefusedReservationAndACancelledOneCreateNoKey() {
    CounterStore store = store(time, 2);
    admitted(store, session("full", "a", 1, 1));
    for (int i = 0; i < 10; i++) {
      refused(
          store,
          1,
          Reason.EXHAUSTED,
          MINUTE,
          session("rate", "refused" + i, 1, 1),
          session("full", "a", 1, 1));
      admitted(store, session("rate", "cancelled" + i, 1, 1)).cancel();
      admitted(store, session("rate", "released" + i, 1, 1)).settle(Ended.NOT_DONE);
    }
    admitted(store, session("rate", "b", 1, 1), session("rate", "c", 1, 1));
    refused(store, 0, Reason.TOO_MANY_KEYS, null, session("rate", "d", 1, 1));
  }

  @Test
  void aCallThatNeedsMoreKeysThanThereIsRoomForCreatesNone() {
    CounterStore store = store(time, 2);
    admitted(store, session("rate", "a", 1, 1));
    refused(
        store,
        1,
        Reason.TOO_MANY_KEYS,
        null,
        session("rate", "b", 1, 1),
        session("rate", "c", 1, 1));
    admitted(store, session("rate", "c", 1, 1));
  }
}
