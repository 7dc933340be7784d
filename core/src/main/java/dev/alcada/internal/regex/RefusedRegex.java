package dev.alcada.internal.regex;

import org.jspecify.annotations.Nullable;

/** Thrown for a text that is no expression, or one over a bound; the message says what could be. */
public final class RefusedRegex extends IllegalArgumentException {
  private static final long serialVersionUID = 1;

  private final @Nullable String mend;

  RefusedRegex(String expected) {
    super(expected);
    this.mend = null;
  }

  RefusedRegex(String expected, @Nullable String mend, Throwable cause) {
    super(expected, cause);
    this.mend = mend;
  }

  /** {@return the likely fix, or null if none is likely} */
  public @Nullable String mend() {
    return mend;
  }
}
