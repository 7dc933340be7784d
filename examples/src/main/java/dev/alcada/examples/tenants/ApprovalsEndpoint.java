package dev.alcada.examples.tenants;

import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.decision.AskingRule;
import dev.alcada.guard.ApprovalException;
import dev.alcada.guard.Approvals;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.json.McpJsonMapper;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Pending approvals of a tenant, for its managers: {@code GET /approvals} lists them, {@code POST
 * /approvals/<id>} with {@code {"approve": true, "note": "as agreed"}} answers one. The answer
 * carries the name of the account that was authenticated, never one that was sent.
 */
final class ApprovalsEndpoint extends HttpServlet {
  private static final long serialVersionUID = 1L;
  private static final int MOST_BYTES = 10_000;

  private final transient Approvals approvals;
  private final transient McpJsonMapper json = McpJsonDefaults.getMapper();

  ApprovalsEndpoint(Approvals approvals) {
    this.approvals = approvals;
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Account manager = manager(request);
    if (manager == null) {
      answer(response, 403, Map.of("error", "Only managers see what waits."));
      return;
    }
    answer(
        response,
        200,
        approvals.pending().stream()
            .filter(pending -> isOf(manager, pending))
            .map(ApprovalsEndpoint::shown)
            .toList());
  }

  @Override
  protected void doPost(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    Account manager = manager(request);
    if (manager == null) {
      answer(response, 403, Map.of("error", "Only managers answer."));
      return;
    }
    String path = request.getPathInfo() == null ? "" : request.getPathInfo();
    ApprovalRequest pending = approvals.get(path.startsWith("/") ? path.substring(1) : path);
    if (pending == null || !isOf(manager, pending)) {
      answer(response, 404, Map.of("error", "No such request."));
      return;
    }
    if (!(read(request) instanceof Map<?, ?> body)
        || !(body.get("approve") instanceof Boolean approve)) {
      answer(response, 400, Map.of("error", "Send {\"approve\": true or false, \"note\": text}."));
      return;
    }
    String note = body.get("note") instanceof String text ? text : null;
    try {
      Answer given = approve ? Answer.approve(manager.name()) : Answer.deny(manager.name());
      ApprovalRequest answered =
          approvals
              .answer(pending.id(), given.withRoles(Set.of(manager.role())).withNote(note))
              .toCompletableFuture()
              .join();
      answer(response, 200, shown(answered));
    } catch (CompletionException e) {
      if (!(e.getCause() instanceof ApprovalException refused)) {
        throw e;
      }
      // Somebody was quicker, it has lapsed, or it is the manager's own.
      answer(response, 409, Map.of("error", String.valueOf(refused.getMessage())));
    }
  }

  /** {@return the body's JSON, or null if it is none} */
  private @Nullable Object read(HttpServletRequest request) {
    try {
      byte[] bytes = request.getInputStream().readNBytes(MOST_BYTES);
      return json.readValue(new String(bytes, StandardCharsets.UTF_8), Object.class);
    } catch (IOException | RuntimeException e) {
      return null;
    }
  }

  private static @Nullable Account manager(HttpServletRequest request) {
    return request.getUserPrincipal() instanceof Account account && account.role().equals("manager")
        ? account
        : null;
  }

  private static boolean isOf(Account manager, ApprovalRequest pending) {
    return manager.tenant().equals(pending.caller().attributes().get("tenant"));
  }

  private static Map<String, Object> shown(ApprovalRequest request) {
    return Map.of(
        "id", request.id(),
        "state", request.state().toString(),
        "grant", request.caller().grant(),
        "tool", request.tool(),
        "arguments", request.arguments(),
        "reasons", request.asks().stream().map(AskingRule::reason).toList(),
        "expiresAt", request.expiresAt().toString());
  }

  private void answer(HttpServletResponse response, int status, Object body) throws IOException {
    response.setStatus(status);
    response.setContentType("application/json");
    response.setCharacterEncoding("UTF-8");
    response.getWriter().write(json.writeValueAsString(body));
  }
}
