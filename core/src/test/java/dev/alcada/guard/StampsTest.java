package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.testing.ManualTime;
import dev.alcada.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** An instant is that of the wall clock, though it is read once a millisecond. */
class StampsTest {
  private static final Instant NOON = Instant.parse("2026-11-28T12:00:00Z");

  private final ManualTime time = new ManualTime(NOON);

  @Test
  void withinAMillisecondTheMonotonicClockTells() {
    Stamps stamps = new Stamps(time, true);
    Instant first = stamps.at(time.nanoTime());
    time.advance(Duration.ofNanos(700_000));

    assertThat(first).isEqualTo(NOON);
    assertThat(stamps.at(time.nanoTime())).isEqualTo(NOON.plusNanos(700_000));
    assertThat(stamps.now()).isEqualTo(NOON.plusNanos(700_000));
    assertThat(stamps.at(time.nanoTime() - 900_000)).isEqualTo(NOON.minusNanos(200_000));
  }

  @Test
  void aClockThatJumpsIsFollowedAfterAMillisecond() {
    Stamps stamps = new Stamps(time, true);
    stamps.now();
    time.setWall(NOON.minusSeconds(3_600));
    time.advance(Duration.ofNanos(1_000_001));

    assertThat(stamps.now()).isEqualTo(NOON.minusSeconds(3_600).plusNanos(1_000_001));
  }

  @Test
  void clocksOfATestAreReadEachTime() {
    Stamps stamps = new Stamps(time);
    stamps.now();
    time.setWall(NOON.plusSeconds(5));

    assertThat(stamps.now()).isEqualTo(NOON.plusSeconds(5));
    assertThat(stamps.at(time.nanoTime())).isEqualTo(NOON.plusSeconds(5));
  }

  @Test
  void readingsThatLieApartSayNothingOfOthers() {
    TimeSource slow =
        new TimeSource() {
          @Override
          public long nanoTime() {
            return time.nanoTime();
          }

          @Override
          public Instant instant() {
            time.advance(Duration.ofNanos(500_000)); // the thread had to wait
            return time.instant();
          }
        };
    Stamps stamps = new Stamps(slow, true);
    long before = time.nanoTime();
    stamps.at(before);

    assertThat(stamps.at(before + 10_000)).isEqualTo(NOON.plusNanos(1_000_000));
  }

  @Test
  void theMachinesOwnClocksAgree() {
    Stamps stamps = new Stamps(TimeSource.system());
    Instant before = Instant.now();
    for (int i = 0; i < 1_000; i++) {
      assertThat(Duration.between(before, stamps.now())).isGreaterThan(Duration.ofMillis(-5));
    }
    assertThat(Duration.between(stamps.now(), Instant.now())).isGreaterThan(Duration.ofMillis(-5));
  }
}
