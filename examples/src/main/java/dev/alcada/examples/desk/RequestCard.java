package dev.alcada.examples.desk;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.approval.ShownRequest;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A request as HTML: each value in a row of its own, what is long or many folded away below what is
 * short, and everything an agent wrote as text.
 */
final class RequestCard {
  private static final int OPEN_ROWS = 40;
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

  static final String STYLE =
      """
      :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
      body { max-width: 46rem; margin: 2rem auto; padding: 0 1rem; }
      h1 { font-size: 1.6rem; margin: 0; }
      h2 { font-size: 1.2rem; margin: 0; }
      h2, li, td, th, summary { overflow-wrap: anywhere; }
      small { font-weight: normal; opacity: .75; }
      form, .none { border: 1px solid #8886; border-radius: .6rem; padding: 1rem 1.2rem; margin: 1rem 0;
        overflow: hidden; }
      table { width: 100%; border-spacing: 0; margin: .6rem 0; table-layout: fixed; }
      caption { text-align: left; font-weight: 600; }
      th { width: 30%; text-align: left; font-weight: normal; opacity: .8; }
      th, td { vertical-align: top; padding: .15rem .5rem .15rem 0; border-top: 1px solid #8883;
        line-height: 1.6; }
      bdi { unicode-bidi: isolate; white-space: pre-wrap; }
      .arguments td { font-family: ui-monospace, monospace; font-size: .9rem; }
      .note { display: block; font: 600 .8rem/1.5 system-ui, sans-serif; color: #a3222c; }
      @media (prefers-color-scheme: dark) { .note { color: #ff9aa2; } }
      .rest { font-size: .85rem; max-height: 16rem; overflow: auto; overflow-wrap: anywhere; }
      label { display: block; font-weight: 600; }
      textarea { width: 100%; box-sizing: border-box; font: inherit; border-radius: .4rem; padding: .4rem; }
      button { font: inherit; font-weight: 600; padding: .45rem 1.1rem; border-radius: .4rem;
        border: 1px solid transparent; color: #fff; cursor: pointer; }
      .approve { background: #14713d; }
      .deny { background: #a3222c; }
      :focus-visible { outline: 3px solid #2f6fde; outline-offset: 2px; }
      """;

  private RequestCard() {}

  /** {@return a form to answer the request, sent under a token} */
  static String of(ApprovalRequest request, String token) {
    ShownRequest shown = request.shown();
    String id = escaped(request.id());
    return """
        <form method="post" action="/%s/answer" aria-labelledby="t-%s">
        <h2 id="t-%s">%s</h2>
        <ul>%s</ul>
        %s
        %s
        %s
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
            value(shown.tool()),
            shown.reasons().stream()
                .map(reason -> "<li>" + value(reason) + "</li>")
                .collect(Collectors.joining()),
            shown.approvals().isEmpty() ? "" : rows("about", "Approvals", shown.approvals()),
            table("about", "For", shown.about()),
            table("arguments", "Arguments", shown.arguments()),
            time(request.createdAt()),
            time(request.expiresAt()),
            id,
            id,
            id,
            id);
  }

  private static String table(String kind, String caption, List<ShownRequest.Line> lines) {
    if (lines.isEmpty()) {
      return "<p>No arguments.</p>";
    }
    List<ShownRequest.Line> open = lines.subList(0, Math.min(OPEN_ROWS, lines.size()));
    List<ShownRequest.Line> folded = lines.subList(open.size(), lines.size());
    return rows(kind, caption, open)
        + (folded.isEmpty()
            ? ""
            : "<details><summary><b>%s more, look at them too</b></summary>%s</details>"
                .formatted(folded.size(), rows(kind, caption, folded)));
  }

  private static String rows(String kind, String caption, List<ShownRequest.Line> lines) {
    return lines.stream()
        .map(
            line ->
                "<tr><th scope='row'><bdi>%s</bdi></th><td>%s</td></tr>"
                    .formatted(escaped(line.name()), value(line)))
        .collect(
            Collectors.joining(
                "", "<table class='" + kind + "'><caption>" + caption + "</caption>", "</table>"));
  }

  private static String value(ShownRequest.Line line) {
    return "<bdi>"
        + escaped(line.text())
        + "</bdi>"
        + (line.rest().isEmpty() ? "" : "…")
        + line.notes().stream()
            .map(note -> "<span class='note'><bdi>" + escaped(note) + "</bdi></span>")
            .collect(Collectors.joining())
        + (line.rest().isEmpty()
            ? ""
            : "<details><summary>The rest</summary><div class='rest'><bdi>"
                + escaped(line.rest())
                + "</bdi></div></details>");
  }

  /** {@return what became of a request, in one line} */
  static String line(ApprovalRequest request) {
    var answer = request.answer();
    String note = answer == null ? null : answer.note();
    return "<li><b>"
        + escaped(request.state().text().replace('_', ' '))
        + "</b> "
        + value(request.shown().tool())
        + (answer == null ? "" : " by " + escaped(answer.approver()))
        + (note == null ? "" : " — " + escaped(note))
        + "</li>";
  }

  /** {@return where a request stands that somebody has answered, in a word or two} */
  static String standing(ApprovalRequest request) {
    return request.state() == ApprovalState.PENDING
        ? request.approvals().size()
            + " of "
            + request.quorum().approvers()
            + " approvals, and waits for more"
        : request.state().text();
  }

  static String time(Instant instant) {
    return TIME.format(instant);
  }

  static String escaped(@Nullable String text) {
    return String.valueOf(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
