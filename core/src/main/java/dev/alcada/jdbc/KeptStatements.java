package dev.alcada.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connection that keeps the statements that are prepared on it: SQLite needs longer to prepare
 * one than to run it. Closing such a statement leaves it for the next who prepares the same, so
 * that nobody may have two of the same at a time. Not safe for use by several threads.
 */
final class KeptStatements implements InvocationHandler {
  private static final int MOST = 32;

  private final Connection connection;
  private final Preparation preparation;
  private final Map<String, Kept> statements = new LinkedHashMap<>(MOST, 0.75f, true);

  /** A statement, and what is handed out in its place. */
  private record Kept(PreparedStatement statement, PreparedStatement shown) {}

  private KeptStatements(Connection connection, Preparation preparation) {
    this.connection = connection;
    this.preparation = preparation;
  }

  /** What is done with a statement each time before it is handed out. */
  interface Preparation {
    void prepare(String sql, PreparedStatement statement) throws SQLException;
  }

  /** {@return a connection like another, which it takes over} */
  static Connection over(Connection connection, Preparation preparation) {
    return proxy(Connection.class, new KeptStatements(connection, preparation));
  }

  @Override
  public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments)
      throws Throwable {
    if (method.getName().equals("prepareStatement") && arguments != null && arguments.length == 1) {
      String sql = (String) arguments[0];
      PreparedStatement statement = prepared(sql);
      preparation.prepare(sql, statement);
      return statement;
    }
    return called(method, connection, arguments);
  }

  private PreparedStatement prepared(String sql) throws SQLException {
    Kept known = statements.get(sql);
    if (known != null) {
      return known.shown();
    }
    PreparedStatement statement = connection.prepareStatement(sql);
    PreparedStatement shown =
        proxy(
            PreparedStatement.class,
            (self, method, arguments) ->
                method.getName().equals("close") ? null : called(method, statement, arguments));
    statements.put(sql, new Kept(statement, shown));
    if (statements.size() > MOST) {
      Iterator<Kept> all = statements.values().iterator();
      Kept oldest = all.next();
      all.remove();
      oldest.statement().close();
    }
    return shown;
  }

  private static <T> T proxy(Class<T> type, InvocationHandler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            KeptStatements.class.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static @Nullable Object called(Method method, Object on, Object @Nullable [] arguments)
      throws Throwable {
    try {
      return method.invoke(on, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
