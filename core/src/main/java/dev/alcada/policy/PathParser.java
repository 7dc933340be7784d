package dev.alcada.policy;

import dev.alcada.internal.document.Node;
import dev.alcada.internal.document.ObjectReader;
import dev.alcada.internal.document.Problems;
import dev.alcada.internal.document.Spelling;
import dev.alcada.policy.Condition.Operator;
import dev.alcada.policy.ValuePath.Index;
import dev.alcada.policy.ValuePath.Root;
import dev.alcada.policy.ValuePath.Step;
import java.time.DateTimeException;
import java.time.LocalDate;
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
          "tool", Root.TOOL,
          "time", Root.TIME,
          "marks", Root.MARKS,
          "result", Root.RESULT,
          "call", Root.CALL);

  /** What the clock can be asked for. */
  static final List<String> TIMES = List.of("hour", "minute", "weekday", "date");

  /** The roots that a text may mean which is no path; the others say too little. */
  private static final List<String> CALLS =
      List.of("args", "context", "grant", "session", "client", "tool", "time", "marks");

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
          "a path that starts with args., context., grant, session, client, tool, time. or marks.");
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
      case TIME -> {
        if (steps.size() != 1
            || !(steps.get(0) instanceof ValuePath.Key key)
            || !TIMES.contains(key.name())) {
          throw new IllegalArgumentException("time.hour, time.minute, time.weekday or time.date");
        }
      }
      case MARKS -> {
        if (steps.size() != 1 || !(steps.get(0) instanceof ValuePath.Key)) {
          throw new IllegalArgumentException(
              "marks and the name of one mark, such as marks.identity_checked");
        }
      }
      case RESULT -> {
        if (steps.isEmpty()) {
          throw new IllegalArgumentException("a value of the result, such as result.verified");
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

  /** What names of arguments do not have, and other languages give a meaning to. */
  static final String FOREIGN = "|&()=<>!?,;'`^~#%{}/\\";

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
    String root = Spelling.nearest(word, CALLS);
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
      // Without quotes those of other languages are warned of: they are a mistake in most
      // documents.
      bare &= bare(key.charAt(i)) && FOREIGN.indexOf(key.charAt(i)) < 0;
    }
    if (bare) {
      path.append('.').append(key);
    } else {
      path.append("[\"").append(key.replace("\\", "\\\\").replace("\"", "\\\"")).append("\"]");
    }
  }

  /** Checks what the clock's values are compared with: what they never are is a problem. */
  static final class ClockValues {
    private static final List<String> WEEKDAYS =
        List.of("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday");

    private final Problems problems;

    ClockValues(Problems problems) {
      this.problems = problems;
    }

    /** {@return whether a path leads to a text of the clock} */
    static boolean isText(@Nullable ValuePath path) {
      return path != null
          && path.root() == Root.TIME
          && path.steps().get(0) instanceof ValuePath.Key key
          && (key.name().equals("weekday") || key.name().equals("date"));
    }

    void check(ValuePath path, Operator operator, Node op, Node value) {
      String part = ((ValuePath.Key) path.steps().get(0)).name();
      switch (operator) {
        case EQ, NEQ -> value(part, value);
        case IN, NOT_IN -> {
          if (value instanceof Node.Sequence list) {
            list.elements().forEach(element -> value(part, element));
          } else {
            ObjectReader.wrong(
                value, "a list of values for \"" + operator + "\"", "write […]", problems);
          }
        }
        case LT, LTE, GT, GTE -> {
          if (part.equals("weekday")) {
            wrong(op, operator, path, "\"eq\", \"in\" and their like, since days have no first");
          } else {
            value(part, value);
          }
        }
        case EXISTS -> wrong(op, operator, path, "another operator, since there always is a time");
        case REGEX, CONTAINS -> {
          if (!isText(path)) {
            wrong(op, operator, path, "an operator for numbers");
          } else if (!(value instanceof Node.Text)) {
            ObjectReader.wrong(value, "text for \"" + operator + "\"", problems);
          }
        }
      }
    }

    private void wrong(Node op, Operator operator, ValuePath path, String expected) {
      problems.add(op.place(), "\"" + operator + "\" with " + path, expected);
    }

    private void value(String part, Node node) {
      switch (part) {
        case "hour" -> number(node, 23);
        case "minute" -> number(node, 59);
        case "weekday" -> {
          if (!(node instanceof Node.Text text && WEEKDAYS.contains(text.value()))) {
            ObjectReader.wrong(
                node,
                "\"monday\", \"tuesday\", \"wednesday\", \"thursday\", \"friday\", \"saturday\" or"
                    + " \"sunday\"",
                node instanceof Node.Text text ? weekday(text.value()) : null,
                problems);
          }
        }
        default -> {
          if (!(node instanceof Node.Text text && isDate(text.value()))) {
            ObjectReader.wrong(node, "a date such as \"2026-11-28\"", problems);
          }
        }
      }
    }

    private static @Nullable String weekday(String word) {
      String bare = word.toLowerCase(Locale.ROOT).strip();
      for (String day : WEEKDAYS) {
        if (bare.length() >= 2 && bare.length() <= day.length() && day.startsWith(bare)) {
          return "write \"" + day + "\"";
        }
      }
      return Spelling.didYouMean(bare, WEEKDAYS);
    }

    private static boolean isDate(String text) {
      try {
        return text.matches("[0-9]{4}-[0-9]{2}-[0-9]{2}") && LocalDate.parse(text) != null;
      } catch (DateTimeException e) {
        return false;
      }
    }

    private void number(Node node, int most) {
      if (!(node instanceof Node.Num number
          && number.text().matches("[0-9]{1,2}")
          && Integer.parseInt(number.text()) <= most)) {
        boolean clock = node instanceof Node.Text text && text.value().matches("[0-9]{1,2}:.*");
        ObjectReader.notNumber(
            node,
            "a whole number from 0 to " + most,
            clock ? "the hour alone; minutes are time.minute" : null,
            problems);
      }
    }
  }
}
