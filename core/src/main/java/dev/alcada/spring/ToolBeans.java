package dev.alcada.spring;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.ToolCallbackProvider;
import org.springframework.ai.tool.resolution.ToolCallbackResolver;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.PriorityOrdered;

/** Puts every bean behind the guard by which Spring AI comes to tools, and lists of such beans. */
final class ToolBeans implements BeanPostProcessor, Coverage.Check, PriorityOrdered {
  private final ObjectProvider<GuardedTools> tools;
  private final ObjectProvider<CallSite> site;
  private final ObjectProvider<ToolCallingManager> managers;
  private final ObjectProvider<KnownTools> known;
  private final ObjectProvider<Coverage> coverage;

  ToolBeans(
      ObjectProvider<GuardedTools> tools,
      ObjectProvider<CallSite> site,
      ObjectProvider<ToolCallingManager> managers,
      ObjectProvider<KnownTools> known,
      ObjectProvider<Coverage> coverage) {
    this.tools = tools;
    this.site = site;
    this.managers = managers;
    this.known = known;
    this.coverage = coverage;
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    String unknown = Kinds.unknown(bean);
    if (unknown != null) {
      unknown(name, unknown);
    }
    if (bean instanceof List<?> list && list.stream().anyMatch(ToolBeans::unguarded)) {
      return new ArrayList<>(list.stream().map(this::guarded).toList());
    }
    if (bean instanceof Map<?, ?> map && map.values().stream().anyMatch(ToolBeans::unguarded)) {
      Map<Object, Object> all = new LinkedHashMap<>();
      map.forEach((key, value) -> all.put(key, guarded(value)));
      return all;
    }
    if (bean instanceof Object[] array) {
      guardEach(array, name);
      return bean;
    }
    return guarded(bean);
  }

  /** Reports a bean that was made without this. */
  @Override
  public void check(Object bean, String name) {
    String unknown = Kinds.unknown(bean);
    if (unknown != null) {
      unknown(name, unknown);
    }
    Kinds.elements(bean)
        .filter(ToolCallback.class::isInstance)
        .forEach(tool -> known.getObject().add(((ToolCallback) tool).getToolDefinition().name()));
    if (Kinds.elements(bean).anyMatch(ToolBeans::unguarded)) {
      coverage
          .getObject()
          .uncovered(
              "bean \"" + name + "\" was made too early to be guarded, and reaches tools past it",
              "make it by a @Bean method that nothing needs while the context is being set up");
    }
  }

  private void unknown(String name, String type) {
    coverage
        .getObject()
        .uncovered(
            "bean \"" + name + "\" is a " + type + ", a kind of tool that nobody guards here",
            "publish the tool by a kind that is known, such as a ToolCallback bean");
  }

  private void guardEach(Object[] array, String name) {
    for (int i = 0; i < array.length; i++) {
      if (unguarded(array[i])) {
        try {
          array[i] = guarded(array[i]);
        } catch (ArrayStoreException e) {
          coverage
              .getObject()
              .uncovered(
                  "bean \"" + name + "\" is an array that can hold nothing guarded",
                  "make it a ToolCallback[]");
        }
      }
    }
  }

  private static boolean unguarded(@Nullable Object bean) {
    return bean != null
        && !Proxies.guarded(bean)
        && (bean instanceof ToolCallback
            || bean instanceof ToolCallbackProvider
            || bean instanceof ToolCallbackResolver
            || bean instanceof ToolCallingManager
            || bean instanceof ChatModel);
  }

  private Object guarded(Object bean) {
    if (!unguarded(bean)) {
      return bean;
    }
    if (bean instanceof ToolCallback tool) {
      return Proxies.around(tool, new GuardedToolCallback.Advice(tools.getObject().guarded(tool)));
    }
    if (bean instanceof ToolCallbackProvider) {
      return Proxies.around(
          bean,
          invocation -> {
            Object found = invocation.proceed();
            return found instanceof ToolCallback[] all ? tools.getObject().guard(all) : found;
          });
    }
    if (bean instanceof ToolCallbackResolver) {
      return Proxies.around(
          bean,
          invocation -> {
            Object found = invocation.proceed();
            return found instanceof ToolCallback tool ? tools.getObject().guard(tool) : found;
          });
    }
    if (bean instanceof ToolCallingManager manager) {
      return new GuardedToolCallingManager(manager, tools.getObject(), site.getObject());
    }
    return Proxies.around(
        bean,
        new GuardedChatModel((ChatModel) bean, tools.getObject(), site.getObject(), this::manager));
  }

  private ToolCallingManager manager() {
    ToolCallingManager bean = managers.getIfUnique();
    return bean == null ? ToolCallingManager.builder().build() : bean;
  }
}
