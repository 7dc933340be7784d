package dev.alcada.jdbc;

import dev.alcada.testing.ManualTime;
import dev.alcada.traces.BesideMemory;
import dev.alcada.traces.BesideMemory.Bounds;
import dev.alcada.traces.KindsTrace;
import dev.alcada.traces.KindsTrace.Place;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random traces of every kind of charge and of marks. */
@Timeout(3_600)
class TracesTest {
  private static final int TRACES = Integer.getInteger("alcada.traces", 100);

  @TempDir Path directory;

  private JdbcCounterStore store(Kind kind, ManualTime time, Bounds bounds) {
    return JdbcCounterStore.builder(kind.empty(directory))
        .createTables()
        .timeSource(time)
        // The end of a call is written before the clock is moved on.
        .executor(Runnable::run)
        .timeout(Duration.ofSeconds(20))
        .maxKeysPerCounter(bounds.ofCounter())
        .maxKeysPerGrant(bounds.ofGrant())
        .build();
  }

  @ParameterizedTest
  @EnumSource
  void everyAnswerIsThatOfTheNaiveModel(Kind kind) {
    ManualTime time = new ManualTime();
    try (JdbcCounterStore store = store(kind, time, Bounds.NONE)) {
      KindsTrace.runAll(TRACES, () -> new Place(time, store));
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyAnswerIsThatOfTheStoreInMemory(Kind kind) {
    besideMemory(kind, 1, Bounds.NONE);
  }

  @ParameterizedTest
  @EnumSource
  void soItIsWhereFewKeysMayBeLive(Kind kind) {
    besideMemory(kind, 4, new Bounds(7, 8));
  }

  private void besideMemory(Kind kind, long seed, Bounds bounds) {
    ManualTime time = new ManualTime(1_000, ManualTime.START);
    try (JdbcCounterStore store = store(kind, time, bounds)) {
      new BesideMemory(seed, time, store, bounds).run();
    }
  }
}
