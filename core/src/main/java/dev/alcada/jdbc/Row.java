package dev.alcada.jdbc;

import dev.alcada.counter.CounterId;
import java.nio.ByteBuffer;

/*
 * One row's data, big-endian, begins alike for all kinds:
 *
 *   ┌────────┬──────┬──────────┬───
 *   │ format │ kind │  newest  │ …    `newest` is the latest instant at which the row was written:
 *   │   1    │  1   │    8     │      the clock is never taken to be before it
 *   └────────┴──────┴──────────┴───
 */

/** What is kept under one key. Times are microseconds. Not safe for use by several threads. */
abstract class Row {
  /** How a call ends. */
  enum End {
    DONE,
    NOT_DONE,
    UNKNOWN,
    CANCELLED
  }

  /** What {@link #freeAt} returns if there is room already, and what stands for no instant. */
  static final long NOW = Long.MIN_VALUE;

  /** What {@link #freeAt} returns if there is no room and nobody knows when there will be. */
  static final long UNKNOWABLE = Long.MAX_VALUE;

  /** The identifier that no reservation has: nobody can take out what has it. */
  static final long NOBODY = 0;

  static final int HEADER = 2 + Long.BYTES;

  private static final byte FORMAT = 1;

  private final CounterId.Kind kind;
  private long newest;

  Row(CounterId.Kind kind, long newest) {
    this.kind = kind;
    this.newest = newest;
  }

  /** {@return a row that holds nothing and has never been written} */
  static Row empty(CounterId.Kind kind) {
    return switch (kind) {
      case AMOUNT, IN_FLIGHT -> Count.empty(kind);
      case DISTINCT -> ValuesRow.empty();
      case ONCE -> OnceRow.empty();
      case MARK -> MarkRow.empty();
    };
  }

  /**
   * Reads a row's data.
   *
   * @throws IllegalStateException if no store of this version wrote it
   */
  static Row read(byte[] data) {
    ByteBuffer in = ByteBuffer.wrap(data);
    if (data.length < HEADER) {
      throw damaged();
    }
    byte format = in.get();
    byte code = in.get();
    if (format != FORMAT) {
      throw new IllegalStateException(
          "a row is of format " + format + ": a later version of the library wrote it");
    }
    long newest = in.getLong();
    CounterId.Kind kind = kind(code);
    return switch (kind) {
      case AMOUNT, IN_FLIGHT -> Count.read(kind, newest, in);
      case DISTINCT -> ValuesRow.read(newest, in);
      case ONCE -> OnceRow.read(newest, in);
      case MARK -> MarkRow.read(newest, in);
    };
  }

  /**
   * Returns the kind that is written as a number.
   *
   * @throws IllegalStateException if no store of this version wrote it
   */
  static CounterId.Kind kind(byte code) {
    return switch (code) {
      case 1 -> CounterId.Kind.AMOUNT;
      case 2 -> CounterId.Kind.DISTINCT;
      case 3 -> CounterId.Kind.IN_FLIGHT;
      case 4 -> CounterId.Kind.ONCE;
      case 5 -> CounterId.Kind.MARK;
      default ->
          throw new IllegalStateException(
              "a row is of kind " + code + ": a later version of the library wrote it");
    };
  }

  static byte code(CounterId.Kind kind) {
    return switch (kind) {
      case AMOUNT -> 1;
      case DISTINCT -> 2;
      case IN_FLIGHT -> 3;
      case ONCE -> 4;
      case MARK -> 5;
    };
  }

  static IllegalStateException damaged() {
    return new IllegalStateException("a row has data that none can have");
  }

  final byte[] write() {
    ByteBuffer out = ByteBuffer.allocate(HEADER + bytes());
    out.put(FORMAT).put(code(kind)).putLong(newest);
    write(out);
    return out.array();
  }

  /** {@return how many bytes follow the header} */
  abstract int bytes();

  abstract void write(ByteBuffer out);

  final CounterId.Kind kind() {
    return kind;
  }

  /** {@return the latest instant at which this was written} */
  final long newest() {
    return newest;
  }

  /** Notes that the row is written. */
  final void touch(long now) {
    newest = Math.max(newest, now);
  }

  /** Drops what counts no more. */
  abstract void expire(Wanted by, long now);

  /** Returns {@link #NOW} if there is room, when there will be, or {@link #UNKNOWABLE}. */
  abstract long freeAt(Wanted by);

  /** {@return what is held, in the units of the charge} */
  abstract long used(Wanted by);

  /** {@return when the first of what is held leaves; {@link #NOW} if none does or nobody knows} */
  abstract long nextLeaves(Wanted by);

  /** {@return when nothing will be held any more; {@link #NOW} if nothing is} */
  abstract long expiry(Wanted by);

  /** {@return how many calls hold something here that have not been settled} */
  abstract int running();

  /**
   * Returns up to when a word on a call could change what is kept here, after an end that nobody
   * knew; {@link #NOW} if none could.
   */
  long openUntil(long id) {
    return NOW;
  }

  /** Adds what has room; {@return the stamp by which it is known} */
  abstract long add(Wanted by, long now, long id);

  /** Does what a call's end does to what it has added; {@return whether anything changed} */
  abstract boolean end(Wanted by, long stamp, long id, End how, long now);
}
