package dev.alcada.counter.memory;

/** A grant whose own calls choose keys; kept by {@link LiveCounters}, under its lock. */
final class Owner {
  final String grant;

  /** How many keys of counters it has. */
  int keys;

  /** How many marks it has. */
  int marks;

  Owner(String grant) {
    this.grant = grant;
  }
}
