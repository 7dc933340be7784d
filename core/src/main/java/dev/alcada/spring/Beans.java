package dev.alcada.spring;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;

/** The application's own beans, where there are any. */
final class Beans {
  private Beans() {}

  /**
   * Returns the bean of a type, or the primary one of several, or {@code null} if there is none.
   *
   * @throws StartFailure if there are several and none is primary
   */
  static <T> @Nullable T one(ListableBeanFactory beans, Class<T> type) {
    try {
      return beans.getBeanProvider(type).getIfAvailable();
    } catch (NoUniqueBeanDefinitionException e) {
      throw new StartFailure(
          Settings.POLICY
              + " is set and there are several beans of type "
              + type.getSimpleName()
              + ": "
              + names(beans, type),
          "keep one, or mark it @Primary",
          e);
    }
  }

  /** {@return the names of the beans of a type} */
  static String names(ListableBeanFactory beans, Class<?> type) {
    return Arrays.stream(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, type))
        .map(name -> "\"" + name + "\"")
        .collect(Collectors.joining(", "));
  }
}
