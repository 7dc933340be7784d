package dev.alcada.jdbc;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.Mark;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A mark: the calls that have left it and are not settled, and until when it lasts besides. A call
 * whose process died holds it until somebody takes it back.
 */
final class MarkRow extends Row {
  /** Beyond as many, those that come hold it without a name, until it is taken back. */
  private static final int MOST_RUNNING = 1024;

  private final List<Long> running = new ArrayList<>();
  private long until = NOW;

  private MarkRow(long newest) {
    super(CounterId.Kind.MARK, newest);
  }

  static MarkRow empty() {
    return new MarkRow(NOW);
  }

  static MarkRow read(long newest, ByteBuffer in) {
    MarkRow row = new MarkRow(newest);
    if (in.remaining() < Long.BYTES || in.remaining() % Long.BYTES != 0) {
      throw damaged();
    }
    row.until = in.getLong();
    while (in.hasRemaining()) {
      row.running.add(in.getLong());
    }
    return row;
  }

  @Override
  int bytes() {
    return (1 + running.size()) * Long.BYTES;
  }

  @Override
  void write(ByteBuffer out) {
    out.putLong(until);
    running.forEach(out::putLong);
  }

  @Override
  void expire(Wanted by, long now) {}

  boolean isThere(long now) {
    return !running.isEmpty() || now < until;
  }

  @Override
  long freeAt(Wanted by) {
    return NOW;
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
    return running.isEmpty() ? until : Long.MAX_VALUE;
  }

  @Override
  long add(Wanted by, long now, long id) {
    if (by.isLeftAtTheEnd()) {
      until = Math.max(until, endOf(by, now));
    } else if (running.size() < MOST_RUNNING) {
      running.add(id);
    } else if (!running.contains(NOBODY)) {
      running.add(NOBODY);
    }
    touch(now);
    return now;
  }

  @Override
  boolean end(Wanted by, long stamp, long id, End how, long now) {
    if (!running.remove(Long.valueOf(id))) {
      return false;
    }
    if (how == End.DONE || how == End.UNKNOWN) {
      until = Math.max(until, endOf(by, now));
    }
    touch(now);
    return true;
  }

  private static long endOf(Wanted by, long now) {
    Mark mark = Objects.requireNonNull(by.mark());
    return now + Span.micros(mark.lasts());
  }
}
