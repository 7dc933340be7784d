package dev.alcada.counter.memory;

import dev.alcada.counter.Demand;
import dev.alcada.testing.ManualTime;
import java.time.Duration;

/** The founding policy's counter with a million grants: a program, to be run in a small heap. */
final class MillionGrants {
  private static final int GRANTS = 1_000_000;

  private MillionGrants() {}

  public static void main(String[] arguments) {
    ManualTime time = new ManualTime();
    InMemoryCounterStore store =
        InMemoryCounterStore.builder()
            .timeSource(time)
            .maxKeysPerCounter(GRANTS)
            .maxKeys(2 * GRANTS)
            .build();
    for (int admission = 0; admission < 3; admission++) {
      for (int grant = 0; grant < GRANTS; grant++) {
        time.advance(Duration.ofNanos(1));
        store.reserve(Demand.of(MemoryTest.charge("grant-" + grant, 30, 1)));
      }
    }
    int full = store.liveKeys();
    time.advance(Duration.ofMinutes(1));
    for (int call = 0; call < GRANTS / 64 + 1; call++) {
      store.look(Demand.of(MemoryTest.charge("another", 30, 1))).refusal();
    }
    System.out.println(full + " keys, then " + store.liveKeys());
  }
}
