package dev.alcada.redis;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the builders of this package have in common. */
final class Settings {
  static final Duration TIMEOUT = Duration.ofMillis(250);
  static final int MAX_IN_FLIGHT = 10_000;

  private Settings() {}

  static Duration timeout(Duration length) {
    if (length.compareTo(Duration.ofMillis(1)) < 0 || length.compareTo(Duration.ofMinutes(1)) > 0) {
      throw new IllegalArgumentException("timeout is " + length + ", expected 1 ms to 1 minute");
    }
    return length;
  }

  static int positive(String setting, int number) {
    if (number < 1) {
      throw new IllegalArgumentException(setting + " is " + number + ", expected at least 1");
    }
    return number;
  }

  static <T> T once(String setting, @Nullable T before, T value) {
    if (before != null) {
      throw new IllegalStateException(setting + " was set before");
    }
    return value;
  }
}
