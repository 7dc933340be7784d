package dev.alcada.examples.gateway;

import com.google.re2j.Pattern;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.regex.RegularExpression;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The schema that a tool has for its arguments. What the schema refers to is not fetched, and its
 * patterns take linear time, whatever the arguments. Immutable.
 */
final class InputSchema {
  private static final Logger LOG = LoggerFactory.getLogger(InputSchema.class);
  private static final int MOST_ERRORS = 5;
  private static final SchemaRegistryConfig LINEAR =
      SchemaRegistryConfig.builder()
          .locale(Locale.ENGLISH)
          .regularExpressionFactory(InputSchema::pattern)
          .build();

  private final String tool;
  private final Schema schema;

  private InputSchema(String tool, Schema schema) {
    this.tool = tool;
    this.schema = schema;
  }

  /** {@return the schema, or {@code null} if it cannot be used: the upstream has to judge then} */
  static @Nullable InputSchema of(String tool, Map<?, ?> schema) {
    try {
      // A registry of its own: another tool's schema may have the same $id.
      SchemaRegistry registry =
          SchemaRegistry.withDefaultDialect(
              Dialects.getDraft202012(), builder -> builder.schemaRegistryConfig(LINEAR));
      return new InputSchema(tool, registry.getSchema(Json.TREES.valueToTree(schema)));
    } catch (RuntimeException e) {
      unusable(tool, e);
      return null;
    }
  }

  /** {@return what is wrong with the arguments, or {@code null}} */
  @Nullable String invalid(Map<String, @Nullable Object> arguments) {
    List<Error> errors;
    try {
      errors = schema.validate(Json.TREES.valueToTree(arguments));
    } catch (RuntimeException e) {
      unusable(tool, e);
      return null;
    }
    return errors.isEmpty()
        ? null
        : errors.stream()
            .limit(MOST_ERRORS)
            .map(InputSchema::said)
            .collect(Collectors.joining("; "));
  }

  private static String said(Error error) {
    String place = error.getInstanceLocation().toString();
    return place.isEmpty() ? error.getMessage() : place + ": " + error.getMessage();
  }

  // The policy does not depend on it, and the upstream judges by it too.
  private static void unusable(String tool, RuntimeException why) {
    LOG.warn(
        "The input schema of the upstream's tool \"{}\" cannot be used here: {}",
        tool,
        why.toString());
  }

  private static RegularExpression pattern(String pattern) {
    Pattern compiled = Pattern.compile(pattern);
    return text -> compiled.matcher(text).find();
  }
}
