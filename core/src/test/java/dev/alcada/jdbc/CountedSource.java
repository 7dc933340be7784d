package dev.alcada.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;

/** A source that tells what is sent: the statements, and each commit. */
final class CountedSource {
  private final List<String> sent = new CopyOnWriteArrayList<>();
  final DataSource source;

  CountedSource(DataSource real) {
    source = proxy(DataSource.class, real, "");
  }

  /** {@return what was sent since this was asked last, by its first word} */
  List<String> sent() {
    List<String> words = sent.stream().map(sql -> sql.strip().split("\\s+", 2)[0]).toList();
    sent.clear();
    return words;
  }

  private <T> T proxy(Class<T> type, Object real, String sql) {
    InvocationHandler handler =
        (proxy, method, arguments) -> {
          String name = method.getName();
          if (name.startsWith("execute")) {
            sent.add(arguments == null ? sql : (String) arguments[0]);
          } else if (name.equals("commit")) {
            sent.add("COMMIT");
          }
          Object result;
          try {
            result = method.invoke(real, arguments);
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
          return switch (name) {
            case "getConnection" ->
                result instanceof Connection ? proxy(Connection.class, result, "") : result;
            case "prepareStatement" ->
                proxy(PreparedStatement.class, result, (String) arguments[0]);
            case "createStatement" -> proxy(Statement.class, result, "");
            default -> result;
          };
        };
    return type.cast(
        Proxy.newProxyInstance(
            CountedSource.class.getClassLoader(), new Class<?>[] {type}, handler));
  }
}
