package dev.alcada.examples.desk;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.decision.AskingRule;
import dev.alcada.guard.ApprovalException;
import dev.alcada.guard.Approvals;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The page on which a person answers approval requests. Plain HTML without a script, to be served
 * on the loopback interface only.
 *
 * <p>Whoever knows the address may answer, so the address holds a token. Other sites that the same
 * browser shows are kept out: a request under another host's name (DNS rebinding) or a form sent
 * from another origin (CSRF) is refused, nothing may frame the page, and everything an agent wrote
 * is shown as text.
 */
final class ApprovalPage extends HttpServlet {
  private static final long serialVersionUID = 1L;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

  private final transient Approvals approvals;
  private final transient Answered answered;
  private final String approver;
  private final String token;

  ApprovalPage(Approvals approvals, Answered answered, String approver, String token) {
    this.approvals = approvals;
    this.answered = answered;
    this.approver = approver;
    this.token = token;
  }

  @Override
  protected void service(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String host = "127.0.0.1:" + request.getLocalPort();
    response.setHeader(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none';"
            + " base-uri 'none'");
    response.setHeader("X-Content-Type-Options", "nosniff");
    // A browser that sends no referrer sends no origin either, and the origin is needed.
    response.setHeader("Referrer-Policy", "same-origin");
    response.setHeader("Cache-Control", "no-store");
    if (!host.equals(request.getHeader("Host")) || !knowsToken(request.getRequestURI())) {
      answer(response, 404, "Not found", "There is nothing at this address.");
      return;
    }
    String path = request.getRequestURI().substring(token.length() + 1);
    switch (request.getMethod() + " " + path) {
      case "GET /" -> send(response, 200, "text/html", page());
      case "GET /style.css" -> send(response, 200, "text/css", style());
      case "POST /answer" -> {
        if (("http://" + host).equals(request.getHeader("Origin"))) {
          take(request, response);
        } else {
          answer(response, 403, "Refused", "The form was not sent from this page.");
        }
      }
      default -> answer(response, 404, "Not found", "There is nothing at this address.");
    }
  }

  private boolean knowsToken(String path) {
    int end = path.indexOf('/', 1);
    return end > 0
        && MessageDigest.isEqual(
            path.substring(1, end).getBytes(StandardCharsets.UTF_8),
            token.getBytes(StandardCharsets.UTF_8));
  }

  private void take(HttpServletRequest request, HttpServletResponse response) throws IOException {
    request.setCharacterEncoding("UTF-8");
    String id = String.valueOf(request.getParameter("id"));
    String written = request.getParameter("note");
    String note = written == null || written.isBlank() ? null : written.strip();
    try {
      switch (String.valueOf(request.getParameter("answer"))) {
        case "approve" -> approvals.approve(id, approver, note);
        case "deny" -> approvals.deny(id, approver, note);
        default -> throw new IllegalArgumentException("the answer is to approve or to deny");
      }
      response.setHeader("Location", "/" + token + "/");
      response.setStatus(303);
    } catch (ApprovalException e) {
      answer(response, 409, "Not taken", String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      answer(response, 400, "Not taken", String.valueOf(e.getMessage()));
    }
  }

  private String page() {
    List<ApprovalRequest> pending = approvals.pending();
    String requests =
        pending.isEmpty()
            ? "<p class='none'>Nobody waits for an answer. This page looks again by itself.</p>"
            : pending.stream().map(this::card).collect(Collectors.joining());
    String last =
        answered.newestFirst().stream()
            .map(ApprovalPage::line)
            .collect(Collectors.joining("", "<h2>Answered</h2><ul>", "</ul>"));
    // A page that reloads would take away the note that is being written.
    return html(
        (pending.isEmpty() ? "" : "(" + pending.size() + ") ") + "Approval desk",
        pending.isEmpty(),
        "<h1>Approval desk</h1><p>You answer as <b>"
            + escaped(approver)
            + "</b>. <a href='/"
            + token
            + "/'>Look again</a></p><main>"
            + requests
            + "</main>"
            + (answered.newestFirst().isEmpty() ? "" : last));
  }

  private String card(ApprovalRequest request) {
    String id = escaped(request.id());
    return """
        <form method="post" action="/%s/answer" aria-labelledby="t-%s">
        <h2 id="t-%s">%s <small>for %s</small></h2>
        <ul>%s</ul>
        <pre>%s</pre>
        <p><small>Asked at %s, to be answered by %s · %s</small></p>
        <input type="hidden" name="id" value="%s">
        <label for="n-%s">Note to the agent</label>
        <textarea id="n-%s" name="note" rows="2" maxlength="2000"></textarea>
        <p><button class="deny" name="answer" value="deny">Deny</button>
        <button class="approve" name="answer" value="approve">Approve once</button></p>
        </form>
        """
        .formatted(
            token,
            id,
            id,
            escaped(request.tool()),
            escaped(request.caller().grant()),
            request.asks().stream()
                .map(AskingRule::reason)
                .map(reason -> "<li>" + escaped(reason) + "</li>")
                .collect(Collectors.joining()),
            escaped(ReadableJson.of(request.arguments())),
            TIME.format(request.createdAt()),
            TIME.format(request.expiresAt()),
            id,
            id,
            id,
            id);
  }

  private static String line(ApprovalRequest request) {
    var answer = request.answer();
    String note = answer == null ? null : answer.note();
    return "<li><b>"
        + escaped(request.state().text().replace('_', ' '))
        + "</b> "
        + escaped(request.tool())
        + (note == null ? "" : " — " + escaped(note))
        + "</li>";
  }

  private void answer(HttpServletResponse response, int status, String title, String text)
      throws IOException {
    send(
        response,
        status,
        "text/html",
        html(title, false, "<h1>" + escaped(title) + "</h1><p>" + escaped(text) + "</p>"));
  }

  private static void send(HttpServletResponse response, int status, String type, String body)
      throws IOException {
    response.setStatus(status);
    response.setContentType(type);
    response.setCharacterEncoding("UTF-8");
    response.getWriter().write(body);
  }

  private static String html(String title, boolean looksAgain, String body) {
    return "<!doctype html><html lang='en'><head><meta charset='utf-8'><title>"
        + title
        + "</title><meta name='viewport' content='width=device-width'>"
        + (looksAgain ? "<meta http-equiv='refresh' content='2'>" : "")
        + "<link rel='stylesheet' href='style.css'></head><body>"
        + body
        + "</body></html>";
  }

  private static String style() {
    return """
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
        body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { font-size: 1.6rem; margin: 0; }
        h2 { font-size: 1.2rem; margin: 0; }
        small { font-weight: normal; opacity: .75; }
        form, .none { border: 1px solid #8886; border-radius: .6rem; padding: 1rem 1.2rem; margin: 1rem 0; }
        pre { background: #8882; border-radius: .4rem; padding: .7rem .9rem; max-height: 24rem;
          overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; unicode-bidi: plaintext; }
        label { display: block; font-weight: 600; }
        textarea { width: 100%; box-sizing: border-box; font: inherit; border-radius: .4rem; padding: .4rem; }
        button { font: inherit; font-weight: 600; padding: .45rem 1.1rem; border-radius: .4rem;
          border: 1px solid transparent; color: #fff; cursor: pointer; }
        .approve { background: #14713d; }
        .deny { background: #a3222c; }
        :focus-visible { outline: 3px solid #2f6fde; outline-offset: 2px; }
        """;
  }

  private static String escaped(@Nullable String text) {
    return String.valueOf(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
