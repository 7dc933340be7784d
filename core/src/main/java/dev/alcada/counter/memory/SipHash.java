package dev.alcada.counter.memory;

import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * SipHash-1-3 of a key's texts under a key of the process's own (Aumasson and Bernstein, 2012):
 * nobody outside can choose texts that collide.
 */
final class SipHash {
  private static final long K0;
  private static final long K1;

  static {
    SecureRandom random = new SecureRandom();
    K0 = random.nextLong();
    K1 = random.nextLong();
  }

  private long v0 = K0 ^ 0x736f6d6570736575L;
  private long v1 = K1 ^ 0x646f72616e646f6dL;
  private long v2 = K0 ^ 0x6c7967656e657261L;
  private long v3 = K1 ^ 0x7465646279746573L;

  private SipHash() {}

  static int hash(int counter, String value, @Nullable String session) {
    SipHash state = new SipHash();
    // The lengths make the sequence of blocks unambiguous.
    state.block((long) counter << 32 | value.length());
    state.text(value);
    if (session != null) {
      state.block(~(long) session.length());
      state.text(session);
    }
    return state.finish();
  }

  private void text(String text) {
    for (int i = 0; i < text.length(); i += 4) {
      long block = 0;
      for (int j = i; j < Math.min(i + 4, text.length()); j++) {
        block = block << 16 | text.charAt(j);
      }
      block(block);
    }
  }

  private void block(long m) {
    v3 ^= m;
    round();
    v0 ^= m;
  }

  private int finish() {
    v2 ^= 0xff;
    round();
    round();
    round();
    long hash = v0 ^ v1 ^ v2 ^ v3;
    return (int) (hash ^ hash >>> 32);
  }

  private void round() {
    v0 += v1;
    v1 = Long.rotateLeft(v1, 13) ^ v0;
    v0 = Long.rotateLeft(v0, 32);
    v2 += v3;
    v3 = Long.rotateLeft(v3, 16) ^ v2;
    v0 += v3;
    v3 = Long.rotateLeft(v3, 21) ^ v0;
    v2 += v1;
    v1 = Long.rotateLeft(v1, 17) ^ v2;
    v2 = Long.rotateLeft(v2, 32);
  }
}
