package dev.alcada.examples.spring;

import dev.alcada.examples.spring.Tools.Kind;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of tool at the servers that speak over standard input and output. */
@ParameterizedClass
@ValueSource(strings = {"SYNC", "ASYNC"})
class StdioServersTest {
  private static @Nullable Server server;

  @Parameter String type;

  @BeforeParameterizedClassInvocation
  static void start(String type) {
    server = Server.stdio(type);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    Objects.requireNonNull(server).close();
  }

  @ParameterizedTest
  @EnumSource
  void everyToolIsGuarded(Kind kind) throws Exception {
    new ServerCells(Objects.requireNonNull(server), kind, 1).all();
  }
}
