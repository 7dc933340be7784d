package dev.alcada.audit;

import dev.alcada.time.TimeSource;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * Events are made records in a buffer, tied to each other, and written at once:
 *
 *   events ──► buffer ──► file ──► anchor
 *                 │ fails: the file is cut back to its last whole record, and nothing of the buffer
 *                 ▼        was ever there; the same events may be written again
 *
 * Numbers and ties go on only with what was written, by assignments alone: a required log writes on
 * the thread of a call, whose stack an agent can bring to its end anywhere. Not by a channel, for a
 * thread that is interrupted would close it for all others.
 */

/** Writes the files of one log. One thread at a time. */
final class LogWriter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditLog.class);
  private static final int ANCHOR_BYTES = 512;
  private static final Duration CLOCKS_AGREE = Duration.ofHours(1);

  private final Path directory;
  private final AuditKeys keys;
  private final TimeSource time;
  private final long maxFileBytes;
  private final int retainDays;
  private final boolean sync;
  private final DirectoryLock lock;
  private final Chain chain;
  private final Chain seals;
  private final String chainId;
  private final JsonBytes buffer = new JsonBytes();
  private final long nanosAtFirst;
  private final Instant instantAtFirst;

  private @Nullable RandomAccessFile file;
  private LogFile named;
  private long position;

  /** Whether something may stand behind the position. */
  private boolean dirty;

  private @Nullable Object fileKey;
  private @Nullable RandomAccessFile anchorFile;

  /** What was written last. */
  private long sequence;

  private byte[] tie = Chain.zero();

  /** What was added last to the buffer. */
  private long addedSequence;

  private byte[] addedTie = Chain.zero();
  private int recordStart;

  /**
   * A file that was made, or was being made when a stack ended, and not gone on with: nothing that
   * it holds was ever there.
   */
  private @Nullable Path inVain;

  private LogWriter(AuditLog.Settings settings, DirectoryLock lock, LogEnd end) {
    this.directory = lock.directory();
    this.keys = settings.keys();
    this.time = settings.time();
    this.maxFileBytes = settings.maxFileBytes();
    this.retainDays = settings.retainDays();
    this.sync = settings.sync();
    this.lock = lock;
    this.chain = keys.chain(keys.current());
    this.seals = keys.chain(keys.current());
    this.nanosAtFirst = time.nanoTime();
    this.instantAtFirst = time.instant();
    this.chainId = end.chain().isEmpty() ? newChain() : end.chain();
    this.named =
        end.file() != null ? end.file() : LogFile.of(directory, end.nextNumber() - 1, today());
    this.sequence = end.sequence();
    Chain.read(end.tie().getBytes(StandardCharsets.US_ASCII), 0, tie);
  }

  /** Goes on where the log ends, or begins one. */
  static LogWriter open(AuditLog.Settings settings) throws IOException {
    if (!Files.isDirectory(settings.directory())) {
      Files.createDirectories(settings.directory());
    }
    DirectoryLock lock = DirectoryLock.of(settings.directory());
    LogWriter writer = null;
    try {
      LogEnd end = LogEnd.find(lock.directory(), settings.keys());
      writer = new LogWriter(settings, lock, end);
      writer.begin(end);
      return writer;
    } catch (IOException | RuntimeException e) {
      if (writer != null) {
        writer.closeFiles();
      }
      lock.close();
      throw e;
    }
  }

  private void begin(LogEnd end) throws IOException {
    for (LogFile torn : end.begun()) {
      Files.deleteIfExists(torn.path());
    }
    LogFile last = end.file();
    if (last == null) {
      rotate();
    } else {
      RandomAccessFile present = LogPath.open(last.path(), "rw");
      file = present;
      position = end.length();
      present.setLength(position);
      present.seek(position);
      fileKey = key(last.path());
      if (!end.key().equals(keys.current())) {
        rotate(); // a file is under one key
      }
    }
    rewind();
    // What was found is written down, so that nobody can hide it by opening the log.
    if (end.torn() > 0) {
      record("recovered").member("torn_bytes", end.torn()).member("at", now());
      tie();
    }
    if (end.finding() != null) {
      LOG.error("The audit log in {} is not as it was left: {}", directory, end.finding());
      record("finding").member("finding", end.finding()).member("at", now());
      tie();
    }
    write();
  }

  private static String newChain() {
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  private LocalDate today() {
    return LocalDate.ofInstant(time.instant(), ZoneOffset.UTC);
  }

  private Instant now() {
    return time.instant().truncatedTo(ChronoUnit.MICROS);
  }

  /**
   * Writes events.
   *
   * @param events what happened
   * @param lost how many more happened and are lost
   * @return how many of the events could not be made records, which the log says too
   * @throws IOException if nothing of it was written
   */
  int write(List<?> events, long lost) throws IOException {
    present();
    rotateIfDue();
    rewind();
    int unwritable = 0;
    for (Object event : events) {
      try {
        buffer.raw("{\"seq\":").raw(Long.toString(addedSequence + 1)).raw(",\"kind\":");
        Records.write(event, buffer);
        tie();
      } catch (RuntimeException e) {
        buffer.truncate(recordStart);
        unwritable++;
        LOG.error("An event could not be made a record.", e);
      }
    }
    if (lost + unwritable > 0) {
      record("gap").member("lost", lost + unwritable).member("at", now());
      tie();
    }
    write();
    return unwritable;
  }

  // Records.

  private JsonBytes record(String kind) {
    return buffer
        .raw("{\"seq\":")
        .raw(Long.toString(addedSequence + 1))
        .raw(",\"kind\":\"")
        .raw(kind)
        .raw("\"");
  }

  /** Ties the record to the one before it. */
  private void tie() {
    int length = buffer.size() - recordStart;
    chain.tie(addedTie, buffer.bytes(), recordStart, length, addedTie);
    append(Line.BEFORE_TIE);
    int at = buffer.extend(2 * Chain.BYTES);
    Chain.hex(addedTie, buffer.bytes(), at);
    append(Line.AFTER_TIE);
    buffer.raw("\n");
    addedSequence++;
    recordStart = buffer.size();
  }

  private void append(byte[] more) {
    int at = buffer.extend(more.length);
    System.arraycopy(more, 0, buffer.bytes(), at, more.length);
  }

  private void rewind() {
    buffer.clear();
    recordStart = 0;
    addedSequence = sequence;
    System.arraycopy(tie, 0, addedTie, 0, tie.length);
  }

  private void write() throws IOException {
    if (recordStart == 0) {
      return;
    }
    RandomAccessFile to = Objects.requireNonNull(file);
    int length = recordStart;
    try {
      if (dirty) {
        to.setLength(position);
      }
      dirty = true;
      to.seek(position);
      to.write(buffer.bytes(), 0, length);
      if (sync) {
        to.getFD().sync();
      }
    } catch (IOException e) {
      cutBack(to);
      throw e;
    }
    byte[] before = tie;
    dirty = false;
    position += length;
    sequence = addedSequence;
    tie = addedTie;
    addedTie = before;
    recordStart = 0;
    anchor();
  }

  /** Cuts off what stands behind the last whole record, or else the next write does, or opening. */
  private void cutBack(RandomAccessFile from) {
    try {
      from.setLength(position);
      dirty = false;
    } catch (IOException ignored) {
      // It may go on standing there for a while.
    }
  }

  /**
   * The head, where one write replaces it. A head that lags behind is no wrong one, so whatever
   * fails here leaves what was written as it is.
   */
  private void anchor() {
    try {
      writeAnchor();
    } catch (IOException | RuntimeException | StackOverflowError e) {
      RandomAccessFile last = anchorFile;
      anchorFile = null;
      close(last);
    }
  }

  private void writeAnchor() throws IOException {
    byte[] text = head().toString().getBytes(StandardCharsets.US_ASCII);
    byte[] padded = new byte[Math.max(ANCHOR_BYTES, text.length + 1)];
    Arrays.fill(padded, (byte) ' ');
    System.arraycopy(text, 0, padded, 0, text.length);
    padded[padded.length - 1] = '\n';
    RandomAccessFile to = anchorFile;
    if (to == null) {
      to = LogPath.replace(directory.resolve(LogFile.ANCHOR));
      anchorFile = to;
    }
    to.seek(0);
    to.write(padded);
    if (sync) {
      to.getFD().sync();
    }
  }

  /** {@return the last record that was written} */
  Anchor head() {
    return Anchor.of(chainId, sequence, tie, now(), keys.current(), seals);
  }

  // Files.

  private static @Nullable Object key(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
  }

  /** A file that was removed can still be written to, and nobody would ever read it. */
  private void present() throws IOException {
    boolean there;
    try {
      there = Objects.equals(key(named.path()), fileKey);
    } catch (NoSuchFileException e) {
      there = false;
    }
    if (!there || file == null) {
      if (!Files.isDirectory(directory)) {
        throw new IOException("the directory " + directory + " is gone");
      }
      lock.renew();
      close(anchorFile);
      anchorFile = null;
      rotate(); // whoever verifies finds that a file is gone
    }
  }

  private void rotateIfDue() throws IOException {
    LocalDate today = today();
    // A clock that goes back begins no file: the order of a log is that of its numbers.
    if (position >= maxFileBytes || today.isAfter(named.day())) {
      if (dirty) {
        Objects.requireNonNull(file).setLength(position); // nobody comes back to it
        dirty = false;
      }
      rotate();
      retire(today);
    }
  }

  private void rotate() throws IOException {
    LogFile before = named;
    LocalDate today = today();
    LogFile next = free(before.number() + 1, today.isAfter(before.day()) ? today : before.day());
    rewind();
    inVain = next.path();
    RandomAccessFile begun = null;
    Object begunKey;
    try {
      begun = LogPath.begin(next.path());
      record("header")
          .member("format", LogFile.FORMAT)
          .member("chain", chainId)
          .member("file", next.number())
          .member("hash", keys.current().isEmpty() ? "sha-256" : "hmac-sha-256")
          .member("key", keys.current())
          .member("from", LogEnd.hex(tie))
          .member("at", now());
      tie();
      begun.write(buffer.bytes(), 0, recordStart);
      begunKey = key(next.path());
    } catch (FileAlreadyExistsException e) {
      inVain = null; // never what somebody has put there
      throw e;
    } catch (IOException e) {
      close(begun);
      try {
        Files.deleteIfExists(next.path());
        inVain = null;
      } catch (IOException ignored) {
        // The next attempt removes it.
      }
      throw e;
    }
    RandomAccessFile last = file;
    byte[] lastTie = tie;
    file = begun;
    named = next;
    fileKey = begunKey;
    position = recordStart;
    dirty = false;
    inVain = null;
    sequence = addedSequence;
    tie = addedTie;
    addedTie = lastTie;
    recordStart = 0;
    close(last);
    anchor();
  }

  /** {@return the next file, under a number that nobody has taken: what stands there is kept} */
  private LogFile free(long from, LocalDate day) throws IOException {
    Path made = inVain;
    if (made != null) {
      Files.deleteIfExists(made);
      inVain = null;
    }
    long number = from;
    LogFile next = LogFile.of(directory, number, day);
    while (LogPath.isTaken(next.path())) {
      if (number == from) {
        LOG.error("Something that the audit log has not written stands in {}", next.path());
      }
      next = LogFile.of(directory, ++number, day);
    }
    return next;
  }

  /**
   * Removes the oldest files. The log says so first, so that a file which is gone without that was
   * removed by somebody else. A clock that has jumped since the log was opened removes nothing.
   */
  private void retire(LocalDate today) {
    Duration byWall = Duration.between(instantAtFirst, time.instant());
    Duration byNanos = Duration.ofNanos(time.nanoTime() - nanosAtFirst);
    if (retainDays == 0 || byWall.minus(byNanos).abs().compareTo(CLOCKS_AGREE) > 0) {
      return;
    }
    try {
      List<LogFile> files = LogFile.in(directory);
      LocalDate day = LocalDate.MIN;
      for (int i = 0; i + 1 < files.size(); i++) {
        LogFile oldest = files.get(i);
        // A file may hold records up to the day on which the next was begun. Days never go back, or
        // a file that somebody puts between ours would have us remove those before it.
        day = latest(latest(day, oldest.day()), files.get(i + 1).day());
        if (!day.isBefore(today.minusDays(retainDays)) || oldest.number() >= named.number()) {
          return;
        }
        rewind();
        record("retired").member("file", oldest.number()).member("at", now());
        tie();
        write();
        Files.deleteIfExists(oldest.path());
      }
    } catch (IOException e) {
      LOG.warn(
          "Old files of the audit log in {} could not be removed: {}", directory, e.toString());
    }
  }

  private static LocalDate latest(LocalDate one, LocalDate other) {
    return one.isAfter(other) ? one : other;
  }

  private static void close(@Nullable AutoCloseable open) {
    if (open != null) {
      try {
        open.close();
      } catch (Exception e) {
        LOG.debug("A file of an audit log could not be closed.", e);
      }
    }
  }

  private void closeFiles() {
    RandomAccessFile last = file;
    if (dirty && last != null) {
      cutBack(last);
    }
    close(last);
    close(anchorFile);
  }

  @Override
  public void close() {
    closeFiles();
    lock.close();
  }
}
