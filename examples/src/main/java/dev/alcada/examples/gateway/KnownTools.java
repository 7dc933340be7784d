package dev.alcada.examples.gateway;

import dev.alcada.guard.Registration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The upstream's tools as it listed them last, given out only while the policy fits them. While a
 * server that has been known is away they stay what they were. Thread-safe.
 */
final class KnownTools {
  static final String MISFIT =
      "the policy does not fit the tools of the upstream server; the gateway's log says why";
  private static final Logger LOG = LoggerFactory.getLogger(KnownTools.class);

  private final Supplier<CompletionStage<UpstreamTools>> lister;
  private final PolicyFit fit;
  private final Executor worker;
  private final Runnable onFirstMisfit;
  private volatile boolean fitted;
  private @Nullable CompletableFuture<UpstreamTools> last;
  private @Nullable CompletableFuture<UpstreamTools> waiting;
  private @Nullable UpstreamTools before;
  private boolean stale;
  private boolean closed;
  private Registration described = () -> {};
  private boolean reading;
  private @Nullable String complaint;

  /**
   * @param lister reads the upstream's list
   * @param worker where the list is read and compared
   * @param onFirstMisfit runs if the policy does not fit although it never did
   */
  KnownTools(
      Supplier<CompletionStage<UpstreamTools>> lister,
      PolicyFit fit,
      Executor worker,
      Runnable onFirstMisfit) {
    this.lister = lister;
    this.fit = fit;
    this.worker = worker;
    this.onFirstMisfit = onFirstMisfit;
  }

  /**
   * Reads the list anew; who asks for tools from now on waits for it. While one is being read the
   * next one waits, for however many changes.
   */
  synchronized CompletableFuture<UpstreamTools> refresh() {
    if (waiting != null) {
      return waiting;
    }
    CompletableFuture<UpstreamTools> listed = new CompletableFuture<>();
    last = listed;
    stale = false;
    if (reading) {
      waiting = listed;
    } else {
      read(listed);
    }
    return listed;
  }

  /** What is known may not hold any more; who asks for tools next has the list read anew. */
  synchronized void forget() {
    last = null;
    before = null;
  }

  private synchronized void read(CompletableFuture<UpstreamTools> listed) {
    reading = true;
    worker.execute(
        () ->
            CompletableFuture.completedStage(lister)
                .thenCompose(Supplier::get)
                .whenCompleteAsync(
                    (tools, thrown) -> {
                      next();
                      compare(tools, thrown, listed);
                    },
                    worker));
  }

  private synchronized void next() {
    CompletableFuture<UpstreamTools> after = waiting;
    waiting = null;
    reading = false;
    if (after != null) {
      read(after);
    }
  }

  /** {@return the tools; fails with an {@link UpstreamException} if there is no list that fits} */
  synchronized CompletableFuture<UpstreamTools> get() {
    return last == null || stale || last.isCompletedExceptionally() ? refresh() : last;
  }

  /** {@return the tools, listed once more if this one was not among them} */
  CompletionStage<UpstreamTools> with(String tool) {
    CompletableFuture<UpstreamTools> current = get();
    return current.thenCompose(tools -> tools.has(tool) ? current : after(current));
  }

  private synchronized CompletableFuture<UpstreamTools> after(
      CompletableFuture<UpstreamTools> seen) {
    return last == seen ? refresh() : get();
  }

  private void compare(
      @Nullable UpstreamTools tools,
      @Nullable Throwable thrown,
      CompletableFuture<UpstreamTools> listed) {
    if (tools == null) {
      String why = thrown == null ? "no list" : Failures.reason(thrown);
      complain(why);
      UpstreamTools known = stale();
      if (known == null) {
        listed.completeExceptionally(
            new UpstreamException("the tools of the upstream server could not be listed: " + why));
      } else {
        listed.complete(known);
      }
    } else if (fits(tools)) {
      fitted = true;
      fit.reread();
      fitting(tools);
      listed.complete(tools);
    } else {
      forget();
      // Who waits is answered first, and then it is over.
      listed.completeExceptionally(new UpstreamException(MISFIT));
      if (!fitted) {
        onFirstMisfit.run();
      }
    }
  }

  /** Takes back what the guard was told of the tools: nobody calls them any more. */
  synchronized void close() {
    closed = true;
    described.close();
  }

  private synchronized @Nullable UpstreamTools stale() {
    stale = before != null;
    return before;
  }

  private synchronized void fitting(UpstreamTools tools) {
    before = tools;
    if (!closed) {
      Registration next = fit.describe(tools);
      described.close();
      described = next;
    }
    complaint = null;
  }

  // Whoever asks hears of it; a log does not need to again and again.
  private synchronized void complain(String why) {
    String start = why.length() <= 40 ? why : why.substring(0, 40);
    if (!start.equals(complaint) && !why.equals(Link.CLOSING)) {
      complaint = start;
      LOG.warn("The upstream's tools could not be listed: {}", Quoted.line(why));
    }
  }

  private boolean fits(UpstreamTools tools) {
    try {
      return fit.check(tools);
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("The policy could not be compared with the tools: {}", Quoted.of(e));
      return false;
    }
  }
}
