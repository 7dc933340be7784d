package dev.alcada.jdbc;

import dev.alcada.counter.Charge;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Reservation;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;

/** A process that reserves until it is killed, and tells of each reservation once it has it. */
final class Reserving {
  static final int THREADS = 4;
  static final Charge.Amount SHARED = ContentionTest.charge("shared", Duration.ofDays(1), 100, 1);

  private Reserving() {}

  static Charge.Amount own(int thread) {
    return ContentionTest.charge("thread " + thread, Duration.ofDays(1), 1_000_000, 1);
  }

  public static void main(String[] arguments) {
    JdbcCounterStore store =
        JdbcCounterStore.builder(SqliteFile.source(Path.of(arguments[0])))
            .createTables()
            .timeout(Duration.ofSeconds(20))
            .build();
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    for (int i = 0; i < THREADS; i++) {
      int thread = i;
      byte[] line = (thread + "\n").getBytes(StandardCharsets.UTF_8);
      new Thread(
              () -> {
                try {
                  while (true) {
                    store.reserve(Demand.of(SHARED));
                    if (store.reserve(Demand.of(own(thread))) instanceof Reservation) {
                      out.write(line);
                    }
                  }
                } catch (IOException e) {
                  Runtime.getRuntime().halt(1);
                }
              })
          .start();
    }
  }
}
