package dev.alcada.internal.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** The type of a value, as JSON has it. */
public enum JsonType {
  NULL,
  BOOLEAN,
  TEXT,
  NUMBER,
  LIST,
  OBJECT,
  /** A non-finite number, or a Java object that JSON has not; neither is ever looked into. */
  OPAQUE;

  public static JsonType of(@Nullable Object value) {
    if (value == null) {
      return NULL;
    }
    Class<?> type = value.getClass();
    if (type == String.class) {
      return TEXT;
    }
    if (type == Boolean.class) {
      return BOOLEAN;
    }
    if (type == Integer.class || type == Long.class) {
      return NUMBER;
    }
    if (type == Double.class || type == Float.class) {
      return Double.isFinite(((Number) value).doubleValue()) ? NUMBER : OPAQUE;
    }
    if (type == FrozenObject.class) {
      return OBJECT;
    }
    if (type == FrozenList.class) {
      return LIST;
    }
    return type == BigDecimal.class
            || type == BigInteger.class
            || type == Short.class
            || type == Byte.class
        ? NUMBER
        : OPAQUE;
  }
}
