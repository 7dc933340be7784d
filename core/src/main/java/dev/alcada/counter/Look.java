package dev.alcada.counter;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a store holds at the moment it was asked, nothing changed. Immutable. It may gain further
 * parts.
 */
public final class Look {
  private final @Nullable Refusal refusal;
  private final List<Usage> usage;
  private final List<Boolean> marks;

  private Look(@Nullable Refusal refusal, List<Usage> usage, List<Boolean> marks) {
    this.refusal = refusal;
    this.usage = usage;
    this.marks = marks;
  }

  /**
   * Returns a look.
   *
   * @param refusal the refusal that {@link CounterStore#reserve} would give now, or {@code null} if
   *     the demand would be granted
   * @param usage what each count holds, in the order of the demand's charges
   */
  public static Look of(@Nullable Refusal refusal, List<Usage> usage) {
    return new Look(refusal, List.copyOf(usage), List.of());
  }

  /**
   * Returns a look at marks too.
   *
   * @param refusal the refusal that {@link CounterStore#reserve} would give now, or {@code null} if
   *     the demand would be granted
   * @param usage what each count holds, in the order of the demand's charges
   * @param marks whether each mark is there, in the order of the demand's reads
   */
  public static Look of(@Nullable Refusal refusal, List<Usage> usage, List<Boolean> marks) {
    return new Look(refusal, List.copyOf(usage), List.copyOf(marks));
  }

  /** {@return the refusal that reserving would give now, or {@code null} if it would be granted} */
  public @Nullable Refusal refusal() {
    return refusal;
  }

  /** {@return what each count holds, in the order of the demand's charges; unmodifiable} */
  public List<Usage> usage() {
    return usage;
  }

  /** {@return whether each mark is there, in the order of the demand's reads; unmodifiable} */
  public List<Boolean> marks() {
    return marks;
  }
}
