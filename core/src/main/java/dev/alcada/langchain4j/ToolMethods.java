package dev.alcada.langchain4j;

import dev.langchain4j.agent.tool.CompensateFor;
import dev.langchain4j.service.IllegalConfigurationException;
import dev.langchain4j.service.tool.AiServiceTool;
import dev.langchain4j.service.tool.ToolProvider;
import dev.langchain4j.service.tool.ToolService;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Finds the tools that are methods of objects, as LangChain4j itself finds them. */
final class ToolMethods {
  private ToolMethods() {}

  static List<AiServiceTool> of(Object... objects) {
    if (objects.length == 0) {
      throw new IllegalArgumentException(
          "GuardedTools.of was given no object; give it those whose methods are annotated with"
              + " @Tool.");
    }
    List<AiServiceTool> tools = new ArrayList<>();
    Map<String, String> owners = new HashMap<>();
    for (int i = 0; i < objects.length; i++) {
      Object object = Objects.requireNonNull(objects[i], "objects[" + i + "]");
      String owner = object.getClass().getName();
      for (AiServiceTool tool : found(object, owner)) {
        String other = owners.putIfAbsent(tool.name(), owner);
        if (other != null) {
          throw new IllegalArgumentException(
              "Two tools are named \"%s\", one of %s and one of %s; name one otherwise, as in @Tool(name = …)."
                  .formatted(tool.name(), other, owner));
        }
        tools.add(tool);
      }
    }
    return List.copyOf(tools);
  }

  private static List<AiServiceTool> found(Object object, String owner) {
    if (object instanceof ToolProvider) {
      throw new IllegalArgumentException(
          owner + " is a provider of tools; give it to GuardedTools.around.");
    }
    if (object instanceof Class<?> type) {
      throw new IllegalArgumentException(
          type.getName() + " is a class; give GuardedTools.of an object of it.");
    }
    if (object instanceof Iterable<?>
        || object instanceof Map<?, ?>
        || object instanceof Object[]) {
      throw new IllegalArgumentException(
          owner
              + " is a collection; give GuardedTools.of the objects in it, or make a provider of"
              + " tools and give that to GuardedTools.around.");
    }
    uncompensated(object);
    try {
      return ToolService.findTools(object);
    } catch (IllegalConfigurationException e) {
      throw new IllegalArgumentException(
          "GuardedTools.of cannot use an object of %s, as LangChain4j could not: %s"
              .formatted(owner, e.getMessage()),
          e);
    }
  }

  /** Better no start than one after which nothing is undone. */
  private static void uncompensated(Object object) {
    for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
      for (Method method : type.getDeclaredMethods()) {
        if (method.isAnnotationPresent(CompensateFor.class)) {
          throw new IllegalArgumentException(
              "%s.%s is annotated with @CompensateFor, which LangChain4j heeds only where it guards nothing: undo within the tool, and remove the annotation."
                  .formatted(type.getName(), method.getName()));
        }
      }
    }
  }
}
