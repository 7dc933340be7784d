package dev.alcada.internal.document;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Thrown when a document's text cannot be had. */
public final class UnreadableException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final transient Fault fault;

  UnreadableException(Fault fault, @Nullable Throwable cause) {
    super(Fault.message(fault.found(), fault.expected(), fault.suggestion()), cause);
    this.fault = fault;
  }

  /** {@return what is wrong} */
  public Fault fault() {
    return fault;
  }
}
