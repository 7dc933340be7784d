package dev.alcada.spring;

import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import org.aopalliance.intercept.MethodInterceptor;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.Advisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopConfigException;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.scope.ScopedObject;

/** Puts advice around beans, which stay what they are for whoever asks for their class. */
final class Proxies {
  private Proxies() {}

  /**
   * Advice that puts a bean behind the guard, by which such a bean is known: an interface of its
   * own, like {@link Guarded}, would have to be public.
   */
  interface GuardAdvice extends MethodInterceptor {}

  /**
   * Returns an object around another: of the same class where that can be extended, else with the
   * same interfaces.
   */
  static Object around(Object target, GuardAdvice advice) {
    if (extensible(target.getClass())) {
      try {
        return around(target, advice, true);
      } catch (AopConfigException e) {
        // It only looked as if it could be.
      }
    }
    return around(target, advice, false);
  }

  private static Object around(Object target, GuardAdvice advice, boolean ofItsClass) {
    ProxyFactory factory = new ProxyFactory(target);
    factory.setProxyTargetClass(ofItsClass);
    factory.addAdvice(advice);
    return factory.getProxy(loader(target.getClass()));
  }

  /**
   * Returns whether a bean is behind the guard, whoever else stands before it. A bean of a scope is
   * a stand-in for others, each of which is guarded as it is made.
   */
  static boolean guarded(Object bean) {
    return bean instanceof Guarded
        || bean instanceof ScopedObject
        || advice(bean, GuardAdvice.class) != null;
  }

  /** {@return the advice of a type around a bean, whatever else is, or null} */
  static <A> @Nullable A advice(Object bean, Class<A> type) {
    Object at = bean;
    while (at instanceof Advised advised) {
      for (Advisor advisor : advised.getAdvisors()) {
        if (type.isInstance(advisor.getAdvice())) {
          return type.cast(advisor.getAdvice());
        }
      }
      at = AopProxyUtils.getSingletonTarget(at);
    }
    return null;
  }

  /** {@return whether a class can be extended by one that is made at run time} */
  static boolean extensible(Class<?> type) {
    return !Modifier.isFinal(type.getModifiers())
        && !type.isHidden()
        && !type.isSynthetic()
        && Arrays.stream(type.getDeclaredConstructors())
            .mapToInt(Constructor::getModifiers)
            .anyMatch(modifiers -> !Modifier.isPrivate(modifiers));
  }

  private static ClassLoader loader(Class<?> type) {
    ClassLoader own = type.getClassLoader();
    return own == null ? Proxies.class.getClassLoader() : own;
  }

  /** Marks what has been put behind the guard. */
  interface Guarded {}
}
