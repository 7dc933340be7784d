package dev.alcada.examples.gateway;

import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A JSON-RPC message. Immutable. */
sealed interface Message {
  /** How a message begins, whichever of its members comes first. */
  Pattern BEGINNING =
      Pattern.compile("\\s*\\[?\\s*\\{\\s*\"(jsonrpc|id|method|params|result|error)\"");

  int METHOD_NOT_FOUND = -32601;
  int INVALID_REQUEST = -32600;
  int INVALID_PARAMS = -32602;
  int INTERNAL_ERROR = -32603;
  int PARSE_ERROR = -32700;

  /** Not here and now; the same may be answered later. */
  int UNAVAILABLE = -32000;

  /** An id or a progress token is a text or a whole number of at most so many characters. */
  int LONGEST_ID = 1_024;

  /**
   * A question.
   *
   * @param id a text or a {@link BigInteger}
   */
  record Request(Object id, String method, @Nullable Object params) implements Message {
    @Override
    public Map<String, @Nullable Object> members() {
      Map<String, @Nullable Object> members = start();
      members.put("id", id);
      members.put("method", method);
      if (params != null) {
        members.put("params", params);
      }
      return members;
    }
  }

  /** What is not answered. */
  record Notification(String method, @Nullable Object params) implements Message {
    @Override
    public Map<String, @Nullable Object> members() {
      Map<String, @Nullable Object> members = start();
      members.put("method", method);
      if (params != null) {
        members.put("params", params);
      }
      return members;
    }
  }

  /**
   * What is said to a request.
   *
   * @param id a text or a {@link BigInteger}; {@code null} if nobody could tell the request's
   * @param error its code and message, or {@code null} if there is a result
   */
  record Answer(@Nullable Object id, @Nullable Object result, @Nullable Map<?, ?> error)
      implements Message {
    static Answer result(@Nullable Object id, @Nullable Object result) {
      return new Answer(id, result, null);
    }

    static Answer error(@Nullable Object id, int code, String message) {
      return new Answer(id, null, Map.of("code", code, "message", message));
    }

    /** {@return the same to a request of another id} */
    Answer to(@Nullable Object other) {
      return new Answer(other, result, error);
    }

    @Override
    public Map<String, @Nullable Object> members() {
      Map<String, @Nullable Object> members = start();
      members.put("id", id);
      if (error == null) {
        members.put("result", result);
      } else {
        members.put("error", error);
      }
      return members;
    }
  }

  /** {@return the message as JSON has it} */
  Map<String, @Nullable Object> members();

  /** {@return the message as JSON text on one line} */
  default String text() {
    return Json.write(members());
  }

  private static Map<String, @Nullable Object> start() {
    Map<String, @Nullable Object> members = new LinkedHashMap<>();
    members.put("jsonrpc", "2.0");
    return members;
  }

  /**
   * {@return whether a text means to be a message, rather than a line of somebody's log}
   *
   * @param text any text
   */
  static boolean isMeant(String text) {
    String start = text.stripLeading();
    return (start.startsWith("{") || start.startsWith("[")) && start.contains("\"jsonrpc\"");
  }

  /**
   * {@return whether a text that spells no message is a line of somebody's log all the same, which
   * only speaks of one: JSON without {@code jsonrpc} of its own, or no JSON and not begun like a
   * message}
   *
   * @param text a text that {@linkplain #isMeant may be meant}
   */
  static boolean isOther(String text) {
    Object value;
    try {
      value = Json.read(text);
    } catch (IllegalArgumentException e) {
      return !BEGINNING.matcher(text).lookingAt();
    }
    List<?> all = value instanceof List<?> list ? list : Collections.singletonList(value);
    return all.stream()
        .noneMatch(one -> one instanceof Map<?, ?> members && members.containsKey("jsonrpc"));
  }

  /**
   * {@return the message that a text spells}
   *
   * @throws IllegalArgumentException if it spells none that can be judged
   */
  static Message read(String text) {
    if (!(Json.read(text) instanceof Map<?, ?> members) || !"2.0".equals(members.get("jsonrpc"))) {
      throw new IllegalArgumentException("not one object of JSON-RPC 2.0");
    }
    Object id = members.get("id");
    if (members.containsKey("method")) {
      if (!(members.get("method") instanceof String method)) {
        throw new IllegalArgumentException("a method that is no text");
      }
      return members.containsKey("id")
          ? new Request(id(id), method, members.get("params"))
          : new Notification(method, members.get("params"));
    }
    if (members.containsKey("result") == members.containsKey("error")) {
      throw new IllegalArgumentException("neither a request nor an answer");
    }
    Object known = id == null ? null : id(id);
    if (members.containsKey("result")) {
      return Answer.result(known, members.get("result"));
    }
    if (!(members.get("error") instanceof Map<?, ?> error)) {
      throw new IllegalArgumentException("an error that is no object");
    }
    return new Answer(known, null, error);
  }

  private static Object id(@Nullable Object value) {
    Object id = idOrNull(value);
    if (id == null) {
      throw new IllegalArgumentException(
          "an id that is neither a whole number nor a text of at most 1,024 characters");
    }
    return id;
  }

  /**
   * {@return an id or progress token so that equal ones are equal, or {@code null} if it is none}
   */
  static @Nullable Object idOrNull(@Nullable Object value) {
    if (value instanceof String text) {
      return text.length() <= LONGEST_ID ? text : null;
    } else if (value instanceof Integer || value instanceof Long) {
      return BigInteger.valueOf(((Number) value).longValue());
    }
    return value instanceof BigInteger number && number.bitLength() <= LONGEST_ID ? number : null;
  }
}
