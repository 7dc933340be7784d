package dev.alcada.spring;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The kinds of beans that tools are published by. Those of today are guarded where they are met; a
 * library's next version may have another, which is known by its name alone.
 */
final class Kinds {
  private static final String SDK = "io.modelcontextprotocol.";
  private static final String SPRING_AI = "org.springframework.ai.";

  private static final Pattern SUSPECT =
      Pattern.compile(
          ".*([.$]Mcp\\w*Server|Tool\\w*Specification|FunctionCallback|ToolCallback"
              + "|ToolCallbackProvider)");

  /** What is guarded, by the last part of its name. */
  private static final Pattern KNOWN =
      Pattern.compile(
          ".*[.$](ToolCallback|ToolCallbackProvider|McpSyncServer|McpAsyncServer"
              + "|McpStatelessSyncServer|McpStatelessAsyncServer"
              + "|McpServerFeatures\\$(Sync|Async)ToolSpecification"
              + "|McpStatelessServerFeatures\\$(Sync|Async)ToolSpecification)");

  private Kinds() {}

  /**
   * {@return the name of a type in a bean that may publish tools and that nobody guards, or null}
   */
  static @Nullable String unknown(Object bean) {
    return elements(bean)
        .map(Kinds::unknownType)
        .filter(found -> found != null)
        .findFirst()
        .orElse(null);
  }

  private static @Nullable String unknownType(Object element) {
    List<String> types =
        types(element.getClass())
            .map(Class::getName)
            .filter(name -> name.startsWith(SDK) || name.startsWith(SPRING_AI))
            .toList();
    return types.stream().anyMatch(name -> KNOWN.matcher(name).matches())
        ? null
        : types.stream().filter(name -> SUSPECT.matcher(name).matches()).findFirst().orElse(null);
  }

  /** {@return what is in a plain collection, map or array, or else the bean alone} */
  static Stream<?> elements(Object bean) {
    // Others may be lists of a database, or maps of a cluster.
    boolean plain = bean.getClass().getName().startsWith("java.util.");
    if (plain && bean instanceof Collection<?> collection) {
      return collection.stream().filter(element -> element != null);
    }
    if (plain && bean instanceof Map<?, ?> map) {
      return map.values().stream().filter(element -> element != null);
    }
    if (bean instanceof Object[] array) {
      return Stream.of(array).filter(element -> element != null);
    }
    return Stream.of(bean);
  }

  private static Stream<Class<?>> types(@Nullable Class<?> type) {
    return type == null || type == Object.class
        ? Stream.empty()
        : Stream.concat(
            Stream.of(type),
            Stream.concat(
                types(type.getSuperclass()),
                Stream.of(type.getInterfaces()).flatMap(Kinds::types)));
  }
}
