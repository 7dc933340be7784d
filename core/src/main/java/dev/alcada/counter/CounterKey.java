package dev.alcada.counter;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One count of a counter, or one mark. Immutable.
 *
 * <p>A value or session of more than {@value #LONGEST} characters is kept as its SHA-256, so that a
 * caller cannot fill the memory with long keys. So is a text that looks like such a digest: none
 * can be chosen to pass for another.
 */
public final class CounterKey {
  /** The most characters of a value that are kept as they are. */
  public static final int LONGEST = 128;

  private static final String DIGEST = "sha256:";

  private final CounterId counter;
  private final String value;

  /** The session, or one with an owner: few keys have that, so it is no field of every key. */
  private final @Nullable Object session;

  private record Owned(@Nullable String session, String owner) {}

  /**
   * Creates a key.
   *
   * @param counter the counter
   * @param value the value counted by: a grant, the text of an argument, or empty for a global
   *     count
   * @param session the session within that value, or {@code null} where sessions are not counted
   *     apart
   */
  public CounterKey(CounterId counter, String value, @Nullable String session) {
    this.counter = Objects.requireNonNull(counter, "counter");
    this.value = kept(value);
    this.session = session == null ? null : kept(session);
  }

  /** With a value and a session as they are kept. */
  private CounterKey(String value, @Nullable String session, CounterId counter) {
    this.counter = counter;
    this.value = value;
    this.session = session;
  }

  private CounterKey(CounterKey key, String owner) {
    this.counter = key.counter;
    this.value = key.value;
    this.session = new Owned(key.session(), kept(owner));
  }

  /**
   * Returns this key as one of those of which a grant may have so many: the keys that a grant's own
   * calls choose, by an argument or by being another call, so that it closes no counter to others.
   * The owner is no part of the key, since the value tells the grant already.
   *
   * @param grant the grant
   * @return an equal key with that owner
   */
  public CounterKey ownedBy(String grant) {
    return new CounterKey(this, grant);
  }

  /** {@return the counter} */
  public CounterId counter() {
    return counter;
  }

  /** {@return the value counted by, as it is kept: itself, or {@code sha256:} and its digest} */
  public String value() {
    return value;
  }

  /** {@return the session, as it is kept, or {@code null} where sessions are not counted apart} */
  public @Nullable String session() {
    return session instanceof Owned owned ? owned.session : (String) session;
  }

  /** {@return the grant whose calls choose such keys, as it is kept, or {@code null}} */
  public @Nullable String owner() {
    return session instanceof Owned owned ? owned.owner : null;
  }

  /**
   * Returns this key as a text: equal for equal keys, another for each other one, and as stable as
   * the {@linkplain CounterId#text counter's}, with which it begins. What follows is the value and
   * the session as they are kept, written as the counter's parts are; {@code /-} stands for no
   * session. For example
   *
   * <pre>{@code
   * 1/6:limits/4:rate/5:grant/13:sliding 60000/7:agent-7/-
   * }</pre>
   *
   * <p>It holds the value, which may be personal: a store outside this process keeps a digest of
   * it.
   */
  public String text() {
    StringBuilder text = new StringBuilder(counter.text());
    CounterText.append(text, value);
    String own = session();
    if (own == null) {
      text.append("/-");
    } else {
      CounterText.append(text, own);
    }
    return text.toString();
  }

  /**
   * Returns the key that has a text, as a store that keeps texts lists it. It has no owner.
   *
   * @param text what {@link #text} returns
   * @return the key
   * @throws IllegalArgumentException if no key has that text
   */
  public static CounterKey parse(String text) {
    CounterKey key;
    try {
      List<@Nullable String> parts = CounterText.parts(text);
      if (parts.size() != 6) {
        throw new IllegalArgumentException("there are " + parts.size() + " parts");
      }
      key = new CounterKey(part(parts, 4), parts.get(5), CounterId.parse(parts.subList(0, 4)));
    } catch (RuntimeException e) {
      throw noText(e);
    }
    if (!key.text().equals(text) || !isKept(key.value) || !isKept(key.session())) {
      throw noText(null);
    }
    return key;
  }

  private static String part(List<@Nullable String> parts, int index) {
    return Objects.requireNonNull(parts.get(index));
  }

  /** What was found is not told: values may be personal. */
  private static IllegalArgumentException noText(@Nullable Throwable cause) {
    return new IllegalArgumentException(
        "the text is no key's, expected one as CounterKey.text() returns it", cause);
  }

  private static boolean isKept(@Nullable String text) {
    return text == null
        || (text.startsWith(DIGEST)
            ? text.matches(DIGEST + "[0-9a-f]{64}")
            : text.length() <= LONGEST);
  }

  /** {@return a value as it is kept: itself, or its digest} */
  static String kept(String text) {
    return text.length() <= LONGEST && !text.startsWith(DIGEST) ? text : digest(text);
  }

  /** Over the UTF-16 code units: an encoder would make all unpaired surrogates alike. */
  private static String digest(String text) {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    byte[] block = new byte[1024];
    int filled = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      block[filled++] = (byte) (c >>> 8);
      block[filled++] = (byte) c;
      if (filled == block.length) {
        sha256.update(block);
        filled = 0;
      }
    }
    sha256.update(block, 0, filled);
    return DIGEST + HexFormat.of().formatHex(sha256.digest());
  }

  @Override
  public boolean equals(Object object) {
    return this == object
        || (object instanceof CounterKey other
            && value.equals(other.value)
            && counter.equals(other.counter)
            && Objects.equals(session(), other.session()));
  }

  @Override
  public int hashCode() {
    int hash = 31 * counter.hashCode() + value.hashCode();
    String own = session();
    return own == null ? hash : 31 * hash + own.hashCode();
  }

  /** The counter alone: values may be personal. */
  @Override
  public String toString() {
    return "CounterKey[" + counter + "]";
  }
}
