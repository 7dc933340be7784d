package dev.alcada.guard;

/** What undoes the registration of a listener. */
@FunctionalInterface
public interface Registration extends AutoCloseable {
  /** Removes the listener; a second time does nothing. */
  @Override
  void close();
}
