package dev.alcada.mcp;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import io.modelcontextprotocol.server.McpAsyncListFilter;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.server.McpStatelessServerFeatures;
import io.modelcontextprotocol.server.McpSyncListFilter;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;
import java.util.ServiceConfigurationError;
import reactor.core.publisher.Mono;

/**
 * Hands a server guarded tools, the list filter and the order of validation. Apart from {@link
 * McpTools}, because filters of lists came with 2.1 of the SDK and the rest works on 2.0 too.
 */
final class Installation {
  private Installation() {}

  static <S extends McpServer.SyncSpecification<S>> void sync(
      McpServer.SyncSpecification<S> server,
      McpTools tools,
      List<McpServerFeatures.SyncToolSpecification> specifications) {
    filtered(() -> server.addToolFilter(syncFilter(tools)));
    server.validateToolInputs(false).tools(tools.sync(specifications, tools.validator()));
  }

  static <S extends McpServer.AsyncSpecification<S>> void async(
      McpServer.AsyncSpecification<S> server,
      McpTools tools,
      List<McpServerFeatures.AsyncToolSpecification> specifications) {
    filtered(() -> server.addToolFilter(asyncFilter(tools)));
    server.validateToolInputs(false).tools(tools.async(specifications, tools.validator()));
  }

  static void statelessSync(
      McpServer.StatelessSyncSpecification server,
      McpTools tools,
      List<McpStatelessServerFeatures.SyncToolSpecification> specifications) {
    filtered(() -> server.addToolFilter(syncFilter(tools)));
    server.validateToolInputs(false).tools(tools.statelessSync(specifications, tools.validator()));
  }

  static void statelessAsync(
      McpServer.StatelessAsyncSpecification server,
      McpTools tools,
      List<McpStatelessServerFeatures.AsyncToolSpecification> specifications) {
    filtered(() -> server.addToolFilter(asyncFilter(tools)));
    server.validateToolInputs(false).tools(tools.statelessAsync(specifications, tools.validator()));
  }

  /** {@return the validator that the SDK itself would use} */
  static JsonSchemaValidator defaultValidator() {
    try {
      return McpJsonDefaults.getSchemaValidator();
    } catch (RuntimeException | ServiceConfigurationError e) {
      throw new IllegalStateException(
          "McpTools.install needs a JSON Schema validator and the class path has none: add"
              + " io.modelcontextprotocol.sdk:mcp-json-jackson3, or set"
              + " McpTools.builder(guard).validateInputs(…).",
          e);
    }
  }

  private static McpSyncListFilter<Tool> syncFilter(McpTools tools) {
    return tools::visibleAndGuarded;
  }

  private static McpAsyncListFilter<Tool> asyncFilter(McpTools tools) {
    return (context, tool) -> Mono.fromSupplier(() -> tools.visibleAndGuarded(context, tool));
  }

  private static void filtered(Runnable addition) {
    try {
      addition.run();
    } catch (LinkageError e) {
      throw new IllegalStateException(
          "McpTools.install needs io.modelcontextprotocol.sdk:mcp-core 2.1, and an older one is on"
              + " the class path, whose servers list every tool; take 2.1, or give the server"
              + " tools.sync(specifications) without install: what is hidden is then listed and"
              + " denied.",
          e);
    }
  }
}
