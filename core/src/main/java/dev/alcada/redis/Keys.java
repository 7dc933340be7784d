package dev.alcada.redis;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The names of what is kept. All of them lie in one slot of a cluster, so that one script may see
 * several of them; what they are made of is digested, for it may be personal. Where each grant has
 * a slot of its own, {@code {alcada}} is {@code {alcada/SLOT}}.
 *
 * <pre>
 *   {alcada}:c:ID        the live keys of a counter
 *   {alcada}:c:ID:KEY    a count, what runs, or a mark
 *   {alcada}:o:ID        the keys that a grant's calls have chosen, or the marks
 *   {alcada}:s:ID        what a call holds that has not ended for certain
 *   {alcada}:r:ID        that a call has ended
 *   {alcada}:a:…         approvals
 * </pre>
 */
final class Keys {
  private static final int BITS_128 = 16;

  private final String root;

  /** The calls of a policy name the same few counters. */
  private final Cache<String, byte[]> live;

  /** Those of all slots, if this is of one of them. */
  private final @Nullable Keys store;

  /** Which of a store's slots it is; empty if it has one alone. */
  private final String slot;

  /**
   * @param prefix of 1 to 64 letters, digits, dots, hyphens and underscores
   */
  Keys(String prefix) {
    this.store = null;
    this.slot = "";
    this.live = Caffeine.newBuilder().maximumSize(1_000).build();
    this.root = "{" + checked(prefix) + "}:";
  }

  /** Those of one slot of several; not made to last. */
  Keys(Keys store, String slot) {
    this.store = store;
    this.slot = slot;
    this.live = store.live;
    this.root = store.root.replace("}", "/" + slot + "}");
  }

  String slot() {
    return slot;
  }

  static String checked(String prefix) {
    if (!prefix.matches("[A-Za-z0-9._-]{1,64}")) {
      throw new IllegalArgumentException(
          "prefix is \""
              + prefix
              + "\", expected 1 to 64 letters, digits, dots, hyphens and underscores");
    }
    return prefix;
  }

  /** Not to be changed: it may be told again. */
  byte[] live(String counter) {
    if (store == null) {
      return live.get(counter, text -> bytes("c:" + digest(text)));
    }
    byte[] same = store.live(counter);
    int tail = same.length - store.root.length();
    byte[] own = Arrays.copyOf(bytes(""), root.length() + tail);
    System.arraycopy(same, store.root.length(), own, root.length(), tail);
    return own;
  }

  byte[] count(byte[] live, String key) {
    byte[] digest = digest(key).getBytes(US_ASCII);
    byte[] count = Arrays.copyOf(live, live.length + 1 + digest.length);
    count[live.length] = ':';
    System.arraycopy(digest, 0, count, live.length + 1, digest.length);
    return count;
  }

  /**
   * Returns where the keys lie that a grant's own calls have chosen.
   *
   * @param marks whether it is those of marks, which are apart
   */
  byte[] owned(String grant, boolean marks) {
    return bytes("o:" + base64(digest(marks ? "marks" : "keys", grant)));
  }

  /** {@return where it is kept that a call has ended} */
  byte[] ended(String reservation) {
    return bytes("r:" + digest(reservation));
  }

  /** {@return where it is kept what a call holds} */
  byte[] record(String reservation) {
    return bytes("s:" + digest(reservation));
  }

  byte[] of(String name) {
    return bytes(name);
  }

  private byte[] bytes(String name) {
    return (root + name).getBytes(US_ASCII);
  }

  /** Returns 128 bits of the SHA-256 of a text, in characters that need no escape. */
  static String digest(String text) {
    return base64(Arrays.copyOf(sha256().digest(text.getBytes(UTF_8)), BITS_128));
  }

  private static String base64(byte[] digest) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(digest);
  }

  /**
   * Returns 128 bits by which a value is known under one key, and nothing under another. By its
   * code units, since no encoding keeps unpaired surrogates apart.
   */
  static byte[] digest(String key, String value) {
    MessageDigest digest = sha256();
    digest.update(key.getBytes(UTF_8));
    byte[] units = new byte[1 + 2 * value.length()];
    for (int i = 0; i < value.length(); i++) {
      units[1 + 2 * i] = (byte) (value.charAt(i) >>> 8);
      units[2 + 2 * i] = (byte) value.charAt(i);
    }
    return Arrays.copyOf(digest.digest(units), BITS_128);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
