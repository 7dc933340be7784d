package dev.alcada.decision;

/** What a condition says of a call. */
enum Truth {
  TRUE,
  FALSE,
  /** It cannot be said, which is never permission. */
  INDETERMINATE;

  static Truth of(boolean truth) {
    return truth ? TRUE : FALSE;
  }

  /** False if either is false, else indeterminate if either is. */
  Truth and(Truth other) {
    return this == FALSE || other == FALSE ? FALSE : this == TRUE ? other : this;
  }

  /** True if either is true, else indeterminate if either is. */
  Truth or(Truth other) {
    return this == TRUE || other == TRUE ? TRUE : this == FALSE ? other : this;
  }

  Truth negated() {
    return switch (this) {
      case TRUE -> FALSE;
      case FALSE -> TRUE;
      case INDETERMINATE -> INDETERMINATE;
    };
  }
}
