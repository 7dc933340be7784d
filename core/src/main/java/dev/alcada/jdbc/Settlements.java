package dev.alcada.jdbc;

import dev.alcada.counter.Ended;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/*
 * How a call has ended is said once, by its own process or by an operator in any other. Who says it
 * first takes the row that was written of it with the reservation:
 *
 *   its process   ─► lock its counts ─► take the row ─► what has ended is written ─► commit
 *   an operator   ─► lock its counts ─► take the row     gone: nothing changes
 *
 * Where its process says that nobody knows, the row is written again, with what is left to be said.
 */

/** Writes how calls have ended. */
final class Settlements {
  private static final Logger LOG = LoggerFactory.getLogger(JdbcCounterStore.class);

  private final Database database;
  private final CountRows rows;
  private final KeyRows keys;
  private final OpenCalls openCalls;
  private final Worker worker;
  private final Endings endings = new Endings();

  Settlements(Database database, KeyRows keys, OpenCalls openCalls, Worker worker) {
    this.database = database;
    this.rows = new CountRows(database);
    this.keys = keys;
    this.openCalls = openCalls;
    this.worker = worker;
  }

  /** {@return whether there are any that are not written} */
  boolean any() {
    return endings.any();
  }

  /** Sees to those of some rows. */
  void finish(Collection<String> ids) {
    endings.finish(ids, database.settings.timeout());
  }

  /** Sees to all that there are. */
  void finishAll() {
    endings.finishAll(database.settings.timeout());
  }

  /** Writes how a call of this process has ended, without waiting for it. */
  void end(HeldRows call, Row.End how, List<Wanted> left) {
    Set<String> ids = new LinkedHashSet<>();
    call.parts().stream().filter(part -> part.endsBy(how)).forEach(p -> ids.add(p.wanted().id()));
    left.forEach(mark -> ids.add(mark.id()));
    List<String> counts = List.copyOf(ids);
    OpenCall open = call.open();
    if (open != null) {
      ids.add(open.name());
    }
    AtomicReference<@Nullable FutureTask<Void>> self = new AtomicReference<>();
    FutureTask<Void> ending =
        new FutureTask<>(
            () -> {
              try {
                write(call, how, left, counts);
              } catch (Throwable e) {
                LOG.warn("How a call has ended was not written: {}", e.getMessage());
              } finally {
                FutureTask<Void> done = self.get();
                if (done != null) {
                  endings.end(ids, done);
                }
              }
            },
            null);
    self.set(ending);
    endings.begin(ids, ending);
    if (!worker.later(ending)) {
      endings.end(ids, ending);
      LOG.warn("How a call has ended was not written: too much is asked of the store");
    }
  }

  private void write(HeldRows call, Row.End how, List<Wanted> left, List<String> ids) {
    makeMissing(left);
    database.write(
        connection -> {
          Judged.Rows there = locked(connection, ids);
          OpenCall open = call.open();
          if (open != null && !isFirst(connection, ids.isEmpty(), open, there)) {
            return null;
          }
          Map<Wanted, Row> changed = new LinkedHashMap<>();
          end(call.parts(), how, there, changed);
          for (Wanted mark : left) {
            Row row = there.byId().get(mark.id());
            if (row != null) {
              row.add(mark, there.now(), Row.NOBODY);
              changed.put(mark, row);
            }
          }
          OpenCall unknown = open == null || how != Row.End.UNKNOWN ? null : open.unknown(there);
          List<Database.Change> besides =
              unknown == null ? List.of() : List.of(OpenCalls.added(unknown));
          rows.write(connection, changed, there.now(), besides);
          return null;
        });
  }

  /** A mark that permits and has no room is missing. */
  private void makeMissing(List<Wanted> marks) {
    if (!marks.isEmpty()) {
      List<String> ids = marks.stream().map(Wanted::id).toList();
      Judged.Rows there = database.read(connection -> rows.read(connection, ids));
      for (Wanted mark : marks) {
        if (!there.byId().containsKey(mark.id())) {
          keys.make(List.of(mark));
        }
      }
    }
  }

  /** Begins the transaction with the rows that are there. */
  private Judged.Rows locked(Connection connection, List<String> ids) throws SQLException {
    return ids.isEmpty() ? Judged.Rows.NONE : rows.lock(connection, ids);
  }

  /** Takes a call's row; {@return whether nobody has before, but for its having been due} */
  private boolean isFirst(Connection connection, boolean begins, OpenCall open, Judged.Rows there)
      throws SQLException {
    int taken = database.change(connection, begins, List.of(OpenCalls.removed(open)))[0];
    return taken == 1 || there.now() >= open.due();
  }

  private static void end(
      List<HeldRows.Part> parts, Row.End how, Judged.Rows there, Map<Wanted, Row> changed) {
    for (HeldRows.Part part : parts) {
      Row row = part.endsBy(how) ? there.byId().get(part.wanted().id()) : null;
      if (row != null && row.end(part.wanted(), part.stamp(), part.id(), how, there.now())) {
        changed.put(part.wanted(), row);
      }
    }
  }

  /** Takes an operator's word; {@return whether there was such a call} */
  boolean settleLate(String name, Ended ended) {
    Row.End how =
        switch (ended) {
          case DONE -> Row.End.DONE;
          case NOT_DONE -> Row.End.NOT_DONE;
          case UNKNOWN ->
              throw new IllegalArgumentException("ended is UNKNOWN, expected DONE or NOT_DONE");
        };
    long id = OpenCall.id(name);
    if (id == Row.NOBODY) {
      return false;
    }
    finish(List.of(name));
    List<HeldRows.Part> found = database.read(connection -> openCalls.find(connection, id));
    if (found == null) {
      return false;
    }
    List<String> ids = new ArrayList<>();
    found.forEach(part -> ids.add(part.wanted().id()));
    return database.write(
        connection -> {
          // Its process may end it in between: then less is left, and never more.
          Judged.Rows there = rows.lock(connection, ids);
          List<HeldRows.Part> left = openCalls.take(connection, id);
          if (left == null) {
            return false;
          }
          Map<Wanted, Row> changed = new LinkedHashMap<>();
          end(left, how, there, changed);
          rows.write(connection, changed, there.now(), List.of());
          return true;
        });
  }
}
