package dev.alcada.redis;

import static dev.alcada.redis.Charges.MINUTE;
import static dev.alcada.redis.Charges.amount;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Demand;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.Window;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random calls, of which more count at a time than are kept apart, beside a plain list. */
@Timeout(60)
class RedisTraceTest {
  private static final Window SLIDING = new Window.Sliding(MINUTE);

  private final ManualTime time = new ManualTime(1_000, ManualTime.START);

  private RedisCounterStore store() {
    return RedisCounterStore.builder(RedisProcess.sharedClient())
        .prefix(RedisProcess.freshPrefix())
        .timeout(Duration.ofSeconds(20))
        .maxKeysPerCounter(100)
        .clock(time)
        .build();
  }

  /** A call of the plain list. */
  private record Call(long at, long amount) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void beyondWhatIsKeptApartNothingLeavesEarlyAndNothingMoreThanACellLate(long seed) {
    long window = MINUTE.toNanos();
    long cell = window / 1024 + 1;
    long max = 6_000;
    Random random = new Random(seed);
    List<Call> calls = new ArrayList<>();
    List<Reservation> held = new ArrayList<>();
    int refused = 0;
    try (RedisCounterStore store = store()) {
      for (int i = 0; i < 6_000; i++) {
        // So that the window comes to hold some thousands of calls, and then is full.
        time.advance(Duration.ofNanos(1_000L * random.nextInt(i < 4_000 ? 16_000 : 30_000)));
        long now = time.nanoTime();
        long amount = 1L + random.nextInt(3);
        ReserveResult result = store.reserve(Demand.of(amount("rate", SLIDING, "a", max, amount)));
        if (result instanceof Reservation reservation) {
          assertThat(sum(calls, now - window) + amount).as("step %s", i).isLessThanOrEqualTo(max);
          calls.add(new Call(now, amount));
          held.add(reservation);
        } else {
          refused++;
          assertThat(result).isInstanceOf(Refusal.class);
          assertThat(sum(calls, now - window - cell) + amount).as("step %s", i).isGreaterThan(max);
        }
        if (random.nextInt(4) == 0) {
          int at = random.nextInt(held.size());
          held.remove(at).cancel();
          // At its own place, for as long as that counts.
          calls.remove(at);
        }
      }
    }
    assertThat(refused).isGreaterThan(100);
  }

  /** What counts of the calls after an instant. */
  private static long sum(List<Call> calls, long after) {
    long sum = 0;
    for (int i = calls.size() - 1; i >= 0 && calls.get(i).at() > after; i--) {
      sum += calls.get(i).amount();
    }
    return sum;
  }
}
