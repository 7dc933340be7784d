package dev.alcada.counter.memory;

import dev.alcada.counter.Mark;

/** A mark that a call leaves: with its admission, or with its end. */
final class HeldMark extends Part {
  final Mark mark;
  private final boolean atTheEnd;

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
  boolean isCharge() {
    return false;
  }

  @Override
  boolean isLeftAtTheEnd() {
    return atTheEnd;
  }
}
