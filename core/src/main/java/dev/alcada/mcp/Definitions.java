package dev.alcada.mcp;

import dev.alcada.guard.Registration;
import dev.alcada.guard.ToolGuard;
import dev.alcada.internal.document.Spelling;
import dev.alcada.tool.ToolDefinition;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The SDK's tools as they stand in a server's list, and told to a guard that has pins. */
final class Definitions {
  private static final Logger LOG = LoggerFactory.getLogger(McpTools.class);

  private final ToolGuard guard;
  private final Map<String, Described> described = new HashMap<>();

  /** A tool that the guard has been told of, and what takes that back. */
  private record Described(Tool tool, Registration registration) {}

  Definitions(ToolGuard guard) {
    this.guard = guard;
  }

  /**
   * Tells the guard of the tools, each of which takes the place of the one of its name before.
   * Without pins there is nothing to tell.
   */
  @SuppressWarnings("ReferenceEquality") // the same record, so that a call costs no hash
  synchronized void tell(Collection<Tool> tools) {
    if (guard.pins() == null) {
      return;
    }
    for (Tool tool : tools) {
      Described before = described.get(tool.name());
      if (before == null || before.tool() != tool) {
        ToolDefinition definition = ofOrNull(tool);
        Registration next =
            guard.describe(definition == null ? unreadable(tool) : List.of(definition));
        described.put(tool.name(), new Described(tool, next));
        if (before != null) {
          before.registration().close();
        }
      }
    }
  }

  /** So that a tool of the same name, which can be read, does not stand for it. */
  private static List<ToolDefinition> unreadable(Tool tool) {
    LOG.warn(
        "Tool {} is not as it was pinned: its schemas hold what JSON has not",
        Spelling.visible(Spelling.shorten(tool.name())));
    return List.of(ToolDefinition.builder(tool.name()).description("(unreadable)").build());
  }

  private static @Nullable ToolDefinition ofOrNull(Tool tool) {
    try {
      return of(tool);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /**
   * {@return a tool as a list has it}
   *
   * @throws IllegalArgumentException if a schema holds what JSON has not
   */
  static ToolDefinition of(Tool tool) {
    ToolDefinition.Builder builder = ToolDefinition.builder(tool.name());
    if (tool.title() != null) {
      builder.title(tool.title());
    }
    if (tool.description() != null) {
      builder.description(tool.description());
    }
    if (tool.inputSchema() != null) {
      builder.inputSchema(tool.inputSchema());
    }
    if (tool.outputSchema() != null) {
      builder.outputSchema(tool.outputSchema());
    }
    if (tool.annotations() != null) {
      builder.annotations(members(tool.annotations()));
    }
    return builder.build();
  }

  /** {@return the tools as a list has them, without those that cannot stand in one} */
  static List<ToolDefinition> of(Collection<Tool> tools) {
    List<ToolDefinition> definitions = new ArrayList<>();
    for (Tool tool : tools) {
      ToolDefinition definition = ofOrNull(tool);
      definitions.add(
          definition == null ? ToolDefinition.builder(tool.name()).build() : definition);
    }
    return definitions;
  }

  private static Map<String, @Nullable Object> members(ToolAnnotations annotations) {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    put(members, "title", annotations.title());
    put(members, "readOnlyHint", annotations.readOnlyHint());
    put(members, "destructiveHint", annotations.destructiveHint());
    put(members, "idempotentHint", annotations.idempotentHint());
    put(members, "openWorldHint", annotations.openWorldHint());
    put(members, "returnDirect", annotations.returnDirect());
    return members;
  }

  private static void put(
      Map<String, @Nullable Object> members, String name, @Nullable Object value) {
    if (value != null) {
      members.put(name, value);
    }
  }
}
