package dev.alcada.redis;

import io.lettuce.core.RedisURI;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Three nodes of a cluster of the tests' own, each with a third of the slots. One is shared; a test
 * that does it harm starts another.
 */
final class RedisCluster implements AutoCloseable {
  private static final int NODES = 3;

  /** Started by the first test that needs it, ended with the JVM. */
  private static final class Shared {
    static final RedisCluster CLUSTER = start();
    static final RedisClusterClient CLIENT = CLUSTER.client();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(CLUSTER::close));
    }
  }

  private final List<RedisProcess> nodes;

  private RedisCluster(List<RedisProcess> nodes) {
    this.nodes = nodes;
  }

  static RedisCluster shared() {
    return Shared.CLUSTER;
  }

  static RedisClusterClient sharedClient() {
    return Shared.CLIENT;
  }

  static RedisCluster start() {
    List<RedisProcess> nodes = new ArrayList<>();
    for (int i = 0; i < NODES; i++) {
      // So that two thirds go on when a node is killed.
      nodes.add(
          RedisProcess.start("--cluster-enabled", "yes", "--cluster-require-full-coverage", "no"));
    }
    RedisCluster cluster = new RedisCluster(nodes);
    cluster.join();
    return cluster;
  }

  private void join() {
    for (int i = 0; i < NODES; i++) {
      int[] slots =
          IntStream.range(SlotHash.SLOT_COUNT * i / NODES, SlotHash.SLOT_COUNT * (i + 1) / NODES)
              .toArray();
      try (StatefulRedisConnection<String, String> connection = nodes.get(i).client().connect()) {
        connection.sync().clusterAddSlots(slots);
        connection.sync().clusterSetConfigEpoch(i + 1);
        for (RedisProcess other : nodes.subList(0, i)) {
          connection.sync().clusterMeet("127.0.0.1", other.port());
        }
      }
    }
    for (RedisProcess node : nodes) {
      try (StatefulRedisConnection<String, String> connection = node.client().connect()) {
        RedisCommands<String, String> redis = connection.sync();
        Eventually.until(
            () ->
                redis.clusterInfo().contains("cluster_state:ok")
                    && redis.clusterInfo().contains("cluster_slots_ok:" + SlotHash.SLOT_COUNT));
      }
    }
  }

  RedisClusterClient client() {
    return RedisClusterClient.create(
        RedisURI.builder()
            .withHost("127.0.0.1")
            .withPort(nodes.get(0).port())
            .withTimeout(Duration.ofSeconds(10))
            .build());
  }

  List<RedisProcess> nodes() {
    return nodes;
  }

  /** {@return the number of the node that keeps keys of such a root} */
  int nodeOf(Keys keys) {
    int slot = SlotHash.getSlot(new String(keys.of("p"), StandardCharsets.US_ASCII));
    for (int i = 0; i < NODES; i++) {
      if (slot < SlotHash.SLOT_COUNT * (i + 1) / NODES) {
        return i;
      }
    }
    throw new AssertionError(slot);
  }

  @Override
  public void close() {
    nodes.forEach(RedisProcess::close);
  }
}
