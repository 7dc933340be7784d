package dev.alcada.jdbc;

import dev.alcada.counter.Ended;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.Usage;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** What one call holds. */
final class Held implements Reservation {
  /**
   * One entry of a row.
   *
   * @param wanted the charge and its row
   * @param stamp the entry's stamp
   * @param id the entry's identifier
   */
  record Part(Wanted wanted, long stamp, long id) {}

  private final List<Part> parts;
  private final List<Usage> usage;
  private final Consumer<List<Part>> giveBack;
  private final AtomicBoolean settled = new AtomicBoolean();

  Held(List<Part> parts, List<Usage> usage, Consumer<List<Part>> giveBack) {
    this.parts = List.copyOf(parts);
    this.usage = usage;
    this.giveBack = giveBack;
  }

  /** {@return what is held, in which rows} */
  List<Part> parts() {
    return parts;
  }

  @Override
  public void settle(Ended ended) {
    if (!settled.getAndSet(true) && ended == Ended.NOT_DONE) {
      giveBack.accept(parts.stream().filter(part -> part.wanted().charge().releasable()).toList());
    }
  }

  @Override
  public void cancel() {
    if (!settled.getAndSet(true)) {
      giveBack.accept(parts);
    }
  }

  @Override
  public List<Usage> usage() {
    return usage;
  }
}
