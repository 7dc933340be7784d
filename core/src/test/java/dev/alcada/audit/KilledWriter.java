package dev.alcada.audit;

import java.nio.file.Path;

/** Writes to a log until it is killed, and says how far it has come. */
public final class KilledWriter {
  private KilledWriter() {}

  public static void main(String[] args) throws Exception {
    boolean required = args[1].equals("required");
    AuditLog.Builder builder = AuditLog.builder(Path.of(args[0]), LogFixture.KEYS);
    builder.maxFileBytes(1 << 17);
    try (AuditLog log = (required ? builder.required() : builder).open()) {
      System.out.println("open");
      for (int i = 0; ; i++) {
        log.onDecision(LogFixture.event(i));
        if (required) {
          System.out.println(log.head().sequence());
        }
      }
    }
  }
}
