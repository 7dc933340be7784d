package dev.alcada.counter.memory;

import dev.alcada.counter.Ended;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.Usage;
import java.util.List;

/** The reservation of charges that add nothing. */
enum NothingHeld implements Reservation {
  INSTANCE;

  @Override
  public void settle(Ended ended) {}

  @Override
  public void cancel() {}

  @Override
  public List<Usage> usage() {
    return List.of();
  }
}
