package dev.alcada.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Reservation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What settling does where a store no longer keeps each admission apart. */
abstract class SettlementCases extends WindowCases {
  /** More than a store may be expected to keep apart, all within half a window. */
  private static final int MANY = 3_000;

  private static final Duration STEP = Duration.ofMillis(10);

  /** The amounts of {@link #many}, by their place. */
  private static long amount(int place) {
    return 1L + place % 3;
  }

  private static long amounts(int from, int to) {
    long sum = 0;
    for (int place = from; place < to; place++) {
      sum += amount(place);
    }
    return sum;
  }

  private static Charge.Amount many(long amount) {
    return charge("many", "a", 1_000_000, amount);
  }

  private List<Reservation> many(CounterStore store) {
    List<Reservation> reservations = new ArrayList<>();
    for (int place = 0; place < MANY; place++) {
      if (place > 0) {
        time.advance(STEP);
      }
      reservations.add(admitted(store, many(amount(place))));
    }
    return reservations;
  }

  @Test
  void aReleaseOfOneAmongThousandsGivesBackItsOwnAmount() {
    CounterStore store = store();
    List<Reservation> reservations = many(store);
    long used = amounts(0, MANY);
    assertThat(used(store, many(1))).isEqualTo(used);
    for (int place = 0; place < MANY; place += 7) {
      reservations.get(place).settle(Ended.NOT_DONE);
      used -= amount(place);
      assertThat(used(store, many(1))).as("place %s", place).isEqualTo(used);
    }
  }

  @Test
  void aReleaseAfterItsWindowTakesNothingOfWhatItWasKeptTogetherWith() {
    CounterStore store = store();
    List<Reservation> reservations = many(store);
    int over = 1_001;
    // Of all that was admitted, so many have left, and maybe some within 1/1,024 of the window.
    time.advance(MINUTE.minus(STEP.multipliedBy(MANY - over)));
    int late = (int) (MINUTE.dividedBy(1_024).dividedBy(STEP) + 1);
    long used = used(store, many(1));
    assertThat(used).isBetween(amounts(over, MANY), amounts(over - late, MANY));

    reservations.subList(0, over).forEach(reservation -> reservation.settle(Ended.NOT_DONE));
    assertThat(used(store, many(1))).isEqualTo(used);

    for (int place = over; place < MANY; place++) {
      reservations.get(place).cancel();
      used -= amount(place);
      assertThat(used(store, many(1))).as("place %s", place).isEqualTo(used);
    }
    time.advance(MINUTE.dividedBy(1_024).plus(STEP));
    assertThat(used(store, many(1))).isZero();
  }

  @Test
  void aSettlementThatIsRepeatedTakesNothingOfAnotherCall() {
    CounterStore store = store();
    for (String first : List.of("keep", "lose", "release", "cancel")) {
      Reservation mine = admitted(store, charge("rate", "a", 9, 3));
      Reservation another = admitted(store, charge("rate", "a", 9, 3));
      settle(mine, first);
      long used = used(store, charge("rate", "a", 9, 1));
      for (String again : List.of("release", "cancel", "keep", "lose", "release", "cancel")) {
        settle(mine, again);
        assertThat(used(store, charge("rate", "a", 9, 1))).as(first + ", " + again).isEqualTo(used);
      }
      another.cancel();
      assertThat(used(store, charge("rate", "a", 9, 1))).isEqualTo(used - 3);
      time.advance(MINUTE);
    }
  }
}
