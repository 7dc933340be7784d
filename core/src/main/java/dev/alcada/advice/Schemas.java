package dev.alcada.advice;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One JSON Schema, with what its references, {@code allOf}, {@code anyOf}, {@code oneOf} and {@code
 * if} add to each place of it.
 *
 * <p>A place is a list of {@linkplain Alternative alternatives}, each of schemas that all hold
 * there:
 *
 * <pre>
 *   anyOf: [A, {$ref: B}], type: object      →   [this, A] or [this, {$ref: B}, B]
 * </pre>
 *
 * What is too deep or too much to be followed, and what refers to another document, is taken for a
 * schema that allows anything; so what is found to be impossible is impossible. A schema that
 * refers twice to one that refers twice costs no more than one that does so once.
 *
 * <p>Not safe for use by several threads.
 */
final class Schemas {
  /** Stands for what is not followed: it may be anything, and have anything in it. */
  private static final Map<?, ?> UNKNOWN = Map.of("additionalProperties", true, "items", true);

  private static final int MAX_ALTERNATIVES = 32;
  private static final int MAX_DEPTH = 150;

  /** How many schemas are joined to follow one tool's. */
  private static final int MAX_WORK = 100_000;

  private final Map<?, ?> root;
  private final IdentityHashMap<Map<?, ?>, List<Alternative>> known = new IdentityHashMap<>();
  private final Set<Map<?, ?>> under = Collections.newSetFromMap(new IdentityHashMap<>());

  private final Work work;

  /** What may yet be done, for one tool or for all. */
  static final class Work {
    private long left;

    Work(long left) {
      this.left = left;
    }

    boolean isDone() {
      return left <= 0;
    }
  }

  Schemas(@Nullable Map<String, @Nullable Object> root) {
    this(root, new Work(MAX_WORK));
  }

  Schemas(@Nullable Map<String, @Nullable Object> root, Work work) {
    this.root = root == null ? Map.of() : root;
    this.work = work;
  }

  /** {@return the alternatives of the schema itself} */
  List<Alternative> root() {
    return alternatives(root, 0);
  }

  /** {@return the alternatives of a place where all the schemas hold; none if nothing can} */
  List<Alternative> all(List<?> schemas) {
    List<Alternative> found = List.of(Alternative.FREE);
    for (Object schema : schemas) {
      found = both(found, alternatives(schema, 0));
    }
    return found;
  }

  private List<Alternative> alternatives(@Nullable Object schema, int depth) {
    if (Boolean.FALSE.equals(schema)) {
      return List.of();
    }
    return schema instanceof Map<?, ?> map ? of(map, depth) : List.of(Alternative.FREE);
  }

  private List<Alternative> of(Map<?, ?> map, int depth) {
    List<Alternative> found = known.get(map);
    if (found != null) {
      return found;
    } else if (depth > MAX_DEPTH || work.left-- <= 0) {
      return List.of(Alternative.of(UNKNOWN));
    } else if (!under.add(map)) {
      // It holds here already.
      return List.of(Alternative.FREE);
    }
    found = List.of(Alternative.of(map));
    if (map.get("$ref") instanceof String reference) {
      found = both(found, alternatives(resolve(reference), depth + 1));
    }
    if (map.get("allOf") instanceof List<?> all) {
      for (Object each : all) {
        found = both(found, alternatives(each, depth + 1));
      }
    }
    for (String several : List.of("anyOf", "oneOf")) {
      if (map.get(several) instanceof List<?> any) {
        found = both(found, either(any, depth));
      }
    }
    if (map.get("if") != null) {
      found = both(found, either(List.of(branch(map, "then"), branch(map, "else")), depth));
    }
    under.remove(map);
    known.put(map, found);
    return found;
  }

  private static Object branch(Map<?, ?> map, String name) {
    Object branch = map.get(name);
    return branch == null ? true : branch;
  }

  private List<Alternative> either(List<?> schemas, int depth) {
    Set<Alternative> found = new LinkedHashSet<>();
    for (Object schema : schemas) {
      found.addAll(alternatives(schema, depth + 1));
      if (found.size() > MAX_ALTERNATIVES) {
        return List.of(Alternative.of(UNKNOWN));
      }
    }
    return List.copyOf(found);
  }

  /** {@return each of the ones with each of the others} */
  private List<Alternative> both(List<Alternative> ones, List<Alternative> others) {
    if (ones.isEmpty() || others.isEmpty()) {
      return List.of();
    } else if (others.size() == 1 && others.get(0).isFree()) {
      return ones;
    } else if (ones.size() * others.size() > MAX_ALTERNATIVES || work.isDone()) {
      // The ones hold, whichever of the others do.
      return ones.stream().map(one -> one.and(Alternative.of(UNKNOWN))).toList();
    }
    Set<Alternative> found = new LinkedHashSet<>();
    for (Alternative one : ones) {
      for (Alternative other : others) {
        Alternative joined = one.and(other);
        work.left -= joined.schemas().size();
        found.add(joined);
      }
    }
    return List.copyOf(found);
  }

  private Object resolve(String reference) {
    Object at = resolve(root, reference);
    return at == null ? UNKNOWN : at;
  }

  /** {@return what a reference within a schema leads to, or null} */
  static @Nullable Object resolve(Map<?, ?> root, String reference) {
    if (reference.equals("#")) {
      return root;
    } else if (reference.startsWith("#/")) {
      return pointed(root, reference.substring(2));
    } else if (reference.startsWith("#")) {
      return anchored(root, reference.substring(1));
    }
    return null;
  }

  private static @Nullable Object pointed(Map<?, ?> root, String pointer) {
    Object at = root;
    for (String step : pointer.split("/", -1)) {
      String name = decoded(step).replace("~1", "/").replace("~0", "~");
      if (at instanceof Map<?, ?> map) {
        at = map.get(name);
      } else if (at instanceof List<?> list && name.matches("[0-9]{1,6}")) {
        int index = Integer.parseInt(name);
        at = index < list.size() ? list.get(index) : null;
      } else {
        return null;
      }
    }
    return at;
  }

  private static String decoded(String step) {
    if (step.indexOf('%') < 0) {
      return step;
    }
    try {
      return URLDecoder.decode(step.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return step;
    }
  }

  private static @Nullable Object anchored(Map<?, ?> root, String anchor) {
    for (String definitions : List.of("$defs", "definitions")) {
      if (root.get(definitions) instanceof Map<?, ?> map) {
        for (Object definition : map.values()) {
          if (definition instanceof Map<?, ?> schema
              && (anchor.equals(schema.get("$anchor"))
                  || ("#" + anchor).equals(schema.get("$id")))) {
            return schema;
          }
        }
      }
    }
    return null;
  }
}
