package dev.alcada.spring;

/** Looks at what an application is made of, before it answers anybody. */
interface BeanCheck {
  /** Looks at one bean. */
  void check(Object bean, String name);

  /** Says that all have been looked at. */
  default void done() {}
}
