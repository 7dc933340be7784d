package dev.alcada.audit;

import dev.alcada.audit.AuditLog.Settings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands between events and the writer: gathers a batch, tries again while writing fails, and
 * knows what is lost. Safe for use by several threads; a queue uses it from one.
 */
final class LogSink implements QueuedListener.Batch {
  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
  private static final long TRY_AGAIN = TimeUnit.MILLISECONDS.toNanos(50);

  private final Settings settings;
  private final LogWriter writer;
  private final @Nullable AnchorThread anchors;
  private final List<Object> batch = new ArrayList<>();
  private LongSupplier dropped = () -> 0;

  /** Lost events that are not written down yet, and how many of the dropped ones are. */
  private long unwritten;

  private long droppedWritten;
  private volatile long lost;
  private volatile boolean failing;
  private volatile boolean closing;

  LogSink(Settings settings, LogWriter writer, @Nullable AnchorSink anchors) {
    this.settings = settings;
    this.writer = writer;
    this.anchors = anchors == null ? null : new AnchorThread(anchors, this::head);
  }

  /** Says who counts what never arrives here. */
  synchronized void watch(LongSupplier count) {
    dropped = count;
  }

  @Override
  public void onDecision(DecisionEvent event) {
    batch.add(event);
  }

  @Override
  public void onSettled(SettlementEvent event) {
    batch.add(event);
  }

  @Override
  public void onApproval(ApprovalEvent event) {
    batch.add(event);
  }

  @Override
  public void onSettledLate(LateSettlementEvent event) {
    batch.add(event);
  }

  @Override
  public void onTakenBack(TakenBackEvent event) {
    batch.add(event);
  }

  /** Writes what was gathered, however long that takes: meanwhile the queue fills. */
  @Override
  public void flush() {
    while (!batch.isEmpty() && !write(batch)) {
      if (closing) {
        lost(batch.size());
        break;
      }
      LockSupport.parkNanos(this, TRY_AGAIN);
    }
    batch.clear();
  }

  /** Writes an event on this thread; {@return whether it is written} */
  synchronized boolean writeNow(Object event) {
    long before = lost;
    boolean written = false;
    try {
      written = write(List.of(event));
    } finally {
      if (!written) { // also if the stack or the memory has ended
        unwritten++;
        lost++;
      }
    }
    return lost == before;
  }

  private synchronized void lost(long more) {
    unwritten += more;
    lost += more;
  }

  private synchronized boolean write(List<?> events) {
    long drops = dropped.getAsLong();
    try {
      lost += writer.write(events, unwritten + drops - droppedWritten);
    } catch (IOException | RuntimeException e) {
      failed(e);
      return false;
    }
    unwritten = 0;
    droppedWritten = drops;
    if (failing) {
      failing = false;
      LOG.info("The audit log in {} is written again.", settings.directory());
    }
    if (anchors != null) {
      anchors.moved();
    }
    return true;
  }

  private void failed(Exception e) {
    if (!failing) {
      failing = true;
      LOG.error("The audit log in {} cannot be written.", settings.directory(), e);
    }
  }

  long lost() {
    return lost;
  }

  boolean failing() {
    return failing;
  }

  synchronized Anchor head() {
    return writer.head();
  }

  /** Tries no longer than once to write what is left. */
  void closing() {
    closing = true;
  }

  synchronized void closeWriter() {
    long drops = dropped.getAsLong();
    if (unwritten + drops - droppedWritten > 0) {
      write(List.of());
    }
    writer.close();
  }

  void close() {
    if (anchors != null) {
      anchors.close();
    }
    closeWriter();
    if (lost > 0) {
      LOG.error("{} events are missing in the audit log in {}.", lost, settings.directory());
    }
  }
}
