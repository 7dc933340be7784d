package dev.alcada.examples.gateway;

import dev.alcada.guard.NotDoneException;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client is told of a failure: the reason if it is fit for it, and else that there is one.
 */
final class Failures {
  private static final Logger LOG = LoggerFactory.getLogger(Failures.class);

  private Failures() {}

  static Throwable cause(Throwable thrown) {
    return thrown instanceof CompletionException && thrown.getCause() != null
        ? thrown.getCause()
        : thrown;
  }

  /** {@return why there is no answer} */
  static String reason(Throwable thrown) {
    Throwable cause = cause(thrown);
    if (cause instanceof UpstreamException || cause instanceof NotDoneException) {
      return String.valueOf(cause.getMessage());
    }
    StackTraceElement[] trace = cause.getStackTrace();
    LOG.error(
        "A request failed in the gateway: {}{}",
        Quoted.of(cause),
        trace.length == 0 ? "" : " at " + trace[0]);
    return "internal error";
  }
}
