package dev.alcada.audit;

import java.nio.file.Path;

/** Writes to a log where no more can be written, and says what came of it. */
public final class LimitedWriter {
  private LimitedWriter() {}

  public static void main(String[] args) throws Exception {
    boolean required = args[1].equals("required");
    AuditLog.Builder builder = AuditLog.builder(Path.of(args[0]), LogFixture.KEYS);
    AuditLog log = (required ? builder.required() : builder.capacity(10_000)).open();
    int refused = 0;
    for (int i = 0; i < 2_000; i++) {
      try {
        log.onDecision(LogFixture.event(i));
      } catch (java.io.UncheckedIOException e) {
        refused++;
      }
    }
    log.close();
    System.out.println(refused + " " + log.lost() + " " + log.head().sequence());
  }
}
