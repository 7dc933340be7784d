package dev.alcada.examples.gateway;

import dev.alcada.examples.LoopbackServer;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** An MCP server over HTTP that keeps sessions, and forgets them when it is started again. */
final class StatefulServer implements AutoCloseable {
  private final Endpoint endpoint = new Endpoint();
  private final int port;
  private LoopbackServer server;

  private StatefulServer() throws IOException {
    server = LoopbackServer.start(endpoint, 0);
    port = server.port();
  }

  static StatefulServer start() throws IOException {
    return new StatefulServer();
  }

  URI uri() {
    return URI.create("http://127.0.0.1:" + port + "/mcp");
  }

  /** {@return the headers of this name that requests had, the latest last} */
  List<String> header(String name) {
    return endpoint.headers.stream().map(headers -> headers.getOrDefault(name, "")).toList();
  }

  /** Answers every request from now on with a status, or again as usual. */
  void refuse(@Nullable Integer status, String body) {
    endpoint.refusal = status;
    endpoint.refusalBody = body;
  }

  /** Says of sessions that it does not know with this status. */
  void unknownSession(int status, String body) {
    endpoint.unknownStatus = status;
    endpoint.unknownBody = body;
  }

  /**
   * Answers calls on streams with event ids from now on.
   *
   * @param ended whether a stream ends before its answer, which is to be had by resuming it
   */
  void stream(boolean ended) {
    endpoint.streams = true;
    endpoint.endsEarly = ended;
  }

  /** {@return the arguments {@code n} of the calls that it has made} */
  List<String> made() {
    return List.copyOf(endpoint.made);
  }

  /** {@return the ids from which streams were resumed} */
  List<String> resumed() {
    return List.copyOf(endpoint.resumed);
  }

  void restart() throws IOException {
    server.close();
    endpoint.known = "";
    server = LoopbackServer.start(endpoint, port);
  }

  void stop() {
    server.close();
  }

  @Override
  public void close() {
    server.close();
  }

  private static final class Endpoint extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private final transient List<Map<String, String>> headers = new CopyOnWriteArrayList<>();
    private final AtomicInteger sessions = new AtomicInteger();
    private volatile String known = "";
    private transient volatile @Nullable Integer refusal;
    private volatile String refusalBody = "";
    private volatile int unknownStatus = 404;
    private volatile String unknownBody = "";
    private volatile boolean streams;
    private volatile boolean endsEarly;
    private final transient List<String> resumed = new CopyOnWriteArrayList<>();
    private final transient List<String> made = new CopyOnWriteArrayList<>();
    private final Map<String, String> kept = new ConcurrentHashMap<>();

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      headers.add(
          Map.of(
              "Authorization",
              String.valueOf(request.getHeader("Authorization")),
              "MCP-Protocol-Version",
              String.valueOf(request.getHeader("MCP-Protocol-Version"))));
      Integer status = refusal;
      if (status != null) {
        answer(response, status, refusalBody);
      } else if (request.getHeader("Last-Event-ID") != null) {
        String id = request.getHeader("Last-Event-ID");
        resumed.add(id);
        event(response, id + "-on", kept.getOrDefault(id, ""));
      } else if (!request.getMethod().equals("POST")) {
        response.setStatus(405);
      } else {
        handle(
            Conversation.parsed(
                new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8)),
            String.valueOf(request.getHeader("Mcp-Session-Id")),
            response);
      }
    }

    private void handle(Map<String, Object> message, String session, HttpServletResponse response)
        throws IOException {
      String method = String.valueOf(message.get("method"));
      if (method.equals("initialize")) {
        known = "session " + sessions.incrementAndGet();
        response.setHeader("Mcp-Session-Id", known);
        Object version = Json.object(message.get("params")).get("protocolVersion");
        result(
            response,
            message,
            "{\"protocolVersion\":\"%s\",\"capabilities\":{\"tools\":{}},\"serverInfo\":{\"name\":\"s\",\"version\":\"1\"}}"
                .formatted(version));
      } else if (!session.equals(known)) {
        answer(response, unknownStatus, unknownBody);
      } else if (!message.containsKey("id")) {
        response.setStatus(202);
      } else if (method.equals("tools/list")) {
        result(
            response,
            message,
            "{\"tools\":[{\"name\":\"pay\",\"inputSchema\":{\"type\":\"object\"}}]}");
      } else {
        Object arguments = Json.object(message.get("params")).get("arguments");
        made.add(String.valueOf(Json.object(arguments).get("n")));
        String result = "{\"content\":[{\"type\":\"text\",\"text\":\"" + known + "\"}]}";
        if (streams) {
          stream(response, text(message, result));
        } else {
          result(response, message, result);
        }
      }
    }

    private void stream(HttpServletResponse response, String answer) throws IOException {
      String id = "event " + kept.size();
      kept.put(id, answer);
      event(response, id, endsEarly ? "" : answer);
    }

    private static void event(HttpServletResponse response, String id, String data)
        throws IOException {
      response.setContentType("text/event-stream");
      response.getWriter().print("id: " + id + "\ndata: " + data + "\n\n");
    }

    private static void result(
        HttpServletResponse response, Map<String, Object> message, String result)
        throws IOException {
      answer(response, 200, text(message, result));
    }

    private static String text(Map<String, Object> message, String result) {
      return "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":%s}"
          .formatted(Json.write(message.get("id")), result);
    }

    private static void answer(HttpServletResponse response, int status, String body)
        throws IOException {
      response.setStatus(status);
      response.setContentType("application/json");
      response.getWriter().print(body);
    }
  }
}
