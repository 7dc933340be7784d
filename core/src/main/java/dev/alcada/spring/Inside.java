package dev.alcada.spring;

import java.lang.reflect.Field;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the MCP SDK's objects keep to themselves: a server that is built has no public way to
 * the handlers of its requests, and whatever else a tool may come by, it is these that a client
 * reaches. What is not found is {@code null}, which ends the start.
 */
final class Inside {
  private Inside() {}

  /** {@return the first value of a type in an object's fields, or null} */
  static <T> @Nullable T value(Object owner, Class<T> type) {
    for (Class<?> at = owner.getClass();
        at != null && at != Object.class;
        at = at.getSuperclass()) {
      for (Field field : at.getDeclaredFields()) {
        if (type.isAssignableFrom(field.getType()) || field.getType().isAssignableFrom(type)) {
          Object value = read(field, owner);
          if (type.isInstance(value)) {
            return type.cast(value);
          }
        }
      }
    }
    return null;
  }

  /** {@return the map in an object's fields that holds handlers of a type by name, or null} */
  @SuppressWarnings("unchecked") // looked at
  static <H> @Nullable Map<String, H> handlers(Object owner, Class<H> type) {
    for (Class<?> at = owner.getClass();
        at != null && at != Object.class;
        at = at.getSuperclass()) {
      for (Field field : at.getDeclaredFields()) {
        if (Map.class.isAssignableFrom(field.getType())
            && read(field, owner) instanceof Map<?, ?> map
            && !map.isEmpty()
            && map.keySet().stream().allMatch(String.class::isInstance)
            && map.values().stream().allMatch(type::isInstance)) {
          return (Map<String, H>) map;
        }
      }
    }
    return null;
  }

  /** {@return whether an object has a field of that name that is true} */
  static boolean flag(Object owner, String name) {
    try {
      return Boolean.TRUE.equals(read(owner.getClass().getDeclaredField(name), owner));
    } catch (NoSuchFieldException e) {
      return false;
    }
  }

  private static @Nullable Object read(Field field, Object owner) {
    try {
      return field.trySetAccessible() ? field.get(owner) : null;
    } catch (IllegalAccessException e) {
      return null;
    }
  }
}
