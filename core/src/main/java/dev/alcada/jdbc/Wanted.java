package dev.alcada.jdbc;

import dev.alcada.counter.Charge;
import dev.alcada.counter.Demand;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;

/**
 * One charge, and where it is counted.
 *
 * @param charge the charge
 * @param id the row of its key: a digest, for a key may be personal
 * @param counter the row of its counter
 * @param span its window
 */
record Wanted(Charge.Amount charge, String id, String counter, Span span) {
  private static final int DIGEST_BYTES = 16;

  /**
   * Returns what a demand wants, in its order.
   *
   * @throws IllegalArgumentException if two charges have the same key, or one is of a kind that
   *     this store does not know
   */
  static List<Wanted> of(Demand demand) {
    List<Wanted> wanted = new ArrayList<>(demand.size());
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < demand.size(); i++) {
      if (!(demand.charge(i) instanceof Charge.Amount charge)) {
        throw new IllegalArgumentException(
            "this store does not know the kind of charge " + demand.charge(i));
      }
      Wanted next =
          new Wanted(
              charge,
              digest(charge.key().text()),
              digest(charge.key().counter().text()),
              Span.of(charge.key().counter().window()));
      if (!ids.add(next.id)) {
        throw new IllegalArgumentException(
            "charge " + i + " has the same key as one before it, expected one charge a key");
      }
      wanted.add(next);
    }
    return wanted;
  }

  /** {@return whether it adds something that may fit} */
  boolean adds() {
    return charge.amount() > 0 && charge.amount() <= charge.max();
  }

  /** The text has one code unit a character, so that no two texts are alike in bytes. */
  static String digest(String text) {
    try {
      byte[] whole =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(whole, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
