package dev.alcada.internal.value;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The errors by which a JSON-RPC server answers a request that it has not begun. Any other is also
 * what servers answer for a tool that broke half-way: an internal one, or one with the code of
 * whatever the tool threw, as that of a time-out or a lost connection further up.
 */
public final class NotBegun {
  private static final int INVALID_PARAMS = -32602;
  private static final Set<Integer> NOT_BEGUN = Set.of(-32700, -32600, -32601, INVALID_PARAMS);

  private NotBegun() {}

  /**
   * Returns whether an error says so. By {@code invalid params} some servers also say, after a tool
   * has run, that what it returned does not fit its output schema.
   */
  public static boolean says(int code, @Nullable String message) {
    return NOT_BEGUN.contains(code)
        && (code != INVALID_PARAMS
            || message == null
            || !message.toLowerCase(Locale.ROOT).contains("output"));
  }
}
