package dev.alcada.counter.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys that somebody chose for their equal hash codes. */
class KeyTableTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final CounterId ID =
      CounterId.of("document", "rate", "grant", new Window.Sliding(MINUTE));
  private static final List<String> COLLIDING = colliding(15);

  /** The most that a chain of the table may hold: one look-up compares no more keys. */
  private static final int LONGEST_CHAIN = 20;

  private final ManualTime time = new ManualTime();
  private final InMemoryCounterStore store =
      InMemoryCounterStore.builder().timeSource(time).build();

  static Stream<Arguments> places() {
    Function<String, CounterKey> values = text -> new CounterKey(ID, text, null);
    Function<String, CounterKey> sessions = text -> new CounterKey(ID, "agent-7", text);
    Function<String, CounterKey> halves =
        text -> new CounterKey(ID, text.substring(0, 14), text.substring(14));
    return Stream.of(
        Arguments.of("values", values),
        Arguments.of("sessions of one value", sessions),
        Arguments.of("values and sessions", halves));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("places")
  void keysOfOneHashCodeAreFoundAsFastAsOthers(String place, Function<String, CounterKey> keyOf) {
    List<CounterKey> keys = COLLIDING.stream().map(keyOf).toList();
    assertThat(keys).hasSizeGreaterThan(20_000);
    assertThat(keys.stream().map(CounterKey::hashCode).distinct()).as("hash codes").hasSize(1);

    for (CounterKey key : keys) {
      assertThat(store.reserve(Demand.of(once(key)))).isInstanceOf(Reservation.class);
    }
    assertThat(store.liveKeys()).isEqualTo(keys.size());
    assertThat(longestChain(keys)).isLessThanOrEqualTo(LONGEST_CHAIN);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("places")
  void noCountIsLostWhereTheTableChangesItsHashFunction(
      String place, Function<String, CounterKey> keyOf) {
    // Around the change each step is looked at, and all keys stay where they were counted.
    List<CounterKey> keys = COLLIDING.stream().limit(200).map(keyOf).toList();
    for (int i = 0; i < keys.size(); i++) {
      assertThat(store.reserve(Demand.of(once(keys.get(i))))).isInstanceOf(Reservation.class);
      for (CounterKey counted : keys.subList(0, i + 1)) {
        assertThat(store.reserve(Demand.of(once(counted)))).isInstanceOf(Refusal.class);
      }
    }
    time.advance(MINUTE);
    for (CounterKey key : keys) {
      assertThat(store.reserve(Demand.of(once(key))))
          .as("a minute later")
          .isInstanceOfSatisfying(Reservation.class, Reservation::cancel);
    }
    assertThat(store.liveKeys()).isZero();
  }

  private static List<Charge> once(CounterKey key) {
    return List.of(new Charge.Amount(key, 1, 1, 9, false));
  }

  /** Each chain is as long as what follows its first count. */
  private int longestChain(List<CounterKey> keys) {
    int longest = 0;
    for (CounterKey key : keys) {
      int length = 0;
      for (Tally count = store.find(key); count != null; count = count.next) {
        length++;
      }
      assertThat(length).as("a key that was counted").isPositive();
      longest = Math.max(longest, length);
    }
    return longest;
  }

  /** {@return all texts of so many blocks, each of which is either of two with one hash code} */
  private static List<String> colliding(int blocks) {
    List<String> texts = new ArrayList<>();
    for (int bits = 0; bits < 1 << blocks; bits++) {
      StringBuilder text = new StringBuilder();
      for (int block = 0; block < blocks; block++) {
        text.append((bits >>> block & 1) == 0 ? "Aa" : "BB");
      }
      texts.add(text.toString());
    }
    return texts;
  }
}
