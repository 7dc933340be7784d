package dev.alcada.counter;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Says that a store could not be asked, or that what it answered is not known. */
public final class StoreUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean mayHaveCounted;

  /**
   * Creates an exception.
   *
   * @param message what has happened; no argument's value and no secret
   * @param mayHaveCounted whether the store may have done what it was asked to do
   * @param cause what it was caused by, or {@code null}
   */
  public StoreUnavailableException(
      String message, boolean mayHaveCounted, @Nullable Throwable cause) {
    super(Objects.requireNonNull(message, "message"), cause);
    this.mayHaveCounted = mayHaveCounted;
  }

  /**
   * Returns whether the store may have done what it was asked to do. What may have been counted
   * stays counted.
   */
  public boolean mayHaveCounted() {
    return mayHaveCounted;
  }
}
