package dev.alcada.examples.spring;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * One of the servers that Spring AI makes of two properties.
 *
 * @param protocol how its clients speak with it
 * @param type whether its tools are synchronous
 */
record Cell(String protocol, String type) {
  static Stream<Cell> http() {
    return Stream.of("STREAMABLE", "STATELESS", "SSE")
        .flatMap(protocol -> Stream.of(new Cell(protocol, "SYNC"), new Cell(protocol, "ASYNC")));
  }

  List<String> properties(String... more) {
    List<String> properties =
        new ArrayList<>(
            List.of(
                "spring.ai.mcp.server.protocol=" + protocol,
                "spring.ai.mcp.server.type=" + type,
                "alcada.policy=" + Tools.policy()));
    properties.addAll(List.of(more));
    return properties;
  }

  @Override
  public String toString() {
    return protocol + " " + type;
  }
}
