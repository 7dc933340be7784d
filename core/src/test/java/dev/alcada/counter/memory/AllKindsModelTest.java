package dev.alcada.counter.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Refusal.Reason;
import dev.alcada.counter.memory.KindsTrace.Runner;
import dev.alcada.testing.ManualTime;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The in-memory store against {@link NaiveRoom}, over random {@linkplain KindsTrace traces}. */
@Timeout(240)
class AllKindsModelTest {
  private static final int TRACES = Integer.getInteger("alcada.traces", 20_000);
  private static final int FAULTY_TRACES = Integer.getInteger("alcada.faultyTraces", 60) * 10;
  private static final long SEED = Long.getLong("alcada.seed", 20261128);

  private static CounterStore newStore(ManualTime time) {
    return InMemoryCounterStore.builder().timeSource(time).build();
  }

  @Test
  void theStoreAnswersAsTheNaiveModel() {
    Map<Reason, Integer> refusals = new EnumMap<>(Reason.class);
    Map<String, Integer> seen = new TreeMap<>();
    for (int i = 0; i < TRACES; i++) {
      new KindsTrace(SEED + i, Runner.PLAIN, AllKindsModelTest::newStore, refusals, seen).run();
    }
    for (Reason reason : Reason.values()) {
      if (reason != Reason.TOO_MANY_KEYS) {
        assertThat(refusals.getOrDefault(reason, 0)).as("%s", reason).isGreaterThan(TRACES / 2);
      }
    }
    for (String what : List.of("admitted", "taken back", "mark there", "mark not there")) {
      assertThat(seen.getOrDefault(what, 0)).as(what).isGreaterThan(TRACES / 4);
    }
  }

  /** Whatever ends a call within the store, it is as if the call had not been made. */
  @ParameterizedTest
  @EnumSource
  void theStoreAnswersSoWhateverEndsSomeOfItsCalls(Faults.Kind kind) {
    FaultyRoom room = FaultyRoom.withFaults();
    // Calls within the store are some twenty deep; of other places there are more.
    int places = kind == Faults.Kind.DEPTH ? 60 : 250;
    int failed = 0;
    for (int i = 0; i < FAULTY_TRACES; i++) {
      Random random = new Random(i);
      Runner runner =
          call ->
              !Faults.strikes(
                  kind,
                  random.nextInt(3) == 0 ? 1 + random.nextInt(places) : Integer.MAX_VALUE,
                  call);
      KindsTrace trace =
          new KindsTrace(
              SEED + i, runner, time -> room.store(time, 100), new HashMap<>(), new HashMap<>());
      trace.run();
      failed += trace.failed;
    }
    assertThat(failed).as("calls that ended within the store").isGreaterThan(FAULTY_TRACES);
  }
}
