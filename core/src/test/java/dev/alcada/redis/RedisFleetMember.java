package dev.alcada.redis;

import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Reservation;
import dev.alcada.fleet.Member;
import dev.alcada.fleet.Site;
import io.lettuce.core.RedisClient;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.List;

/** One process of several that share limits on a Redis server. */
final class RedisFleetMember implements Site {
  private final RedisClient client;
  private final RedisCounterStore store;

  /** On a connection of its own: the store's carries nothing but its scripts. */
  private final RedisCommands<String, String> time;

  RedisFleetMember(int port, String prefix) {
    client = RedisProcess.client(port);
    store =
        RedisCounterStore.builder(client).prefix(prefix).timeout(Duration.ofSeconds(30)).build();
    time = client.connect().sync();
  }

  /** Of a port, a prefix, and what a member is told. */
  public static void main(String[] arguments) throws Exception {
    Member.run(
        new RedisFleetMember(Integer.parseInt(arguments[0]), arguments[1]),
        List.of(arguments).subList(2, arguments.length));
  }

  @Override
  public CounterStore store() {
    return store;
  }

  @Override
  public Clock clock() {
    return () -> {
      List<String> now = time.time();
      return Long.parseLong(now.get(0)) * 1_000_000 + Long.parseLong(now.get(1));
    };
  }

  @Override
  public long stamp(Reservation reservation, CounterKey key) {
    return ((RedisReservation) reservation).stamp(key);
  }

  @Override
  public void close() {
    // What was sent last has been done when this is answered.
    store.look(Demand.of(Charges.one("last", 1)));
    store.close();
    client.shutdown();
  }
}
