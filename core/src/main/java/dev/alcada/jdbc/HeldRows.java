package dev.alcada.jdbc;

import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.Usage;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/** What one call holds. */
final class HeldRows implements Reservation {
  /**
   * What is held in one row.
   *
   * @param wanted the charge or the mark
   * @param stamp the stamp by which it is known there
   * @param id the reservation
   */
  record Part(Wanted wanted, long stamp, long id) {
    /** {@return whether such an end changes the row} */
    boolean endsBy(Row.End how) {
      return switch (wanted.kind()) {
        case AMOUNT ->
            how == Row.End.CANCELLED || (how == Row.End.NOT_DONE && wanted.isReleasable());
        case DISTINCT -> how == Row.End.CANCELLED;
        case IN_FLIGHT, ONCE, MARK -> true;
      };
    }
  }

  /** Does what the end of a call does. */
  interface Ending {
    void end(List<Part> parts, Row.End how, List<Wanted> left);
  }

  private final List<Part> parts;
  private final List<Usage> usage;
  private final Ending ending;
  private final AtomicBoolean settled = new AtomicBoolean();

  HeldRows(List<Part> parts, List<Usage> usage, Ending ending) {
    this.parts = parts;
    this.usage = usage;
    this.ending = ending;
  }

  /** {@return what is held, in which rows} */
  List<Part> parts() {
    return parts;
  }

  @Override
  public void settle(Ended ended, List<Mark> done) {
    List<Wanted> left = ended == Ended.DONE ? done.stream().map(Wanted::done).toList() : List.of();
    end(
        switch (ended) {
          case DONE -> Row.End.DONE;
          case NOT_DONE -> Row.End.NOT_DONE;
          case UNKNOWN -> Row.End.UNKNOWN;
        },
        left);
  }

  @Override
  public void cancel() {
    end(Row.End.CANCELLED, List.of());
  }

  private void end(Row.End how, List<Wanted> left) {
    if (!settled.getAndSet(true)) {
      List<Part> ended = parts.stream().filter(part -> part.endsBy(how)).toList();
      if (!ended.isEmpty() || !left.isEmpty()) {
        ending.end(ended, how, left);
      }
    }
  }

  @Override
  public List<Usage> usage() {
    return usage;
  }
}
