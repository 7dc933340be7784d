package dev.alcada.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalStore;
import dev.alcada.counter.StoreUnavailableException;
import dev.alcada.time.TimeSource;
import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.RedisClusterClient;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Approval requests on Redis or Valkey, shared by all processes that use the same server and
 * prefix. Safe for use by any number of threads.
 *
 * <p>Every operation is one script, so that of several processes one claims a yes. Requests expire
 * by the server's clock. What counts is kept, and the last 1,000 after that. The requests are kept
 * as they are, with what the approver is shown: whoever may read the keys reads the arguments.
 *
 * <p>The connection is the store's own, and nothing is sent twice on it: what was not answered, for
 * whatever reason, fails and may have been done. A server that evicts keys would forget requests;
 * one that does is refused. What an answered call waits for in another process is seen there within
 * a second or so.
 */
public final class RedisApprovalStore implements ApprovalStore, AutoCloseable {
  private final RedisLink link;
  private final Keys keys;
  private final Executor executor;
  private final @Nullable Workers workers;
  private final @Nullable TimeSource ownClock;

  private RedisApprovalStore(Builder of, RedisLink link, Keys keys) {
    this.link = link;
    this.keys = keys;
    this.workers = of.executor == null ? new Workers("alcada-redis") : null;
    this.executor = of.executor == null ? Objects.requireNonNull(workers) : of.executor;
    this.ownClock = of.clock;
  }

  /**
   * Returns a builder of a store on a server, or on what a Sentinel names.
   *
   * @param client made with the address to connect to; it stays the host's to shut down
   */
  @SuppressWarnings("exports") // whoever calls it has the library
  public static Builder builder(RedisClient client) {
    Objects.requireNonNull(client, "client");
    return new Builder(timeout -> new RedisLink(client, timeout, Settings.MAX_IN_FLIGHT));
  }

  /**
   * Returns a builder of a store on a cluster; all that it keeps lies in one slot.
   *
   * @param client made with the addresses to connect to; it stays the host's to shut down
   */
  @SuppressWarnings("exports") // whoever calls it has the library
  public static Builder builder(RedisClusterClient client) {
    Objects.requireNonNull(client, "client");
    return new Builder(timeout -> new RedisLink(client, timeout, Settings.MAX_IN_FLIGHT));
  }

  @Override
  public CompletionStage<@Nullable ApprovalRequest> find(String binding) {
    return asked(RedisApprovalStore::request, "find", utf8(binding));
  }

  @Override
  public CompletionStage<@Nullable ApprovalRequest> get(String id) {
    return asked(RedisApprovalStore::request, "get", utf8(id));
  }

  @Override
  public CompletionStage<Added> add(ApprovalRequest request, Bounds bounds) {
    return asked(
        answer ->
            switch (answer[0]) {
              case 'Y' -> new Added.Yes();
              case 'H' -> new Added.Holds(read(answer, 1, answer.length - 1));
              case 'F' -> new Added.Full();
              default -> throw strange();
            },
        "add",
        utf8(request.id()),
        utf8(request.binding()),
        record(request),
        number(bounds.perGrant()),
        number(bounds.inAll()),
        number(bounds.bytesPerGrant()),
        number(bounds.bytesInAll()));
  }

  @Override
  public CompletionStage<Boolean> replace(ApprovalRequest next) {
    return asked(
        answer -> answer[0] == 'Y', "replace", utf8(next.id()), utf8(next.binding()), record(next));
  }

  @Override
  public CompletionStage<List<ApprovalRequest>> pending() {
    return asked(
        answer -> {
          List<ApprovalRequest> all = new ArrayList<>();
          ByteBuffer in = ByteBuffer.wrap(answer);
          while (in.hasRemaining()) {
            int length = in.getInt();
            all.add(read(answer, in.position(), length));
            in.position(in.position() + length);
          }
          all.sort(
              Comparator.comparing(ApprovalRequest::createdAt).thenComparing(ApprovalRequest::id));
          return all;
        },
        "pending");
  }

  private static @Nullable ApprovalRequest request(byte[] answer) {
    return answer.length == 0 ? null : read(answer, 0, answer.length);
  }

  private static ApprovalRequest read(byte[] bytes, int from, int length) {
    return ApprovalRequest.fromJson(new String(bytes, from, length, UTF_8));
  }

  /** What the script needs to know of a request, and the request. */
  private static byte[] record(ApprovalRequest request) {
    byte[] json = utf8(request.toJson());
    byte state =
        switch (request.state()) {
          case PENDING -> 0;
          case APPROVED, DENIED -> 1;
          case IN_USE -> 2;
          case SPENT, CANCELLED, EXPIRED -> 3;
        };
    byte[] grant = Keys.digest(request.caller().grant()).getBytes(US_ASCII);
    return ByteBuffer.allocate(8 + 1 + 8 + 8 + grant.length + json.length)
        .putLong(request.version())
        .put(state)
        .putLong(Wanted.micros(request.expiresAt()))
        .putLong(request.bytes())
        .put(grant)
        .put(json)
        .array();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(UTF_8);
  }

  private static byte[] number(long number) {
    return Long.toString(number).getBytes(US_ASCII);
  }

  private static StoreUnavailableException strange() {
    return new StoreUnavailableException("Redis holds what this library did not write", true, null);
  }

  private <T extends @Nullable Object> CompletionStage<T> asked(
      Function<byte[], T> reader, String operation, byte[]... more) {
    byte[][] arguments = new byte[2 + more.length][];
    arguments[0] = operation.getBytes(US_ASCII);
    arguments[1] = number(ownClock == null ? 0 : Wanted.micros(ownClock.instant()));
    System.arraycopy(more, 0, arguments, 2, more.length);
    return link.run(Script.APPROVALS, new byte[][] {keys.of("a")}, arguments)
        .handleAsync(
            (answer, failure) -> {
              if (failure != null) {
                throw new CompletionException(RedisLink.unavailable(failure));
              }
              return reader.apply(answer);
            },
            executor);
  }

  /** Closes the store's connection, and nothing of the host's. What is in flight fails. */
  @Override
  public void close() {
    link.close();
    if (workers != null) {
      workers.close();
    }
  }

  /** Builds a store. Not safe for use by several threads. */
  public static final class Builder {
    private final Function<Duration, RedisLink> connector;
    private @Nullable String prefix;
    private @Nullable Duration timeout;
    private @Nullable Executor executor;
    private @Nullable TimeSource clock;

    private Builder(Function<Duration, RedisLink> connector) {
      this.connector = connector;
    }

    /**
     * Sets what the names of all keys begin with, in braces; {@code alcada}, unless set. Stores
     * with the same prefix on the same server share their requests.
     *
     * @param name 1 to 64 letters, digits, dots, hyphens and underscores
     * @return this builder
     * @throws IllegalArgumentException if it is anything else
     * @throws IllegalStateException if it was set before
     */
    public Builder prefix(String name) {
      prefix = Settings.once("prefix", prefix, Keys.checked(name));
      return this;
    }

    /**
     * Sets how long an answer is waited for; 250 ms, unless set.
     *
     * @param length 1 ms to 1 minute
     * @return this builder
     * @throws IllegalArgumentException if it is out of its range
     * @throws IllegalStateException if it was set before
     */
    public Builder timeout(Duration length) {
      timeout = Settings.once("timeout", timeout, Settings.timeout(length));
      return this;
    }

    /**
     * Sets what stages complete on; a few threads of the store's own, unless set.
     *
     * @param service the executor, which stays the host's to shut down
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder executor(Executor service) {
      executor = Settings.once("executor", executor, Objects.requireNonNull(service, "service"));
      return this;
    }

    /** For tests: a clock in place of the server's. */
    Builder clock(TimeSource source) {
      clock = source;
      return this;
    }

    /**
     * Connects, and looks whether the server can be trusted with requests.
     *
     * @return the store
     * @throws IllegalStateException if the user lacks a right that the store needs, or the server
     *     evicts keys; the message says what to do
     * @throws RuntimeException of Lettuce's if the server cannot be reached
     */
    public RedisApprovalStore build() {
      Keys keys = new Keys(prefix == null ? "alcada" : prefix);
      RedisLink link = connector.apply(timeout == null ? Settings.TIMEOUT : timeout);
      try {
        Probe probe = new Probe(link, keys);
        probe.rights("approvals", Script.APPROVALS);
        probe.eviction(false);
        return new RedisApprovalStore(this, link, keys);
      } catch (Throwable e) {
        link.close();
        throw e;
      }
    }
  }
}
