package dev.alcada.pluggy.testing;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An answer of the stand-in. */
record StandInReply(int status, String type, Map<String, String> headers, String body) {
  static StandInReply json(int status, String body) {
    return new StandInReply(status, "application/json; charset=utf-8", Map.of(), body);
  }

  static StandInReply error(int status, String message, @Nullable String codeDescription) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("message", message);
    body.put("code", status);
    if (codeDescription != null) {
      body.put("codeDescription", codeDescription);
    }
    return json(status, StandInJson.text(body));
  }

  StandInReply with(Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.putAll(more);
    return new StandInReply(status, type, all, body);
  }
}
