package dev.alcada.examples;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.NotDoneException;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import dev.alcada.pluggy.ConnectToken;
import dev.alcada.pluggy.ConnectTokenTool;
import dev.alcada.pluggy.PluggyException;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a connect token is for: a page whose button mints one through the guarded tool and opens the
 * Pluggy Connect widget with it. The user here is always the same one; a real application takes the
 * grant, which the tool gives to Pluggy as {@code clientUserId}, from its own login. Served on the
 * loopback interface only, and under no other name, so that no other site's page gets a token.
 */
public final class ConnectPage extends HttpServlet {
  /** Where Pluggy publishes its widget (npm {@code pluggy-connect-sdk}). */
  public static final String WIDGET =
      "https://cdn.pluggy.ai/pluggy-connect/v2.14.2/pluggy-connect.js";

  private static final long serialVersionUID = 1L;
  private static final String PAGE = page();

  private final transient ToolGuard guard;
  private final transient ConnectTokenTool tool;
  private final String widget;

  /**
   * Makes the page.
   *
   * @param guard what decides whether a token may be minted
   * @param tool what mints it, for the user that the caller's grant is
   * @param widget the address of the widget's script, absolute or on this server
   */
  public ConnectPage(ToolGuard guard, ConnectTokenTool tool, String widget) {
    this.guard = guard;
    this.tool = tool;
    this.widget = URI.create(widget).toASCIIString();
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws ServletException, IOException {
    // Another site's name that was made to point here (DNS rebinding) would make its pages ours.
    String host = String.valueOf(request.getHeader("Host"));
    int port = request.getLocalPort();
    if (!host.equals("127.0.0.1:" + port) && !host.equals("localhost:" + port)) {
      response.sendError(HttpServletResponse.SC_NOT_FOUND);
      return;
    }
    super.service(request, response);
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    if (!request.getRequestURI().equals("/")) {
      response.sendError(HttpServletResponse.SC_NOT_FOUND);
      return;
    }
    response.setContentType("text/html; charset=utf-8");
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("Content-Security-Policy", "frame-ancestors 'none'");
    response.setHeader("Referrer-Policy", "no-referrer");
    response.getWriter().write(PAGE.replace("{{widget}}", escaped(widget)));
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    // Another site's page can send a form here, but not with this header.
    if (!request.getRequestURI().equals("/token") || request.getHeader("X-Connect-Page") == null) {
      response.sendError(HttpServletResponse.SC_NOT_FOUND);
      return;
    }
    Map<String, String> answer = new LinkedHashMap<>();
    int status = mint(answer);
    response.setStatus(status);
    response.setContentType("application/json");
    response.setHeader("Cache-Control", "no-store");
    response
        .getOutputStream()
        .write(JsonMapper.shared().writeValueAsString(answer).getBytes(StandardCharsets.UTF_8));
  }

  private int mint(Map<String, String> answer) {
    ToolCall call = ToolCall.of(ConnectTokenTool.NAME, Map.of(), Caller.grant("user-42"));
    try {
      Outcome<ConnectToken> outcome = guard.call(call, tool);
      if (outcome instanceof Outcome.Completed<ConnectToken> completed) {
        answer.put("connectToken", completed.value().value());
        return HttpServletResponse.SC_OK;
      }
      answer.put("problem", outcome.decision().message());
      return HttpServletResponse.SC_FORBIDDEN;
    } catch (NotDoneException | PluggyException e) {
      answer.put("problem", "Pluggy gave no token. Please try again later.");
      return HttpServletResponse.SC_BAD_GATEWAY;
    } catch (Exception e) {
      answer.put("problem", "Something went wrong.");
      return HttpServletResponse.SC_INTERNAL_SERVER_ERROR;
    }
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;");
  }

  private static String page() {
    try (InputStream in = ConnectPage.class.getResourceAsStream("connect.html")) {
      if (in == null) {
        throw new IllegalStateException("connect.html is missing");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
