package dev.alcada.spring;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.ai.mcp.annotation.McpTool;
import org.springframework.ai.mcp.annotation.spring.scan.AbstractMcpAnnotatedBeans;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.annotation.AnnotatedElementUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Lets the guard know what a method with {@code @McpTool} threw, of which Spring AI makes a text:
 * what it takes for the object with the method is one that hands failures on under a {@linkplain
 * ToolFailures name}. The bean itself stays as it is for everybody else.
 *
 * <p>A method that cannot be stood before (it, or its class, is final or private) is guarded like
 * any other; but of its failure the client reads what Spring AI says.
 */
final class AnnotatedTools implements BeanPostProcessor, PriorityOrdered {
  /** Spring AI's list of such beans is made while post-processors are, for one of its own. */
  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    if (!(bean instanceof AbstractMcpAnnotatedBeans) || Proxies.guarded(bean)) {
      return bean;
    }
    return Proxies.around(
        bean,
        invocation -> {
          Object found = invocation.proceed();
          return found instanceof List<?> beans
                  && invocation.getArguments().length == 1
                  && invocation.getArguments()[0] == McpTool.class
              ? beans.stream().map(this::carrying).toList()
              : found;
        });
  }

  private Object carrying(Object bean) {
    Class<?> type = AopUtils.getTargetClass(bean);
    boolean open =
        Proxies.extensible(bean.getClass())
            && MethodIntrospector.selectMethods(type, AnnotatedTools::isTool).stream()
                .mapToInt(Method::getModifiers)
                .noneMatch(
                    modifiers ->
                        Modifier.isPrivate(modifiers)
                            || Modifier.isFinal(modifiers)
                            || Modifier.isStatic(modifiers));
    return open ? Proxies.around(bean, AnnotatedTools::call) : bean;
  }

  private static boolean isTool(Method method) {
    return AnnotatedElementUtils.hasAnnotation(method, McpTool.class);
  }

  private static @Nullable Object call(MethodInvocation invocation) {
    try {
      return later(invocation.proceed());
    } catch (Throwable e) {
      throw ToolFailures.carrying(e);
    }
  }

  /** What fails when it is subscribed to carries its failure as well. */
  private static @Nullable Object later(@Nullable Object value) {
    if (value instanceof Mono<?> mono) {
      return mono.onErrorMap(ToolFailures::carrying);
    }
    return value instanceof Flux<?> flux ? flux.onErrorMap(ToolFailures::carrying) : value;
  }
}
