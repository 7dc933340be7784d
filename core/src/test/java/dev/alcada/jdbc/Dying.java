package dev.alcada.jdbc;

import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Reservation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A process that reserves, tells by which name, and is killed before it settles anything. */
final class Dying {
  private Dying() {}

  /** With a URL of PostgreSQL or the name of a file. */
  public static void main(String[] arguments) {
    JdbcCounterStore store =
        JdbcCounterStore.builder(source(arguments[0])).timeout(Duration.ofSeconds(20)).build();
    for (Demand demand : SettledElsewhereTest.demands()) {
      System.out.println(((Reservation) store.reserve(demand)).id());
    }
    Reservation unknown = (Reservation) store.reserve(SettledElsewhereTest.another());
    unknown.settle(Ended.UNKNOWN);
    System.out.println(unknown.id());
    System.out.flush();
    LockSupport.park();
  }

  private static DataSource source(String where) {
    if (!where.startsWith("jdbc:")) {
      return SqliteFile.source(Path.of(where));
    }
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setUrl(where);
    source.setUser("postgres");
    return source;
  }
}
