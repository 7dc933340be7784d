package dev.alcada.approval;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Answers approval requests, at once or later: a rule engine, a console, a question to the person
 * at the client. Implementations must be safe for use by several threads.
 */
@FunctionalInterface
public interface Approver {
  /**
   * Asks about a new request. Called once for each, and must return at once; the answer may come at
   * any time on any thread.
   *
   * <p>Only an {@link Answer} answers. An exception, a failed or cancelled stage, {@code null} or
   * silence leaves the request pending, so that somebody else can answer it.
   *
   * @param request the new request
   * @return the answer to come
   */
  CompletionStage<@Nullable Answer> ask(ApprovalRequest request);
}
