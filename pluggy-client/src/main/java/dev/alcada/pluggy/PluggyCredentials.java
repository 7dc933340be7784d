package dev.alcada.pluggy;

import java.util.Map;
import java.util.Objects;

/**
 * A Pluggy application's client id and secret, from its dashboard. Immutable; {@link #toString}
 * does not show the secret.
 */
public final class PluggyCredentials {
  private static final String ID_VARIABLE = "PLUGGY_CLIENT_ID";
  private static final String SECRET_VARIABLE = "PLUGGY_CLIENT_SECRET";

  private final String clientId;
  private final transient String clientSecret;

  private PluggyCredentials(String clientId, String clientSecret) {
    this.clientId = clientId;
    this.clientSecret = clientSecret;
  }

  /**
   * Returns credentials.
   *
   * @param clientId the client id; not blank
   * @param clientSecret the client secret; not blank
   * @throws IllegalArgumentException if either is blank
   */
  public static PluggyCredentials of(String clientId, String clientSecret) {
    Objects.requireNonNull(clientId, "clientId");
    Objects.requireNonNull(clientSecret, "clientSecret");
    if (clientId.isBlank()) {
      throw new IllegalArgumentException("clientId is blank");
    }
    if (clientSecret.isBlank()) {
      throw new IllegalArgumentException("clientSecret is blank");
    }
    return new PluggyCredentials(clientId, clientSecret);
  }

  /**
   * Returns the credentials in the environment variables {@code PLUGGY_CLIENT_ID} and {@code
   * PLUGGY_CLIENT_SECRET}.
   *
   * @throws IllegalStateException if either is missing or blank
   */
  public static PluggyCredentials fromEnvironment() {
    return from(System.getenv());
  }

  static PluggyCredentials from(Map<String, String> environment) {
    return of(variable(environment, ID_VARIABLE), variable(environment, SECRET_VARIABLE));
  }

  private static String variable(Map<String, String> environment, String name) {
    String value = environment.get(name);
    if (value == null || value.isBlank()) {
      throw new IllegalStateException(
          "the environment variable " + name + " is " + (value == null ? "not set" : "blank"));
    }
    return value;
  }

  /** {@return the client id} */
  public String clientId() {
    return clientId;
  }

  /** {@return the client secret} */
  public String clientSecret() {
    return clientSecret;
  }

  /** {@return a text with the client id, without the secret} */
  @Override
  public String toString() {
    return "PluggyCredentials[clientId=" + clientId + ", clientSecret=***]";
  }
}
