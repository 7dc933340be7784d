package dev.alcada.guard;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a handler's stage failed with, and how to stop it. */
final class Stages {
  private static final Logger LOG = LoggerFactory.getLogger(ToolGuard.class);

  private Stages() {}

  static Throwable unwrapped(Throwable thrown) {
    Throwable failure = thrown;
    while ((failure instanceof CompletionException || failure instanceof ExecutionException)
        && failure.getCause() != null) {
      failure = failure.getCause();
    }
    return failure;
  }

  static void cancel(CompletionStage<?> running) {
    try {
      running.toCompletableFuture().cancel(true);
    } catch (RuntimeException e) {
      LOG.debug("A handler's stage cannot be cancelled.", e);
    }
  }
}
