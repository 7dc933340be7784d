package dev.alcada.examples.gateway;

import dev.alcada.examples.LoopbackServer;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves clients over Streamable HTTP on the loopback interface. A session is one client's; its
 * upstream is opened when it first asks for more than to begin. No thread waits for anybody.
 */
final class HttpFront extends HttpServlet {
  static final String SESSION = "Mcp-Session-Id";
  private static final long serialVersionUID = 1L;
  private static final Logger LOG = LoggerFactory.getLogger(HttpFront.class);
  private static final Duration SWEEP = Duration.ofSeconds(15);
  private static final int MOST_GREETINGS = 16;

  private final transient HttpSessions sessions;

  /** For what is read and not handed on yet, by however many threads. */
  private final transient Room reading = Room.ofMemory();

  /** What the upstream says at first, by the version of the protocol that it was asked for. */
  private final transient Map<Object, Object> greetings = new ConcurrentHashMap<>();

  private HttpFront(HttpSessions sessions) {
    this.sessions = sessions;
  }

  /** A gateway that serves. */
  record Serving(LoopbackServer server, HttpSessions sessions, Later.Due sweeping)
      implements AutoCloseable {
    String url() {
      return server.url() + "/mcp";
    }

    @Override
    public void close() {
      sweeping.cancel();
      sessions.close();
      server.close();
    }
  }

  /**
   * Starts to serve.
   *
   * @param greeting what the upstream said to the gateway's own {@code initialize}, if it was asked
   * @param port 1 to 65535, or 0 for a free one
   */
  static Serving start(Settings settings, @Nullable Object greeting, int port) throws IOException {
    HttpSessions sessions = new HttpSessions(settings);
    HttpFront front = new HttpFront(sessions);
    if (greeting != null) {
      front.greetings.put(Methods.VERSION, greeting);
    }
    LoopbackServer server = LoopbackServer.start(front, port, settings.maxBytes());
    settings
        .guard()
        .onReplaced(policy -> sessions.forEach(session -> session.relay().policyChanged()));
    return new Serving(server, sessions, Later.every(SWEEP, sessions::sweep));
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    try {
      if (!HttpOrigin.isHere(request)) {
        say(response, 421, "This gateway is at 127.0.0.1.");
      } else if (!HttpOrigin.isOwn(request)) {
        say(response, 403, "Web pages of another origin are not served.");
      } else if (!"/mcp".equals(request.getRequestURI())) {
        say(response, 404, "There is nothing here but /mcp.");
      } else {
        switch (request.getMethod()) {
          case "POST" -> post(request, response);
          case "GET" -> listen(request, response);
          case "DELETE" -> delete(request, response);
          default -> {
            response.setHeader("Allow", "POST, GET, DELETE");
            say(response, 405, "This method is none of MCP's.");
          }
        }
      }
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      LOG.error("A request failed in the gateway: {}", Quoted.of(e));
      say(response, 500, "The gateway failed; its log says why.");
    }
  }

  private static void say(HttpServletResponse response, int status, String sentence)
      throws IOException {
    if (!response.isCommitted()) {
      response.setStatus(status);
      response.setContentType("text/plain");
      response.setCharacterEncoding("UTF-8");
      response.getWriter().println(sentence);
    }
  }

  private static void answer(HttpServletResponse response, int status, Message.Answer answer)
      throws IOException {
    response.setStatus(status);
    response.setContentType("application/json");
    response.setCharacterEncoding("UTF-8");
    response.getWriter().print(answer.text());
  }

  private void post(HttpServletRequest request, HttpServletResponse response) throws IOException {
    String type = String.valueOf(request.getContentType());
    if (!type.split(";", -1)[0].strip().equalsIgnoreCase("application/json")) {
      say(response, 415, "A message is of the type application/json.");
      return;
    } else if (!accepts(request)) {
      say(response, 406, "An answer is of the type text/event-stream.");
      return;
    }
    boolean begins = request.getHeader(SESSION) == null;
    HttpSession session = begins ? null : named(request, response);
    if (!begins && session == null) {
      return;
    }
    String text = new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    long weight = Room.weight(text);
    if (begins && weight > Relay.LARGEST_INITIALIZE) {
      say(response, 413, "The first message of a session is longer than the gateway keeps.");
      return;
    } else if (reading.isTooSmallFor(weight)) {
      say(response, 413, "The request is larger than this gateway's memory (-Xmx) allows.");
      return;
    } else if (!reading.take(weight, 0)) {
      response.setHeader("Retry-After", "1");
      say(response, 503, "Too much is arriving at once; try again later.");
      return;
    }
    try {
      post(session, text, weight, request, response);
    } finally {
      reading.give(weight);
    }
  }

  private void post(
      @Nullable HttpSession session,
      String text,
      long weight,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    Message message;
    try {
      message = Message.read(text);
    } catch (IllegalArgumentException e) {
      String why = "not a JSON-RPC message, or one that can be read in two ways";
      answer(response, 400, Message.Answer.error(null, Message.PARSE_ERROR, why));
      return;
    }
    if (session == null) {
      if (message instanceof Message.Request first && first.method().equals(Methods.INITIALIZE)) {
        begin(first, weight, request, response);
      } else {
        say(response, 400, "A session begins with initialize, and is named in " + SESSION + ".");
      }
    } else if (!session.backlog().room().isDone()) {
      say(response, 503, "This client has not taken what waits for it.");
    } else if (message instanceof Message.Request asked) {
      ask(session, asked, weight, request);
    } else {
      response.setStatus(202);
      if (message instanceof Message.Notification notification) {
        session.relay().notification(notification);
      } else if (message instanceof Message.Answer answer) {
        session.relay().answer(answer);
      }
    }
  }

  private static boolean accepts(HttpServletRequest request) {
    String accept = request.getHeader("Accept");
    return accept == null || accept.contains("text/event-stream") || accept.contains("*/*");
  }

  private void begin(
      Message.Request first, long weight, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    HttpSession session = sessions.open();
    if (session == null) {
      response.setHeader("Retry-After", "10");
      say(
          response,
          503,
          "All " + HttpSessions.MOST + " sessions are in use; try again when one has ended.");
      return;
    }
    Object version = Json.object(first.params()).get("protocolVersion");
    Object known = version == null ? null : greetings.get(version);
    if (known != null) {
      session.relay().greeted(Meta.clean(first.params()), known);
      response.setHeader(SESSION, session.id());
      answer(response, 200, Message.Answer.result(first.id(), known));
      return;
    }
    var context = request.startAsync();
    context.setTimeout(0);
    session
        .relay()
        .request(first, weight, progress -> {})
        .thenAccept(
            answered -> {
              try {
                if (answered == null || answered.error() != null) {
                  sessions.end(session);
                } else {
                  remember(version, answered.result());
                  response.setHeader(SESSION, session.id());
                }
                if (answered != null) {
                  answer(response, 200, answered);
                }
              } catch (IOException | IllegalStateException e) {
                LOG.debug("The client is gone: {}", Quoted.of(e));
                sessions.end(session);
              } finally {
                context.complete();
              }
            });
  }

  private void remember(@Nullable Object version, @Nullable Object result) {
    if (version instanceof String && result != null && greetings.size() < MOST_GREETINGS) {
      greetings.put(version, result);
    }
  }

  private void ask(
      HttpSession session, Message.Request asked, long weight, HttpServletRequest request)
      throws IOException {
    EventStream stream = EventStream.start(request, session.backlog());
    session.answering(stream);
    session
        .relay()
        .request(asked, weight, stream::offer)
        .thenAccept(
            answer -> {
              if (answer == null) {
                stream.finish();
              } else {
                stream.finish(answer);
              }
            });
  }

  private void listen(HttpServletRequest request, HttpServletResponse response) throws IOException {
    HttpSession session = named(request, response);
    if (session != null) {
      EventStream stream = EventStream.start(request, session.backlog());
      stream.comment();
      session.listen(stream);
    }
  }

  private void delete(HttpServletRequest request, HttpServletResponse response) throws IOException {
    HttpSession session = named(request, response);
    if (session != null) {
      sessions.end(session);
    }
  }

  private @Nullable HttpSession named(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String id = request.getHeader(SESSION);
    HttpSession session = id == null ? null : sessions.use(id);
    if (session == null) {
      say(
          response,
          id == null ? 400 : 404,
          id == null
              ? "The session is named in " + SESSION + "."
              : "There is no such session, or no longer; begin another.");
    }
    return session;
  }
}
