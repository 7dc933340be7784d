package dev.alcada.counter.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.OwnLog;
import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.Usage;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.Window;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a calendar counter makes of a wall clock that is set, by little or by years. */
class CalendarClockTest {
  private static final Instant MORNING = Instant.parse("2026-11-02T10:15:00Z");

  private final ManualTime time = new ManualTime(MORNING);
  private final InMemoryCounterStore store =
      InMemoryCounterStore.builder().timeSource(time).build();

  /**
   * Steps of a counter of hours. Each is what the clock is set to, or how much time passes; what a
   * call adds; what the count held before it; and when that leaves.
   */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          set back within a period         | 0 | 10:40 3 0 - ; 10:20 1 3 11:00
          set back by up to an hour        | 0 | 10:59 3 0 - ; 11:01 1 0 - ; 10:58 1 1 12:00 ; 10:02 1 2 12:00
          set ahead by up to an hour       | 0 | 10:15 3 0 - ; 11:10 1 0 - ; 10:16 1 1 12:00
          one reading of 2038              | 2 | 10:15 3 0 - ; 2038-01-19T03:14 1 0 - ; 10:16 1 4 11:00
          one reading of 1996              | 2 | 10:15 3 0 - ; 1996-01-19T03:14 1 3 1996-01-19T04:00 ; 10:16 1 0 - ; 10:17 1 1 11:00
          2038 and back in the next hour   | 2 | 10:59 3 0 - ; 2038-01-19T03:14 1 0 - ; 11:01 1 1 12:00
          2038, 2040 and back              | 3 | 10:15 3 0 - ; 2038-01-19T03:14 2 0 - ; 2040-01-19T03:14 1 0 - ; 10:16 1 6 11:00
          2038, 2040, 2038 and back        | 4 | 10:15 3 0 - ; 2038-01-19T03:14 2 0 - ; 2040-01-19T03:14 1 0 - ; 2038-01-19T03:15 1 1 2038-01-19T04:00 ; 10:16 1 7 11:00
          2038 from the start              | 1 | 2038-01-19T03:14 3 0 - ; 10:16 1 3 11:00
          2038, whose period is over       | 1 | 10:15 3 0 - ; 2038-01-19T03:14 1 0 - ; +2h 1 0 - ; +1m 1 1 2038-01-19T06:00
          a long sleep                     | 1 | 10:15 3 0 - ; 2026-11-04T08:20 1 0 - ; +10m 1 1 2026-11-04T09:00 ; +50m 1 0 -
          a sleep of less than an hour     | 0 | 10:15 3 0 - ; 11:05 1 0 - ; +10m 1 1 12:00
          days in which nobody calls       | 0 | 10:15 3 0 - ; +72h 1 0 - ; +1m 1 1 2026-11-05T11:00
          """)
  void aPeriodFollowsTheClockButIsNotStartedAnewByIt(String name, int leaps, String steps)
      throws Throwable {
    List<String> log = OwnLog.of(() -> List.of(steps.split(";", -1)).forEach(this::step));
    assertThat(log).hasSize(leaps).allSatisfy(line -> assertThat(line).contains("The wall clock"));
  }

  private void step(String step) {
    String[] words = step.trim().split(" ", -1);
    if (words[0].startsWith("+")) {
      time.advance(Duration.parse("PT" + words[0].substring(1)));
    } else {
      time.setWall(instant(words[0]));
    }
    Usage before = add("a", Long.parseLong(words[1])).usage().get(0);
    assertThat(before.used()).as(step).isEqualTo(Long.parseLong(words[2]));
    assertThat(leaves(before)).as(step).isEqualTo(words[3].equals("-") ? null : instant(words[3]));
  }

  private static Instant instant(String text) {
    return Instant.parse((text.contains("T") ? text : "2026-11-02T" + text) + ":00Z");
  }

  private @Nullable Instant leaves(Usage usage) {
    return usage.nextLeaves() == null ? null : time.instant().plus(usage.nextLeaves());
  }

  private Reservation add(String value, long amount) {
    return (Reservation) store.reserve(Demand.of(charge(value, amount)));
  }

  private static Charge.Amount charge(String value, long amount) {
    Window hour = new Window.Calendar(Duration.ofHours(1), ZoneOffset.UTC);
    CounterId id = CounterId.of("limits", "hourly", "grant", hour);
    return new Charge.Amount(new CounterKey(id, value, null), 1_000, amount, 9, true);
  }

  private long used(String value) {
    return store.look(Demand.of(charge(value, 1))).usage().get(0).used();
  }

  @Test
  void aCounterThatWasEmptiedKeepsItsPeriodUntilThatIsOver() {
    time.setWall(instant("11:01"));
    add("a", 1).cancel();
    assertThat(store.liveKeys()).isZero();
    time.setWall(instant("10:59"));
    add("a", 1);
    assertThat(leaves(add("a", 1).usage().get(0))).isEqualTo(instant("12:00"));
  }

  @Test
  void oneReadingOfAClockThatIsWrongForgetsNoKey() throws Throwable {
    for (int i = 0; i < 500; i++) {
      add("key-" + i, 5);
    }
    OwnLog.of(
        () -> {
          time.setWall(instant("2038-01-19T03:14"));
          for (int i = 0; i < 400; i++) {
            add("other-" + i % 3, 1);
          }
          time.setWall(instant("10:16"));
          for (int i = 0; i < 500; i++) {
            assertThat(used("key-" + i)).isEqualTo(5);
          }
        });
    assertThat(store.liveKeys()).isEqualTo(503);
  }

  @Test
  void whatWasOnlyCountedByAWrongClockGoesWhenThePeriodIsOver() throws Throwable {
    OwnLog.of(
        () -> {
          add("a", 1);
          time.setWall(instant("2038-01-19T03:14"));
          add("b", 1);
          time.setWall(instant("10:16"));
          assertThat(used("b")).isEqualTo(1);
          time.setWall(instant("10:17"));
          add("c", 1);
        });
    time.advance(Duration.ofHours(2));
    for (int i = 0; i < 4; i++) {
      used("nobody");
    }
    assertThat(store.liveKeys()).isZero();
  }

  @Test
  void keysThatALeapLeavesBehindGoWhenTheClockHasStayedThere() throws Throwable {
    add("a", 1);
    OwnLog.of(
        () -> {
          time.setWall(instant("2026-11-04T08:20"));
          used("nobody");
        });
    assertThat(store.liveKeys()).isEqualTo(1);
    time.advance(Duration.ofHours(1));
    used("nobody");
    used("nobody");
    assertThat(store.liveKeys()).isZero();
  }
}
