package dev.alcada.internal.value;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What builders have in common: each setting is made once. */
public final class Once {
  private Once() {}

  /**
   * Returns a setting's value.
   *
   * @param present what it was set to before, or {@code null} if it was not
   * @throws IllegalStateException if it was set before
   */
  public static <T> T set(String setting, @Nullable T present, T value) {
    if (present != null) {
      throw new IllegalStateException(setting + " is set already");
    }
    return Objects.requireNonNull(value, setting);
  }
}
