package dev.alcada.pluggy;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the tool answers an agent, in the parts that a tool's result has in the Model Context
 * Protocol. Immutable; {@link #toString} does not show the token.
 */
public final class ConnectTokenResult {
  private static final String ACCESS_TOKEN = "accessToken";
  private static final String EXPIRES_AT = "expiresAt";

  static final Map<String, Object> SCHEMA = schema();

  private final boolean isError;
  private final boolean notDone;
  private final transient String text;
  private final transient Map<String, Object> structuredContent;

  private ConnectTokenResult(
      boolean isError, boolean notDone, String text, Map<String, Object> structuredContent) {
    this.isError = isError;
    this.notDone = notDone;
    this.text = text;
    this.structuredContent = structuredContent;
  }

  static ConnectTokenResult of(ConnectToken token) {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put(ACCESS_TOKEN, token.value());
    content.put(EXPIRES_AT, token.expires().toString());
    return new ConnectTokenResult(
        false, false, Json.text(content), Collections.unmodifiableMap(content));
  }

  static ConnectTokenResult failed(String advice, boolean notDone) {
    return new ConnectTokenResult(true, notDone, advice, Map.of());
  }

  /** {@return whether there is no token} */
  public boolean isError() {
    return isError;
  }

  /** {@return whether surely none was minted; false if one was, or may have been} */
  public boolean notDone() {
    return notDone;
  }

  /** {@return the text for the agent: the structured content as JSON, or what to do now} */
  public String text() {
    return text;
  }

  /**
   * Returns {@code accessToken} and {@code expiresAt} (ISO 8601); empty if there is no token.
   * Unmodifiable.
   */
  public Map<String, Object> structuredContent() {
    return structuredContent;
  }

  /**
   * Returns what belongs into the result's {@code _meta}, so that a guard around the tool knows
   * that nothing was done and limits on successes give the call back. Unmodifiable.
   */
  public Map<String, Object> metadata() {
    return notDone ? Map.of("dev.alcada/outcome", "not_done") : Map.of();
  }

  /** {@return a text without the token} */
  @Override
  public String toString() {
    return "ConnectTokenResult[" + (isError ? text : "***") + "]";
  }

  private static Map<String, Object> schema() {
    return Map.of(
        "type",
        "object",
        "properties",
        Map.of(
            ACCESS_TOKEN,
            Map.of("type", "string", "description", "The connect token, for the widget only."),
            EXPIRES_AT,
            Map.of(
                "type",
                "string",
                "format",
                "date-time",
                "description",
                "When the token stops working.")),
        "required",
        List.of(ACCESS_TOKEN, EXPIRES_AT));
  }
}
