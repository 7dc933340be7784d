package dev.alcada.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Reservation;
import io.lettuce.core.RedisClient;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a server that writes each command down before it answers has after a kill. */
@Timeout(1_800)
class RedisKillTest {
  /** {@code -Dalcada.redis.kills=50} for a run that counts. */
  private static final int KILLS = Integer.getInteger("alcada.redis.kills", 3);

  private static final int KEYS = Integer.getInteger("alcada.redis.keys", 2_000);

  private static RedisProcess server() {
    return RedisProcess.start("--appendonly", "yes", "--appendfsync", "always");
  }

  private static RedisCounterStore store(RedisClient client) {
    return RedisCounterStore.builder(client)
        .timeout(Duration.ofSeconds(20))
        .maxKeysPerCounter(1_000_000)
        .build();
  }

  @Test
  void everyReservationThatWasAcknowledgedIsThereAfterAKill() throws Exception {
    Random random = new Random(KILLS);
    long[] expected = new long[RedisReserving.THREADS];
    long inAll = 0;
    RedisProcess server = server();
    try {
      for (int kill = 0; kill < KILLS; kill++) {
        RedisClient client = server.client();
        try (RedisCounterStore store = store(client)) {
          RedisReserving reserving = new RedisReserving(store);
          long[] acknowledged = reserving.until(1 + random.nextInt(400), server::kill);
          for (int i = 0; i < expected.length; i++) {
            expected[i] += acknowledged[i];
          }
          inAll += reserving.inAll();
        } finally {
          client.shutdown();
        }
        server = server.again();
        client = server.client();
        try (RedisCounterStore store = store(client)) {
          for (int thread = 0; thread < expected.length; thread++) {
            long used = Charges.used(store, RedisReserving.own(thread));
            assertThat(used)
                .as("thread %s after kill %s", thread, kill)
                .isBetween(expected[thread], expected[thread] + 1);
            // What was done and not told of counts from now on.
            expected[thread] = used;
          }
          assertThat(Charges.used(store, RedisReserving.SHARED))
              .isLessThanOrEqualTo(RedisReserving.SHARED.max());
        } finally {
          client.shutdown();
        }
      }
      RedisClient client = server.client();
      try (RedisCounterStore store = store(client)) {
        while (store.reserve(Demand.of(RedisReserving.SHARED)) instanceof Reservation) {
          // Up to the maximum and not one more.
        }
        assertThat(Charges.used(store, RedisReserving.SHARED))
            .isEqualTo(RedisReserving.SHARED.max());
      } finally {
        client.shutdown();
      }
      assertThat(inAll).isGreaterThanOrEqualTo(KILLS);
    } finally {
      server.close();
    }
  }

  @Test
  void aServerWithManyKeysStartsWithAllOfThem() throws Exception {
    RedisProcess server = server();
    try {
      RedisClient client = server.client();
      try (RedisCounterStore store = store(client)) {
        client.connect().sync().configSet("appendfsync", "no");
        for (int i = 0; i < KEYS; i += 500) {
          Charge[] charges = new Charge[500];
          for (int j = 0; j < 500; j++) {
            charges[j] = key(i + j);
          }
          assertThat(store.reserve(Demand.of(charges))).isInstanceOf(Reservation.class);
        }
      } finally {
        client.shutdown();
      }
      long began = System.nanoTime();
      server = server.again();
      client = server.client();
      try (RedisCounterStore store = store(client)) {
        assertThat(Charges.used(store, key(KEYS - 1))).isEqualTo(1);
        tell(System.nanoTime() - began);
        assertThat(Charges.used(store, key(0))).isEqualTo(1);
      } finally {
        client.shutdown();
      }
    } finally {
      server.close();
    }
  }

  @SuppressWarnings("SystemOut") // no test asserts a time, and who asks for more keys wants it
  private static void tell(long nanos) {
    if (Integer.getInteger("alcada.redis.keys") != null) {
      System.out.println(KEYS + " keys: the first answer after " + nanos / 1_000_000 + " ms");
    }
  }

  private static Charge.Amount key(int i) {
    Charge.Amount one = Charges.one("many", 9);
    return new Charge.Amount(new CounterKey(one.key().counter(), "key " + i, null), 9, 1, 9, true);
  }
}
