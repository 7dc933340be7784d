package dev.alcada.counter;

import java.util.List;

/**
 * What one call wants of a store: all of it in one atomic step, or nothing. Immutable and safe for
 * use by several threads. It may gain further parts; a store refuses, by an exception, what it does
 * not know.
 */
public final class Demand {
  private final List<Charge> charges;

  private Demand(List<Charge> charges) {
    this.charges = charges;
  }

  /**
   * Returns a demand of charges alone.
   *
   * @param charges the charges, each with a key of its own
   */
  public static Demand of(List<Charge> charges) {
    return new Demand(List.copyOf(charges));
  }

  /**
   * Returns a demand of charges alone.
   *
   * @param charges the charges, each with a key of its own
   */
  public static Demand of(Charge... charges) {
    return new Demand(List.of(charges));
  }

  /** {@return the charges, in document order; unmodifiable} */
  public List<Charge> charges() {
    return charges;
  }

  /** {@return whether nothing is demanded, so that no store need be asked} */
  public boolean isEmpty() {
    return charges.isEmpty();
  }

  /** {@return how many charges it has} */
  @Override
  public String toString() {
    return "Demand[charges=" + charges.size() + "]";
  }
}
