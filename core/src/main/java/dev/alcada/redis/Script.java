package dev.alcada.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;

/**
 * A script of this library, and the digest by which a server knows it once it has run it.
 *
 * @param text the script
 * @param digest its SHA-1, in hexadecimal
 */
record Script(String text, String digest) {
  /**
   * Of amounts alone under keys that no grant's calls have chosen, as most calls are, and the usual
   * ones of these without a detour.
   */
  static final Script RESERVE = of("usual", "common", "amounts", "reserve");

  static final Script RESERVE_ALL =
      of(
          "common",
          "amounts",
          "held",
          "owners",
          "distinct",
          "in_flight",
          "once",
          "marks",
          "reserve");
  static final Script SETTLE =
      of(
          "common",
          "amounts_back",
          "held",
          "owners",
          "distinct",
          "in_flight",
          "once",
          "marks",
          "settle");
  static final Script TAKE_BACK =
      of("common", "held", "owners", "in_flight", "once", "marks", "take_back");
  static final Script APPROVALS = of("approvals");
  static final Script PROBE = of("probe");

  /** One after the other: each kind of charge has a file of its own. */
  private static Script of(String... files) {
    StringBuilder text = new StringBuilder();
    for (String file : files) {
      text.append(load(file + ".lua"));
    }
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] digest = sha1.digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return new Script(text.toString(), HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  private static String load(String name) {
    try (InputStream file = Script.class.getResourceAsStream(name)) {
      byte[] text = Objects.requireNonNull(file, name).readAllBytes();
      return new String(text, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }
}
