package dev.alcada.redis;

import dev.alcada.counter.StoreUnavailableException;
import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/*
 * A connection on which nothing is ever sent twice. Lettuce repeats what was in flight once it has
 * connected again, and keeps what is asked meanwhile to send it then: a charge whose answer was lost
 * would be made twice, and those that a caller has long given up would be made at all.
 *
 *   run ──► Asked ──► Lettuce's own future ──► server
 *             │              ▲
 *             └── failed ────┘ cancelled: at the time-out, and when a connection is lost
 *
 * What was sent just before a loss and noted just after it sees that there was one more.
 */

/** Runs scripts on a connection of its own. Safe for use by several threads. */
final class RedisLink implements AutoCloseable {
  private static final long PAUSE_NANOS = Duration.ofMillis(200).toNanos();

  /** One in so many calls that find no room looks whether there should be some. */
  private static final int TIDIES = 64;

  private final Duration timeout;
  private final int mostInFlight;
  private final Set<Asked> inFlight = ConcurrentHashMap.newKeySet();
  private final AtomicInteger full = new AtomicInteger();
  private final AtomicInteger losses = new AtomicInteger();
  private final AtomicBoolean opening = new AtomicBoolean();
  private final Supplier<Line> opener;

  private volatile boolean closed;
  private volatile Line line;

  RedisLink(RedisClient client, Duration timeout, int mostInFlight) {
    this.timeout = timeout;
    this.mostInFlight = mostInFlight;
    this.opener = () -> line(client);
    this.line = line(client);
  }

  RedisLink(RedisClusterClient client, Duration timeout, int mostInFlight) {
    this.timeout = timeout;
    this.mostInFlight = mostInFlight;
    this.opener = () -> line(client);
    this.line = line(client);
  }

  private Line line(RedisClient client) {
    StatefulRedisConnection<byte[], byte[]> opened = client.connect(ByteArrayCodec.INSTANCE);
    Line made = new Line(opened, opened.async(), () -> {});
    opened.addListener(
        new RedisConnectionStateListener() {
          @Override
          public void onRedisConnected(RedisChannelHandler<?, ?> to, SocketAddress address) {
            made.connected = true;
          }

          @Override
          public void onRedisDisconnected(RedisChannelHandler<?, ?> from) {
            made.connected = false;
            lost(made);
          }
        });
    made.connected = opened.isOpen();
    return made;
  }

  /** Of a cluster there are several connections, and only the time-out tells that one is gone. */
  private Line line(RedisClusterClient client) {
    StatefulRedisClusterConnection<byte[], byte[]> opened = client.connect(ByteArrayCodec.INSTANCE);
    RedisConnectionStateListener listener =
        new RedisConnectionStateListener() {
          @Override
          public void onRedisDisconnected(RedisChannelHandler<?, ?> from) {
            lost(null);
          }
        };
    client.addListener(listener);
    return new Line(opened, opened.async(), () -> client.removeListener(listener));
  }

  /** Runs a script; the answer completes on the connection's own thread or a timer's. */
  CompletableFuture<byte[]> run(Script script, byte[][] keys, byte[]... arguments) {
    return run(script, timeout.toNanos(), keys, arguments);
  }

  /** Runs a script that is waited for so many nanoseconds; it is not sent if there are none. */
  @SuppressWarnings("FutureReturnValueIgnored") // each ends in what is returned
  CompletableFuture<byte[]> run(Script script, long nanos, byte[][] keys, byte[]... arguments) {
    if (nanos <= 0) {
      return CompletableFuture.failedFuture(
          new StoreUnavailableException("Redis did not answer in time", false, null));
    }
    Asked asked = new Asked();
    Line present = line;
    if (closed || !present.connected) {
      openAgain();
      asked.completeExceptionally(
          new StoreUnavailableException(
              closed ? "this store is closed" : "Redis is not connected", false, null));
      return asked;
    }
    asked.whenComplete((answer, failure) -> inFlight.remove(asked));
    asked.orTimeout(nanos, TimeUnit.NANOSECONDS);
    asked.seen = losses.get();
    inFlight.add(asked);
    if (asked.isDone()) {
      inFlight.remove(asked); // it was ended in between, and may not have been among them yet
      return asked;
    } else if (inFlight.size() > mostInFlight && !hasTidied()) {
      asked.completeExceptionally(
          new StoreUnavailableException(
              "Redis was asked " + mostInFlight + " times and has not answered yet", false, null));
      return asked;
    }
    asked.send(
        () -> present.commands.evalsha(script.digest(), ScriptOutputType.VALUE, keys, arguments),
        () -> present.commands.eval(bytes(script), ScriptOutputType.VALUE, keys, arguments));
    return asked;
  }

  /**
   * Where a stack has ended, what is done may be among those under way; {@return whether it was}
   */
  private boolean hasTidied() {
    return full.getAndIncrement() % TIDIES == 0
        && inFlight.removeIf(CompletableFuture::isDone)
        && inFlight.size() <= mostInFlight;
  }

  private static byte[] bytes(Script script) {
    return script.text().getBytes(StandardCharsets.UTF_8);
  }

  /** {@return who keeps a key: the server, or its node of a cluster} */
  RedisClusterAsyncCommands<byte[], byte[]> serving(byte[] key) {
    RedisClusterNode node = node(key);
    return node != null
            && line.connection instanceof StatefulRedisClusterConnection<byte[], byte[]> cluster
        ? cluster.getConnection(node.getUri().getHost(), node.getUri().getPort()).async()
        : line.commands;
  }

  /** {@return which node of a cluster keeps a key, or null if none does} */
  @Nullable RedisClusterNode node(byte[] key) {
    return line.connection instanceof StatefulRedisClusterConnection<?, ?> cluster
        ? cluster.getPartitions().getPartitionBySlot(SlotHash.getSlot(key))
        : null;
  }

  /** {@return how many nodes of a cluster keep keys} */
  int nodes() {
    return line.connection instanceof StatefulRedisClusterConnection<?, ?> cluster
        ? (int) cluster.getPartitions().stream().filter(RedisLink::keepsKeys).count()
        : 1;
  }

  private static boolean keepsKeys(RedisClusterNode node) {
    return node.is(RedisClusterNode.NodeFlag.UPSTREAM) && !node.hasNoSlots();
  }

  Duration timeout() {
    return timeout;
  }

  /** {@return how many scripts are under way} */
  int underWay() {
    return inFlight.size();
  }

  /** Of an older line nothing is in flight any more. */
  private void lost(@Nullable Line which) {
    if (which == null || which == line) {
      int loss = losses.incrementAndGet();
      // What is sent because of it is not lost with it: it may go to another node.
      inFlight.forEach(
          asked -> {
            if (asked.seen - loss < 0) {
              asked.lost();
            }
          });
    }
  }

  /**
   * Opens a new connection, on a thread of its own and one at a time, because Lettuce waits longer
   * and longer between its attempts: after an outage of minutes, for half a minute.
   */
  private void openAgain() {
    if (closed || !opening.compareAndSet(false, true)) {
      return;
    }
    try {
      Thread thread = new Thread(this::tryToOpen, "alcada-redis-connect");
      thread.setDaemon(true);
      thread.start();
    } catch (Throwable e) {
      opening.set(false);
      throw e;
    }
  }

  private void tryToOpen() {
    try {
      Line fresh = opener.get();
      if (!take(fresh)) {
        fresh.close();
      }
    } catch (RuntimeException e) {
      // It is still away: those who ask are told, and it is tried again when somebody does.
      LockSupport.parkNanos(PAUSE_NANOS);
    } finally {
      opening.set(false);
    }
  }

  private synchronized boolean take(Line fresh) {
    Line old = line;
    if (closed || old.connected) {
      return false;
    }
    line = fresh;
    old.close();
    return true;
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    lost(null);
    line.close();
  }

  /** Waits for an answer, and does not hold what failed against whoever waits. */
  static <T> T awaited(CompletableFuture<T> answer) throws InterruptedException {
    try {
      return answer.get();
    } catch (ExecutionException e) {
      throw unavailable(e.getCause());
    }
  }

  /** Returns what is told of a failure. */
  static RuntimeException unavailable(@Nullable Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof StoreUnavailableException told) {
      return told;
    } else if (cause instanceof TimeoutException) {
      return new StoreUnavailableException("Redis did not answer in time", true, cause);
    } else if (cause instanceof RedisCommandExecutionException) {
      // A script ends where it has no right to go on, and what it did stays done.
      String message = String.valueOf(cause.getMessage());
      boolean begun = message.contains("NOPERM") || message.contains("ACL");
      return new StoreUnavailableException("Redis refused: " + message, begun, cause);
    }
    return new StoreUnavailableException("Redis could not be asked", true, cause);
  }

  /** A connection, as long as it is the one that is used. */
  private static final class Line implements AutoCloseable {
    private final StatefulConnection<byte[], byte[]> connection;
    private final RedisClusterAsyncCommands<byte[], byte[]> commands;
    private final Runnable stopWatching;
    private volatile boolean connected = true;

    Line(
        StatefulConnection<byte[], byte[]> connection,
        RedisClusterAsyncCommands<byte[], byte[]> commands,
        Runnable stopWatching) {
      this.connection = connection;
      this.commands = commands;
      this.stopWatching = stopWatching;
    }

    @Override
    public void close() {
      stopWatching.run();
      connection.close();
    }
  }

  /** An answer that is waited for. */
  private final class Asked extends CompletableFuture<byte[]> {
    private int seen;

    private volatile @Nullable RedisFuture<?> sent;

    @SuppressWarnings("FutureReturnValueIgnored") // each ends in this one
    void send(
        Supplier<RedisFuture<byte[]>> command, @Nullable Supplier<RedisFuture<byte[]>> ifUnknown) {
      try {
        RedisFuture<byte[]> future = command.get();
        sent = future;
        if (losses.get() != seen) {
          lost();
        } else if (isDone()) {
          future.cancel(true);
        }
        future.whenComplete((answer, failure) -> answered(answer, failure, ifUnknown));
      } catch (RuntimeException e) {
        completeExceptionally(e);
      }
    }

    private void answered(
        byte @Nullable [] answer,
        @Nullable Throwable failure,
        @Nullable Supplier<RedisFuture<byte[]>> ifUnknown) {
      if (failure == null) {
        complete(answer == null ? new byte[0] : answer);
      } else if (ifUnknown != null && failure instanceof RedisNoScriptException) {
        send(ifUnknown, null);
      } else {
        completeExceptionally(failure);
      }
    }

    void lost() {
      completeExceptionally(
          new StoreUnavailableException("the connection to Redis was lost", true, null));
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
      boolean failed = super.completeExceptionally(failure);
      release();
      return failed;
    }

    @Override
    public boolean cancel(boolean whileRunning) {
      boolean cancelled = super.cancel(whileRunning);
      release();
      return cancelled;
    }

    /** Lettuce's own future: it sends nothing that was cancelled. */
    private void release() {
      RedisFuture<?> future = sent;
      if (future != null) {
        future.cancel(true);
      }
    }
  }
}
