package dev.alcada.examples.fleet;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.alcada.redis.RedisCounterStore;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import java.time.Duration;
import java.util.Map;

/** One JVM of several: its guard is like any other's, but for the store. */
final class FleetMember {
  static final int LIMIT = 30;
  static final int CALLS = 20;

  private static final Policy POLICY =
      Policy.parse(
          """
          version: "1"
          default: deny
          tools:
            search:
              limits: [{counter: searches, window: hour, max: 30}]
          """);

  private FleetMember() {}

  /** Says that it is ready, waits for a line, makes its calls, and says how many have run. */
  public static void main(String... args) throws Exception {
    RedisClient client =
        RedisClient.create(RedisURI.create("127.0.0.1", Integer.parseInt(args[0])));
    try (RedisCounterStore counters =
        RedisCounterStore.builder(client).timeout(Duration.ofSeconds(10)).build()) {
      ToolGuard guard = ToolGuard.builder(POLICY).counterStore(counters).build();
      System.out.println("ready");
      if (System.in.read() < 0) {
        return; // whoever has started it is gone
      }
      int ran = 0;
      for (int i = 0; i < CALLS; i++) {
        ToolCall call = ToolCall.of("search", Map.of("q", "tea " + i), Caller.grant("agent-7"));
        Outcome<String> outcome = guard.call(call, judged -> "found");
        ran += outcome instanceof Outcome.Completed ? 1 : 0;
      }
      System.out.println(ran);
    } finally {
      client.shutdown();
    }
  }
}
