package dev.alcada.audit;

import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The keys of an audit log: one that it is written under, and older ones that it was. Whoever has
 * none of them can neither change a record nor make one. Immutable and safe for use by several
 * threads.
 *
 * <pre>{@code
 * AuditKeys keys = AuditKeys.of("2026-11", november).and("2026-10", october);
 * }</pre>
 */
public final class AuditKeys {
  /** The fewest bytes of a key. */
  public static final int SHORTEST_KEY = 16;

  private static final AuditKeys NONE = new AuditKeys(Map.of(), null);

  private final Map<String, byte[]> keys;
  private final @Nullable String current;

  private AuditKeys(Map<String, byte[]> keys, @Nullable String current) {
    this.keys = keys;
    this.current = current;
  }

  /**
   * Returns no key: records are chained by plain SHA-256, which each file says of itself. Whoever
   * can write all files, and heads kept elsewhere, can then rewrite the log unseen.
   */
  public static AuditKeys none() {
    return NONE;
  }

  /**
   * Returns the key that a log is written under from now on.
   *
   * @param id names the key in the log: 1 to 64 letters, digits, {@code . _ -}
   * @param key at least {@value #SHORTEST_KEY} bytes, of which a copy is kept
   * @throws IllegalArgumentException if one of them is not
   */
  public static AuditKeys of(String id, byte[] key) {
    return new AuditKeys(with(Map.of(), id, key), id);
  }

  /**
   * Returns these keys and one that earlier files were written under.
   *
   * @param id the key's name in those files
   * @param key at least {@value #SHORTEST_KEY} bytes, of which a copy is kept
   * @throws IllegalArgumentException if one of them is not, or there is a key of that name
   */
  public AuditKeys and(String id, byte[] key) {
    if (keys.containsKey(id)) {
      throw new IllegalArgumentException("there is a key \"" + id + "\" already");
    }
    return new AuditKeys(with(keys, id, key), current == null ? id : current);
  }

  private static Map<String, byte[]> with(Map<String, byte[]> before, String id, byte[] key) {
    if (!id.matches("[A-Za-z0-9._-]{1,64}")) {
      throw new IllegalArgumentException(
          "a key's id must be 1 to 64 letters, digits, '.', '_' or '-', so that a log can name it");
    }
    if (key.length < SHORTEST_KEY) {
      throw new IllegalArgumentException(
          "the key has " + key.length + " bytes, expected at least " + SHORTEST_KEY);
    }
    Map<String, byte[]> more = new LinkedHashMap<>(before);
    more.put(id, key.clone());
    return more;
  }

  boolean isEmpty() {
    return keys.isEmpty();
  }

  boolean knows(String id) {
    return id.isEmpty() ? keys.isEmpty() : keys.containsKey(id);
  }

  /** {@return the name of the key that is written under; empty if there is none} */
  String current() {
    return current == null ? "" : current;
  }

  /** Returns a chain under a key, or a plain one if its name is empty. */
  Chain chain(String id) {
    return id.isEmpty()
        ? Chain.plain()
        : Chain.keyed(Macs.of(Objects.requireNonNull(keys.get(id), "unknown key")));
  }

  /** {@return the names of the keys, and nothing of them} */
  @Override
  public String toString() {
    return "AuditKeys" + keys.keySet();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AuditKeys more
        && Objects.equals(current, more.current)
        && keys.keySet().equals(more.keys.keySet())
        && keys.entrySet().stream()
            .allMatch(key -> MessageDigest.isEqual(key.getValue(), more.keys.get(key.getKey())));
  }

  @Override
  public int hashCode() {
    return keys.keySet().hashCode();
  }
}
