package dev.alcada.examples.gateway;

import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What one side has asked and the other has not answered. It is sent under numbers of the gateway's
 * own, none of which is used twice: whatever either side says of an id, or of a progress token, is
 * translated here or is about nothing. Thread-safe.
 *
 * <pre>
 *   client              gateway              upstream
 *     |---- id "a" ------->|------- id 7 ------->|
 *     |--- cancel "a" ---->|----- cancel 7 ----->|
 *     |---- id "a" ------->|------- id 8 ------->|
 *     |                    |&lt;---- answer 7 ------|   too late: dropped
 *     |&lt;--- answer "a" ----|&lt;---- answer 8 ------|
 * </pre>
 */
final class UnderWay {
  private static final SecureRandom RANDOM = new SecureRandom();

  /** So many has a number that every server can read: JavaScript's have 53. */
  private static final int BITS = 53;

  private final int mostRequests;
  private final Room room;
  private final Supplier<BigInteger> numbers;
  private final Map<Object, Exchange> byId = new HashMap<>();
  private final Map<BigInteger, Exchange> byNumber = new HashMap<>();
  private final Set<Exchange> all = new HashSet<>();
  private long weight;

  private UnderWay(int mostRequests, Room room, Supplier<BigInteger> numbers) {
    this.mostRequests = mostRequests;
    this.room = room;
    this.numbers = numbers;
  }

  /** What is asked of the client, by numbers in turn: whoever could guess one sees it anyway. */
  static UnderWay ofClient(int mostRequests) {
    AtomicLong last = new AtomicLong();
    return new UnderWay(
        mostRequests, new Room(Long.MAX_VALUE), () -> BigInteger.valueOf(last.incrementAndGet()));
  }

  /**
   * What is asked of the upstream, by numbers that nobody can guess: a line that a model has a
   * server log, in the shape of an answer, is one to nothing.
   */
  static UnderWay ofUpstream(int mostRequests, Room room) {
    return new UnderWay(mostRequests, room, () -> new BigInteger(BITS, RANDOM));
  }

  /** A request that is not taken. */
  static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final int code;

    RefusedException(int code, String why) {
      super(why, null, false, false);
      this.code = code;
    }

    int code() {
      return code;
    }
  }

  /** Takes note of a request. */
  synchronized void open(Exchange exchange) throws RefusedException {
    if (exchange.id() != null && byId.containsKey(exchange.id())) {
      throw new RefusedException(Message.INVALID_REQUEST, "a request with this id is under way");
    } else if (room.isTooSmallFor(exchange.weight())) {
      throw new RefusedException(
          Message.INVALID_REQUEST,
          "the request is larger than this gateway's memory (-Xmx) allows");
    } else if (all.size() >= mostRequests || !room.take(exchange.weight(), weight)) {
      throw new RefusedException(Message.UNAVAILABLE, "too many requests are under way");
    }
    all.add(exchange);
    weight += exchange.weight();
    if (exchange.id() != null) {
      byId.put(exchange.id(), exchange);
    }
  }

  /** {@return a number under which the request can be sent; one it had before is done with} */
  synchronized BigInteger number(Exchange exchange) {
    BigInteger number = numbers.get();
    while (byNumber.containsKey(number)) {
      number = numbers.get();
    }
    forget(exchange.number());
    exchange.number(number);
    if (all.contains(exchange)) {
      byNumber.put(number, exchange);
    }
    return number;
  }

  /** {@return the request that was sent under a number, which is done with now, or {@code null}} */
  synchronized @Nullable Exchange answered(@Nullable Object number) {
    return forget(number);
  }

  /** {@return the request whose progress is told of under a number, or {@code null}} */
  synchronized @Nullable Exchange numbered(@Nullable Object number) {
    return number instanceof BigInteger ? byNumber.get(number) : null;
  }

  /** {@return the request that the one who asked knows by this id, or {@code null}} */
  synchronized @Nullable Exchange known(@Nullable Object id) {
    return id == null ? null : byId.get(id);
  }

  /** The one who asked is answered, or does not want to be any more. */
  synchronized void close(Exchange exchange) {
    if (all.remove(exchange)) {
      weight -= exchange.weight();
      room.give(exchange.weight());
      if (exchange.id() != null) {
        byId.remove(exchange.id());
      }
    }
    if (exchange.number() != null) {
      byNumber.remove(exchange.number(), exchange);
    }
  }

  private @Nullable Exchange forget(@Nullable Object number) {
    return number instanceof BigInteger ? byNumber.remove(number) : null;
  }

  /** {@return how many there are} */
  synchronized int size() {
    return all.size();
  }

  /** {@return all that there are now} */
  synchronized List<Exchange> all() {
    return List.copyOf(all);
  }
}
