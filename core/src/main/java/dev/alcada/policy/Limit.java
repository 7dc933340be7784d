package dev.alcada.policy;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;

/**
 * At most {@code max} in any window.
 *
 * @param counter the counter's name
 * @param window the window's length, 1 ms to 366 days
 * @param max the most the counter may hold in a window, at least 0
 * @param scope what is counted apart
 * @param increment what one call adds, greater than 0; 1 where {@code incrementFrom} is given
 * @param incrementFrom where in the call the amount it adds is found, if not fixed
 * @param counts which calls stay counted
 * @param alignment how the window lies in time
 * @param timezone the zone of a calendar window
 * @param onDeny what the agent is told when the limit has no room
 */
public record Limit(
    String counter,
    Duration window,
    BigDecimal max,
    Scope scope,
    BigDecimal increment,
    @Nullable ValuePath incrementFrom,
    Counts counts,
    Alignment alignment,
    ZoneId timezone,
    @Nullable String onDeny) {}
