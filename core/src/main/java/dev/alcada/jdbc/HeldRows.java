package dev.alcada.jdbc;

import dev.alcada.counter.Ended;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.Usage;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

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
    void end(HeldRows call, Row.End how, List<Wanted> left);
  }

  private final List<Part> parts;
  private final List<Usage> usage;
  private final @Nullable OpenCall open;
  private final Ending ending;
  private final AtomicBoolean settled = new AtomicBoolean();

  /**
   * Holds something.
   *
   * @param parts what is held, in which rows
   * @param usage what each count held before
   * @param open what was written of the call, if anything can be said of it later
   * @param ending ends it
   */
  HeldRows(List<Part> parts, List<Usage> usage, @Nullable OpenCall open, Ending ending) {
    this.parts = parts;
    this.usage = usage;
    this.open = open;
    this.ending = ending;
  }

  /** {@return what is held, in which rows} */
  List<Part> parts() {
    return parts;
  }

  @Nullable OpenCall open() {
    return open;
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
      boolean ends = parts.stream().anyMatch(part -> part.endsBy(how));
      boolean closes = open != null && (how != Row.End.UNKNOWN || open.outlastsItsParts());
      if (ends || closes || !left.isEmpty()) {
        ending.end(this, how, left);
      }
    }
  }

  @Override
  public List<Usage> usage() {
    return usage;
  }

  @Override
  public @Nullable String id() {
    return open == null ? null : open.name();
  }
}
