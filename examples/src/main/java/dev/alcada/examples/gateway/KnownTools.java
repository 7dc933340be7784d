package dev.alcada.examples.gateway;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The upstream's tools as it listed them last, given out only while the policy fits them. Thread-
 * safe.
 */
final class KnownTools {
  static final String MISFIT =
      "the policy does not fit the tools of the upstream server; the gateway's log says why";
  private static final Logger LOG = LoggerFactory.getLogger(KnownTools.class);

  private final Supplier<CompletionStage<UpstreamTools>> lister;
  private final PolicyFit fit;
  private final Runnable onFirstMisfit;
  private volatile boolean fitted;
  private @Nullable CompletableFuture<UpstreamTools> last;
  private @Nullable CompletableFuture<UpstreamTools> waiting;
  private boolean reading;

  /**
   * @param lister reads the upstream's list
   * @param onFirstMisfit runs if the policy does not fit although it never did
   */
  KnownTools(
      Supplier<CompletionStage<UpstreamTools>> lister, PolicyFit fit, Runnable onFirstMisfit) {
    this.lister = lister;
    this.fit = fit;
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
    if (reading) {
      waiting = listed;
    } else {
      read(listed);
    }
    return listed;
  }

  private synchronized void read(CompletableFuture<UpstreamTools> listed) {
    reading = true;
    // On another thread: this one may be the one that has to read the upstream's answers.
    ForkJoinPool.commonPool()
        .execute(
            () ->
                CompletableFuture.completedStage(lister)
                    .thenCompose(Supplier::get)
                    .whenComplete(
                        (tools, thrown) -> {
                          next();
                          compare(tools, thrown, listed);
                        }));
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
    return last == null || last.isCompletedExceptionally() ? refresh() : last;
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
      String why = thrown == null ? "no list" : GuardedTools.cause(thrown).toString();
      LOG.warn("The upstream's tools could not be listed: {}", why);
      listed.completeExceptionally(
          new UpstreamException("the tools of the upstream server could not be listed"));
    } else if (fit.check(tools)) {
      fitted = true;
      listed.complete(tools);
    } else {
      // Who waits is answered first, and then it is over.
      listed.completeExceptionally(new UpstreamException(MISFIT));
      if (!fitted) {
        onFirstMisfit.run();
      }
    }
  }
}
