package dev.alcada.examples.desk;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.guard.ApprovalException;
import dev.alcada.guard.Approvals;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The page on which people answer approval requests. Plain HTML without a script, to be served on
 * the loopback interface only.
 *
 * <p>Each person has an address of their own with a token in it: whoever knows it may answer, and
 * is that person whatever they type. Other sites that the same browser shows are kept out: a
 * request under another host's name (DNS rebinding) or a form sent from another origin (CSRF) is
 * refused, nothing may frame the page, and everything an agent wrote is shown as text.
 */
final class ApprovalPage extends HttpServlet {
  private static final long serialVersionUID = 1L;
  private static final int MOST_ON_PAGE = 20;
  private static final int MOST_LISTED = 100;

  private final transient Approvals approvals;
  private final transient Answered answered;
  private final transient List<Seat> seats;

  ApprovalPage(Approvals approvals, Answered answered, List<Seat> seats) {
    this.approvals = approvals;
    this.answered = answered;
    this.seats = List.copyOf(seats);
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
    Seat seat = host.equals(request.getHeader("Host")) ? seat(request.getRequestURI()) : null;
    if (seat == null) {
      answer(response, 404, "Not found", "There is nothing at this address.");
      return;
    }
    String path = request.getRequestURI().substring(seat.token().length() + 1);
    switch (request.getMethod() + " " + path) {
      case "GET /" -> send(response, 200, "text/html", page(seat));
      case "GET /style.css" -> send(response, 200, "text/css", RequestCard.STYLE);
      case "GET /requests" -> send(response, 200, "text/plain", requests());
      case "POST /answer" -> {
        if (("http://" + host).equals(request.getHeader("Origin"))) {
          take(seat, request, response);
        } else {
          answer(response, 403, "Refused", "The form was not sent from this page.");
        }
      }
      default -> answer(response, 404, "Not found", "There is nothing at this address.");
    }
  }

  /** Looks at every token, so that the time it takes tells nothing. */
  private @Nullable Seat seat(String path) {
    int end = path.indexOf('/', 1);
    byte[] token = path.substring(Math.min(1, path.length()), Math.max(end, 1)).getBytes(UTF_8);
    Seat found = null;
    for (Seat seat : seats) {
      if (MessageDigest.isEqual(token, seat.token().getBytes(UTF_8))) {
        found = seat;
      }
    }
    return found;
  }

  private void take(Seat seat, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    request.setCharacterEncoding("UTF-8");
    String id = String.valueOf(request.getParameter("id"));
    String written = request.getParameter("note");
    String note = written == null || written.isBlank() ? null : written.strip();
    boolean plain = "text/plain".equals(request.getHeader("Accept"));
    int status = 409;
    String why;
    try {
      Answer given =
          switch (String.valueOf(request.getParameter("answer"))) {
            case "approve" -> Answer.approve(seat.name());
            case "deny" -> Answer.deny(seat.name());
            default -> throw new IllegalArgumentException("the answer is to approve or to deny");
          };
      ApprovalRequest taken =
          approvals.answer(id, seat.says(given).withNote(note)).toCompletableFuture().join();
      if (plain) {
        send(
            response,
            200,
            "text/plain",
            RequestCard.standing(taken) + ": " + taken.shown().tool().text() + "\n");
      } else {
        response.setHeader("Location", "/" + seat.token() + "/");
        response.setStatus(303);
      }
      return;
    } catch (CompletionException e) {
      if (!(e.getCause() instanceof ApprovalException refused)) {
        throw e;
      }
      why = String.valueOf(refused.getMessage());
    } catch (IllegalArgumentException e) {
      status = 400;
      why = String.valueOf(e.getMessage());
    }
    if (plain) {
      send(response, status, "text/plain", why + "\n");
    } else {
      answer(response, status, "Not taken", why);
    }
  }

  private String page(Seat seat) {
    List<ApprovalRequest> pending = approvals.pending();
    String cards =
        pending.isEmpty()
            ? "<p class='none'>Nobody waits for an answer. This page looks again by itself.</p>"
            : pending.stream()
                .limit(MOST_ON_PAGE)
                .map(request -> RequestCard.of(request, seat.token()))
                .collect(Collectors.joining());
    List<ApprovalRequest> lately = answered.newestFirst();
    String last =
        lately.stream()
            .map(RequestCard::line)
            .collect(Collectors.joining("", "<h2>Answered</h2><ul>", "</ul>"));
    // A page that reloads would take away the note that is being written.
    return html(
        (pending.isEmpty() ? "" : "(" + pending.size() + ") ") + "Approval desk",
        pending.isEmpty(),
        "<h1>Approval desk</h1><p>You answer as <b>"
            + RequestCard.escaped(seat.toString())
            + "</b>. <a href='/"
            + seat.token()
            + "/'>Look again</a></p><main>"
            + cards
            + (pending.size() > MOST_ON_PAGE
                ? "<p>%d more wait until these are answered.</p>"
                    .formatted(pending.size() - MOST_ON_PAGE)
                : "")
            + "</main>"
            + (lately.isEmpty() ? "" : last));
  }

  /** For the command line: each request's id at the beginning of a line, all else further in. */
  private String requests() {
    StringBuilder text = new StringBuilder();
    List<ApprovalRequest> pending = approvals.pending();
    for (ApprovalRequest request : pending.subList(0, Math.min(MOST_LISTED, pending.size()))) {
      text.append(request.id())
          .append(" until ")
          .append(RequestCard.time(request.expiresAt()))
          .append("\n  ")
          .append(request.shown().text().replace("\n", "\n  "))
          .append('\n');
    }
    if (pending.size() > MOST_LISTED) {
      text.append(" and %d more%n".formatted(pending.size() - MOST_LISTED));
    }
    return text.toString();
  }

  private void answer(HttpServletResponse response, int status, String title, String text)
      throws IOException {
    send(
        response,
        status,
        "text/html",
        html(
            title,
            false,
            "<h1>" + RequestCard.escaped(title) + "</h1><p>" + RequestCard.escaped(text) + "</p>"));
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
}
