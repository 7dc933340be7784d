package dev.alcada.examples.gateway;

import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.json.schema.JsonSchemaValidator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The upstream's tools as it lists them, for the checks that need their schemas. Immutable. */
record UpstreamTools(Map<String, Map<String, @Nullable Object>> byName) {
  private static final Logger LOG = LoggerFactory.getLogger(UpstreamTools.class);
  private static final JsonSchemaValidator VALIDATOR = McpJsonDefaults.getSchemaValidator();
  private static final TypeRef<Map<String, Object>> SCHEMA = new TypeRef<>() {};
  private static final int MOST_PAGES = 1000;

  static final UpstreamTools NONE = new UpstreamTools(Map.of());

  /**
   * Reads all pages of the list.
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
      Map<String, Map<String, @Nullable Object>> found,
      int number) {
    return page.apply(params)
        .thenCompose(
            result -> {
              for (Object tool : Json.list(result.get("tools"))) {
                Map<String, @Nullable Object> fields = Json.object(tool);
                if (fields.get("name") instanceof String name) {
                  found.put(name, fields);
                }
              }
              Object cursor = result.get("nextCursor");
              return cursor == null || number == MOST_PAGES
                  ? CompletableFuture.completedFuture(new UpstreamTools(Map.copyOf(found)))
                  : list(page, Map.of("cursor", cursor), found, number + 1);
            });
  }

  /** {@return whether results of the tool have a schema of their own} */
  boolean hasOutputSchema(String tool) {
    Map<String, @Nullable Object> fields = byName.get(tool);
    return fields != null && fields.get("outputSchema") != null;
  }

  /** {@return what is wrong with the arguments by the tool's own schema, or {@code null}} */
  @Nullable String invalid(String tool, Map<String, @Nullable Object> arguments) {
    Map<String, @Nullable Object> fields = byName.get(tool);
    if (fields == null || !(fields.get("inputSchema") instanceof Map<?, ?>)) {
      return null;
    }
    Map<String, Object> schema = Json.MAPPER.convertValue(fields.get("inputSchema"), SCHEMA);
    try {
      JsonSchemaValidator.ValidationResponse response = VALIDATOR.validate(schema, arguments);
      return response.valid() ? null : response.errorMessage();
    } catch (RuntimeException e) {
      // The upstream will judge by its own schema; the policy does not depend on it.
      LOG.warn("The input schema of the upstream's tool {} cannot be used.", tool, e);
      return null;
    }
  }
}
