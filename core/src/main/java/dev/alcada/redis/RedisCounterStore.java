package dev.alcada.redis;

import dev.alcada.counter.AsyncCounterStore;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Look;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.counter.StoreUnavailableException;
import dev.alcada.counter.Usage;
import dev.alcada.time.TimeSource;
import io.lettuce.core.RedisClient;
import io.lettuce.core.cluster.RedisClusterClient;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts on Redis or Valkey, shared by all processes that use the same server and prefix. Safe for
 * use by any number of threads.
 *
 * <pre>{@code
 * RedisClient client = RedisClient.create("redis://counters.internal");
 * RedisCounterStore counters = RedisCounterStore.builder(client).build();
 * ToolGuard guard = ToolGuard.builder(policy).counterStore(counters).build();
 * }</pre>
 *
 * <p><b>Exact.</b> All limits of a call are reserved by one script, in one round trip, or none is;
 * on a cluster whose grants have a {@linkplain Builder#slotPerGrant slot each}, slot by slot. The
 * clock is the server's, and never earlier than what a count has seen: set back, it opens nothing.
 * Sliding windows run on it too. Of what a count admitted, 1,024 calls are kept apart; beyond them,
 * those of the same 1/1,024 of the window leave with the latest of them: never earlier than they
 * would, and later by at most W/1,024. The promise holds by the server's clock at the decision; a
 * handler starts up to the time-out later.
 *
 * <p><b>Never twice.</b> The store opens a connection of its own. What is in flight when that is
 * lost, and what has not been answered within the time-out, fails with a {@link
 * StoreUnavailableException} and is never sent again: it may have been counted, and then stays
 * counted. While the connection is down each call fails at once; Lettuce connects again by itself.
 *
 * <p><b>After a process died</b> what ran in it leaves with its lease, and a call that is made once
 * is remembered. A mark that its attempt left stays until it is {@linkplain #takeBack taken back}.
 * What a call holds that may be given back is recorded with its reservation, so that any process
 * can {@linkplain #settleLate settle it}.
 *
 * <p><b>Bounded.</b> A count takes about 50 bytes and 24 for each admission that its window holds,
 * at most some 50 kB, and expires by itself. Names of keys are digests: no value that is counted by
 * is kept, so that what is held cannot be listed. A new key beyond the bound of its counter, or of
 * the grant whose calls choose such keys, is refused.
 *
 * <p>Stages complete on the executor, and what is hung on them may ask the store again, waiting or
 * not.
 */
public final class RedisCounterStore implements AsyncCounterStore, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RedisCounterStore.class);

  /** How often a call is asked again because the server's clock is in another period. */
  private static final int MOST_TRIPS = 3;

  /** How long after its window a key stays, since expiry is only for tidiness. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  /** With a clock of the tests' own, whose minutes may be the server's years. */
  private static final Duration MARGIN_OF_TESTS = Duration.ofHours(1);

  /** For how long it is known that a call has ended, so that saying so again changes nothing. */
  private static final Duration MARKED = Duration.ofSeconds(60);

  /** So that a process that comes to the end of its call later changes nothing. */
  private static final Duration MARKED_BY_AN_OPERATOR = Duration.ofDays(1);

  private final RedisLink link;
  private final Keys keys;

  /** If each grant has one. */
  private final @Nullable Slots slots;

  private final int maxKeysPerCounter;
  private final int maxKeysPerGrant;
  private final Executor executor;
  private final @Nullable Workers workers;
  private final @Nullable TimeSource ownClock;
  private final AtomicLong reservations = new AtomicLong(new SecureRandom().nextLong());

  /** What the identifiers of this store's reservations begin with: nobody can guess them. */
  private final String run = HexFormat.of().toHexDigits(new SecureRandom().nextLong()) + "-r";

  /** How far the server's clock was ahead of this machine's, in microseconds. */
  private volatile long ahead;

  private RedisCounterStore(Builder of, RedisLink link, Keys keys, @Nullable Slots slots) {
    this.link = link;
    this.keys = keys;
    this.slots = slots;
    this.maxKeysPerCounter = of.maxKeysPerCounter == null ? 100_000 : of.maxKeysPerCounter;
    this.maxKeysPerGrant = of.maxKeysPerGrant == null ? 10_000 : of.maxKeysPerGrant;
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
    return new Builder(false, (timeout, most) -> new RedisLink(client, timeout, most));
  }

  /**
   * Returns a builder of a store on a cluster. All that the store keeps lies in one slot, chosen by
   * its prefix, so that the limits of a call stay all or none; unless each grant is given
   * {@linkplain Builder#slotPerGrant a slot of its own}.
   *
   * @param client made with the addresses to connect to; it stays the host's to shut down
   */
  @SuppressWarnings("exports") // whoever calls it has the library
  public static Builder builder(RedisClusterClient client) {
    Objects.requireNonNull(client, "client");
    return new Builder(true, (timeout, most) -> new RedisLink(client, timeout, most));
  }

  @Override
  public CompletionStage<ReserveResult> reserveAsync(Demand demand) {
    return onExecutor(reserved(demand));
  }

  @Override
  public CompletionStage<Look> lookAsync(Demand demand) {
    return onExecutor(looked(demand));
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // what comes too late is given back, and no more
  public ReserveResult reserve(Demand demand) {
    CompletableFuture<ReserveResult> result = reserved(demand);
    try {
      return RedisLink.awaited(result);
    } catch (InterruptedException e) {
      result.thenAccept(
          late -> {
            if (late instanceof Reservation reservation) {
              reservation.cancel();
            }
          });
      throw interrupted(e);
    }
  }

  @Override
  public Look look(Demand demand) {
    try {
      return RedisLink.awaited(looked(demand));
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  private static StoreUnavailableException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new StoreUnavailableException("interrupted while Redis was asked", true, cause);
  }

  private CompletableFuture<ReserveResult> reserved(Demand demand) {
    long number = nextReservation();
    return slots == null
        ? reserved(demand, keys, number, deadline())
        : new SlotBySlot(this, slots, number, deadline()).reserved(demand);
  }

  /**
   * Reserves what lies in one slot.
   *
   * @param number the reservation's, of which there may be one in each slot
   * @param deadline when no answer is waited for any more, by the machine's clock of nanoseconds
   */
  CompletableFuture<ReserveResult> reserved(Demand demand, Keys names, long number, long deadline) {
    ReserveCall call = new ReserveCall(demand, names, false);
    if (call.isEmpty()) {
      return CompletableFuture.completedFuture(nothing(names, number));
    }
    String id = call.mayEnd() ? idOf(number) : null;
    return asked(
            new Question(call, names, number, ReserveCall.Purpose.RESERVE, id, deadline),
            now(),
            MOST_TRIPS)
        .whenComplete((answer, failure) -> endIfUnknown(names, number, id, failure))
        .thenApply(
            answer -> {
              Refusal refusal = answer.refusal();
              return refusal != null
                  ? refusal
                  : new RedisReservation(this, names, number, call, answer, id);
            });
  }

  /** {@return what a call has in a slot in which it holds nothing, and may leave marks} */
  RedisReservation nothing(Keys names, long number) {
    ReserveCall call = new ReserveCall(Demand.builder().build(), names, false);
    return new RedisReservation(this, names, number, call, ReserveCall.Answer.NOTHING, null);
  }

  private String idOf(long number) {
    return run + Long.toHexString(number);
  }

  private long deadline() {
    return System.nanoTime() + link.timeout().toNanos();
  }

  /**
   * A call whose answer was not had is denied, and may have been reserved: it counts, but does not
   * run, and its mark lasts no longer than it says. What is sent now is done after it.
   */
  @SuppressWarnings("FutureReturnValueIgnored") // nobody waits
  private void endIfUnknown(
      Keys names, long number, @Nullable String id, @Nullable Throwable failure) {
    if (id != null
        && failure != null
        && RedisLink.unavailable(failure) instanceof StoreUnavailableException unavailable
        && unavailable.mayHaveCounted()) {
      end(names, number, id, ReserveCall.End.UNKNOWN, List.of(), List.of());
    }
  }

  private CompletableFuture<Look> looked(Demand demand) {
    return slots == null
        ? looked(
            new ReserveCall(demand, keys, false), keys, 0, ReserveCall.Purpose.LOOK, deadline())
        : new SlotBySlot(this, slots, 0, deadline()).looked(demand);
  }

  /** Looks at what lies in one slot. */
  CompletableFuture<Look> looked(
      ReserveCall call, Keys names, long number, ReserveCall.Purpose purpose, long deadline) {
    if (call.isEmpty()) {
      return CompletableFuture.completedFuture(Look.of(null, List.<Usage>of()));
    }
    return asked(new Question(call, names, number, purpose, null, deadline), now(), MOST_TRIPS)
        .thenApply(answer -> Look.of(answer.refusal(), answer.usage(), answer.marks()));
  }

  /**
   * What the server is asked.
   *
   * @param call what is demanded
   * @param names how the keys of its slot are called
   * @param number the reservation's
   * @param purpose what it is asked for
   * @param id what the record of the call is found by, if one is kept
   * @param deadline when no answer is waited for any more
   */
  record Question(
      ReserveCall call,
      Keys names,
      long number,
      ReserveCall.Purpose purpose,
      @Nullable String id,
      long deadline) {}

  /** Asks, and asks again where the server's clock is in another period than ours. */
  CompletableFuture<ReserveCall.Answer> asked(Question question, Instant now, int trips) {
    ReserveCall call = question.call();
    String id = question.id();
    byte[][] named = call.keys(id == null ? null : question.names().record(id));
    byte[][] arguments =
        call.arguments(
            head(question.number()), question.purpose(), id != null, maxKeysPerGrant, now);
    return link.run(call.script(), question.deadline() - System.nanoTime(), named, arguments)
        .thenCompose(
            bytes -> {
              ReserveCall.Answer answer = call.read(bytes);
              if (!answer.askAgain()) {
                return CompletableFuture.completedFuture(answer);
              }
              long reading = answer.reading();
              ahead = reading - Wanted.micros(Instant.now());
              return trips > 1
                  ? asked(question, instant(reading), trips - 1)
                  : CompletableFuture.failedFuture(
                      new StoreUnavailableException("Redis's clock does not stay", false, null));
            });
  }

  private Instant now() {
    return ownClock != null ? ownClock.instant() : instant(Wanted.micros(Instant.now()) + ahead);
  }

  private static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, 1_000_000), Math.floorMod(micros, 1_000_000) * 1_000L);
  }

  /** {@return what each script is told first} */
  private byte[] head(long number) {
    return ByteBuffer.allocate(8 + 8 + 8 + 4)
        .putLong(number)
        .putLong(clock())
        .putLong((ownClock == null ? MARGIN : MARGIN_OF_TESTS).toMillis())
        .putInt(maxKeysPerCounter)
        .array();
  }

  private long clock() {
    return ownClock == null ? 0 : Wanted.micros(ownClock.instant());
  }

  /** {@return the marks that the end of a call leaves, as the scripts are told of them} */
  List<Wanted> left(List<Mark> done, Keys names) {
    return Wanted.done(done, names, maxKeysPerGrant);
  }

  /**
   * Sends how a call has ended and waits for nothing; what is lost stays counted.
   *
   * @param names how the keys of its slot are called
   * @param number the reservation's
   * @param id what the record of what it holds is found by, if one was kept
   * @param how how it has ended
   * @param parts what it holds if there is no record, and what its end leaves
   * @param arguments what the script is told of each of them
   * @return the answer, whatever it is
   */
  CompletableFuture<?> end(
      Keys names,
      long number,
      @Nullable String id,
      ReserveCall.End how,
      List<Wanted> parts,
      List<byte[]> arguments) {
    List<byte[]> named = new ArrayList<>();
    named.add(names.ended(id == null ? idOf(number) : id));
    if (id != null) {
      named.add(names.record(id));
    }
    for (Wanted part : parts) {
      named.add(part.list);
      named.add(part.live);
    }
    List<byte[]> told = new ArrayList<>();
    told.add(ending(number, how, id != null, false, MARKED));
    told.addAll(arguments);
    return link.run(Script.SETTLE, named.toArray(new byte[0][]), told.toArray(new byte[0][]))
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                LOG.debug("How a call has ended was not told, and what it holds stays", failure);
              }
            });
  }

  @SuppressWarnings("EnumOrdinal") // the script's numbers are in the same order
  private byte[] ending(
      long number, ReserveCall.End how, boolean recorded, boolean late, Duration marked) {
    byte[] head = head(number);
    return ByteBuffer.allocate(head.length + 3 + 8)
        .put(head)
        .put(how.number)
        .put((byte) (recorded ? 1 : 0))
        .put((byte) (late ? 1 : 0))
        .putLong(marked.toMillis())
        .array();
  }

  /** Takes back what is there; it cannot be listed, for names are digests. */
  @Override
  public boolean takeBack(CounterKey key) {
    if (slots == null) {
      return said(takenBack(key, keys));
    }
    // Both: where it is not said whose it is, it may be the grant's that it counts by first.
    List<CompletableFuture<byte[]>> answers = new ArrayList<>();
    for (Keys names : slots.perhapsOf(key)) {
      answers.add(takenBack(key, names));
    }
    return anySaid(answers);
  }

  private CompletableFuture<byte[]> takenBack(CounterKey key, Keys names) {
    Wanted held = Wanted.held(key, names);
    Wanted owned = held.owned();
    return owned == null
        ? link.run(Script.TAKE_BACK, new byte[][] {held.list, held.live}, head(0), held.told())
        : link.run(
            Script.TAKE_BACK,
            new byte[][] {held.list, held.live, owned.live},
            head(0),
            held.told(),
            owned.told());
  }

  @Override
  public boolean settleLate(String reservation, Ended ended) {
    if (ended == Ended.UNKNOWN) {
      throw new IllegalArgumentException("ended is UNKNOWN, expected DONE or NOT_DONE");
    }
    if (slots == null) {
      return said(settledLate(reservation, ended, keys, true));
    }
    Slots.Holds holds = slots.of(reservation);
    List<CompletableFuture<byte[]>> answers = new ArrayList<>();
    for (Keys names : holds.recorded()) {
      answers.add(settledLate(holds.id(), ended, names, true));
    }
    boolean settled = anySaid(answers);
    answers.clear();
    for (Keys names : settled ? holds.others() : List.<Keys>of()) {
      answers.add(settledLate(holds.id(), ended, names, false));
    }
    return anySaid(answers) || settled;
  }

  /** Where the call has a record, that is ended; where not, its end is to change nothing. */
  private CompletableFuture<byte[]> settledLate(
      String id, Ended ended, Keys names, boolean recorded) {
    byte[][] named =
        recorded
            ? new byte[][] {names.ended(id), names.record(id)}
            : new byte[][] {names.ended(id)};
    ReserveCall.End how = ReserveCall.End.of(ended);
    return link.run(
        Script.SETTLE, named, ending(0, how, recorded, recorded, MARKED_BY_AN_OPERATOR));
  }

  /** Waits for all, and fails if one of them does. */
  private static boolean anySaid(List<CompletableFuture<byte[]>> answers) {
    boolean any = false;
    for (CompletableFuture<byte[]> answer : answers) {
      any |= said(answer);
    }
    return any;
  }

  private static boolean said(CompletableFuture<byte[]> answer) {
    try {
      return RedisLink.awaited(answer)[0] == '1';
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /** Unlike any other's, in this process and, by all odds, in any other; never 0. */
  private long nextReservation() {
    long id = mixed(reservations.getAndAdd(0x9E3779B97F4A7C15L));
    return id != 0 ? id : nextReservation();
  }

  private static long mixed(long number) {
    long mixed = (number ^ number >>> 30) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
    return mixed ^ mixed >>> 31;
  }

  private <T> CompletionStage<T> onExecutor(CompletableFuture<T> answer) {
    return answer.handleAsync(
        (value, failure) -> {
          if (failure != null) {
            throw new CompletionException(RedisLink.unavailable(failure));
          }
          return value;
        },
        executor);
  }

  /** {@return how many scripts have been sent and not been answered} */
  int underWay() {
    return link.underWay();
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
    private final boolean ofCluster;
    private final Connector connector;
    private @Nullable String prefix;
    private @Nullable Duration timeout;
    private @Nullable Integer maxKeysPerCounter;
    private @Nullable Integer maxKeysPerGrant;
    private @Nullable Integer maxInFlight;
    private @Nullable Executor executor;
    private boolean evictionAllowed;
    private boolean slotPerGrant;
    private @Nullable TimeSource clock;

    private interface Connector {
      RedisLink connect(Duration timeout, int mostInFlight);
    }

    private Builder(boolean ofCluster, Connector connector) {
      this.ofCluster = ofCluster;
      this.connector = connector;
    }

    /**
     * Sets what the names of all keys begin with, in braces; {@code alcada}, unless set. Stores
     * with the same prefix on the same server share their counts.
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
     * Sets how many keys of one counter may be live; 100,000, unless set.
     *
     * @param keys at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less
     * @throws IllegalStateException if it was set before
     */
    public Builder maxKeysPerCounter(int keys) {
      maxKeysPerCounter =
          Settings.once(
              "maxKeysPerCounter", maxKeysPerCounter, Settings.positive("maxKeysPerCounter", keys));
      return this;
    }

    /**
     * Sets how many keys that a grant's own calls choose (by an argument, by {@code call}, by
     * {@code once}) may be live in all counters together, and as many marks, so that it closes no
     * counter to others; 10,000, unless set.
     *
     * @param keys at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less
     * @throws IllegalStateException if it was set before
     */
    public Builder maxKeysPerGrant(int keys) {
      maxKeysPerGrant =
          Settings.once(
              "maxKeysPerGrant", maxKeysPerGrant, Settings.positive("maxKeysPerGrant", keys));
      return this;
    }

    /**
     * Sets how many calls may wait for the server at a time; beyond them, each fails at once.
     * 10,000, unless set.
     *
     * @param calls at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less
     * @throws IllegalStateException if it was set before
     */
    public Builder maxInFlight(int calls) {
      maxInFlight =
          Settings.once("maxInFlight", maxInFlight, Settings.positive("maxInFlight", calls));
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

    /**
     * Says that limits may be forgotten when the server's memory runs out. Unless said, a server
     * whose {@code maxmemory-policy} is not {@code noeviction} is refused.
     *
     * @return this builder
     */
    public Builder allowEviction() {
      evictionAllowed = true;
      return this;
    }

    /**
     * Gives each grant a slot of its own, so that the nodes of a cluster share the work. What
     * counts by grant, by session, by either with something else, or by {@code once} lies in the
     * grant's slot, and every other counter in its own.
     *
     * <p>A call whose limits and marks lie in one slot is decided there as ever. One that needs
     * several looks at all of them at once, and then reserves one after the other, a round trip
     * each; where another call was faster, or a slot does not answer, what was reserved is given
     * back before the call is answered. Nothing is ever exceeded so, but meanwhile others may be
     * refused a little too early; what cannot be given back, because its node is gone, stays
     * counted. Each slot goes by the clock of its own node.
     *
     * <p>{@link #maxKeysPerCounter} then holds for the keys of each grant apart. Stores that share
     * counts set the same: with and without it they lie in different places.
     *
     * @return this builder
     * @throws IllegalStateException if the store is not on a cluster
     */
    public Builder slotPerGrant() {
      if (!ofCluster) {
        throw new IllegalStateException(
            "slotPerGrant was set for a store on one server, expected RedisCounterStore.builder with"
                + " a RedisClusterClient");
      }
      slotPerGrant = true;
      return this;
    }

    /** For tests: a clock in place of the server's. */
    Builder clock(TimeSource source) {
      clock = source;
      return this;
    }

    /**
     * Connects, and looks whether the server can be trusted with counts.
     *
     * @return the store
     * @throws IllegalStateException if the user lacks a right that the store needs, or the server
     *     evicts keys and that was not allowed; the message says what to do
     * @throws RuntimeException of Lettuce's if the server cannot be reached
     */
    public RedisCounterStore build() {
      Keys keys = new Keys(prefix == null ? "alcada" : prefix);
      Slots slots = slotPerGrant ? new Slots(keys) : null;
      RedisLink link =
          connector.connect(
              timeout == null ? Settings.TIMEOUT : timeout,
              maxInFlight == null ? Settings.MAX_IN_FLIGHT : maxInFlight);
      try {
        for (Keys each : slots == null ? List.of(keys) : slots.ofEachNode(link)) {
          Probe probe = new Probe(link, each);
          probe.rights(
              "counters", Script.RESERVE, Script.RESERVE_ALL, Script.SETTLE, Script.TAKE_BACK);
          probe.eviction(evictionAllowed);
        }
        return new RedisCounterStore(this, link, keys, slots);
      } catch (Throwable e) {
        link.close();
        throw e;
      }
    }
  }
}
