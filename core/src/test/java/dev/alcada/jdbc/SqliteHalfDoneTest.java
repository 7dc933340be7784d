package dev.alcada.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Demand;
import dev.alcada.counter.Reservation;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever ends a call on a connection, wherever it does, no connection is left open that nobody
 * keeps, nobody waits for a turn that is never given up, and the store goes on.
 */
@Timeout(300)
class SqliteHalfDoneTest {
  private static final Demand DEMAND =
      Demand.of(ContentionTest.charge("a", Duration.ofDays(1), 9, 1));

  @TempDir Path directory;

  /** A source of connections on which one call ends with the stack. */
  private static final class Ending {
    final DataSource source;
    private final boolean closingToo;
    private final Set<Object> open = Collections.newSetFromMap(new IdentityHashMap<>());
    private int left;

    /**
     * @param at the call that ends
     * @param closingToo whether to close a connection ends so as well from then on, once it is done
     */
    Ending(DataSource real, int at, boolean closingToo) {
      source = proxy(DataSource.class, real);
      left = at;
      this.closingToo = closingToo;
    }

    /** {@return whether it has, and from now on nothing ends} */
    boolean hasStruck() {
      boolean struck = left <= 0;
      left = Integer.MAX_VALUE;
      return struck;
    }

    private <T> T proxy(Class<T> type, Object real) {
      InvocationHandler handler =
          (proxy, method, arguments) -> {
            boolean closes = method.getName().equals("close");
            if (!closes && type != DataSource.class) {
              strike();
            }
            Object result;
            try {
              result = method.invoke(real, arguments);
            } catch (InvocationTargetException e) {
              throw e.getCause();
            }
            if (closes && type == Connection.class) {
              open.remove(real); // once, however often it is closed
              left = closingToo && left <= 0 ? 1 : left;
            }
            if (closes) {
              strike();
            }
            return shown(result);
          };
      return type.cast(
          Proxy.newProxyInstance(Ending.class.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private @Nullable Object shown(@Nullable Object result) {
      if (result instanceof Connection) {
        open.add(result);
        return proxy(Connection.class, result);
      } else if (result instanceof PreparedStatement) {
        return proxy(PreparedStatement.class, result);
      }
      return result instanceof Statement ? proxy(Statement.class, result) : result;
    }

    private void strike() {
      if (--left == 0) {
        throw new StackOverflowError("no stack is left");
      }
    }
  }

  private static JdbcCounterStore open(Ending source) {
    return JdbcCounterStore.builder(source.source)
        .createTables()
        .executor(Runnable::run)
        .timeout(Duration.ofSeconds(20))
        .build();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void noConnectionStaysOpenAndTheStoreGoesOn(boolean closingToo) throws Exception {
    int at = 0;
    boolean reached = true;
    while (reached) {
      at++;
      Ending ending =
          new Ending(SqliteFile.source(directory.resolve("state" + at)), at, closingToo);
      JdbcCounterStore store = null;
      Throwable thrown = null;
      try {
        store = open(ending);
        store.reserve(DEMAND);
      } catch (StackOverflowError | RuntimeException e) {
        thrown = e;
      }
      reached = ending.hasStruck();
      assertThat(reached || thrown == null).as("%s", thrown).isTrue();
      if (store != null) {
        JdbcCounterStore opened = store;
        assertThat(
                CompletableFuture.supplyAsync(() -> opened.reserve(DEMAND))
                    .get(60, TimeUnit.SECONDS))
            .as("on another thread, after place %s", at)
            .isInstanceOf(Reservation.class);
        assertThat(opened.look(DEMAND).usage().get(0).used())
            .as("after place %s", at)
            .isBetween(1L, 2L);
        opened.close();
      }
      assertThat(ending.open).as("connections left open by place %s", at).isEmpty();
    }
    assertThat(at).as("places").isGreaterThan(30);
  }
}
