package dev.alcada.jdbc;

import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.Held;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an operator may take back, in the order of its keys. A row has the text of its key after its
 * kind, so that one index holds each kind's rows in that order:
 *
 * <pre>{@code
 * mark 1/5:marks/4:read/5:grant/4:mark/7:agent-7/-
 * }</pre>
 */
final class HeldList {
  /** An entry of an index on PostgreSQL may have 2,704 bytes. */
  private static final int LONGEST = 2_000;

  /** Fewer are not worth a trip. */
  private static final int FEW = 64;

  private final Database database;

  HeldList(Database database) {
    this.database = database;
  }

  /** {@return what is written of a key, or {@code null} if nothing is} */
  static @Nullable String entry(CounterKey key) {
    CounterId.Kind kind = key.counter().kind();
    String entry =
        switch (kind) {
          case AMOUNT, DISTINCT -> null;
          case IN_FLIGHT, ONCE, MARK -> first(kind) + key.text();
        };
    return entry == null || entry.length() > LONGEST ? null : entry;
  }

  /** {@return what all entries of a kind begin with} */
  private static String first(CounterId.Kind kind) {
    return switch (kind) {
      case IN_FLIGHT -> "in_flight ";
      case ONCE -> "once ";
      case MARK -> "mark ";
      case AMOUNT, DISTINCT -> throw new IllegalArgumentException("not listed: " + kind);
    };
  }

  List<Held> list(Connection connection, CounterId.Kind kind, String after, int most)
      throws SQLException {
    String first = first(kind);
    String end = first.replace(' ', '!');
    int piece = Math.max(FEW, most);
    String sql =
        ("SELECT held, data, " + database.now() + " FROM alcada_count WHERE held > ? AND held < ?")
            + (" AND due > " + database.now() + " ORDER BY held LIMIT " + piece);
    List<Held> list = new ArrayList<>();
    String last = first + after;
    for (int read = piece; read == piece && list.size() < most; ) {
      read = 0;
      try (PreparedStatement statement = database.select(connection, sql, last, end)) {
        statement.setQueryTimeout(database.querySeconds());
        try (ResultSet rows = database.rows(statement)) {
          while (rows.next() && list.size() < most) {
            last = rows.getString(1);
            read++;
            CounterKey key = CounterKey.parse(last.substring(first.length()));
            Held held = held(key, Row.read(rows.getBytes(2)), rows.getLong(3));
            if (held != null) {
              list.add(held);
            }
          }
        }
      }
    }
    return List.copyOf(list);
  }

  private static @Nullable Held held(CounterKey key, Row row, long reading) {
    Wanted wanted = Wanted.held(key);
    long now = Math.max(reading, row.newest());
    row.expire(wanted, now);
    long end = row.expiry(wanted);
    if (end <= now) {
      return null;
    }
    @Nullable Duration left =
        end == Long.MAX_VALUE ? null : Duration.of(end - reading, ChronoUnit.MICROS);
    return new Held(key, row.running(), left);
  }
}
