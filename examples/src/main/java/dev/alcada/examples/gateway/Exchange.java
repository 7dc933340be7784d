package dev.alcada.examples.gateway;

import dev.alcada.guard.NotDoneException;
import java.math.BigInteger;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request, from its arrival at the gateway to its answer. Thread-safe. */
final class Exchange {
  private enum State {
    WAITING,
    SENT,
    ENDED,
    CANCELLED
  }

  static final String CANCELLED = "the request was cancelled";

  private final @Nullable Object id;
  private final @Nullable Object token;
  private final long weight;
  private final Consumer<Message> stream;
  private final AtomicReference<State> state = new AtomicReference<>(State.WAITING);
  private final CompletableFuture<Message.Answer> answer = new CompletableFuture<>();
  private final CompletableFuture<Message.@Nullable Answer> told = new CompletableFuture<>();
  private volatile @Nullable BigInteger number;

  /**
   * A request that has arrived.
   *
   * @param id by which the one who asks knows it; {@code null}: the gateway asks
   * @param token by which the one who asks knows its progress, if it wants to hear of that
   * @param weight what it takes in memory, about, in bytes
   * @param stream takes what is said on the way of its answer before that, such as its progress
   */
  Exchange(@Nullable Object id, @Nullable Object token, long weight, Consumer<Message> stream) {
    this.id = id;
    this.token = token;
    this.weight = weight;
    this.stream = stream;
  }

  @Nullable Object id() {
    return id;
  }

  @Nullable Object token() {
    return token;
  }

  long weight() {
    return weight;
  }

  Consumer<Message> stream() {
    return stream;
  }

  /** {@return what the other side answers, or why it does not} */
  CompletableFuture<Message.Answer> answer() {
    return answer;
  }

  /** {@return what the one who asked is told; {@code null} if nothing any more} */
  CompletableFuture<Message.@Nullable Answer> told() {
    return told;
  }

  /** {@return the id under which it was sent last, or {@code null} if it was not} */
  @Nullable BigInteger number() {
    return number;
  }

  void number(BigInteger next) {
    number = next;
  }

  /** {@return whether the request may still be sent; from now on it counts as sent} */
  boolean send() {
    return state.compareAndSet(State.WAITING, State.SENT) || state.get() == State.SENT;
  }

  /**
   * Nobody waits for the answer any more, and the one who asked is told nothing.
   *
   * @return whether the other side is to be told, by whoever is first to cancel
   */
  boolean cancel() {
    State before = state.getAndSet(State.CANCELLED);
    if (before == State.CANCELLED) {
      return false;
    }
    boolean sent = before == State.SENT;
    told.complete(null);
    answer.completeExceptionally(
        sent ? new UpstreamException(CANCELLED) : new NotDoneException(CANCELLED));
    return sent;
  }

  /** The other side has not taken it in; {@return whether it is to be sent again} */
  boolean refused() {
    return state.compareAndSet(State.SENT, State.WAITING);
  }

  /** The other side has answered; it is not sent again, whatever is said of it elsewhere. */
  void answered(Message.Answer said) {
    state.updateAndGet(before -> before == State.CANCELLED ? before : State.ENDED);
    answer.complete(said);
  }

  /** The other side, if it has the request, answers no more; it is not sent again. */
  void lost(String why) {
    if (state.compareAndSet(State.SENT, State.ENDED)) {
      answer.completeExceptionally(new UpstreamException(why));
    }
  }

  /** {@return whether the other side may have begun with it, cancelled or not} */
  boolean begun() {
    State now = state.get();
    return now == State.SENT || now == State.ENDED;
  }

  /** {@return whether the one who asked is to hear nothing more of it} */
  boolean cancelled() {
    return state.get() == State.CANCELLED;
  }
}
