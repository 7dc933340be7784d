package dev.alcada.examples.spring;

import dev.alcada.guard.NotDoneException;
import io.modelcontextprotocol.spec.McpError;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What every kind of tool does here, so that whatever it is published by must answer alike. */
final class Tools {
  /** The ways by which an application of Spring AI publishes a tool. */
  enum Kind {
    CALLBACK,
    CALLBACK_LIST,
    PROVIDER,
    METHODS,
    ANNOTATED,
    SPECIFICATIONS,
    ADDED;

    String tool(String name) {
      return name().toLowerCase(java.util.Locale.ROOT) + "_" + name;
    }
  }

  static final List<String> NAMES =
      List.of("echo", "limited", "capped", "secret", "refund", "fails", "nothing", "refused");

  static final int CAP = 10;

  private Tools() {}

  static String run(String tool, Map<String, ?> arguments) {
    if (tool.endsWith("_echo")) {
      return "said " + arguments.get("text");
    }
    if (tool.endsWith("_fails")) {
      throw new IllegalStateException("password=hunter2");
    }
    if (tool.endsWith("_nothing")) {
      throw new NotDoneException("password=hunter2");
    }
    if (tool.endsWith("_refused")) {
      // As another MCP server's client throws it.
      throw McpError.builder(McpSchema.ErrorCodes.INVALID_PARAMS)
          .message("password=hunter2")
          .build();
    }
    return "ran";
  }

  static CallToolResult result(String tool, Map<String, ?> arguments) {
    return CallToolResult.builder().addTextContent(run(tool, arguments)).build();
  }

  static Tool definition(String name) {
    return Tool.builder(name, Map.of("type", "object")).description("A tool").build();
  }

  static Stream<String> names(Kind kind) {
    return NAMES.stream().map(kind::tool);
  }

  /** A policy for every tool of every kind, each with its own counts. */
  static String policy() {
    StringBuilder document =
        new StringBuilder("version: \"1\"\ndefault: deny\nhide: [\"*_secret\"]\ntools:\n");
    for (Kind kind : Kind.values()) {
      document
          .append(rule(kind, "echo", "{}"))
          .append(rule(kind, "limited", limit(kind, "limited", 2)))
          .append(rule(kind, "capped", limit(kind, "capped", CAP)))
          .append(rule(kind, "secret", "{}"))
          .append(rule(kind, "refund", "{action: require_approval, reason: Ask a person.}"))
          .append(rule(kind, "fails", "{}"))
          .append(rule(kind, "nothing", oneSuccess(kind, "nothing")))
          .append(rule(kind, "refused", oneSuccess(kind, "refused")));
    }
    return document.append("  approve: {}\n").toString();
  }

  private static String rule(Kind kind, String name, String rule) {
    return "  " + kind.tool(name) + ": " + rule + "\n";
  }

  private static String oneSuccess(Kind kind, String name) {
    return "{limits: [{counter: " + kind.tool(name) + ", window: day, max: 1, counts: successes}]}";
  }

  private static String limit(Kind kind, String name, int max) {
    return "{limits: [{counter: " + kind.tool(name) + ", window: day, max: " + max + "}]}";
  }
}
