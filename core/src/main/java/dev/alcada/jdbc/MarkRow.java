package dev.alcada.jdbc;

import dev.alcada.counter.CounterId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/*
 * After a row's header:
 *
 *   ┌───────┬───────┬────────────────┬───┬──────┬───
 *   │ until │ apart │  id   ·  until │ … │  id  │ …    those apart, then those that run
 *   │   8   │   4   │  8        8    │   │  8   │
 *   └───────┴───────┴────────────────┴───┴──────┴───
 */

/**
 * A mark: the calls that have left it and are not settled, and until when it lasts besides. A call
 * whose process died holds it until somebody settles it or takes the mark back.
 */
final class MarkRow extends Row {
  /** Beyond as many, those that come hold it without a name, until it is taken back. */
  private static final int MOST_RUNNING = 1024;

  /** Beyond as many, those that come are in {@link #until}: they are not taken back one by one. */
  private static final int MOST_APART = 16;

  /** What a call has left of which nobody knows how it ended, so that it can be taken back. */
  private record Left(long id, long until) {}

  private final List<Long> running = new ArrayList<>();
  private final List<Left> apart = new ArrayList<>();
  private long until = NOW;

  private MarkRow(long newest) {
    super(CounterId.Kind.MARK, newest);
  }

  static MarkRow empty() {
    return new MarkRow(NOW);
  }

  static MarkRow read(long newest, ByteBuffer in) {
    MarkRow row = new MarkRow(newest);
    int fixed = Long.BYTES + Integer.BYTES;
    if (in.remaining() < fixed || (in.remaining() - fixed) % Long.BYTES != 0) {
      throw damaged();
    }
    row.until = in.getLong();
    int left = in.getInt();
    if (left < 0 || left > in.remaining() / (2 * Long.BYTES)) {
      throw damaged();
    }
    for (int i = 0; i < left; i++) {
      row.apart.add(new Left(in.getLong(), in.getLong()));
    }
    while (in.hasRemaining()) {
      row.running.add(in.getLong());
    }
    return row;
  }

  @Override
  int bytes() {
    return Integer.BYTES + (1 + 2 * apart.size() + running.size()) * Long.BYTES;
  }

  @Override
  void write(ByteBuffer out) {
    out.putLong(until).putInt(apart.size());
    apart.forEach(left -> out.putLong(left.id).putLong(left.until));
    running.forEach(out::putLong);
  }

  @Override
  void expire(Wanted by, long now) {}

  boolean isThere(long now) {
    return !running.isEmpty() || now < lastsUntil();
  }

  private long lastsUntil() {
    return apart.stream().mapToLong(Left::until).reduce(until, Math::max);
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
    return running.isEmpty() ? lastsUntil() : Long.MAX_VALUE;
  }

  @Override
  int running() {
    return running.size();
  }

  @Override
  long openUntil(long id) {
    return apart.stream()
        .filter(left -> left.id == id)
        .mapToLong(Left::until)
        .findAny()
        .orElse(NOW);
  }

  @Override
  long add(Wanted by, long now, long id) {
    if (by.isLeftAtTheEnd()) {
      until = Math.max(until, now + by.lasts());
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
    boolean ran = running.remove(Long.valueOf(id));
    long lasts = ran ? now + by.lasts() : openUntil(id);
    if (lasts == NOW) {
      return false;
    }
    apart.removeIf(left -> left.id == id || left.until <= now);
    if (how == End.UNKNOWN && apart.size() < MOST_APART) {
      apart.add(new Left(id, lasts));
    } else if (how == End.DONE || how == End.UNKNOWN) {
      until = Math.max(until, lasts);
    }
    touch(now);
    return true;
  }
}
