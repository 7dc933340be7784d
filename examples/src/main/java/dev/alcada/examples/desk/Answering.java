package dev.alcada.examples.desk;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.guard.Approvals;
import dev.alcada.guard.Registration;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that what a guard asks can be answered: serves the desk from the first policy that
 * asks, and tells on standard error where it is and of each request. Thread-safe.
 */
public final class Answering implements AutoCloseable {
  private final DeskChoice.Opener opener;
  private final Approvals approvals;
  private final String program;

  // Guarded by this.
  private @Nullable DeskServer desk;
  private @Nullable Registration listening;
  private boolean closed;

  Answering(DeskChoice.Opener opener, Approvals approvals, String program) {
    this.opener = opener;
    this.approvals = approvals;
    this.program = program;
  }

  /**
   * Begins: a policy that asks is not served where nobody could answer.
   *
   * @param guard whose policy asks, now or later
   * @throws IOException if the desk cannot be opened; the message says why and what to do
   */
  public void start(ToolGuard guard) throws IOException {
    guard.onReplaced(this::replaced);
    open(guard.policy());
  }

  private void replaced(Policy policy) {
    try {
      open(policy);
    } catch (IOException e) {
      System.err.println(program + ": " + e.getMessage());
    }
  }

  private synchronized void open(@Nullable Policy policy) throws IOException {
    if (desk != null || closed || !DeskChoice.asks(policy)) {
      return;
    }
    DeskServer opened;
    try {
      opened = opener.open();
    } catch (IOException e) {
      throw new IOException(
          "the policy asks a person, and nobody could answer: "
              + e.getMessage()
              + "; see --desk and --desk-files",
          e);
    }
    listening = approvals.listen(this::tell);
    desk = opened;
    opened
        .urls()
        .forEach(
            (seat, url) ->
                System.err.println(program + ": " + seat + " answers approvals at " + url));
    System.err.println(
        program + ": or on the command line: approvals list --desk " + opened.port());
  }

  private void tell(ApprovalRequest request) {
    if (request.state() == ApprovalState.PENDING) {
      System.err.println(
          program
              + ": approval "
              + request.id()
              + (request.approvals().isEmpty()
                  ? " waits for an answer: "
                  : " has " + RequestCard.standing(request) + ": ")
              + request.shown().tool().text());
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (listening != null) {
      listening.close();
    }
    if (desk != null) {
      desk.close();
    }
  }
}
