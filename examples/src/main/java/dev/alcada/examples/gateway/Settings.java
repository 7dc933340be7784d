package dev.alcada.examples.gateway;

import dev.alcada.guard.ToolGuard;
import dev.alcada.time.TimeSource;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What all sessions of a gateway have in common. Immutable.
 *
 * @param guard the policy, and the counts that all sessions share
 * @param fit whether the policy fits the upstream's tools
 * @param opener opens a session's connection to the upstream
 * @param toolsOnly whether resources, prompts and completions are shut
 * @param checkSchemas whether arguments are checked against the schemas of judged tools
 * @param startTime how long the upstream may take to answer first
 * @param maxBytes the longest message
 * @param time what time it is
 * @param forms asks the person at a client for approvals, or {@code null} if it is not asked
 * @param room what all requests that are under way may take
 */
record Settings(
    ToolGuard guard,
    PolicyFit fit,
    Upstream.Opener opener,
    boolean toolsOnly,
    boolean checkSchemas,
    Duration startTime,
    int maxBytes,
    TimeSource time,
    @Nullable Forms forms,
    Room room) {

  /** {@return settings with what the command line has unless told otherwise} */
  static Settings of(ToolGuard guard, Upstream.Opener opener) {
    return new Settings(
        guard,
        PolicyFit.of(guard, false),
        opener,
        false,
        true,
        Duration.ofSeconds(60),
        16 << 20,
        TimeSource.system(),
        null,
        Room.ofMemory());
  }

  Settings withFit(PolicyFit other) {
    return new Settings(
        guard, other, opener, toolsOnly, checkSchemas, startTime, maxBytes, time, forms, room);
  }

  Settings withToolsOnly(boolean only) {
    return new Settings(
        guard, fit, opener, only, checkSchemas, startTime, maxBytes, time, forms, room);
  }

  Settings withSchemaChecks(boolean check) {
    return new Settings(
        guard, fit, opener, toolsOnly, check, startTime, maxBytes, time, forms, room);
  }

  Settings withStartTime(Duration longest) {
    return new Settings(
        guard, fit, opener, toolsOnly, checkSchemas, longest, maxBytes, time, forms, room);
  }

  Settings withMaxBytes(int most) {
    return new Settings(
        guard, fit, opener, toolsOnly, checkSchemas, startTime, most, time, forms, room);
  }

  Settings withTime(TimeSource other) {
    return new Settings(
        guard, fit, opener, toolsOnly, checkSchemas, startTime, maxBytes, other, forms, room);
  }

  Settings withRoom(Room other) {
    return new Settings(
        guard, fit, opener, toolsOnly, checkSchemas, startTime, maxBytes, time, forms, other);
  }

  Settings withForms(Forms asking) {
    return new Settings(
        guard, fit, opener, toolsOnly, checkSchemas, startTime, maxBytes, time, asking, room);
  }
}
