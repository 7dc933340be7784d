package dev.alcada.counter;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A mark that is there, or what runs and is remembered of calls, as an operator sees it.
 *
 * @param key the key; its value may be personal
 * @param running how many calls hold it that have not been settled
 * @param ends how long it lasts if nothing else happens, or {@code null} if that cannot be known,
 *     as of a mark that lasts until its call has been settled
 */
public record Held(CounterKey key, int running, @Nullable Duration ends) {}
