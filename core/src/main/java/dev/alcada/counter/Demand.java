package dev.alcada.counter;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one call wants of a store: all of it in one atomic step, or nothing. Immutable and safe for
 * use by several threads. It may gain further parts; a store refuses, by an exception, what it does
 * not know.
 */
public final class Demand {
  private static final Demand NOTHING = new Demand(null, List.of(), null);

  /** The charge of a demand that has one, as most have: no list is made for it. */
  private final @Nullable Charge only;

  private final List<Charge> several;
  private final @Nullable Marks marks;

  private Demand(@Nullable Charge only, List<Charge> several, @Nullable Marks marks) {
    this.only = only;
    this.several = several;
    this.marks = marks;
  }

  private record Marks(List<Read> reads, List<Mark> tried, List<Mark> done) {}

  /**
   * A mark that a call is judged by.
   *
   * @param key the mark's key
   * @param there whether it was there when the call was judged, which still has to be so; {@code
   *     null} if it is only looked at
   */
  public record Read(CounterKey key, @Nullable Boolean there) {
    /**
     * Checks the kind.
     *
     * @throws IllegalArgumentException if the key is none of a mark
     */
    public Read {
      Mark.checkKind(key);
    }
  }

  /** {@return a builder of a demand of nothing} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns a demand of one charge.
   *
   * @param charge the charge
   */
  public static Demand of(Charge charge) {
    return new Demand(Objects.requireNonNull(charge, "charge"), List.of(), null);
  }

  /**
   * Returns a demand of charges alone.
   *
   * @param charges the charges, each with a key of its own
   */
  public static Demand of(List<? extends Charge> charges) {
    return of(charges, null);
  }

  private static Demand of(List<? extends Charge> charges, @Nullable Marks marks) {
    List<Charge> own = List.copyOf(charges);
    return switch (own.size()) {
      case 0 -> marks == null ? NOTHING : new Demand(null, own, marks);
      case 1 -> new Demand(own.get(0), List.of(), marks);
      default -> new Demand(null, own, marks);
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

  /** {@return the marks that the call is judged by; unmodifiable} */
  public List<Read> reads() {
    return marks == null ? List.of() : marks.reads();
  }

  /**
   * Returns the marks that the admission itself leaves: each lasts until the call is settled and
   * then as long as it says, and is taken back only if nothing was done. Unmodifiable.
   */
  public List<Mark> tried() {
    return marks == null ? List.of() : marks.tried();
  }

  /**
   * Returns the marks that settling may leave. With one of them a demand wants a reservation even
   * if it has nothing else. Unmodifiable.
   */
  public List<Mark> done() {
    return marks == null ? List.of() : marks.done();
  }

  /** {@return whether there are charges alone, so that no mark is read or left} */
  public boolean isOfChargesAlone() {
    return marks == null;
  }

  /** {@return whether nothing is demanded, so that no store need be asked} */
  public boolean isEmpty() {
    return only == null && several.isEmpty() && marks == null;
  }

  /** {@return how many charges it has, and marks if any} */
  @Override
  public String toString() {
    return marks == null
        ? "Demand[charges=" + size() + "]"
        : "Demand[charges=%d, reads=%d, tried=%d, done=%d]"
            .formatted(size(), reads().size(), tried().size(), done().size());
  }

  /** Builds a demand. Not safe for use by several threads. */
  public static final class Builder {
    private final List<Charge> charges = new ArrayList<>();
    private final List<Read> reads = new ArrayList<>();
    private final List<Mark> tried = new ArrayList<>();
    private final List<Mark> done = new ArrayList<>();

    private Builder() {}

    /**
     * Adds a charge; their order is that in which the first without room is told.
     *
     * @param charge a charge with a key of its own
     * @return this builder
     */
    public Builder charge(Charge charge) {
      charges.add(Objects.requireNonNull(charge, "charge"));
      return this;
    }

    /**
     * Adds a mark that the admission itself leaves.
     *
     * @param mark a mark with a key of its own among these
     * @return this builder
     */
    public Builder tried(Mark mark) {
      tried.add(Objects.requireNonNull(mark, "mark"));
      return this;
    }

    /**
     * Adds a mark that the call is judged by.
     *
     * @param key the mark's key
     * @param there whether it has to be there or has not, or {@code null} to look only
     * @return this builder
     * @throws IllegalArgumentException if the key is none of a mark
     */
    public Builder reads(CounterKey key, @Nullable Boolean there) {
      reads.add(new Read(key, there));
      return this;
    }

    /**
     * Adds a mark that settling may leave.
     *
     * @param mark the mark
     * @return this builder
     */
    public Builder done(Mark mark) {
      done.add(Objects.requireNonNull(mark, "mark"));
      return this;
    }

    /**
     * Returns the demand.
     *
     * @throws IllegalArgumentException if two marks that the admission leaves have the same key
     */
    public Demand build() {
      if (tried.size() > 1 && tried.stream().map(Mark::key).distinct().count() < tried.size()) {
        throw new IllegalArgumentException("two marks to be left have the same key");
      }
      boolean none = reads.isEmpty() && tried.isEmpty() && done.isEmpty();
      return of(
          charges,
          none ? null : new Marks(List.copyOf(reads), List.copyOf(tried), List.copyOf(done)));
    }
  }
}
