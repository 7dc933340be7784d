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
  static final Script RESERVE = load("reserve.lua");
  static final Script RELEASE = load("release.lua");
  static final Script APPROVALS = load("approvals.lua");
  static final Script PROBE = load("probe.lua");

  private static Script load(String name) {
    try (InputStream file = Script.class.getResourceAsStream(name)) {
      byte[] text = Objects.requireNonNull(file, name).readAllBytes();
      byte[] digest = MessageDigest.getInstance("SHA-1").digest(text);
      return new Script(new String(text, StandardCharsets.UTF_8), HexFormat.of().formatHex(digest));
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }
}
