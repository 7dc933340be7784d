package dev.alcada.audit;

import dev.alcada.internal.value.ArgumentsJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The head of an audit log at some moment. Kept where whoever could cut the log cannot reach it, it
 * proves that the log went at least so far. Immutable.
 */
public final class Anchor {
  private final String chain;
  private final long sequence;
  private final String tie;
  private final Instant at;
  private final String key;
  private final String seal;

  private Anchor(String chain, long sequence, String tie, Instant at, String key, String seal) {
    this.chain = chain;
    this.sequence = sequence;
    this.tie = tie;
    this.at = at;
    this.key = key;
    this.seal = seal;
  }

  /** Of a log under a key, by a chain under the same key, whose ties are the seals. */
  static Anchor of(String chain, long sequence, byte[] tie, Instant at, String key, Chain seals) {
    byte[] hex = new byte[2 * Chain.BYTES];
    Chain.hex(tie, hex, 0);
    String head = new String(hex, StandardCharsets.US_ASCII);
    return new Anchor(
        chain, sequence, head, at, key, seal(body(chain, sequence, head, at, key), seals));
  }

  private static String body(String chain, long sequence, String tie, Instant at, String key) {
    return "{\"format\":1,\"chain\":\""
        + chain
        + "\",\"seq\":"
        + sequence
        + ",\"mac\":\""
        + tie
        + "\",\"at\":\""
        + at
        + "\",\"key\":\""
        + key
        + "\"";
  }

  private static String seal(String body, Chain chain) {
    byte[] text = ("anchor " + body).getBytes(StandardCharsets.US_ASCII);
    byte[] seal = Chain.zero();
    chain.tie(Chain.zero(), text, 0, text.length, seal);
    byte[] hex = new byte[2 * Chain.BYTES];
    Chain.hex(seal, hex, 0);
    return new String(hex, StandardCharsets.US_ASCII);
  }

  /**
   * Returns the anchor that {@link #toString} wrote.
   *
   * @param text the text, with any space around it
   * @throws IllegalArgumentException if it is none
   */
  public static Anchor parse(String text) {
    try {
      Map<String, @Nullable Object> json = ArgumentsJson.read(text.strip());
      if (!(json.get("format") instanceof Number format) || format.intValue() != 1) {
        throw new IllegalArgumentException("it is not of format 1");
      }
      return new Anchor(
          (String) Objects.requireNonNull(json.get("chain")),
          ((Number) Objects.requireNonNull(json.get("seq"))).longValue(),
          (String) Objects.requireNonNull(json.get("mac")),
          Instant.parse((String) Objects.requireNonNull(json.get("at"))),
          (String) Objects.requireNonNull(json.get("key")),
          (String) Objects.requireNonNull(json.get("seal")));
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("this is no anchor of an audit log", e);
    }
  }

  /** Returns whether it was made with the key that it names. */
  boolean isGenuine(AuditKeys keys) {
    return keys.knows(key)
        && seal.equals(seal(body(chain, sequence, tie, at, key), keys.chain(key)));
  }

  /** {@return the identifier of the log's chain} */
  public String chain() {
    return chain;
  }

  /** {@return the number of the last record} */
  public long sequence() {
    return sequence;
  }

  /** {@return what ties that record to all before it, in hexadecimal} */
  public String tie() {
    return tie;
  }

  /** {@return when it was the last record} */
  public Instant at() {
    return at;
  }

  /** {@return the anchor as one line of JSON, which {@link #parse} reads} */
  @Override
  public String toString() {
    return body(chain, sequence, tie, at, key) + ",\"seal\":\"" + seal + "\"}";
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Anchor anchor && toString().equals(anchor.toString());
  }

  @Override
  public int hashCode() {
    return tie.hashCode();
  }
}
