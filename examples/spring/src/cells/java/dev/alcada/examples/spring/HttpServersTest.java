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
import org.junit.jupiter.params.provider.MethodSource;

/** Every kind of tool at every kind of server over HTTP. */
@ParameterizedClass
@MethodSource("dev.alcada.examples.spring.Cell#http")
class HttpServersTest {
  private static @Nullable Server server;

  @Parameter Cell cell;

  @BeforeParameterizedClassInvocation
  static void start(Cell cell) {
    server = Server.http(cell, ToolsApplication.class);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    Objects.requireNonNull(server).close();
  }

  @ParameterizedTest
  @EnumSource
  void everyToolIsGuarded(Kind kind) throws Exception {
    new ServerCells(Objects.requireNonNull(server), kind, 32).all();
  }
}
