package dev.alcada.pluggy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * The secret by which a host knows that an event comes from Pluggy: the value of a header that was
 * given with {@link PluggyClient#createWebhook}. Compared in constant time. Immutable; {@link
 * #toString} does not show it.
 */
public final class WebhookSecret {
  private static final int SHORTEST = 16;

  private final transient byte[] current;
  private final transient byte[] previous;

  private WebhookSecret(byte[] current, byte[] previous) {
    this.current = current;
    this.previous = previous;
  }

  /**
   * Returns a secret.
   *
   * @param secret the header's value: 16 visible ASCII characters or more, best random ones
   * @throws IllegalArgumentException if it is shorter, or has other characters
   */
  public static WebhookSecret of(String secret) {
    return rotating(secret, secret);
  }

  /**
   * Returns a secret that is being replaced: both are accepted, until all webhooks have the new
   * one.
   *
   * @param current the new value: 16 visible ASCII characters or more
   * @param previous the old value, of the same form
   * @throws IllegalArgumentException if either is shorter, or has other characters
   */
  public static WebhookSecret rotating(String current, String previous) {
    return new WebhookSecret(digest(checked(current)), digest(checked(previous)));
  }

  private static String checked(String secret) {
    if (secret.length() < SHORTEST || !secret.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw new IllegalArgumentException(
          "a webhook's secret must have at least " + SHORTEST + " visible ASCII characters");
    }
    return secret;
  }

  /**
   * Returns whether a header's value is this secret. Takes as long for one that is nearly right as
   * for any other of its length.
   *
   * @param header the value as it came, or {@code null} if there was none
   */
  public boolean matches(@Nullable String header) {
    // Digests are of one length, so that none is compared sooner than another.
    byte[] given = digest(header == null ? "" : header);
    boolean isCurrent = MessageDigest.isEqual(given, current);
    boolean isPrevious = MessageDigest.isEqual(given, previous);
    return isCurrent || isPrevious;
  }

  private static byte[] digest(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** {@return a text without the secret} */
  @Override
  public String toString() {
    return "WebhookSecret[***]";
  }
}
