package dev.alcada.counter.memory;

import dev.alcada.counter.Mark;

/** A mark that a call leaves: with its admission, or with its end. */
final class HeldMark extends Part {
  final Mark mark;
  private final boolean atTheEnd;

  /** Until when it lasts since its call has ended and nobody knew how; 0 if that is not kept. */
  long lastsUntil;

  HeldMark(Tally count, Mark mark, long stamp, boolean atTheEnd) {
    super(count, stamp, 0, Tally.NEVER);
    this.mark = mark;
    this.atTheEnd = atTheEnd;
  }

  @Override
  boolean endsBy(byte how) {
    return !atTheEnd;
  }

  @Override
  boolean endsLateBy(byte how) {
    return lastsUntil != 0;
  }

  @Override
  long mayEndLateFor(long now) {
    return lastsUntil - now;
  }

  @Override
  boolean mayEndLate() {
    return !atTheEnd;
  }

  @Override
  boolean isCharge() {
    return false;
  }

  @Override
  boolean isLeftAtTheEnd() {
    return atTheEnd;
  }
}
