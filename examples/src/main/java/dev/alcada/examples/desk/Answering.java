package dev.alcada.examples.desk;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.guard.Approvals;
import dev.alcada.guard.Registration;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sees to it that what a guard asks can be answered: serves the desk from the first policy that
 * asks, and tells on standard error where it is and of each request. Thread-safe.
 */
public final class Answering implements AutoCloseable {
  private final DeskChoice.Opener opener;
  private final List<Seat> seats;
  private final Approvals approvals;
  private final String program;

  // Guarded by this.
  private @Nullable DeskServer desk;
  private @Nullable Registration listening;
  private boolean closed;

  Answering(DeskChoice.Opener opener, List<Seat> seats, Approvals approvals, String program) {
    this.opener = opener;
    this.seats = seats;
    this.approvals = approvals;
    this.program = program;
  }

  /**
   * Begins: a policy that asks is not served where nobody, or too few, could answer. A policy that
   * comes later and asks for more than the desk has is not taken.
   *
   * @param guard whose policy asks, now or later
   * @throws IOException if the desk cannot be opened, or has too few approvers; the message says
   *     why and what to do
   */
  public void start(ToolGuard guard) throws IOException {
    Policy first = guard.policy();
    if (first != null) {
      requireEnough(first);
    }
    guard.checkReplacements(
        policy -> {
          try {
            requireEnough(policy);
          } catch (IOException e) {
            throw new IllegalStateException(e.getMessage(), e);
          }
        });
    guard.onReplaced(this::replaced);
    open(guard.policy());
  }

  private void requireEnough(Policy policy) throws IOException {
    List<String> missing = Reachable.missing(policy, seats);
    if (!missing.isEmpty()) {
      throw new IOException(
          "the policy asks for approvals that can never be given: "
              + String.join("; ", missing)
              + "; name them with --approver NAME:ROLE,ROLE");
    }
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
