package dev.alcada.internal.value;

/** A value has no canonical JSON text, or too long a one. */
public final class UnwritableException extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean tooLarge;

  private UnwritableException(String message, boolean tooLarge) {
    super(message, null, false, false);
    this.tooLarge = tooLarge;
  }

  static UnwritableException tooLarge() {
    return new UnwritableException("too large", true);
  }

  /** The message names a kind of value, never the value. */
  static UnwritableException notJson(String kind) {
    return new UnwritableException(kind, false);
  }

  public boolean isTooLarge() {
    return tooLarge;
  }
}
