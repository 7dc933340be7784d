package dev.alcada.audit;

import dev.alcada.decision.ToolCall;
import dev.alcada.internal.value.CanonicalJson;
import dev.alcada.internal.value.JsonType;
import dev.alcada.internal.value.UnwritableException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/**
 * Makes digests of arguments under a key: HMAC-SHA-256 over their canonical JSON. Arguments are
 * often few and easily guessed, so that a digest without a key would give them away. Immutable and
 * safe for use by several threads.
 */
public final class ArgumentDigests {
  /** The fewest bytes of a key. */
  public static final int SHORTEST_KEY = 16;

  private static final int MAX_BYTES = 32 << 20;
  private static final int MOST_LOOKED_AT = 64;

  private final Mac keyed;

  private ArgumentDigests(byte[] key) {
    this.keyed = Macs.of(key);
  }

  /**
   * Returns digests under a key. Whoever has it can compare digests of several processes and days.
   *
   * @param key at least {@value #SHORTEST_KEY} bytes, of which a copy is kept
   * @throws IllegalArgumentException if it is shorter
   */
  public static ArgumentDigests of(byte[] key) {
    if (key.length < SHORTEST_KEY) {
      throw new IllegalArgumentException(
          "the key has " + key.length + " bytes, expected at least " + SHORTEST_KEY);
    }
    return new ArgumentDigests(key);
  }

  /** {@return digests under a key that nobody knows: they can be compared within this process} */
  public static ArgumentDigests random() {
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    return new ArgumentDigests(key);
  }

  /**
   * Returns the digest of a call's arguments, in 64 hexadecimal digits, or {@code null} if they
   * hold what JSON has not.
   *
   * @param call the call
   */
  public @Nullable String of(ToolCall call) {
    try {
      byte[] text =
          CanonicalJson.writeOfCall(call.arguments(), MAX_BYTES).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(Macs.copy(keyed).doFinal(text));
    } catch (UnwritableException e) {
      return null;
    }
  }

  /** {@return that there is a key, and nothing of it} */
  @Override
  public String toString() {
    return "ArgumentDigests[key=***]";
  }

  /** {@return about how many characters a call's arguments have; of many, that they are many} */
  static int weight(ToolCall call) {
    int[] looked = new int[1];
    return weight(call.arguments(), looked);
  }

  private static int weight(@Nullable Object value, int[] looked) {
    if (++looked[0] > MOST_LOOKED_AT) {
      return 1 << 16;
    }
    int weight = 8;
    if (value instanceof String text) {
      weight += text.length();
    } else if (value == null || JsonType.of(value) == JsonType.OPAQUE) {
      return weight; // not ours to look into
    } else if (value instanceof Map<?, ?> map) {
      for (Map.Entry<?, ?> member : map.entrySet()) {
        weight += weight(member.getKey(), looked) + weight(member.getValue(), looked);
        if (looked[0] > MOST_LOOKED_AT) {
          return 1 << 16;
        }
      }
    } else if (value instanceof List<?> list) {
      for (Object element : list) {
        weight += weight(element, looked);
        if (looked[0] > MOST_LOOKED_AT) {
          return 1 << 16;
        }
      }
    } else if (value instanceof Number) {
      weight += 1_000;
    }
    return weight;
  }
}
