package dev.alcada.internal.document;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** Thrown when a document's text cannot be had. */
public final class UnreadableException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  private final transient Fault fault;
  private final transient @Nullable String text;

  UnreadableException(Fault fault, @Nullable Throwable cause, @Nullable String text) {
    super(Fault.message(fault.found(), fault.expected(), fault.suggestion()), cause);
    this.fault = fault;
    this.text = text;
  }

  /** {@return the text, as far as it can be made out, or null} */
  public @Nullable String text() {
    return text;
  }

  /** {@return what is wrong} */
  public Fault fault() {
    return fault;
  }
}
