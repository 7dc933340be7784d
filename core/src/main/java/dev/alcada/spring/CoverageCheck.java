package dev.alcada.spring;

import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Looks at every bean once all are made and before the application answers anybody, so that what is
 * wrong ends the start: a guard that cannot be made, a resolver that fails, a bean that came by its
 * tools before it could be guarded.
 */
final class CoverageCheck implements SmartInitializingSingleton {
  private final ConfigurableListableBeanFactory beans;
  private final GuardInUse guard;
  private final ObjectProvider<Callers> callers;
  private final ObjectProvider<BeanCheck> checks;

  CoverageCheck(
      ConfigurableListableBeanFactory beans,
      GuardInUse guard,
      ObjectProvider<Callers> callers,
      ObjectProvider<BeanCheck> checks) {
    this.beans = beans;
    this.guard = guard;
    this.callers = callers;
    this.checks = checks;
  }

  @Override
  public void afterSingletonsInstantiated() {
    guard.get();
    callers.getObject();
    List<BeanCheck> all = checks.orderedStream().toList();
    for (String name : beans.getSingletonNames()) {
      Object bean = beans.getSingleton(name);
      if (bean != null) {
        all.forEach(check -> check.check(bean, name));
      }
    }
    all.forEach(BeanCheck::done);
  }
}
