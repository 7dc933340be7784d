package dev.alcada.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A pool's connections, where the stack ends within a call: none is kept, and none half committed.
 */
class LentConnectionTest {
  private final List<String> asked = new ArrayList<>();
  private Set<String> ending = Set.of();
  private Set<String> failing = Set.of();
  private int lent;

  private final PostgreSql database =
      new PostgreSql(new Database.Settings(source(), null, Duration.ofSeconds(1), false), 16);

  private DataSource source() {
    return proxy(
        DataSource.class,
        method -> {
          lent++;
          return proxy(Connection.class, this::ofConnection);
        });
  }

  private @Nullable Object ofConnection(String method) {
    asked.add(method);
    if (ending.contains(method)) {
      throw new StackOverflowError("no stack is left");
    } else if (failing.contains(method)) {
      throw new IllegalStateException("as a pool does that is closed");
    }
    return switch (method) {
      case "getAutoCommit" -> true;
      case "getNetworkTimeout" -> 0;
      default -> null;
    };
  }

  private interface Answers {
    @Nullable Object to(String method);
  }

  private static <T> T proxy(Class<T> type, Answers answers) {
    return type.cast(
        Proxy.newProxyInstance(
            LentConnectionTest.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> answers.to(method.getName())));
  }

  private void ends() {
    assertThatThrownBy(
            () ->
                database.write(
                    connection -> {
                      throw new StackOverflowError("no stack is left");
                    }))
        .isInstanceOf(StackOverflowError.class);
  }

  @Test
  void whatCouldNotBeRolledBackIsNotCommittedByWhatFollows() {
    ending = Set.of("rollback");
    ends();

    assertThat(asked)
        .containsSubsequence("setAutoCommit", "rollback", "close")
        .filteredOn("setAutoCommit"::equals)
        .hasSize(1);
  }

  @Test
  void whateverAPoolThrowsAsItTakesAConnectionBackIsDoneIsDone() {
    failing = Set.of("close");

    assertThat(database.<String>write(connection -> "done")).isEqualTo("done");
    assertThat(asked).containsSubsequence("commit", "close");
  }

  @Test
  void whateverAPoolThrowsAsItTakesBackWhatWasLeftLaterCallsGoOn() {
    ending = Set.of("rollback", "close");
    ends();
    ending = Set.of();
    failing = Set.of("rollback", "close");

    assertThat(database.<String>write(connection -> "done")).isEqualTo("done");
    assertThat(asked).filteredOn("close"::equals).hasSize(3);
    asked.clear();
    assertThat(database.<String>write(connection -> "done")).isEqualTo("done");
    assertThat(asked).filteredOn("close"::equals).hasSize(1);
  }

  @Test
  void whatCouldNotBeGivenBackIsByTheNextCall() {
    ending = Set.of("rollback", "close");
    ends();
    ends();
    ending = Set.of();
    asked.clear();

    assertThat(database.<String>write(connection -> "done")).isEqualTo("done");

    assertThat(lent).isEqualTo(2);
    assertThat(asked).filteredOn("close"::equals).hasSize(2);
    asked.clear();
    assertThat(database.<String>write(connection -> "done")).isEqualTo("done");
    assertThat(asked).filteredOn("close"::equals).hasSize(1);
  }
}
