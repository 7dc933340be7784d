package dev.alcada.audit;

import dev.alcada.counter.Ended;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.ToolCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Events and logs to try things on. */
final class LogFixture {
  static final AuditKeys KEYS = AuditKeys.of("2026-11", key(1));
  static final Instant NOON = Instant.parse("2026-11-28T12:00:00.5Z");

  private LogFixture() {}

  static byte[] key(int number) {
    byte[] key = new byte[32];
    key[0] = (byte) number;
    return key;
  }

  static DecisionEvent event(int number) {
    return event(number, "pay");
  }

  static DecisionEvent event(int number, String tool) {
    return DecisionEvent.builder(
            NOON,
            ToolCall.of(tool, Map.of("to", "hunter2", "n", number), Caller.grant("agent-7")),
            Decision.Allowed.INSTANCE)
        .id("run-" + number)
        .policyRevision("a".repeat(64))
        .build();
  }

  static SettlementEvent settled(int number) {
    return SettlementEvent.of(NOON, event(number), Ended.DONE, null);
  }

  /** Writes a log of so many decisions, a file after each 100. */
  static void write(Path directory, AuditKeys keys, int from, int to) {
    try (AuditLog log = AuditLog.builder(directory, keys).required().open()) {
      for (int i = from; i < to; i++) {
        log.onDecision(event(i));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Path> files(Path directory) {
    try {
      return LogFile.in(directory).stream().map(LogFile::path).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> lines(Path file) {
    try {
      return new ArrayList<>(Files.readAllLines(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void put(Path file, List<String> lines) {
    try {
      Files.writeString(file, lines.isEmpty() ? "" : String.join("\n", lines) + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
