package dev.alcada.counter;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps counts, and reserves several of them at once or none. Implementations must be safe for use
 * by several threads, and must never admit more than a charge's maximum in any span of its window's
 * length. Whatever one throws, the call is denied.
 */
public interface CounterStore {
  /**
   * Reserves all charges atomically, or none of them.
   *
   * @param charges the charges, each with a key of its own
   * @return a reservation to be settled once, or the first charge that has no room
   */
  ReserveResult reserve(List<Charge> charges);

  /**
   * Looks whether the charges would fit now, and reserves nothing.
   *
   * @param charges the charges, each with a key of its own
   * @return the refusal that {@link #reserve} would give, or {@code null} if the charges would fit
   */
  @Nullable Refusal peek(List<Charge> charges);
}
