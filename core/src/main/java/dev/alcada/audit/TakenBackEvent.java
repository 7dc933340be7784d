package dev.alcada.audit;

import dev.alcada.counter.CounterKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;

/**
 * That an operator has taken back a mark, what counted as running, or a call that was not to be
 * made twice.
 *
 * @param at when, by the wall clock, to the microsecond
 * @param key under which it was kept; its value may be personal
 */
public record TakenBackEvent(Instant at, CounterKey key) {
  /** Cuts the instant. */
  public TakenBackEvent {
    at = at.truncatedTo(ChronoUnit.MICROS);
    Objects.requireNonNull(key, "key");
  }
}
