package dev.alcada.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Demand;
import dev.alcada.counter.Reservation;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** PostgreSQL keeps the plan of a look that is made often, however many rows there are later. */
class PlansTest {
  /** After so many the driver and the server both keep what they have prepared. */
  private static final int OFTEN = 30;

  private static Demand of(String value) {
    return Demand.of(ContentionTest.charge(value, Duration.ofHours(1), 100, 1));
  }

  @Test
  void noLookKeepsAPlanThatReadsAWholeTable() throws SQLException {
    try (Connection open = PostgresServer.source(PostgresServer.emptyDatabase()).getConnection();
        JdbcCounterStore store = JdbcCounterStore.builder(new OneConnection(open)).build()) {
      assertThat(store.reserve(of("a"))).isInstanceOf(Reservation.class);
      run(open, "ANALYZE");

      for (int i = 0; i < OFTEN; i++) {
        store.look(of("a"));
        store.look(of("b"));
      }

      Map<String, String> plans = plans(open);
      assertThat(plans.keySet())
          .anyMatch(sql -> sql.contains("FROM alcada_count "))
          .anyMatch(sql -> sql.contains("FROM alcada_counter "));
      assertThat(plans.values()).noneMatch(plan -> plan.contains("Seq Scan"));
      assertThat(text(open, "SHOW enable_seqscan")).containsExactly("on");
    }
  }

  private static Map<String, String> plans(Connection open) throws SQLException {
    Map<String, String> plans = new LinkedHashMap<>();
    for (String kept :
        text(
            open,
            "SELECT name || ' ' || cardinality(parameter_types) || ' ' || statement"
                + " FROM pg_prepared_statements WHERE generic_plans > 0"
                + " AND statement LIKE '%SELECT%FROM alcada%'")) {
      String[] parts = kept.split(" ", 3);
      String nulls = String.join(", ", Collections.nCopies(Integer.parseInt(parts[1]), "NULL"));
      String explain = "EXPLAIN EXECUTE \"" + parts[0] + "\"(" + nulls + ")";
      plans.put(parts[2], String.join("\n", text(open, explain)));
    }
    return plans;
  }

  private static List<String> text(Connection open, String sql) throws SQLException {
    try (Statement statement = open.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> text = new ArrayList<>();
      while (rows.next()) {
        text.add(rows.getString(1));
      }
      return text;
    }
  }

  private static void run(Connection open, String sql) throws SQLException {
    try (Statement statement = open.createStatement()) {
      statement.execute(sql);
    }
  }
}
