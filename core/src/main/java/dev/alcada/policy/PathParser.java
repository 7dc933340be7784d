package dev.alcada.policy;

import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.ValuePath.Index;
import dev.alcada.policy.ValuePath.Root;
import dev.alcada.policy.ValuePath.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a path: a root, then {@code .key}, {@code ["key"]} and {@code [n]}. Between quotes a
 * backslash stands before a quote or a backslash.
 */
final class PathParser {
  private static final int MAX_LENGTH = 1000;
  private static final int MAX_INDEX = 9999;

  private static final Map<String, Root> ROOTS =
      Map.of(
          "args", Root.ARGS,
          "context", Root.CONTEXT,
          "grant", Root.GRANT,
          "session", Root.SESSION,
          "client", Root.CLIENT,
          "tool", Root.TOOL);

  private final String text;
  private int at;

  PathParser(String text) {
    this.text = text;
  }

  ValuePath path() {
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("a path of at most 1,000 characters");
    }
    String word = bareKey();
    Root root = ROOTS.get(word);
    if (root == null) {
      throw new IllegalArgumentException(
          "a path that starts with args., context., grant, session, client or tool");
    }
    List<Step> steps = new ArrayList<>();
    while (at < text.length()) {
      steps.add(step());
    }
    check(root, steps);
    return new ValuePath(root, steps);
  }

  private static void check(Root root, List<Step> steps) {
    switch (root) {
      case ARGS -> {
        if (steps.isEmpty()) {
          throw new IllegalArgumentException("an argument, such as args.amount");
        } else if (steps.get(0) instanceof Index) {
          throw new IllegalArgumentException(
              "an argument's name after args, which is an object and no list");
        }
      }
      case CONTEXT -> {
        if (steps.size() != 1 || !(steps.get(0) instanceof ValuePath.Key)) {
          throw new IllegalArgumentException(
              "context and the name of one attribute, such as context.tenant or"
                  + " context[\"name.with.dots\"]");
        }
      }
      default -> {
        if (!steps.isEmpty()) {
          throw new IllegalArgumentException(
              root.name().toLowerCase(Locale.ROOT) + " alone, which is text");
        }
      }
    }
  }

  private Step step() {
    if (text.charAt(at) == '.') {
      at++;
      String key = bareKey();
      if (key.isEmpty()) {
        throw new IllegalArgumentException(
            "a name after each dot; a name with other characters is written [\"so\"]");
      }
      return new ValuePath.Key(key);
    } else if (text.startsWith("[\"", at)) {
      at += 2;
      return new ValuePath.Key(quotedKey());
    } else if (text.charAt(at) == '[') {
      at++;
      return new Index(index());
    }
    throw new IllegalArgumentException(
        "a dot or a bracket after each name; a name with other characters is written [\"so\"]");
  }

  private String bareKey() {
    int start = at;
    while (at < text.length() && bare(text.charAt(at))) {
      at++;
    }
    return text.substring(start, at);
  }

  private static boolean bare(char c) {
    return c > ' ' && c != 0x7f && c != '.' && c != '[' && c != ']' && c != '"' && c != '\\'
        && c != '*';
  }

  private String quotedKey() {
    StringBuilder key = new StringBuilder();
    while (at < text.length() && text.charAt(at) != '"') {
      char c = text.charAt(at++);
      if (c == '\\') {
        if (at == text.length() || (text.charAt(at) != '"' && text.charAt(at) != '\\')) {
          throw new IllegalArgumentException("a quote or a backslash after a backslash");
        }
        c = text.charAt(at++);
      }
      key.append(c);
    }
    if (!text.startsWith("\"]", at)) {
      throw new IllegalArgumentException("\"] at the end of a quoted name");
    } else if (key.isEmpty()) {
      throw new IllegalArgumentException("a name between the quotes");
    }
    at += 2;
    return key.toString();
  }

  private int index() {
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    String digits = text.substring(start, at);
    if (digits.isEmpty()
        || digits.length() > 4
        || (digits.length() > 1 && digits.startsWith("0"))
        || at == text.length()
        || text.charAt(at) != ']') {
      throw new IllegalArgumentException(
          "[n] with n from 0 to " + MAX_INDEX + ", or a name in quotes, [\"so\"]");
    }
    at++;
    return Integer.parseInt(digits);
  }

  /** {@return the likely fix of a text that is no path, or null} */
  static @Nullable String suggestion(String text) {
    String rest = text.startsWith("$.") ? text.substring(2) : text;
    if (rest.indexOf('{') >= 0) {
      // The braces of a template: a name that holds them is not what is meant.
      return null;
    }
    rest = rest.startsWith("/") ? rest.substring(1).replace('/', '.') : rest;
    if (rest.contains("[*]") || rest.contains("[]") || rest.contains(".*") || rest.contains("[-")) {
      return "a path leads to one value: [0] is a list's first, and \"contains\" looks at each"
          + " text or number of a list";
    }
    String caller = caller(rest);
    if (caller != null) {
      return caller;
    }
    for (String root :
        new String[] {
          "request.params.arguments.",
          "params.arguments.",
          "request.arguments.",
          "tool.arguments.",
          "tool.args.",
          "arguments.",
          "params.",
          "parameters.",
          "input.",
          "inputs.",
          "arg.",
          "argument.",
          "body.",
          "payload.",
          "toolInput.",
          "tool_input.",
          "request."
        }) {
      if (rest.startsWith(root)) {
        rest = rest.substring(root.length());
      }
    }
    String word = new PathParser(rest).bareKey();
    if (ROOTS.containsKey(word)) {
      return null;
    }
    String root = Spelling.nearest(word, ROOTS.keySet());
    String likely = root == null ? "args." + rest : root + rest.substring(word.length());
    try {
      return "did you mean \"" + new PathParser(likely).path() + "\"?";
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** {@return the path of what a host says of the caller, which others call otherwise} */
  private static @Nullable String caller(String path) {
    return switch (path) {
      case "tool.name", "tool_name", "toolName", "name" -> "did you mean \"tool\"?";
      case "session.id", "session_id", "sessionId" -> "did you mean \"session\"?";
      case "client.id", "client.name", "client_id", "clientId", "client_name" ->
          "did you mean \"client\"?";
      case "grant.id",
          "grant_id",
          "grantId",
          "caller",
          "agent",
          "agent_id",
          "principal",
          "subject",
          "caller.grant" ->
          "did you mean \"grant\"?";
      default -> {
        int dot = path.indexOf('.');
        String root = dot < 0 ? "" : path.substring(0, dot);
        yield switch (root) {
          case "user",
              "caller",
              "ctx",
              "claims",
              "principal",
              "subject",
              "auth",
              "identity",
              "jwt",
              "attributes",
              "actor",
              "agent" ->
              "what the host says of the caller is \"context."
                  + path.substring(path.lastIndexOf('.') + 1)
                  + "\"";
          default -> null;
        };
      }
    };
  }

  /** Appends a key's step as {@link #path} reads it. */
  static void appendKey(StringBuilder path, String key) {
    boolean bare = !key.isEmpty();
    for (int i = 0; i < key.length(); i++) {
      bare &= bare(key.charAt(i));
    }
    if (bare) {
      path.append('.').append(key);
    } else {
      path.append("[\"").append(key.replace("\\", "\\\\").replace("\"", "\\\"")).append("\"]");
    }
  }
}
