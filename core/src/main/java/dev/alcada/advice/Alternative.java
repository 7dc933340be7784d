package dev.alcada.advice;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Schemas that all hold in one place. Two are equal if they are of the very same schemas: to
 * compare what these say would take too long.
 */
final class Alternative {
  /** No schemas: anything is allowed. */
  static final Alternative FREE = new Alternative(List.of());

  private static final int MAX_TOGETHER = 256;

  private final List<Map<?, ?>> schemas;

  private Alternative(List<Map<?, ?>> schemas) {
    this.schemas = schemas;
  }

  static Alternative of(Map<?, ?> schema) {
    return new Alternative(List.of(schema));
  }

  List<Map<?, ?>> schemas() {
    return schemas;
  }

  boolean isFree() {
    return schemas.isEmpty();
  }

  Alternative and(Alternative other) {
    Set<Map<?, ?>> together = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Map<?, ?>> joined = new ArrayList<>();
    for (List<Map<?, ?>> part : List.of(schemas, other.schemas)) {
      for (Map<?, ?> schema : part) {
        if (joined.size() < MAX_TOGETHER && together.add(schema)) {
          joined.add(schema);
        }
      }
    }
    return new Alternative(joined);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof Alternative alternative)
        || schemas.size() != alternative.schemas.size()) {
      return false;
    }
    for (int i = 0; i < schemas.size(); i++) {
      if (schemas.get(i) != alternative.schemas.get(i)) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    int hash = 1;
    for (Map<?, ?> schema : schemas) {
      hash = 31 * hash + System.identityHashCode(schema);
    }
    return hash;
  }
}
