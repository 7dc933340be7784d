package dev.alcada.examples.gateway;

import com.networknt.schema.Error;
import com.networknt.schema.OutputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The schema that a tool has for its arguments. The server wrote the one and a model the other, so
 * neither their size nor their shape is trusted: a schema is made ready when it is first needed,
 * what it refers to elsewhere is not fetched, its patterns have the bounds that a policy's
 * expressions have, and every check has a {@link SchemaBudget}. Thread-safe.
 */
final class InputSchema {
  private static final Logger LOG = LoggerFactory.getLogger(InputSchema.class);
  private static final int MOST_ERRORS = 5;
  private static final int LONGEST_ERROR = 300;
  private static final String TOO_MUCH =
      "they take too long to be checked against the tool's schema";

  private final String tool;
  private final Map<String, ?> members;
  private @Nullable Schema schema;
  private boolean unusable;

  InputSchema(String tool, Map<String, ?> members) {
    this.tool = tool;
    this.members = members;
  }

  /**
   * {@return what is wrong with the arguments, or {@code null}; also if the schema cannot be used:
   * the upstream has to judge then}
   */
  @Nullable String invalid(Map<String, @Nullable Object> arguments) {
    Schema ready = ready();
    if (ready == null) {
      return null;
    }
    SchemaBudget budget = new SchemaBudget();
    try {
      List<Error> errors =
          budget.spend(() -> ready.validate(budget, Json.tree(arguments), OutputFormat.DEFAULT));
      return errors.isEmpty()
          ? null
          : errors.stream()
              .limit(MOST_ERRORS)
              .map(InputSchema::said)
              .collect(Collectors.joining("; "));
    } catch (SchemaBudget.SpentException | StackOverflowError e) {
      LOG.warn(
          "A call of the upstream's tool {} was refused: {} (--no-schema-check)",
          Quoted.of(tool),
          TOO_MUCH);
      return TOO_MUCH;
    } catch (RuntimeException e) {
      giveUp(Quoted.of(e));
      return null;
    }
  }

  private synchronized @Nullable Schema ready() {
    if (schema == null && !unusable) {
      try {
        // A registry of its own: another tool's schema may have the same $id.
        SchemaPatterns patterns = new SchemaPatterns();
        SchemaRegistryConfig config =
            SchemaRegistryConfig.builder()
                .preloadSchema(false)
                .regularExpressionFactory(patterns::compile)
                .build();
        SchemaRegistry registry =
            SchemaRegistry.withDefaultDialect(
                Dialects.getDraft202012(), builder -> builder.schemaRegistryConfig(config));
        schema = registry.getSchema(Json.tree(SchemaSize.checked(members)));
      } catch (RuntimeException | StackOverflowError e) {
        giveUp(Quoted.of(e));
      }
    }
    return unusable ? null : schema;
  }

  private static String said(Error error) {
    String place = error.getInstanceLocation().toString();
    String said = place.isEmpty() ? error.getMessage() : place + ": " + error.getMessage();
    return said.length() <= LONGEST_ERROR ? said : said.substring(0, LONGEST_ERROR) + "…";
  }

  // The policy does not depend on it, and the upstream judges by it too.
  private synchronized void giveUp(String why) {
    if (!unusable) {
      unusable = true;
      LOG.warn(
          "The input schema of the upstream's tool {} cannot be used here, so that the upstream"
              + " alone checks its arguments: {}",
          Quoted.of(tool),
          why);
    }
  }
}
