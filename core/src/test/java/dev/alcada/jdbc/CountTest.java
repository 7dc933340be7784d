package dev.alcada.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.time.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What lies in a row. */
class CountTest {
  private static final long NOW = 1_793_000_000_000_000L;
  private static final Window WINDOW = new Window.Sliding(Duration.ofMinutes(1));
  private static final long LENGTH = 60_000_000;

  /** A cell of the window, in microseconds. */
  private static final long CELL = (LENGTH + 1023) / 1024;

  private static Wanted charge(long max, long amount) {
    return charge(WINDOW, max, amount);
  }

  private static Wanted charge(Window window, long max, long amount) {
    CounterKey key =
        new CounterKey(CounterId.of("document", "rate", "grant", window), "agent", null);
    return Wanted.of(new Charge.Amount(key, max, amount, 9, true));
  }

  private static Count empty() {
    return (Count) Row.empty(CounterId.Kind.AMOUNT);
  }

  /** As it is after it was written and read. */
  private static Count again(Count count) {
    return (Count) Row.read(count.write());
  }

  @Test
  void isReadAsItWasWritten() {
    Count count = empty();
    count.add(charge(9, 2), NOW, 1);
    count.add(charge(9, 3), NOW + 5, 2);
    byte[] data = count.write();
    assertThat(data).hasSize(11 + 2 * 24);
    assertThat(Row.read(data).write()).isEqualTo(data);
    assertThat(again(count).newest()).isEqualTo(NOW + 5);
    assertThat(again(count).used(charge(1, 1))).isEqualTo(5);
  }

  @Test
  void isNotReadIfALaterVersionWroteItOrNone() {
    byte[] later = empty().write();
    later[0] = 2;
    assertThatThrownBy(() -> Row.read(later))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("later version");
    byte[] otherKind = empty().write();
    otherKind[1] = 9;
    assertThatThrownBy(() -> Row.read(otherKind)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> Row.read(new byte[30])).isInstanceOf(IllegalStateException.class);
    Count count = empty();
    count.add(charge(9, 2), NOW, 1);
    byte[] negative = count.write();
    negative[11 + 8] = -1;
    assertThatThrownBy(() -> Row.read(negative)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void takesOutNothingButItsOwnEntry() {
    Count count = empty();
    count.add(charge(99, 2), NOW, 1);
    count.add(charge(99, 2), NOW, 2);
    assertThat(count.end(charge(99, 2), NOW, 1, Row.End.CANCELLED, NOW)).isTrue();
    assertThat(count.end(charge(99, 2), NOW, 1, Row.End.CANCELLED, NOW)).isFalse();
    assertThat(count.end(charge(99, 2), NOW, 3, Row.End.CANCELLED, NOW)).isFalse();
    assertThat(again(count).used(charge(1, 1))).isEqualTo(2);
  }

  /**
   * Every admission of the window is counted, and none for longer than a cell after it; what is
   * given back leaves by its own amount, merged or not.
   */
  @Test
  void mergedEntriesLeaveNoEarlierThanTheyShouldAndAtMostACellLater() {
    long merged = 0;
    for (int seed = 0; seed < 12; seed++) {
      Random random = new Random(seed);
      Count count = empty();
      List<long[]> admitted = new ArrayList<>();
      long now = NOW;
      for (int i = 0; i < 7_000; i++) {
        now += random.nextInt(40) == 0 ? random.nextInt(2_000_000) : random.nextInt(25_000);
        count.expire(charge(1, 1), now);
        long at = now;
        admitted.removeIf(entry -> entry[0] + LENGTH + CELL <= at);
        if (!admitted.isEmpty() && random.nextInt(4) == 0) {
          long[] entry = admitted.get(random.nextInt(admitted.size()));
          if (entry[0] + LENGTH > now) {
            count.end(
                charge(Long.MAX_VALUE / 4, entry[1]), entry[0], entry[2], Row.End.CANCELLED, now);
            admitted.remove(entry);
          }
        } else {
          long amount = 1L + random.nextInt(5);
          Wanted charge = charge(Charge.MAX_UNITS, amount);
          assertThat(count.freeAt(charge)).isEqualTo(Row.NOW);
          count.add(charge, now, i + 1);
          admitted.add(new long[] {now, amount, i + 1});
        }
        count = again(count);
        long live = sum(admitted, now - LENGTH);
        long late = sum(admitted, now - LENGTH - CELL);
        assertThat(count.used(charge(1, 1))).as("seed %s, step %s", seed, i).isBetween(live, late);
        assertThat(count.size()).isLessThanOrEqualTo(1025);
        merged += admitted.size() > count.size() ? 1 : 0;
      }
    }
    assertThat(merged).isGreaterThan(10_000);
  }

  private static long sum(List<long[]> admitted, long after) {
    return admitted.stream().filter(entry -> entry[0] > after).mapToLong(entry -> entry[1]).sum();
  }

  @Test
  void keepsTheLastAdmissionsOfAPeriodApartAndTheOthersAsOne() {
    Window day = new Window.Calendar(Duration.ofDays(1), java.time.ZoneId.of("UTC"));
    Span span = Span.of(day);
    Count count = empty();
    for (int i = 1; i <= 1_000; i++) {
      count.add(charge(day, Charge.MAX_UNITS, 3), NOW, i);
      assertThat(count.size()).isLessThanOrEqualTo(64);
    }
    assertThat(count.used(charge(day, 1, 1))).isEqualTo(3_000);
    long end = span.stamp(NOW);
    for (int i = 1_000; i > 0; i--) {
      assertThat(count.end(charge(day, Charge.MAX_UNITS, 3), end, i, Row.End.CANCELLED, NOW))
          .isTrue();
    }
    assertThat(count.used(charge(day, 1, 1))).isZero();
    assertThat(count.end(charge(day, Charge.MAX_UNITS, 3), end, 1, Row.End.CANCELLED, NOW))
        .isFalse();
  }
}
