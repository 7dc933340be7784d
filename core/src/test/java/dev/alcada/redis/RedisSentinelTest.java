package dev.alcada.redis;

import static dev.alcada.redis.Charges.admitted;
import static dev.alcada.redis.Charges.one;
import static dev.alcada.redis.Charges.used;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.counter.Demand;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.StoreUnavailableException;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.sentinel.api.StatefulRedisSentinelConnection;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that dies, and a replica that a Sentinel promotes. */
@Timeout(120)
class RedisSentinelTest {
  @Test
  void whatWasReplicatedCountsOnTheReplicaThatIsPromoted() {
    try (RedisProcess first = RedisProcess.start();
        RedisProcess replica =
            RedisProcess.start("--replicaof", "127.0.0.1", String.valueOf(first.port()));
        StatefulRedisConnection<String, String> connection = first.connect()) {
      Eventually.until(() -> connection.sync().info("replication").contains("state=online"));
      try (RedisProcess sentinel = RedisProcess.sentinel(first);
          RedisClient client =
              RedisClient.create(
                  RedisURI.Builder.sentinel("127.0.0.1", sentinel.port(), "counters").build());
          StatefulRedisSentinelConnection<String, String> watch = client.connectSentinel()) {
        Eventually.until(() -> watch.sync().replicas("counters").size() == 1);
        try (RedisCounterStore store =
            RedisCounterStore.builder(client).timeout(Duration.ofSeconds(5)).build()) {
          for (int i = 0; i < 3; i++) {
            admitted(store, one("rate", 4));
          }
          assertThat(connection.sync().waitForReplication(1, 10_000)).isEqualTo(1);
          first.kill();
          assertThatThrownBy(() -> store.reserve(Demand.of(one("rate", 4))))
              .isInstanceOf(StoreUnavailableException.class);
          Eventually.until(() -> store.reserve(Demand.of(one("rate", 4))) instanceof Refusal);
          assertThat(used(store, one("rate", 4))).isEqualTo(4);
          String promoted = String.valueOf(replica.port());
          Eventually.until(() -> promoted.equals(watch.sync().master("counters").get("port")));
        }
      }
    }
  }
}
