package dev.alcada.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.testing.ManualTime;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A required log is written on the threads of calls, and an agent with tools that call tools can
 * make their stack end at any point of it. What is written afterwards is whole all the same.
 */
@Timeout(300)
class EndOfStackLogTest {
  private static final int ROUNDS = 40;

  @TempDir private Path directory;
  private final ManualTime time = new ManualTime(LogFixture.NOON);
  private int failed;
  private int noted;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatEndsWithinItLeavesTheLogWhole(boolean keyed) throws Exception {
    AuditKeys keys = keyed ? LogFixture.KEYS : AuditKeys.none();
    String said = PrintErr.quietly(() -> write(keys));

    AuditReport report = AuditLog.verify(directory, keys);
    assertThat(failed).as("tries for which the stack was too small").isGreaterThan(ROUNDS);
    assertThat(noted).isGreaterThanOrEqualTo(ROUNDS);
    assertThat(report.findings()).as(said).isEmpty();
    assertThat(said).doesNotContain("that the audit log has not written");
    assertThat(report.last()).isGreaterThanOrEqualTo(noted);
  }

  private void write(AuditKeys keys) throws Exception {
    try (AuditLog log =
        AuditLog.builder(directory, keys)
            .timeSource(time)
            .maxFileBytes(1 << 16)
            .required()
            .open()) {
      onASmallStack(
          () -> {
            for (int round = 0; round < ROUNDS; round++) {
              shifted(log, round % 8, round, round);
              time.advance(Duration.ofHours(7)); // files are begun there too
            }
          });
    }
  }

  @Test
  void aTieThatWasNotMadeIsNoPartOfTheNext() throws Exception {
    byte[] record = "record".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    for (AuditKeys keys : new AuditKeys[] {LogFixture.KEYS, AuditKeys.none()}) {
      Chain chain = keys.chain(keys.current());
      byte[] right = Chain.zero();
      keys.chain(keys.current()).tie(Chain.zero(), record, 0, record.length, right);

      onASmallStack(() -> tieFromTheEnd(chain, record, 0));

      byte[] made = Chain.zero();
      chain.tie(Chain.zero(), record, 0, record.length, made);
      assertThat(made).isEqualTo(right);
    }
    assertThat(failed).isPositive();
  }

  private void tieFromTheEnd(Chain chain, byte[] record, int depth) {
    try {
      if (depth < 1_000_000) {
        tieFromTheEnd(chain, record, depth + 1);
      }
    } catch (StackOverflowError e) {
      failed++;
    }
    try {
      chain.tie(Chain.zero(), record, 0, record.length, Chain.zero());
    } catch (StackOverflowError e) {
      failed++;
      throw e;
    }
  }

  /** Frames of another size, so that the stack ends at other points of what is written. */
  private long shifted(AuditLog log, int frames, long one, long other) {
    if (frames == 0) {
      fromTheEnd(log, 0);
      return one;
    }
    return other + shifted(log, frames - 1, other, one);
  }

  /** Goes down to the end of the stack, and notes an event with ever more of it left. */
  private void fromTheEnd(AuditLog log, int depth) {
    if (depth < 1_000_000 && noted < Integer.MAX_VALUE) {
      try {
        fromTheEnd(log, depth + 1);
        return; // noted further down
      } catch (StackOverflowError | UncheckedIOException e) {
        failed++; // it denies the call
      }
    }
    log.onDecision(LogFixture.event(depth));
    noted++;
  }

  private static void onASmallStack(Runnable action) throws Exception {
    // Of the JVM's own: a class that is first used at the end of a stack is broken for good.
    assertThat(new Throwable().getStackTrace()[0].toString()).isNotEmpty();
    FutureTask<Void> task = new FutureTask<>(action, null);
    Thread thread = new Thread(null, task, "small", 256 << 10);
    thread.start();
    task.get();
  }
}
