package dev.alcada.pluggy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What to do after a reply.
 *
 * @param <T> what was asked for
 */
sealed interface Next<T extends @Nullable Object> {

  /** The answer holds what was asked for. */
  record Done<T extends @Nullable Object>(T value) implements Next<T> {
    @Override
    public String toString() {
      return "Done[value=***]";
    }
  }

  /** The same request again, after a wait. */
  record Again<T extends @Nullable Object>(Duration pause) implements Next<T> {}

  /** The key is refused: the same request with a fresh one. */
  record Renew<T extends @Nullable Object>() implements Next<T> {}

  /** Nothing more to try. */
  record Failed<T extends @Nullable Object>(Failure failure) implements Next<T> {}
}
