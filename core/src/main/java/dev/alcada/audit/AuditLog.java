package dev.alcada.audit;

import dev.alcada.decision.Decision;
import dev.alcada.internal.value.Once;
import dev.alcada.time.TimeSource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what a guard decides in files that nobody can change unseen: a line of JSON for each
 * decision, settlement and change of an approval, each tied to the one before it under a key.
 *
 * <pre>{@code
 * AuditKeys keys = AuditKeys.of("2026-11", key);
 * try (AuditLog log = AuditLog.open(Path.of("audit"), keys)) {
 *   ToolGuard guard = ToolGuard.builder(policy).listener(log).build();
 *   …
 * }
 * System.out.println(AuditLog.verify(Path.of("audit"), keys));
 * }</pre>
 *
 * <p>Unless it is {@linkplain Builder#required required}, it writes on a thread of its own and
 * delays no call. What cannot be written waits in a bounded queue; when that is full, events are
 * dropped or callers wait, as was chosen, and the number of lost ones is written down later. A
 * failure is logged when it begins and when it is over. Records are handed to the operating system
 * at once and outlive this process, however it ends; {@link Builder#sync} makes them outlive the
 * machine.
 *
 * <p>Safe for use by several threads. One log is open in a directory: each process has its own.
 */
public final class AuditLog implements DecisionListener, AutoCloseable {
  private final LogSink sink;
  private final @Nullable QueuedListener queue;
  private final boolean required;

  private AuditLog(Builder builder) throws IOException {
    this.required = builder.required;
    Settings settings = builder.settings();
    this.sink = new LogSink(settings, LogWriter.open(settings), builder.anchors);
    if (required) {
      this.queue = null;
    } else {
      QueuedListener.Builder queued = QueuedListener.builder(sink);
      if (builder.capacity != null) {
        queued.capacity(builder.capacity);
      }
      if (builder.wait != null) {
        queued.waitWhenFull(builder.wait);
      }
      this.queue = queued.build();
      sink.watch(queue::dropped);
    }
  }

  /** What a builder has gathered. */
  record Settings(
      Path directory,
      AuditKeys keys,
      TimeSource time,
      long maxFileBytes,
      int retainDays,
      boolean sync) {}

  /**
   * Opens a log with the default settings.
   *
   * @param directory where its files are; made if it is not there, and used for nothing else
   * @param keys what it is written under, and was
   * @throws IOException if it cannot be written, is open already, or was written by a newer version
   *     or under another key
   */
  public static AuditLog open(Path directory, AuditKeys keys) throws IOException {
    return builder(directory, keys).open();
  }

  /**
   * Returns a builder of a log.
   *
   * @param directory where its files are; made if it is not there, and used for nothing else
   * @param keys what it is written under, and was
   */
  public static Builder builder(Path directory, AuditKeys keys) {
    return new Builder(directory, keys);
  }

  /**
   * Reads a whole log and says what of it is not as it was written. A log that is being written may
   * be verified: its last line may then be torn.
   *
   * @param directory where its files are
   * @param keys the keys that it was written under
   * @throws IOException if the files cannot be read
   */
  public static AuditReport verify(Path directory, AuditKeys keys) throws IOException {
    return verify(directory, keys, List.of());
  }

  /**
   * Reads a whole log and says what of it is not as it was written, by heads that were kept
   * elsewhere too.
   *
   * @param directory where its files are
   * @param keys the keys that it was written under
   * @param anchors heads that an {@link AnchorSink} has kept
   * @throws IOException if the files cannot be read
   */
  public static AuditReport verify(Path directory, AuditKeys keys, Collection<Anchor> anchors)
      throws IOException {
    return new Verifier(directory, keys, anchors).verify();
  }

  /**
   * Writes the records of a day as comma-separated values (RFC 4180), a line each under a line of
   * names. It does not verify them. A cell that a spreadsheet would take for a formula begins with
   * an apostrophe.
   *
   * @param directory where the log's files are
   * @param day the day, in UTC
   * @param to takes the text
   * @return how many records there were
   * @throws IOException if the files cannot be read, or the text cannot be written
   */
  public static long exportCsv(Path directory, LocalDate day, Appendable to) throws IOException {
    return new CsvExport(to).export(directory, day);
  }

  @Override
  public void onDecision(DecisionEvent event) {
    if (queue != null) {
      queue.onDecision(event);
    } else if (!sink.writeNow(event) && event.decision() instanceof Decision.Allowed) {
      throw new UncheckedIOException(new IOException("the audit log could not be written"));
    }
  }

  @Override
  public void onSettled(SettlementEvent event) {
    if (queue != null) {
      queue.onSettled(event);
    } else {
      sink.writeNow(event);
    }
  }

  @Override
  public void onApproval(ApprovalEvent event) {
    if (queue != null) {
      queue.onApproval(event);
    } else {
      sink.writeNow(event);
    }
  }

  @Override
  public void onSettledLate(LateSettlementEvent event) {
    if (queue != null) {
      queue.onSettledLate(event);
    } else {
      sink.writeNow(event);
    }
  }

  @Override
  public void onTakenBack(TakenBackEvent event) {
    if (queue != null) {
      queue.onTakenBack(event);
    } else {
      sink.writeNow(event);
    }
  }

  /** {@return whether no call may be made that this log has not recorded} */
  @Override
  public boolean required() {
    return required;
  }

  /** {@return how many events wait to be written} */
  public int queued() {
    return queue == null ? 0 : queue.depth();
  }

  /** {@return how many events could not be written, since the log was opened} */
  public long lost() {
    return sink.lost() + (queue == null ? 0 : queue.dropped());
  }

  /** {@return whether writing failed when it was tried last} */
  public boolean failing() {
    return sink.failing();
  }

  /** {@return the last record that was written} */
  public Anchor head() {
    return sink.head();
  }

  /**
   * Writes what waits, and closes the log. What cannot be written by then is lost, which is logged.
   */
  @Override
  public void close() {
    sink.closing();
    if (queue != null) {
      queue.close();
    }
    sink.close();
  }

  /** Opens an {@link AuditLog}. Not safe for use by several threads. */
  public static final class Builder {
    private static final long LEAST_FILE = 1 << 16;
    private static final long MOST_FILE = 1L << 40;

    private final Path directory;
    private final AuditKeys keys;
    private @Nullable TimeSource time;
    private @Nullable Long maxFileBytes;
    private @Nullable Integer retainDays;
    private @Nullable Integer capacity;
    private @Nullable Duration wait;
    private @Nullable AnchorSink anchors;
    private boolean sync;
    private boolean required;

    private Builder(Path directory, AuditKeys keys) {
      this.directory = Objects.requireNonNull(directory, "directory");
      this.keys = Objects.requireNonNull(keys, "keys");
    }

    private Settings settings() {
      return new Settings(
          directory.toAbsolutePath(),
          keys,
          Objects.requireNonNullElse(time, TimeSource.system()),
          maxFileBytes == null ? 64 << 20 : maxFileBytes,
          retainDays == null ? 0 : retainDays,
          sync);
    }

    /**
     * Sets the clock by whose days files are begun; the machine's, unless set.
     *
     * @param source the clock
     * @throws IllegalStateException if it was set before
     */
    public Builder timeSource(TimeSource source) {
      time = Once.set("timeSource", time, source);
      return this;
    }

    /**
     * Sets after how many bytes another file is begun; each day, in UTC, begins one too.
     *
     * @param bytes 64 KiB to 1 TiB; 64 MiB unless set
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if it was set before
     */
    public Builder maxFileBytes(long bytes) {
      maxFileBytes =
          Once.set("maxFileBytes", maxFileBytes, in("maxFileBytes", bytes, LEAST_FILE, MOST_FILE));
      return this;
    }

    /**
     * Sets how many days a file is kept after its last; all are kept, unless set. That a file was
     * removed is recorded, so that nobody else can remove one unseen.
     *
     * @param days 1 to 36,500
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if it was set before
     */
    public Builder retainDays(int days) {
      retainDays = Once.set("retainDays", retainDays, (int) in("retainDays", days, 1, 36_500));
      return this;
    }

    /**
     * Sets how many events may wait to be written.
     *
     * @param events 1 to 1,000,000; 8,192 unless set
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if it was set before
     */
    public Builder capacity(int events) {
      capacity = Once.set("capacity", capacity, (int) in("capacity", events, 1, 1_000_000));
      return this;
    }

    /**
     * Sets how long a call waits for room where too many events wait to be written, before its
     * event is dropped and counted; not at all, unless set.
     *
     * @param atMost up to a minute
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if it was set before
     */
    public Builder waitWhenFull(Duration atMost) {
      in("waitWhenFull", atMost.toMillis(), 0, 60_000);
      wait = Once.set("waitWhenFull", wait, atMost);
      return this;
    }

    /**
     * Sets who takes the log's heads elsewhere; nobody, unless set.
     *
     * @param sink takes them
     * @throws IllegalStateException if it was set before
     */
    public Builder anchors(AnchorSink sink) {
      anchors = Once.set("anchors", anchors, sink);
      return this;
    }

    /**
     * Makes records outlive the machine: each write waits for the disk, which takes milliseconds.
     */
    public Builder sync() {
      sync = true;
      return this;
    }

    /**
     * Lets no call be made that is not recorded: each record is written on the thread that makes
     * the call, as the last step before the handler, and a call that cannot be recorded is denied
     * with the code {@code not_recorded}.
     */
    public Builder required() {
      required = true;
      return this;
    }

    private static long in(String setting, long value, long least, long most) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            setting + " must be " + least + " to " + most + ", not " + value);
      }
      return value;
    }

    /**
     * Opens the log, and goes on where it ends. A line that a crash has torn is cut off, and that
     * is recorded, as is whatever else is not as the log was left.
     *
     * @throws IOException if it cannot be written, is open already, or was written by a newer
     *     version or under another key
     */
    public AuditLog open() throws IOException {
      if (required && (capacity != null || wait != null)) {
        throw new IllegalStateException(
            "a required log has no queue, so capacity and waitWhenFull cannot be set");
      }
      return new AuditLog(this);
    }
  }
}
