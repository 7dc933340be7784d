package dev.alcada.audit;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import org.jspecify.annotations.Nullable;

/*
 * Each record is tied to the one before it, so that none can be changed, left out or moved:
 *
 *   tie 0 = 32 zero bytes        tie n = HMAC-SHA-256(key, tie n-1 · bytes of record n)
 *
 * Without a key it is SHA-256 of the same bytes.
 */

/** Makes the ties between records. One thread at a time. */
final class Chain {
  static final int BYTES = 32;

  private static final byte[] HEX =
      "0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  /** With the key and nothing else in it, or null if there is no key. */
  private final @Nullable Mac keyed;

  private @Nullable Mac mac;
  private @Nullable MessageDigest digest;

  /**
   * Whether a tie was begun and not made: what was fed is still in there, and reset does not help.
   */
  private boolean begun = true;

  private Chain(@Nullable Mac keyed) {
    this.keyed = keyed;
  }

  static Chain keyed(Mac mac) {
    return new Chain(mac);
  }

  static Chain plain() {
    return new Chain(null);
  }

  /**
   * Writes the tie of a record to {@code to}, which may be {@code before} itself. One that ends
   * within it, because the stack or the memory does, leaves the next one right.
   */
  void tie(byte[] before, byte[] record, int from, int length, byte[] to) {
    if (begun) {
      anew();
    }
    begun = true;
    try {
      if (mac != null) {
        mac.update(before, 0, BYTES);
        mac.update(record, from, length);
        mac.doFinal(to, 0);
      } else if (digest != null) {
        digest.update(before, 0, BYTES);
        digest.update(record, from, length);
        digest.digest(to, 0, BYTES);
      }
    } catch (ShortBufferException | DigestException e) {
      throw new IllegalStateException("a tie has " + BYTES + " bytes", e);
    }
    begun = false;
  }

  private void anew() {
    try {
      if (keyed != null) {
        mac = Macs.copy(keyed);
      } else {
        digest = MessageDigest.getInstance("SHA-256");
      }
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Writes a tie in hexadecimal. */
  static void hex(byte[] tie, byte[] to, int at) {
    for (int i = 0; i < BYTES; i++) {
      to[at + 2 * i] = HEX[(tie[i] >> 4) & 0xf];
      to[at + 2 * i + 1] = HEX[tie[i] & 0xf];
    }
  }

  /** Reads a tie from hexadecimal; {@return whether it is one} */
  static boolean read(byte[] from, int at, byte[] tie) {
    for (int i = 0; i < BYTES; i++) {
      int high = digit(from[at + 2 * i]);
      int low = digit(from[at + 2 * i + 1]);
      if (high < 0 || low < 0) {
        return false;
      }
      tie[i] = (byte) ((high << 4) | low);
    }
    return true;
  }

  private static int digit(byte c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  }

  static byte[] zero() {
    return new byte[BYTES];
  }

  static boolean equal(byte[] one, byte[] other) {
    return Arrays.equals(one, other);
  }
}
