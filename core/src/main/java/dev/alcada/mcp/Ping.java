package dev.alcada.mcp;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Asks a client whether it is there, on the stream on which its call is answered, so that nothing a
 * person has approved runs for a client that is gone. That a client has closed its connection
 * nothing tells, until something is sent that it would have to answer.
 *
 * @param within how long it may take; a client answers a ping at once, whatever else it does
 */
record Ping(Duration within) {
  private static final Logger LOG = LoggerFactory.getLogger(McpTools.class);

  /** A ping that is answered within five seconds. */
  static final Ping USUAL = new Ping(Duration.ofSeconds(5));

  /** {@return whether it answers; this holds the thread until then} */
  boolean isAnswered(Supplier<Object> client) {
    FutureTask<Object> asked = new FutureTask<>(client::get);
    // The SDK's synchronous exchange waits as long as for a person, and ends when interrupted.
    Thread asking = new Thread(asked, "alcada-ping");
    asking.setDaemon(true);
    asking.start();
    try {
      asked.get(within.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (ExecutionException | TimeoutException e) {
      return gone(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      asked.cancel(true);
    }
  }

  /** The same as {@link #isAnswered}, without a thread held. */
  Mono<Boolean> isAnsweredAsync(Supplier<Mono<Object>> client) {
    return Mono.defer(client)
        .thenReturn(true)
        .timeout(within)
        .onErrorResume(e -> Mono.just(gone(e)))
        // What follows may block, and the client's answers come on the thread of this one.
        .publishOn(Schedulers.boundedElastic());
  }

  private static boolean gone(Throwable e) {
    LOG.debug("The client of a call that was approved is gone", e);
    return false;
  }
}
