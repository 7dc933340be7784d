package dev.alcada.jdbc;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Refusal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** The latest call that was made with one key. */
final class OnceRow extends Row {
  private static final int BYTES = 4 * Long.BYTES + 1;

  /** How a call has ended, as it is written. */
  private static final byte RUNNING = 0;

  private static final byte DONE = 1;
  private static final byte UNKNOWN = 2;

  /** The reservation; {@link #NOBODY} if no call is remembered. */
  private long id;

  private long admitted;
  private long end;
  private long leaseEnd;
  private byte ended;

  private OnceRow(long newest) {
    super(CounterId.Kind.ONCE, newest);
  }

  static OnceRow empty() {
    return new OnceRow(NOW);
  }

  static OnceRow read(long newest, ByteBuffer in) {
    OnceRow row = new OnceRow(newest);
    if (!in.hasRemaining()) {
      return row;
    }
    if (in.remaining() != BYTES) {
      throw damaged();
    }
    row.id = in.getLong();
    row.admitted = in.getLong();
    row.end = in.getLong();
    row.leaseEnd = in.getLong();
    row.ended = in.get();
    if (row.ended < RUNNING || row.ended > UNKNOWN) {
      throw damaged();
    }
    return row;
  }

  @Override
  int bytes() {
    return id == NOBODY ? 0 : BYTES;
  }

  @Override
  void write(ByteBuffer out) {
    if (id != NOBODY) {
      out.putLong(id).putLong(admitted).putLong(end).putLong(leaseEnd).put(ended);
    }
  }

  @Override
  void expire(Wanted by, long now) {
    if (id != NOBODY && expiry(by) <= now) {
      id = NOBODY;
    }
  }

  @Override
  long freeAt(Wanted by) {
    return id == NOBODY ? NOW : UNKNOWABLE;
  }

  /** Returns what is known of the call that is remembered. */
  Refusal.Earlier earlier(long now) {
    @Nullable Ended how = ended == RUNNING ? null : ended == DONE ? Ended.DONE : Ended.UNKNOWN;
    return new Refusal.Earlier(Duration.of(now - admitted, ChronoUnit.MICROS), how);
  }

  /** {@return whether a charge wants the call to be remembered for longer than it is} */
  boolean isLonger(Wanted by) {
    return id != NOBODY && endOf(by, admitted) > end;
  }

  /** Remembers the call for as long as a charge wants it to be. */
  void remember(Wanted by, long now) {
    end = Math.max(end, endOf(by, admitted));
    touch(now);
  }

  private static long endOf(Wanted by, long admitted) {
    return by.span().leaves(by.span().stamp(admitted));
  }

  @Override
  long used(Wanted by) {
    return 0;
  }

  @Override
  long nextLeaves(Wanted by) {
    return NOW;
  }

  @Override
  long expiry(Wanted by) {
    return id == NOBODY ? NOW : ended == RUNNING ? Math.max(end, leaseEnd) : end;
  }

  @Override
  int running() {
    return id != NOBODY && ended == RUNNING ? 1 : 0;
  }

  @Override
  long openUntil(long ofCall) {
    return id == ofCall ? end : NOW;
  }

  /** {@return the call that is remembered, and up to when it is} */
  Remembered remembered() {
    return new Remembered(id, ended == RUNNING ? Math.max(end, leaseEnd) : end);
  }

  record Remembered(long id, long until) {}

  @Override
  long add(Wanted by, long now, long ofCall) {
    id = ofCall;
    admitted = now;
    end = endOf(by, now);
    leaseEnd = now + Span.micros(((Charge.Once) by.charge()).lease());
    ended = RUNNING;
    touch(now);
    return now;
  }

  @Override
  boolean end(Wanted by, long stamp, long ofCall, End how, long now) {
    if (id != ofCall || ended == DONE) {
      return false; // Another call's, or somebody has said so before.
    }
    switch (how) {
      case DONE -> ended = DONE;
      case UNKNOWN -> ended = UNKNOWN;
      case NOT_DONE, CANCELLED -> id = NOBODY;
    }
    touch(now);
    return true;
  }
}
