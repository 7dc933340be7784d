package dev.alcada.counter;

import dev.alcada.time.TimeSource;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store that others share, and what happens when it is slow or gone. Safe for use by several
 * threads.
 *
 * <pre>{@code
 * FallbackCounterStore counters =
 *     FallbackCounterStore.builder(RedisCounterStore.builder(client).build())
 *         .heldBack(0.02, 10, InMemoryCounterStore.create())
 *         .listener((state, failure) -> log.warn("counters are {}", state, failure))
 *         .build();
 * }</pre>
 *
 * <p><b>Slow.</b> What is not answered within the time-out has failed; if an answer comes later,
 * what it reserved is given back, and if none comes, it stays counted. After three failures in a
 * row nobody waits any more: calls fail at once, but for one in 200 ms that asks whether the store
 * is there again. Only so many calls wait at a time.
 *
 * <p><b>Gone.</b> Unless something else is chosen, a call whose limits cannot be counted is denied.
 * {@link Builder#open} lets calls through uncounted whose limits are all of named counters. {@link
 * Builder#heldBack} keeps a part of each limit on each node, which is used when the store refuses
 * or is gone: the parts are disjoint, so that together they never admit more than the limit. Both
 * are for amounts: what must be known for certain is never guessed.
 */
public final class FallbackCounterStore implements AsyncCounterStore {
  /** Whether the store is asked. */
  public enum State {
    /** It answers. */
    AVAILABLE,
    /** It failed several times in a row, and is asked only now and then. */
    UNAVAILABLE
  }

  /** Is told of the state. Must return quickly: the call that found it out waits. */
  @FunctionalInterface
  public interface Listener {
    /**
     * Is called when the state has changed.
     *
     * @param state the state now
     * @param failure the last failure, or {@code null} if the store is available again
     */
    void changed(State state, @Nullable Throwable failure);
  }

  private final CounterStore store;
  private final @Nullable AsyncCounterStore async;
  private final Circuit circuit;
  private final Duration timeout;
  private final Executor executor;
  private final Set<String> open;
  private final @Nullable HeldBack heldBack;
  private final @Nullable CounterStore own;
  private final LongAdder uncounted = new LongAdder();
  private final LongAdder ofOwnPart = new LongAdder();

  private FallbackCounterStore(Builder of) {
    this.store = of.store;
    this.async = of.store instanceof AsyncCounterStore each ? each : null;
    this.circuit =
        new Circuit(
            of.time == null ? TimeSource.system() : of.time,
            of.maxInFlight == null ? 10_000 : of.maxInFlight,
            of.listener == null ? (state, failure) -> {} : of.listener);
    this.timeout = of.timeout == null ? Duration.ofMillis(250) : of.timeout;
    this.executor = of.executor == null ? threads() : of.executor;
    this.open = of.open == null ? Set.of() : of.open;
    this.heldBack = of.heldBack;
    this.own = of.own;
  }

  /**
   * Returns a builder.
   *
   * @param store the store that others share
   */
  public static Builder builder(CounterStore store) {
    return new Builder(Objects.requireNonNull(store, "store"));
  }

  /** {@return whether the store is asked now} */
  public State state() {
    return circuit.state();
  }

  /** {@return how many calls were let through uncounted, the store being gone} */
  public long uncounted() {
    return uncounted.sum();
  }

  /** {@return how many calls were let through by this node's own part, the store being gone} */
  public long ofOwnPart() {
    return ofOwnPart.sum();
  }

  /**
   * Asks on this thread; a store that is no {@link AsyncCounterStore} needs time-outs of its own.
   */
  @Override
  public ReserveResult reserve(Demand demand) {
    return asked(
        () -> store.reserve(ofStore(demand)),
        answer -> reserved(demand, answer),
        failure -> reserveWithout(demand, failure));
  }

  /**
   * Asks on this thread; a store that is no {@link AsyncCounterStore} needs time-outs of its own.
   */
  @Override
  public Look look(Demand demand) {
    return asked(
        () -> store.look(ofStore(demand)),
        answer -> looked(demand, answer),
        failure -> lookWithout(demand, failure));
  }

  @Override
  public CompletionStage<ReserveResult> reserveAsync(Demand demand) {
    return askedLater(
        () ->
            async != null
                ? async.reserveAsync(ofStore(demand))
                : later(() -> store.reserve(ofStore(demand))),
        answer -> reserved(demand, answer),
        failure -> reserveWithout(demand, failure));
  }

  @Override
  public CompletionStage<Look> lookAsync(Demand demand) {
    return askedLater(
        () ->
            async != null
                ? async.lookAsync(ofStore(demand))
                : later(() -> store.look(ofStore(demand))),
        answer -> looked(demand, answer),
        failure -> lookWithout(demand, failure));
  }

  @Override
  public List<Held> held(CounterId.Kind kind, String after, int most) {
    return store.held(kind, after, most);
  }

  @Override
  public boolean takeBack(CounterKey key) {
    return store.takeBack(key);
  }

  /**
   * {@inheritDoc}
   *
   * <p>It is asked first where this node counts its own part, which needs no store, and then the
   * store. What another node counts as its own part it alone can settle.
   */
  @Override
  public boolean settleLate(String reservation, Ended ended) {
    return settledHere(reservation, ended) || store.settleLate(reservation, ended);
  }

  private boolean settledHere(String reservation, Ended ended) {
    CounterStore node = own;
    if (node == null) {
      return false;
    }
    try {
      return node.settleLate(reservation, ended);
    } catch (UnsupportedOperationException e) {
      return false; // None of its calls has an identifier.
    }
  }

  private <T> CompletionStage<T> later(Supplier<T> question) {
    return CompletableFuture.supplyAsync(question, executor);
  }

  private <T> T asked(
      Supplier<T> question, Function<T, T> answered, Function<RuntimeException, T> without) {
    StoreUnavailableException barred = circuit.begin();
    if (barred != null) {
      return without.apply(barred);
    }
    T answer;
    try {
      answer = question.get();
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (RuntimeException e) {
      circuit.failed(e);
      return without.apply(e);
    } finally {
      circuit.end();
    }
    circuit.answered();
    return answered.apply(answer);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // each ends in the stage that is returned
  private <T> CompletionStage<T> askedLater(
      Supplier<CompletionStage<T>> question,
      Function<T, T> answered,
      Function<RuntimeException, T> without) {
    CompletableFuture<T> result = new CompletableFuture<>();
    AtomicBoolean ended = new AtomicBoolean();
    StoreUnavailableException barred = circuit.begin();
    if (barred != null) {
      return decided(() -> without.apply(barred));
    }
    CompletableFuture<T> stage = null;
    try {
      CompletableFuture<T> given = question.get().toCompletableFuture();
      stage = given;
      if (given.isDone()) { // on the caller's stack, which may end where nobody would hear of it
        end(ended);
        return answeredAtOnce(given, answered, without);
      }
      CompletableFuture<T> inTime = given.copy();
      inTime.whenComplete(
          (answer, failure) -> {
            try {
              end(ended);
              take(result, given, answer, failure, answered, without);
            } catch (Throwable e) {
              result.completeExceptionally(e); // a stage would keep it to itself
            }
          });
      inTime.orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
      return result;
    } catch (IllegalArgumentException e) {
      end(ended);
      throw e;
    } catch (RuntimeException e) {
      end(ended);
      circuit.failed(e);
      return decided(() -> without.apply(e));
    } catch (Throwable e) {
      end(ended); // the stack or the memory has ended
      if (stage != null) {
        giveBackLate(stage);
      }
      throw e;
    }
  }

  private <T> CompletionStage<T> answeredAtOnce(
      CompletableFuture<T> stage, Function<T, T> answered, Function<RuntimeException, T> without) {
    T answer;
    try {
      answer = stage.join();
    } catch (CompletionException | CancellationException e) {
      RuntimeException why = told(e);
      if (why instanceof IllegalArgumentException) {
        return CompletableFuture.failedFuture(why);
      }
      circuit.failed(why);
      return decided(() -> without.apply(why));
    }
    circuit.answered();
    return decided(() -> answered.apply(answer));
  }

  private void end(AtomicBoolean ended) {
    if (ended.compareAndSet(false, true)) {
      circuit.end();
    }
  }

  private <T> void take(
      CompletableFuture<T> result,
      CompletableFuture<T> stage,
      T answer,
      @Nullable Throwable failure,
      Function<T, T> answered,
      Function<RuntimeException, T> without) {
    if (failure == null) {
      circuit.answered();
      decide(result, () -> answered.apply(answer));
    } else if (failure instanceof TimeoutException) {
      circuit.failed(failure);
      giveBackLate(stage);
      RuntimeException late =
          new StoreUnavailableException(
              "the store did not answer within " + timeout, true, failure);
      Runnable decision = () -> decide(result, () -> without.apply(late));
      try {
        executor.execute(decision); // not on the clock's thread, which others need
      } catch (RuntimeException e) {
        decision.run(); // but rather there than never
      }
    } else {
      RuntimeException why = told(failure);
      if (why instanceof IllegalArgumentException) {
        result.completeExceptionally(why);
      } else {
        circuit.failed(why);
        decide(result, () -> without.apply(why));
      }
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // nobody waits
  private static <T> void giveBackLate(CompletableFuture<T> stage) {
    stage.whenComplete(
        (late, failure) -> {
          if (late instanceof Reservation reservation) {
            reservation.cancel();
          }
        });
  }

  private static RuntimeException told(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof RuntimeException told
        ? told
        : new StoreUnavailableException("the store failed", true, cause);
  }

  private static <T> CompletionStage<T> decided(Supplier<T> decision) {
    CompletableFuture<T> result = new CompletableFuture<>();
    decide(result, decision);
    return result;
  }

  private static <T> void decide(CompletableFuture<T> result, Supplier<T> decision) {
    try {
      result.complete(decision.get());
    } catch (Throwable e) {
      result.completeExceptionally(e);
    }
  }

  private Demand ofStore(Demand demand) {
    return heldBack == null ? demand : heldBack.ofStore(demand);
  }

  private @Nullable ReserveResult reserveOwn(Demand demand) {
    Demand ofNode = heldBack == null ? null : heldBack.ofNode(demand);
    return ofNode == null || own == null ? null : own.reserve(ofNode);
  }

  private @Nullable Look lookOwn(Demand demand) {
    Demand ofNode = heldBack == null ? null : heldBack.ofNode(demand);
    return ofNode == null || own == null ? null : own.look(ofNode);
  }

  private ReserveResult reserved(Demand demand, ReserveResult answer) {
    if (answer instanceof Refusal refusal) {
      ReserveResult instead = reserveOwn(demand);
      return instead == null
          ? refusal
          : instead instanceof Refusal second ? earlier(refusal, second) : instead;
    }
    return answer;
  }

  private Look looked(Demand demand, Look answer) {
    Refusal refusal = answer.refusal();
    Look instead = refusal == null ? null : lookOwn(demand);
    if (refusal == null || instead == null) {
      return answer;
    }
    Refusal second = instead.refusal();
    return Look.of(second == null ? null : earlier(refusal, second), answer.usage());
  }

  /** What the store refuses, until the first of both has room. */
  private static Refusal earlier(Refusal store, Refusal node) {
    Duration one = store.retryAfter();
    Duration other = node.retryAfter();
    boolean nodeFirst = other != null && (one == null || other.compareTo(one) < 0);
    return nodeFirst ? new Refusal(store.index(), store.reason(), other) : store;
  }

  private ReserveResult reserveWithout(Demand demand, RuntimeException failure) {
    if (reserveOwn(demand) instanceof Reservation reservation) {
      ofOwnPart.increment();
      return reservation;
    }
    if (isOpen(demand)) {
      uncounted.increment();
      return new Uncounted(unknown(demand));
    }
    throw failure;
  }

  private Look lookWithout(Demand demand, RuntimeException failure) {
    Look instead = lookOwn(demand);
    if (instead != null && instead.refusal() == null) {
      return instead;
    }
    if (isOpen(demand)) {
      return Look.of(null, unknown(demand));
    }
    throw failure;
  }

  private boolean isOpen(Demand demand) {
    if (!demand.isOfChargesAlone()) {
      return false;
    }
    for (Charge charge : demand.charges()) {
      if (!(charge instanceof Charge.Amount amount)
          || !isOpen(amount.key().counter())
          || amount.amount() > amount.max()) {
        return false;
      }
    }
    return !open.isEmpty();
  }

  /** A shorthand limit goes by the tool's name, which may be that of a counter too. */
  private boolean isOpen(CounterId counter) {
    return open.contains(counter.name()) && !counter.namespace().endsWith("rate_limit");
  }

  private static List<Usage> unknown(Demand demand) {
    return Collections.nCopies(demand.size(), Usage.of(0, null));
  }

  private static Executor threads() {
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            4,
            4,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Thread(task, "alcada-store");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /** What was let through while nothing could be counted. */
  private record Uncounted(List<Usage> usage) implements Reservation {
    @Override
    public void settle(Ended ended, List<Mark> done) {
      // Nothing is held.
    }

    @Override
    public void cancel() {
      // Nothing is held.
    }
  }

  /** Builds a store. Not safe for use by several threads. */
  public static final class Builder {
    private final CounterStore store;
    private @Nullable Set<String> open;
    private @Nullable HeldBack heldBack;
    private @Nullable CounterStore own;
    private @Nullable Duration timeout;
    private @Nullable Integer maxInFlight;
    private @Nullable Executor executor;
    private @Nullable Listener listener;
    private @Nullable TimeSource time;

    private Builder(CounterStore store) {
      this.store = store;
    }

    /**
     * Lets calls through, uncounted, while the store is gone, if all their limits are of these
     * counters and are for amounts. Not together with {@link #heldBack}.
     *
     * @param counters names of counters, as policies have them; a {@code rate_limit} has none
     * @return this builder
     * @throws IllegalArgumentException if there are none
     * @throws IllegalStateException if it was set before, or {@link #heldBack} was
     */
    public Builder open(Set<String> counters) {
      unset("open", open);
      unset("heldBack", heldBack);
      if (counters.isEmpty()) {
        throw new IllegalArgumentException("open names no counter, expected at least one");
      }
      open = Set.copyOf(counters);
      return this;
    }

    /**
     * Keeps a part of each limit on each node, in whole numbers. Of a limit M the store has M − n ·
     * ⌊share · M⌋ and each of n nodes ⌊share · M⌋, always: set the same on every node. One node
     * more than said can be over by its part. Not together with {@link #open}.
     *
     * @param share a node's part of each limit, such as 0.02
     * @param nodes how many nodes share the store at most, at least 1; {@code share · nodes} at
     *     most 1
     * @param node where this node counts its own part, such as a store in memory, used for nothing
     *     else
     * @return this builder
     * @throws IllegalArgumentException if a number is out of its range
     * @throws IllegalStateException if it was set before, or {@link #open} was
     */
    public Builder heldBack(double share, int nodes, CounterStore node) {
      unset("heldBack", heldBack);
      unset("open", open);
      if (!(share > 0) || nodes < 1 || share * nodes > 1) {
        throw new IllegalArgumentException(
            "heldBack is a share of "
                + share
                + " for each of "
                + nodes
                + " nodes, expected more than 0 and at most 1 in all");
      }
      own = Objects.requireNonNull(node, "node");
      heldBack = new HeldBack(share, nodes);
      return this;
    }

    /**
     * Sets how long the answer of a stage is waited for; 250 ms, unless set. It should be no
     * shorter than the store's own.
     *
     * @param length 1 ms to 1 minute
     * @return this builder
     * @throws IllegalArgumentException if it is out of its range
     * @throws IllegalStateException if it was set before
     */
    public Builder timeout(Duration length) {
      unset("timeout", timeout);
      if (length.compareTo(Duration.ofMillis(1)) < 0
          || length.compareTo(Duration.ofMinutes(1)) > 0) {
        throw new IllegalArgumentException("timeout is " + length + ", expected 1 ms to 1 minute");
      }
      timeout = length;
      return this;
    }

    /**
     * Sets how many calls may wait for the store at a time; 10,000, unless set. Beyond them, the
     * store is taken to be gone.
     *
     * @param calls at least 1
     * @return this builder
     * @throws IllegalArgumentException if it is less
     * @throws IllegalStateException if it was set before
     */
    public Builder maxInFlight(int calls) {
      unset("maxInFlight", maxInFlight);
      if (calls < 1) {
        throw new IllegalArgumentException("maxInFlight is " + calls + ", expected at least 1");
      }
      maxInFlight = calls;
      return this;
    }

    /**
     * Sets what stages complete on at a time-out, and where a store that is no {@link
     * AsyncCounterStore} is asked for a stage; a few threads that end when idle, unless set.
     *
     * @param service the executor, which stays the host's to shut down
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder executor(Executor service) {
      unset("executor", executor);
      executor = Objects.requireNonNull(service, "service");
      return this;
    }

    /**
     * Sets who is told of the store's state.
     *
     * @param told the listener
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder listener(Listener told) {
      unset("listener", listener);
      listener = Objects.requireNonNull(told, "told");
      return this;
    }

    /**
     * Sets the source of time; the machine's own clocks, unless set.
     *
     * @param source the source
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder timeSource(TimeSource source) {
      unset("timeSource", time);
      time = Objects.requireNonNull(source, "source");
      return this;
    }

    /** {@return the store} */
    public FallbackCounterStore build() {
      return new FallbackCounterStore(this);
    }

    private static void unset(String setting, @Nullable Object value) {
      if (value != null) {
        throw new IllegalStateException(setting + " was set before");
      }
    }
  }
}
