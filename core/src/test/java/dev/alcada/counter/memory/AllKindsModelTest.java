package dev.alcada.counter.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.traces.KindsTrace;
import dev.alcada.traces.KindsTrace.Place;
import dev.alcada.traces.KindsTrace.Runner;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The in-memory store against a naive model, over random {@linkplain KindsTrace traces}. */
@Tag("any-jvm")
@Timeout(240)
class AllKindsModelTest {
  private static final int TRACES = Integer.getInteger("alcada.traces", 20_000);
  private static final int FAULTY_TRACES = Integer.getInteger("alcada.faultyTraces", 60) * 10;

  @Test
  void theStoreAnswersAsTheNaiveModel() {
    KindsTrace.runAll(
        TRACES, () -> Place.of(time -> InMemoryCounterStore.builder().timeSource(time).build()));
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
      KindsTrace trace = new KindsTrace(i, runner, Place.of(time -> room.store(time, 100)));
      trace.run();
      failed += trace.failed();
    }
    assertThat(failed).as("calls that ended within the store").isGreaterThan(FAULTY_TRACES);
  }
}
