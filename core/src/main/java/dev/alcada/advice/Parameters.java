package dev.alcada.advice;

import dev.alcada.internal.document.Spelling;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The parameters of a tool, however deep in its schema, as far as a reader of it would look. */
final class Parameters {
  private static final int MAX_DEPTH = 6;
  private static final int MAX_PARAMETERS = 2_000;

  /** What is behind this of a longer name is for no reader. */
  private static final int LONGEST_NAME = 200;

  /** The permitted values of each parameter by its name in one spelling; null if it has no list. */
  private final Map<String, @Nullable List<String>> named = new LinkedHashMap<>();

  private final Map<?, ?> root;
  private final Set<Map<?, ?>> referred = Collections.newSetFromMap(new IdentityHashMap<>());

  private Parameters(Map<?, ?> root) {
    this.root = root;
  }

  static Parameters of(@Nullable Map<String, @Nullable Object> schema) {
    Parameters parameters = new Parameters(schema == null ? Map.of() : schema);
    parameters.read(parameters.root, 0);
    return parameters;
  }

  private void read(Map<?, ?> schema, int depth) {
    if (depth > MAX_DEPTH || named.size() >= MAX_PARAMETERS) {
      return;
    }
    if (schema.get("properties") instanceof Map<?, ?> properties) {
      properties.forEach(
          (name, property) -> {
            if (name instanceof String text && named.size() < MAX_PARAMETERS) {
              Map<?, ?> described = property instanceof Map<?, ?> map ? map : Map.of();
              String spelt = String.join("_", Words.ofName(Spelling.shorten(text, LONGEST_NAME)));
              if (!named.containsKey(spelt)) {
                named.put(spelt, values(described));
              }
              read(described, depth + 1);
            }
          });
    }
    if (schema.get("$ref") instanceof String reference
        && Schemas.resolve(root, reference) instanceof Map<?, ?> target
        && referred.add(target)) {
      read(target, depth + 1);
    }
    if (schema.get("items") instanceof Map<?, ?> items) {
      read(items, depth + 1);
    }
    for (String several : List.of("allOf", "anyOf", "oneOf")) {
      if (schema.get(several) instanceof List<?> schemas) {
        for (Object one : schemas) {
          if (one instanceof Map<?, ?> map) {
            read(map, depth + 1);
          }
        }
      }
    }
  }

  private static @Nullable List<String> values(Map<?, ?> property) {
    if (property.get("const") instanceof String only) {
      return List.of(only);
    }
    if (!(property.get("enum") instanceof List<?> permitted)) {
      return null;
    }
    List<String> values = new ArrayList<>();
    for (Object value : permitted) {
      if (value instanceof String text && values.size() < MAX_PARAMETERS) {
        values.add(Words.fold(Spelling.shorten(text, LONGEST_NAME)));
      }
    }
    return values;
  }

  boolean isEmpty() {
    return named.isEmpty();
  }

  Map<String, @Nullable List<String>> named() {
    return named;
  }

  /** {@return the first parameter called like one of the words, or null if none is} */
  @Nullable String any(Set<String> words) {
    for (String name : named.keySet()) {
      if (words.contains(name)) {
        return name;
      }
      int last = name.lastIndexOf('_');
      if (last >= 0 && words.contains(name.substring(last + 1))) {
        return name;
      }
    }
    return null;
  }
}
