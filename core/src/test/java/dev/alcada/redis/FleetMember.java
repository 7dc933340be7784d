package dev.alcada.redis;

import static dev.alcada.redis.Charges.amount;
import static dev.alcada.redis.Charges.day;
import static dev.alcada.redis.Charges.one;

import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Reservation;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** One process of several that share limits. */
final class FleetMember {
  static final int THREADS = 4;
  static final int CALLS = 150;
  static final long MAX = 700;

  private FleetMember() {}

  /** Makes its calls, of which it takes back every fifth, and prints how many it kept. */
  public static void main(String[] arguments) throws Exception {
    RedisClient client = RedisProcess.client(Integer.parseInt(arguments[0]));
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try (RedisCounterStore store =
        RedisCounterStore.builder(client)
            .prefix(arguments[1])
            .timeout(Duration.ofSeconds(30))
            .build()) {
      List<Callable<Integer>> tasks = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        tasks.add(() -> calls(store));
      }
      int kept = 0;
      for (Future<Integer> each : threads.invokeAll(tasks)) {
        kept += each.get();
      }
      // What was sent last has been done when this is answered.
      store.look(demand());
      System.out.println("kept " + kept);
    } finally {
      threads.shutdown();
      client.shutdown();
    }
  }

  private static int calls(RedisCounterStore store) {
    int kept = 0;
    for (int i = 0; i < CALLS; i++) {
      if (store.reserve(demand()) instanceof Reservation reservation) {
        if (i % 5 == 0) {
          reservation.settle(Ended.NOT_DONE);
        } else {
          reservation.settle(Ended.DONE);
          kept++;
        }
      }
    }
    return kept;
  }

  /** Of a limit that fills, and two that do not. */
  static Demand demand() {
    return Demand.of(
        one("fleet", MAX), one("more", MAX + 9), amount("day", day(), "a", MAX + 9, 1));
  }
}
