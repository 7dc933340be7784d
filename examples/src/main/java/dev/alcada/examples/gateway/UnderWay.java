package dev.alcada.examples.gateway;

import java.math.BigInteger;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private final int mostRequests;
  private final long mostBytes;
  private final Map<Object, Exchange> byId = new HashMap<>();
  private final Map<BigInteger, Exchange> byNumber = new HashMap<>();
  private final Set<Exchange> all = new HashSet<>();
  private BigInteger last = BigInteger.ZERO;
  private long bytes;

  UnderWay(int mostRequests, long mostBytes) {
    this.mostRequests = mostRequests;
    this.mostBytes = mostBytes;
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
    } else if (all.size() >= mostRequests || (bytes > 0 && bytes + exchange.size() > mostBytes)) {
      throw new RefusedException(Message.UNAVAILABLE, "too many requests are under way");
    }
    all.add(exchange);
    bytes += exchange.size();
    if (exchange.id() != null) {
      byId.put(exchange.id(), exchange);
    }
  }

  /** {@return a number under which the request can be sent; one it had before is done with} */
  synchronized BigInteger number(Exchange exchange) {
    last = last.add(BigInteger.ONE);
    forget(exchange.number());
    exchange.number(last);
    if (all.contains(exchange)) {
      byNumber.put(last, exchange);
    }
    return last;
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
      bytes -= exchange.size();
      if (exchange.id() != null) {
        byId.remove(exchange.id());
      }
    }
    forget(exchange.number());
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
