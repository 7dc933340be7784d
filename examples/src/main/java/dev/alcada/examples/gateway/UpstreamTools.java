package dev.alcada.examples.gateway;

import dev.alcada.tool.ToolDefinition;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The upstream's tools as it lists them, for the checks that need them. Immutable.
 *
 * @param byName what the gateway has to know of each
 * @param definitions all that is said of each, where they are pinned; else none
 */
record UpstreamTools(Map<String, Listed> byName, List<ToolDefinition> definitions) {
  private static final int MOST_PAGES = 1_000;
  private static final int MOST_TOOLS = 10_000;

  /** MCP has names of at most 128 characters. */
  private static final int LONGEST_NAME = 1_024;

  private static final int MOST_KEPT = 8 << 20;

  /**
   * What the gateway has to know of a tool.
   *
   * @param tool its name and input schema, and nothing else of it
   * @param input what its arguments are checked with
   * @param hasOutputSchema whether its results have a schema
   */
  record Listed(Tool tool, InputSchema input, boolean hasOutputSchema) {}

  /**
   * Reads all pages of the list; fails at one with too much to be kept.
   *
   * @param page asks for {@code tools/list} with these parameters and gives its result
   * @param maxBytes the longest message
   * @param pinned whether all that is said of a tool is kept
   */
  static CompletionStage<UpstreamTools> list(
      Function<Map<String, @Nullable Object>, CompletionStage<Object>> page,
      int maxBytes,
      boolean pinned) {
    return new Reading(page, 4L * maxBytes, pinned).next(Map.of());
  }

  /** The list while it is read, a page after the other. */
  private static final class Reading {
    private final Function<Map<String, @Nullable Object>, CompletionStage<Object>> page;
    private final Map<String, Listed> found = new LinkedHashMap<>();
    private final List<ToolDefinition> definitions = new ArrayList<>();
    private final boolean pinned;
    private long readable;
    private long keepable = MOST_KEPT;
    private int pages;

    Reading(
        Function<Map<String, @Nullable Object>, CompletionStage<Object>> page,
        long readable,
        boolean pinned) {
      this.page = page;
      this.pinned = pinned;
      this.readable = readable;
    }

    CompletionStage<UpstreamTools> next(Map<String, @Nullable Object> params) {
      if (++pages > MOST_PAGES) {
        throw new UpstreamException("there are more than " + MOST_PAGES + " pages of tools");
      }
      return page.apply(params).thenCompose(this::take);
    }

    private CompletionStage<UpstreamTools> take(Object page) {
      Map<String, @Nullable Object> result = Json.object(page);
      readable -= weight(result, readable);
      if (readable < 0) {
        throw new UpstreamException("there are too long descriptions of tools");
      }
      Json.list(result.get("tools")).forEach(tool -> keep(Json.object(tool)));
      Object cursor = result.get("nextCursor");
      return cursor == null
          ? CompletableFuture.completedStage(
              new UpstreamTools(Map.copyOf(found), List.copyOf(definitions)))
          : next(Map.of("cursor", cursor));
    }

    private void keep(Map<String, @Nullable Object> fields) {
      if (!(fields.get("name") instanceof String name)) {
        return;
      }
      if (name.length() > LONGEST_NAME) {
        throw new UpstreamException("a tool has a name of more than 1,024 characters");
      }
      Object schema = fields.get("inputSchema");
      keepable -=
          pinned ? weight(fields, keepable) : weight(name, keepable) + weight(schema, keepable);
      if (keepable < 0) {
        throw new UpstreamException(
            pinned
                ? "there are more than 8 MiB of schemas and descriptions of tools"
                : "there are more than 8 MiB of schemas of tools");
      } else if (found.size() == MOST_TOOLS && !found.containsKey(name)) {
        throw new UpstreamException("there are more than " + MOST_TOOLS + " tools");
      }
      if (pinned && !name.isEmpty()) {
        definitions.add(definition(fields));
      }
      Map<String, Object> members = present(schema);
      found.put(
          name,
          new Listed(
              Tool.builder(name, members).build(),
              new InputSchema(name, members),
              fields.get("outputSchema") != null));
    }

    private static Map<String, Object> present(@Nullable Object schema) {
      Map<String, Object> members = new LinkedHashMap<>();
      Json.object(schema)
          .forEach(
              (name, value) -> {
                if (value != null) {
                  members.put(name, value);
                }
              });
      return members;
    }
  }

  /** {@return a tool as it is listed; nobody can have accepted one that is no tool of MCP's} */
  static ToolDefinition definition(Map<String, @Nullable Object> fields) {
    try {
      return ToolDefinition.of(fields);
    } catch (IllegalArgumentException e) {
      return ToolDefinition.builder(String.valueOf(fields.get("name")))
          .description("(unreadable)")
          .build();
    }
  }

  // About the characters it takes; not counted to the end once that is too many.
  private static long weight(@Nullable Object value, long most) {
    long weight = 8;
    if (value instanceof String text) {
      weight += text.length();
    } else if (value instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> member : map.entrySet()) {
        weight += weight(member.getKey(), most) + weight(member.getValue(), most - weight);
        if (weight > most) {
          break;
        }
      }
    } else if (value instanceof List<?> list) {
      for (Object element : list) {
        weight += weight(element, most - weight);
        if (weight > most) {
          break;
        }
      }
    } else if (value instanceof Number) {
      weight += 8;
    }
    return weight;
  }

  /** {@return the tools, for a policy to be compared with} */
  List<Tool> tools() {
    return byName.values().stream().map(Listed::tool).toList();
  }

  /** {@return whether the upstream lists the tool} */
  boolean has(String tool) {
    return byName.containsKey(tool);
  }

  /** {@return whether results of the tool have a schema of their own} */
  boolean hasOutputSchema(String tool) {
    Listed listed = byName.get(tool);
    return listed != null && listed.hasOutputSchema();
  }

  /** {@return what is wrong with the arguments by the tool's own schema, or {@code null}} */
  @Nullable String invalid(String tool, Map<String, @Nullable Object> arguments) {
    Listed listed = byName.get(tool);
    return listed == null ? null : listed.input().invalid(arguments);
  }
}
