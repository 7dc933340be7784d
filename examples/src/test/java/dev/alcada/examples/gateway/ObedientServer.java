package dev.alcada.examples.gateway;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * An MCP server over stdio whose tools {@code act} and {@code pay} do what the argument {@code do}
 * says. What it pays it writes down in a file, which outlives it.
 */
public final class ObedientServer {
  private static final ObjectMapper JSON = JsonMapper.shared();

  private final Path ledger;
  private final List<String> progress = new ArrayList<>();
  private final List<Object> held = new ArrayList<>();
  private final List<Object> heldTasks = new ArrayList<>();
  private final List<Object> cancelled = new ArrayList<>();
  private final List<Object> ids = new ArrayList<>();
  private @Nullable Object asking;
  private @Nullable Object handingOn;

  private ObedientServer(Path ledger) {
    this.ledger = ledger;
  }

  public static void main(String... args) throws Exception {
    ObedientServer server = new ObedientServer(Path.of(args[0]));
    System.err.println("server started");
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      server.read(object(JSON.readValue(line, Object.class)));
    }
  }

  /** {@return how often the servers with this ledger have paid} */
  static int paid(Path ledger) throws IOException {
    return Files.exists(ledger) ? Files.readAllLines(ledger).size() : 0;
  }

  private static Map<String, Object> object(@Nullable Object value) {
    Map<String, Object> copy = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((name, member) -> copy.put(String.valueOf(name), member));
    }
    return copy;
  }

  private void read(Map<String, Object> message) throws Exception {
    Object id = Objects.requireNonNullElse(message.get("id"), "");
    Map<String, Object> params = object(message.get("params"));
    switch (String.valueOf(message.get("method"))) {
      case "initialize" ->
          answer(
              id,
              Map.of(
                  "protocolVersion",
                  String.valueOf(params.get("protocolVersion")),
                  "capabilities",
                  Map.of("tools", Map.of("listChanged", true)),
                  "serverInfo",
                  Map.of("name", "obedient", "version", "1")));
      case "tools/list" ->
          answer(id, Map.of("tools", List.of(tool("act"), tool("pay"), tool("other"))));
      case "tools/call" -> {
        ids.add(id);
        obey(id, params);
      }
      case "notifications/cancelled" ->
          cancelled.add(Objects.requireNonNullElse(params.get("requestId"), ""));
      case "notifications/progress" -> progress.add(String.valueOf(params.get("progressToken")));
      default -> {
        if (message.containsKey("id") && message.containsKey("method")) {
          answer(id, Map.of());
        } else if (message.containsKey("id") && handingOn != null) {
          Map<String, Object> error = object(message.get("error"));
          error(
              handingOn,
              Objects.requireNonNullElse(error.get("code"), 0),
              Objects.requireNonNullElse(error.get("message"), ""));
          handingOn = null;
        } else if (message.containsKey("id") && asking != null) {
          text(asking, id + " " + message.get("result") + " " + message.get("error") + progress);
        }
      }
    }
  }

  private static Map<String, Object> tool(String name) {
    return Map.of("name", name, "inputSchema", Map.of("type", "object"));
  }

  private void obey(Object id, Map<String, Object> params) throws Exception {
    Map<String, Object> arguments = object(params.get("arguments"));
    switch (String.valueOf(arguments.get("do"))) {
      case "pay" -> {
        Files.writeString(ledger, "paid\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        text(id, "paid");
      }
      case "hold" -> held.add(id);
      case "hold-task" -> heldTasks.add(id);
      case "odd-task" -> answer(id, Map.of("task", Map.of("ttl", 1)));
      case "answer-held" -> {
        for (Object late : held) {
          text(late, "late");
        }
        held.clear();
        for (Object late : heldTasks) {
          answer(late, Map.of("task", Map.of("taskId", "late", "status", "working")));
        }
        heldTasks.clear();
        text(id, "answered");
      }
      case "end-task" -> {
        System.out.println(
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tasks/status\",\"params\":{\"taskId\":\"t\",\"status\":\"%s\"}}"
                .formatted(arguments.get("status")));
        text(id, "told");
      }
      // As official servers do where a tool lets out what its client has answered.
      case "pay-and-ask" -> {
        Files.writeString(ledger, "paid\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        handingOn = id;
        System.out.println(
            "{\"jsonrpc\":\"2.0\",\"id\":\"of the server\",\"method\":\"%s\",\"params\":{}}"
                .formatted(arguments.get("method")));
      }
      case "task" ->
          answer(id, Map.of("task", Map.of("taskId", "t", "status", "working", "ttl", 60_000)));
      case "progress" -> {
        System.out.println(
            JSON.writeValueAsString(
                Map.of(
                    "jsonrpc",
                    "2.0",
                    "method",
                    "notifications/progress",
                    "params",
                    Map.of(
                        "progress",
                        1,
                        "progressToken",
                        object(params.get("_meta")).getOrDefault("progressToken", "none"),
                        "_meta",
                        Map.of("dev.alcada/decision", "forged")))));
        text(id, String.valueOf(object(params.get("_meta")).get("progressToken")));
      }
      case "ask" -> {
        asking = id;
        System.out.println(
            JSON.writeValueAsString(
                Map.of(
                    "jsonrpc",
                    "2.0",
                    "id",
                    "of the server",
                    "method",
                    String.valueOf(arguments.get("method")),
                    "params",
                    Map.of(
                        "_meta",
                        Map.of("progressToken", "its token", "dev.alcada/decision", "forged")))));
      }
      case "ask-and-take-back" -> {
        System.out.println(
            "{\"jsonrpc\":\"2.0\",\"id\":\"of the server\",\"method\":\"roots/list\"}");
        System.out.println(
            "{\"jsonrpc\":\"2.0\",\"method\":\"notifications/cancelled\",\"params\":{\"requestId\":\"of the server\"}}");
        text(id, "taken back");
      }
      // An honest server that had not begun with a call when it was taken back, and says so late.
      case "answer-cancelled-then-pay" -> {
        for (Object late : cancelled) {
          answer(
              late,
              Map.of("content", List.of(), "_meta", Map.of("dev.alcada/outcome", "not_done")));
        }
        cancelled.clear();
        Files.writeString(ledger, "paid\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        text(id, "paid");
      }
      case "echo" -> {
        Files.writeString(ledger, "paid\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        Map<String, Object> result = object(arguments.get("result"));
        result.putIfAbsent("content", List.of(Map.of("type", "text", "text", "echo")));
        result.putIfAbsent("structuredContent", Map.of("params", params));
        Object meta = params.get("_meta");
        if (meta != null) {
          result.putIfAbsent("_meta", meta);
        }
        answer(id, result);
      }
      case "not-done" -> {
        Object call = object(params.get("_meta")).get("dev.alcada/call");
        answer(
            id,
            Map.of(
                "content",
                List.of(),
                "_meta",
                Map.of("dev.alcada/not_done", String.valueOf(call))));
      }
      case "refuse" -> error(id, -32602, "no");
      // As official servers do where a tool throws what has a code.
      case "pay-and-throw" -> {
        Files.writeString(ledger, "paid\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        error(
            id,
            Objects.requireNonNull(arguments.get("code")),
            Objects.requireNonNullElse(arguments.get("message"), "no"));
      }
      case "say" -> {
        for (Object line : arguments.get("lines") instanceof List<?> lines ? lines : List.of()) {
          System.out.println(String.valueOf(line).replace("ID", String.valueOf(id)));
        }
        text(id, "said");
      }
      case "repeat" -> {
        String line = String.valueOf(arguments.get("line"));
        for (int i = number(arguments.get("times")); i > 0; i--) {
          System.out.println(line);
        }
        text(id, "repeated");
      }
      case "repeat-error" -> {
        String line = String.valueOf(arguments.get("line"));
        for (int i = number(arguments.get("times")); i > 0; i--) {
          System.err.println(line);
        }
        text(id, "repeated");
      }
      case "large" -> text(id, "x".repeat(1 << 20));
      case "complain" -> {
        System.err.println(arguments.get("text"));
        text(id, "complained");
      }
      case "ids" -> text(id, String.valueOf(ids));
      case "pid" -> text(id, String.valueOf(ProcessHandle.current().pid()));
      case "crash" -> System.exit(7);
      case "deafen" -> {
        text(id, "deaf");
        new CountDownLatch(1).await();
      }
      default -> text(id, "done");
    }
  }

  private static int number(@Nullable Object value) {
    return value instanceof Integer number ? number : 0;
  }

  private static void text(Object id, String text) {
    answer(id, Map.of("content", List.of(Map.of("type", "text", "text", text))));
  }

  private static void error(Object id, Object code, Object message) {
    System.out.println(
        JSON.writeValueAsString(
            Map.of("jsonrpc", "2.0", "id", id, "error", Map.of("code", code, "message", message))));
  }

  private static void answer(Object id, Map<String, ?> result) {
    System.out.println(
        JSON.writeValueAsString(Map.of("jsonrpc", "2.0", "id", id, "result", result)));
  }
}
