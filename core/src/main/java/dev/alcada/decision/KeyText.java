package dev.alcada.decision;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The values that counters count by, as texts of bounded length. */
final class KeyText {
  /** Longer values are kept as a hash. */
  static final int LONGEST = 128;

  /** With this before it a hash is longer than any value kept as it is, so none passes for one. */
  private static final String HASH_MARK = "#".repeat(LONGEST - 63);

  private KeyText() {}

  /** Returns the key of a text that the host supplied. */
  static String of(String text) {
    return text.length() <= LONGEST ? text : hash(text);
  }

  /** Returns the key of a value found in a call, or {@code null} if it cannot be one. */
  static @Nullable String ofValue(@Nullable Object found) {
    String text = null;
    if (found instanceof String string) {
      text = Folding.compose(string);
    } else if (found instanceof Number number && Kind.of(found) == Kind.NUMBER) {
      text = Decimals.plain(number);
    }
    return text == null ? null : of(text);
  }

  private static String hash(String text) {
    try {
      // The characters as they are: an encoding would take all halves of surrogate pairs for one.
      ByteBuffer bytes = ByteBuffer.allocate(text.length() * 2);
      bytes.asCharBuffer().put(text);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(bytes.array());
      return HASH_MARK + HexFormat.of().formatHex(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
