package dev.alcada.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.time.Window;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a fleet's log would tell of a store that does not keep its promises. */
class VerdictTest {
  private static final Duration RUN = Duration.ofSeconds(30);
  private static final Limit LIMIT =
      new Limit("rate", new Window.Sliding(Duration.ofSeconds(1)), 10, 1, 3, true);
  private static final long LATER = 10_000_000;

  /** Ten, in the thousandths of a second from 100 on, each asked for half of one. */
  private static List<Entry> full() {
    List<Entry> log = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      log.add(entry(100_000 + 1_000 * i, 1));
    }
    return log;
  }

  private static Entry entry(long stamp, long amount) {
    return new Entry(0, stamp - 200, stamp + 300, stamp, amount, Entry.KEPT);
  }

  private static List<String> faults(List<Entry> log, long usedInTheEnd, long end) {
    return Verdict.of(
            List.of(LIMIT), RUN, log, List.of(new Verdict.Left(end, usedInTheEnd, end + 100)))
        .faults();
  }

  private static List<String> faults(List<Entry> log) {
    return faults(log, 0, LATER);
  }

  @Test
  void aFullWindowIsNoFault() {
    List<Entry> log = full();
    log.add(entry(1_100_000, 1));
    assertThat(faults(log)).isEmpty();
  }

  @Test
  void oneTooManyIsFoundByTheReadingsAlone() {
    List<Entry> log = full();
    log.add(new Entry(0, 300_000, 300_100, Entry.UNTOLD, 1, Entry.KEPT));
    assertThat(faults(log)).containsExactly("rate held 11 of 10 by the readings alone");
  }

  @Test
  void oneMicrosecondTooEarlyIsFoundByTheStamps() {
    List<Entry> log = full();
    log.add(entry(1_099_999, 1));
    assertThat(faults(log)).containsExactly("rate held 11 of 10 by the store's clock");
  }

  @Test
  void aStampThatIsNotBetweenTheReadingsIsFound() {
    List<Entry> log = full();
    log.add(new Entry(0, 1_100_500, 1_100_800, 1_100_499, 1, Entry.KEPT));
    assertThat(faults(log)).singleElement().asString().contains("stamped while nobody asked");
  }

  @Test
  void whatIsGivenBackMakesRoomFromThenOnAndNotBefore() {
    List<Entry> log = full();
    log.set(0, log.get(0).releasedAt(200_000));
    log.add(entry(200_000, 1));
    assertThat(faults(log)).isEmpty();
    log.set(10, entry(199_999, 1));
    assertThat(faults(log)).containsExactly("rate held 11 of 10 by the store's clock");
  }

  @Test
  void aWindowThatIsNeverFullIsFound() {
    assertThat(faults(full().subList(0, 9)))
        .containsExactly("rate was never full: at most 9 of 10");
  }

  @Test
  void whatIsLostOrGivenBackTwiceIsFoundInTheEnd() {
    assertThat(faults(full(), 10, 500_000)).isEmpty();
    assertThat(faults(full(), 9, 500_000))
        .containsExactly("rate holds 9 at the end, expected 10 to 10");
    assertThat(faults(full(), 11, 500_000))
        .containsExactly("rate holds 11 at the end, expected 10 to 10");
  }

  @Test
  void sumsOfTheLargestAmountsDoNotWrapAround() {
    Limit large =
        new Limit("spend", LIMIT.window(), 4_000_000_000_000_000_000L, 1, Integer.MAX_VALUE, true);
    List<Entry> log = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      log.add(entry(100_000 + i, 4_000_000_000_000_000_000L));
    }
    assertThat(
            Verdict.of(List.of(large), RUN, log, List.of(new Verdict.Left(LATER, 0, LATER + 1)))
                .faults())
        .hasSize(2)
        .allSatisfy(fault -> assertThat(fault).contains("held 20000000000000000000 of"));
  }

  /** Two processes that count each for itself. */
  @Test
  void storesThatDoNotShareAreFound(@TempDir Path directory) throws Exception {
    Instant start = Instant.now();
    List<Entry> log = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Alone site = new Alone(InMemoryCounterStore.create());
      Path file = directory.resolve("log" + i);
      Member.run(site, List.of(file.toString(), "1", "" + start.toEpochMilli(), "1"), () -> {});
      Entry.read(file, log);
    }
    List<Limit> limits = Limit.all(start);
    List<Verdict.Left> left = limits.stream().map(limit -> new Verdict.Left(0, 0, 0)).toList();
    assertThat(Verdict.of(limits, RUN, log, left).faults())
        .anySatisfy(fault -> assertThat(fault).startsWith("cap held "));
  }

  private record Alone(CounterStore store) implements Site {
    @Override
    public Clock clock() {
      return () -> Instant.now().toEpochMilli() * 1_000;
    }

    @Override
    public long stamp(Reservation reservation, CounterKey key) {
      return Entry.UNTOLD;
    }

    @Override
    public void close() {}
  }
}
