package dev.alcada.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes to a log on a small file system until that is full, and goes on; makes room, and goes on;
 * and says what came of it. The file system is gone with the process, so it verifies too.
 */
public final class SmallDiskWriter {
  private static final int MOST = 50_000;
  private static final int MORE = 500;

  private final Path ballast;
  private final AuditLog log;
  private final boolean waits;
  private int next;
  private int refused;

  private SmallDiskWriter(Path disk, String mode) throws IOException {
    this.ballast = disk.resolve("ballast");
    this.waits = mode.equals("wait");
    Files.write(ballast, new byte[1_700 << 10]);
    AuditLog.Builder builder = AuditLog.builder(disk.resolve("log"), LogFixture.KEYS);
    this.log =
        switch (mode) {
          case "required" -> builder.required().open();
          case "wait" -> builder.capacity(50).waitWhenFull(Duration.ofMinutes(1)).open();
          case "drop" -> builder.capacity(50).open();
          default -> builder.open();
        };
  }

  /**
   * Writes as was said.
   *
   * @param args the file system, and how the log is opened
   * @throws Exception if anything fails
   */
  public static void main(String[] args) throws Exception {
    SmallDiskWriter writer = new SmallDiskWriter(Path.of(args[0]), args[1]);
    writer.run();
    AuditReport report = AuditLog.verify(Path.of(args[0], "log"), LogFixture.KEYS);
    System.out.println(report);
    System.out.printf(
        "events %d refused %d lost %d recorded %d intact %s%n",
        writer.next,
        writer.refused,
        writer.log.lost(),
        LogFixture.files(Path.of(args[0], "log")).stream()
            .flatMap(file -> LogFixture.lines(file).stream())
            .filter(line -> line.contains("\"kind\":\"decision\""))
            .count(),
        report.intact());
  }

  private void run() throws Exception {
    while (!log.failing() && next < MOST) {
      one();
      while (log.queued() > 40 && !log.failing()) {
        Thread.onSpinWait();
      }
    }
    if (waits) {
      Thread host = new Thread(this::makeRoom);
      host.start();
      more();
      host.join();
    } else {
      more();
      makeRoom();
    }
    while (log.failing() && !log.required()) {
      LockSupport.parkNanos(1_000_000);
    }
    more();
    log.close();
  }

  /** Whoever waits must be waiting by then. */
  private void makeRoom() {
    while (waits && log.queued() < 50) {
      Thread.onSpinWait();
    }
    try {
      Files.delete(ballast);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void more() {
    for (int i = 0; i < MORE; i++) {
      one();
    }
  }

  private void one() {
    try {
      log.onDecision(LogFixture.event(next++));
    } catch (UncheckedIOException e) {
      refused++;
    }
  }
}
