package dev.alcada.spring;

import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Looks at every bean once all are made and before the application answers anybody, so that what is
 * wrong ends the start: a guard that cannot be made, a resolver that fails, a bean that came by its
 * tools before it could be guarded. Where a tool could be reached past the guard the start fails,
 * or a warning is logged.
 */
final class Coverage implements SmartInitializingSingleton {
  private static final Logger LOG = LoggerFactory.getLogger(Coverage.class);

  private final boolean fail;
  private final ConfigurableListableBeanFactory beans;
  private final ObjectProvider<GuardInUse> guard;
  private final ObjectProvider<Callers> callers;
  private final ObjectProvider<Check> checks;

  Coverage(
      boolean fail,
      ConfigurableListableBeanFactory beans,
      ObjectProvider<GuardInUse> guard,
      ObjectProvider<Callers> callers,
      ObjectProvider<Check> checks) {
    this.fail = fail;
    this.beans = beans;
    this.guard = guard;
    this.callers = callers;
    this.checks = checks;
  }

  /** Looks at what an application is made of. */
  interface Check {
    /** Looks at one bean. */
    void check(Object bean, String name);

    /** Says that all have been looked at. */
    default void done() {}
  }

  @Override
  public void afterSingletonsInstantiated() {
    guard.getObject().get();
    callers.getObject();
    List<Check> all = checks.orderedStream().toList();
    for (String name : beans.getSingletonNames()) {
      Object bean = beans.getSingleton(name);
      if (bean != null) {
        all.forEach(check -> check.check(bean, name));
      }
    }
    all.forEach(Check::done);
  }

  /**
   * Takes note of a way past the guard.
   *
   * @param problem names the bean, without a full stop
   * @param cure what to do about it, in the imperative
   */
  void uncovered(String problem, String cure) {
    if (fail) {
      throw new StartFailure(
          Settings.POLICY + " is set and " + problem,
          cure + ", or set " + Settings.COVERAGE + ": warn");
    }
    LOG.warn("{}; {}.", problem, cure);
  }
}
