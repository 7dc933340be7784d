package dev.alcada.audit;

import dev.alcada.counter.Ended;
import dev.alcada.decision.Decision;
import dev.alcada.internal.document.Spelling;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs decisions to SLF4J, with every text an agent may have made on one line. */
enum LoggingListener implements DecisionListener {
  INSTANCE;

  private static final Logger LOG = LoggerFactory.getLogger("dev.alcada.decisions");
  private static final int LONGEST = 200;
  private static final int MOST_CAUSES = 5;

  @Override
  public void onDecision(DecisionEvent event) {
    Decision shadow = event.shadow();
    if (shadow != null) {
      LOG.info("shadow {} {}", outcome(shadow), describe(event, shadow));
    }
    Decision decision = event.decision();
    if (decision instanceof Decision.Allowed) {
      if (LOG.isDebugEnabled()) {
        LOG.debug("allowed {}", describe(event, decision));
      }
    } else {
      LOG.info("{} {}", outcome(decision), describe(event, decision));
    }
  }

  @Override
  public void onSettled(SettlementEvent event) {
    Throwable failure = event.failure();
    DecisionEvent decided = event.decided();
    if (event.result() == Ended.UNKNOWN && failure != null) {
      LOG.warn("handler failed {} {}", describe(decided, decided.decision()), described(failure));
    } else if (LOG.isDebugEnabled()) {
      LOG.debug("settled {} {}", event.result(), describe(decided, decided.decision()));
    }
  }

  @Override
  public void onApproval(ApprovalEvent event) {
    if (LOG.isDebugEnabled()) {
      StringBuilder line = new StringBuilder(96);
      append(line, "id", event.approvalId());
      append(line, "tool", event.tool());
      append(line, "grant", event.grant());
      LOG.debug("approval {} {}", event.change(), line);
    }
  }

  @Override
  public void onSettledLate(LateSettlementEvent event) {
    StringBuilder line = new StringBuilder(96);
    append(line, "call", event.callId());
    LOG.info("an operator says {} {}", event.result(), line);
  }

  @Override
  public void onTakenBack(TakenBackEvent event) {
    StringBuilder line = new StringBuilder(96);
    append(line, "key", event.key().text());
    LOG.info("an operator takes back {}", line);
  }

  /**
   * The classes of a failure and of its causes, and where it was made. Their texts are the
   * handler's own: an argument in one would be in the log, and a line break would forge a line.
   */
  private static String described(Throwable failure) {
    StringBuilder line = new StringBuilder(96);
    int causes = 0;
    for (Throwable cause = failure;
        cause != null && causes < MOST_CAUSES;
        cause = cause.getCause()) {
      append(line, causes++ == 0 ? "failure" : "cause", cause.getClass().getName());
    }
    StackTraceElement[] stack = failure.getStackTrace();
    if (stack.length > 0) {
      append(line, "at", stack[0].toString());
    }
    return line.toString();
  }

  private static String outcome(Decision decision) {
    return decision instanceof Decision.Allowed
        ? "allowed"
        : decision instanceof Decision.Denied ? "denied" : "approval required";
  }

  private static String describe(DecisionEvent event, Decision decision) {
    StringBuilder line = new StringBuilder(96);
    append(line, "tool", event.tool());
    append(line, "grant", event.grant());
    if (event.session() != null) {
      append(line, "session", event.session());
    }
    if (!decision.rule().isEmpty()) {
      append(line, "rule", decision.rule());
    }
    if (decision.code() != null) {
      append(line, "code", decision.code().text());
    }
    if (decision.retryAfter() != null) {
      append(line, "retryAfterSeconds", Long.toString(decision.retryAfter().toSeconds()));
    }
    return line.toString();
  }

  /** Quotes a text so that no name or grant can forge or turn a line or a field of the log. */
  private static void append(StringBuilder line, String field, String text) {
    if (!line.isEmpty()) {
      line.append(' ');
    }
    line.append(field).append('=').append(Spelling.quote(text, LONGEST));
  }
}
