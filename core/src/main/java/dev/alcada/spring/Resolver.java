package dev.alcada.spring;

import dev.alcada.decision.Caller;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the application itself says of who calls a tool. */
@FunctionalInterface
interface Resolver {
  /**
   * Returns the caller, or null if nobody is authenticated.
   *
   * @param known what is known of the call, by name
   */
  @Nullable Caller caller(Function<String, @Nullable Object> known);
}
