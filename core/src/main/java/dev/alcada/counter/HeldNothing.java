package dev.alcada.counter;

/** The reservation of charges that add nothing. */
enum HeldNothing implements Reservation {
  INSTANCE;

  @Override
  public void keep() {}

  @Override
  public void release() {}

  @Override
  public void cancel() {}
}
