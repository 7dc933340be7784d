package dev.alcada.pluggy;

import org.jspecify.annotations.Nullable;

/**
 * Why a connection failed, as Pluggy says. Immutable; {@link #toString} has the code alone, since
 * the message may quote the institution.
 */
public final class ItemError {
  private final @Nullable String code;
  private final transient @Nullable String message;

  private ItemError(@Nullable String code, @Nullable String message) {
    this.code = code;
    this.message = message;
  }

  /** Returns the member {@code error}, or {@code null} if there is none. */
  static @Nullable ItemError of(Fields fields) {
    Fields error = fields.object("error");
    return error == null ? null : new ItemError(error.text("code"), error.text("message"));
  }

  /** {@return Pluggy's code, such as {@code INVALID_CREDENTIALS}, or {@code null}} */
  public @Nullable String code() {
    return code;
  }

  /** {@return a sentence for people, or {@code null}} */
  public @Nullable String message() {
    return message;
  }

  /** {@return a text with the code} */
  @Override
  public String toString() {
    return "ItemError[code=" + code + "]";
  }
}
