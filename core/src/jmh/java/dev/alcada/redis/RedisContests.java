package dev.alcada.redis;

import dev.alcada.benchmark.Contest;
import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Reservation;
import dev.alcada.time.Window;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.BucketConfiguration;
import io.github.bucket4j.distributed.proxy.ProxyManager;
import io.github.bucket4j.redis.lettuce.Bucket4jLettuce;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The store on Redis beside Bucket4j: one server, one client, a connection each. */
public final class RedisContests {
  private static final int THREADS = 8;
  private static final Duration SHORT = Duration.ofMillis(10);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final int ROOM = 1_000_000;

  private final RedisCounterStore store;
  private final ProxyManager<String> peer;
  private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();

  private RedisContests(RedisCounterStore store, ProxyManager<String> peer) {
    this.store = store;
    this.peer = peer;
  }

  /**
   * Runs those whose name has a regular expression in it, and tells what a key takes.
   *
   * @param wanted the expression
   * @param rounds how many rounds
   */
  public static void run(Pattern wanted, int rounds) throws Exception {
    try (RedisProcess server = RedisProcess.start()) {
      RedisClient client = server.client();
      try (RedisCounterStore store =
              RedisCounterStore.builder(client).timeout(Duration.ofSeconds(10)).build();
          StatefulRedisConnection<String, byte[]> connection =
              client.connect(RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE))) {
        RedisContests contests =
            new RedisContests(store, Bucket4jLettuce.casBasedBuilder(connection).build());
        List<Contest> all =
            contests.all().stream().filter(each -> wanted.matcher(each.name()).find()).toList();
        if (!all.isEmpty()) {
          Contest.run(all, rounds);
          contests.tellCommandsAndBytes(client.connect().sync());
        }
      } finally {
        client.shutdown();
      }
    }
  }

  private List<Contest> all() {
    return List.of(
        new Contest(
            "Redis, one limit, 8 threads : Bucket4j",
            THREADS,
            true,
            thread -> ours(SHORT, ROOM, "a" + thread),
            thread -> peers(SHORT, ROOM, "a" + thread)),
        new Contest(
            "Redis, three limits, 8 threads : Bucket4j, three calls",
            THREADS,
            true,
            thread -> ours(SHORT, ROOM, "a" + thread, "b" + thread, "c" + thread),
            thread -> peers(SHORT, ROOM, "a" + thread, "b" + thread, "c" + thread)),
        new Contest(
            "Redis, one hot key, 8 threads : Bucket4j",
            THREADS,
            true,
            thread -> ours(SHORT, ROOM, "hot"),
            thread -> peers(SHORT, ROOM, "hot")),
        new Contest(
            "Redis, one limit, 1 thread : Bucket4j",
            1,
            true,
            thread -> ours(SHORT, ROOM, "one"),
            thread -> peers(SHORT, ROOM, "one")),
        new Contest(
            "Redis, one limit that is given back : Bucket4j",
            THREADS,
            true,
            thread -> ours(true, SHORT, ROOM, "g" + thread),
            thread -> peers(SHORT, ROOM, "g" + thread)),
        full());
  }

  private Contest full() {
    ours(HOUR, 1, "full");
    peers(HOUR, 1, "full");
    return new Contest(
        "Redis, refused, 8 threads : Bucket4j",
        THREADS,
        false,
        thread -> ours(HOUR, 1, "full"),
        thread -> peers(HOUR, 1, "full"));
  }

  private boolean ours(Duration window, int max, String... keys) {
    return ours(false, window, max, keys);
  }

  private boolean ours(boolean releasable, Duration window, int max, String... keys) {
    List<Charge> charges = new ArrayList<>();
    for (String key : keys) {
      charges.add(charge(releasable, window, max, key));
    }
    return store.reserve(Demand.of(charges)) instanceof Reservation;
  }

  /**
   * Of those that a call gets back if it did nothing, what can still be said of the call is written
   * with it: a record more, which no peer has.
   */
  private static Charge.Amount charge(boolean releasable, Duration window, int max, String key) {
    CounterId counter = CounterId.of("limits", "rate", "grant", new Window.Sliding(window));
    return new Charge.Amount(new CounterKey(counter, key, null), max, 1, 9, releasable);
  }

  /** All are asked: a peer that stopped at the first refusal would leave the others uncounted. */
  private boolean peers(Duration window, int max, String... keys) {
    boolean all = true;
    for (String key : keys) {
      all &= bucket(window, max, key).tryConsume(1);
    }
    return all;
  }

  private Bucket bucket(Duration window, int max, String key) {
    return buckets.computeIfAbsent(
        key,
        name ->
            peer.builder()
                .build(
                    name,
                    () ->
                        BucketConfiguration.builder()
                            .addLimit(limit -> limit.capacity(max).refillGreedy(max, window))
                            .build()));
  }

  @SuppressWarnings("SystemOut")
  private void tellCommandsAndBytes(RedisCommands<String, String> redis) {
    int calls = 1_000;
    redis.configResetstat();
    for (int i = 0; i < calls; i++) {
      ours(SHORT, ROOM, "x", "y", "z");
    }
    System.out.println("commands of " + calls + " calls of three limits: " + commands(redis));
    redis.configResetstat();
    for (int i = 0; i < calls; i++) {
      peers(SHORT, ROOM, "x", "y", "z");
    }
    System.out.println("Bucket4j's: " + commands(redis));
    for (int entries : new int[] {1, 30, 1_024}) {
      String key = "of " + entries;
      for (int i = 0; i < entries; i++) {
        ours(HOUR, ROOM, key);
      }
      Charge.Amount charge = charge(false, HOUR, ROOM, key);
      Keys names = new Keys("alcada");
      byte[] list = names.count(names.live(charge.key().counter().text()), charge.key().text());
      System.out.println(
          "bytes of a key with "
              + entries
              + " entries: "
              + redis.memoryUsage(new String(list, StandardCharsets.ISO_8859_1)));
    }
  }

  /** What clients have sent; what a script does is counted by Redis under its own commands. */
  private static List<String> commands(RedisCommands<String, String> redis) {
    return redis
        .info("commandstats")
        .lines()
        .filter(line -> line.matches("cmdstat_(eval|evalsha|script|multi|exec|get).*"))
        .map(line -> line.replaceAll("cmdstat_(\\w+):calls=(\\d+).*", "$1=$2"))
        .toList();
  }
}
