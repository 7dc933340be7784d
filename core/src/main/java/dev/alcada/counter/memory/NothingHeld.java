package dev.alcada.counter.memory;

import dev.alcada.counter.Reservation;

/** The reservation of charges that add nothing. */
enum NothingHeld implements Reservation {
  INSTANCE;

  @Override
  public void keep() {}

  @Override
  public void release() {}

  @Override
  public void cancel() {}
}
