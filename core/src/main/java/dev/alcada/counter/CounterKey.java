package dev.alcada.counter;

import org.jspecify.annotations.Nullable;

/**
 * One count of a counter.
 *
 * @param counter the counter
 * @param value the value counted by: a grant, the text of an argument, or empty for a global count
 * @param session the session within that value, or {@code null} where sessions are not counted
 *     apart
 */
public record CounterKey(CounterId counter, String value, @Nullable String session) {}
