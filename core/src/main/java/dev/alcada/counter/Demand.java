package dev.alcada.counter;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one call wants of a store: all of it in one atomic step, or nothing. Immutable and safe for
 * use by several threads. It may gain further parts; a store refuses, by an exception, what it does
 * not know.
 */
public final class Demand {
  private static final Demand NOTHING = new Demand(null, List.of());

  /** The charge of a demand that has one, as most have: no list is made for it. */
  private final @Nullable Charge only;

  private final List<Charge> several;

  private Demand(@Nullable Charge only, List<Charge> several) {
    this.only = only;
    this.several = several;
  }

  /**
   * Returns a demand of one charge.
   *
   * @param charge the charge
   */
  public static Demand of(Charge charge) {
    return new Demand(Objects.requireNonNull(charge, "charge"), List.of());
  }

  /**
   * Returns a demand of charges alone.
   *
   * @param charges the charges, each with a key of its own
   */
  public static Demand of(List<? extends Charge> charges) {
    List<Charge> own = List.copyOf(charges);
    return switch (own.size()) {
      case 0 -> NOTHING;
      case 1 -> new Demand(own.get(0), List.of());
      default -> new Demand(null, own);
    };
  }

  /**
   * Returns a demand of charges alone.
   *
   * @param charges the charges, each with a key of its own
   */
  public static Demand of(Charge... charges) {
    return of(List.of(charges));
  }

  /** {@return the charges, in document order; unmodifiable} */
  public List<Charge> charges() {
    return only == null ? several : List.of(only);
  }

  /** {@return how many charges there are} */
  public int size() {
    return only == null ? several.size() : 1;
  }

  /**
   * Returns one of {@link #charges}, without making a list.
   *
   * @param index its place, from 0
   * @throws IndexOutOfBoundsException if there is none
   */
  public Charge charge(int index) {
    return only == null ? several.get(index) : index == 0 ? only : several.get(index);
  }

  /** {@return whether nothing is demanded, so that no store need be asked} */
  public boolean isEmpty() {
    return only == null && several.isEmpty();
  }

  /** {@return how many charges it has} */
  @Override
  public String toString() {
    return "Demand[charges=" + size() + "]";
  }
}
