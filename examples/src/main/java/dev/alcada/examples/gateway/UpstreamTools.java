package dev.alcada.examples.gateway;

import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The upstream's tools as it lists them, for the checks that need them. Immutable. */
record UpstreamTools(Map<String, Listed> byName) {
  private static final int MOST_PAGES = 1000;
  private static final int MOST_TOOLS = 10_000;

  /**
   * What the gateway has to know of a tool.
   *
   * @param tool its name and input schema, and nothing else of it
   * @param input what its arguments are checked with; {@code null}: nothing
   * @param hasOutputSchema whether its results have a schema
   */
  record Listed(Tool tool, @Nullable InputSchema input, boolean hasOutputSchema) {}

  /**
   * Reads all pages of the list; fails at one with too many tools to be kept.
   *
   * @param page asks for {@code tools/list} with these parameters and gives its result
   */
  static CompletionStage<UpstreamTools> list(
      Function<Map<String, @Nullable Object>, CompletionStage<Map<String, @Nullable Object>>>
          page) {
    return list(page, Map.of(), new LinkedHashMap<>(), 1);
  }

  private static CompletionStage<UpstreamTools> list(
      Function<Map<String, @Nullable Object>, CompletionStage<Map<String, @Nullable Object>>> page,
      Map<String, @Nullable Object> params,
      Map<String, Listed> found,
      int number) {
    return page.apply(params)
        .thenCompose(
            result -> {
              for (Object tool : Json.list(result.get("tools"))) {
                Map<String, @Nullable Object> fields = Json.object(tool);
                if (fields.get("name") instanceof String name) {
                  if (found.size() == MOST_TOOLS && !found.containsKey(name)) {
                    throw new UpstreamException("there are more than " + MOST_TOOLS + " tools");
                  }
                  found.put(name, listed(name, fields));
                }
              }
              Object cursor = result.get("nextCursor");
              return cursor == null || number == MOST_PAGES
                  ? CompletableFuture.completedFuture(new UpstreamTools(Map.copyOf(found)))
                  : list(page, Map.of("cursor", cursor), found, number + 1);
            });
  }

  private static Listed listed(String name, Map<String, @Nullable Object> fields) {
    boolean output = fields.get("outputSchema") != null;
    if (!(fields.get("inputSchema") instanceof Map<?, ?> schema)) {
      return new Listed(Tool.builder(name, Map.of()).build(), null, output);
    }
    Map<String, Object> members = Json.MAPPER.convertValue(schema, Json.OBJECT);
    return new Listed(Tool.builder(name, members).build(), InputSchema.of(name, members), output);
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
    return listed == null || listed.input() == null ? null : listed.input().invalid(arguments);
  }
}
