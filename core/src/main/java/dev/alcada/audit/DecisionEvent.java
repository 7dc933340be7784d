package dev.alcada.audit;

import dev.alcada.decision.Decision;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One decision about one call. Carries no argument's value.
 *
 * @param at when it was made, by the wall clock
 * @param tool the tool called; as long and as odd a text as the agent made it
 * @param grant the caller's grant; blank if there was none
 * @param session the caller's session, or {@code null}
 * @param client the caller's authenticated client, or {@code null}
 * @param decision what was decided
 * @param shadow what a rule in shadow mode would have decided instead, or {@code null} if it had
 *     nothing to say
 */
public record DecisionEvent(
    Instant at,
    String tool,
    String grant,
    @Nullable String session,
    @Nullable String client,
    Decision decision,
    @Nullable Decision shadow) {}
