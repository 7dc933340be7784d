package dev.alcada.spring;

import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.guard.ApprovalException;
import dev.alcada.guard.Approvals;
import dev.alcada.policy.Policy;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.Principal;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/**
 * The actuator's view of the guard: the policy in force, and the calls that wait for a person, who
 * answers here under the name that is authenticated.
 */
@Endpoint(id = "alcada")
final class AlcadaEndpoint {
  private final GuardInUse guard;
  private final PolicyDocument document;
  private final Approvals approvals;
  private final KnownTools known;
  private final Callers.Principals principals;

  AlcadaEndpoint(
      GuardInUse guard,
      PolicyDocument document,
      Approvals approvals,
      KnownTools known,
      Callers.Principals principals) {
    this.guard = guard;
    this.document = document;
    this.approvals = approvals;
    this.known = known;
    this.principals = principals;
  }

  /** {@return the policy in force, what it says of the tools, and the calls that wait} */
  @ReadOperation
  Map<String, Object> state() {
    Map<String, Object> state = new LinkedHashMap<>();
    state.put("policy", policy());
    if (guard.get().halted() != null) {
      state.put("halted", guard.get().halted());
    }
    state.put("tools", tools());
    state.put("approvals", approvals.pending().stream().map(AlcadaEndpoint::shown).toList());
    return state;
  }

  /** {@return one request for an approval, or null if none is known by this identifier} */
  @ReadOperation
  @Nullable Map<String, Object> approval(@Selector String id) {
    ApprovalRequest request = approvals.get(id);
    return request == null ? null : shown(request);
  }

  /**
   * Answers a request.
   *
   * @param answer approve or deny
   * @param note what the agent is told, or null
   * @return the request as it stands then, or why it was not answered
   */
  @WriteOperation
  WebEndpointResponse<Map<String, Object>> answer(
      SecurityContext context, @Selector String id, String answer, @Nullable String note) {
    Principal principal = context.getPrincipal();
    if (principal == null || principal.getName() == null || principal.getName().isBlank()) {
      return refused(403, "Nobody is authenticated, and an approval needs to know who gives it.");
    }
    String name = principal.getName();
    try {
      Answer given =
          switch (answer) {
            case "approve" -> Answer.approve(name);
            case "deny" -> Answer.deny(name);
            default -> throw new IllegalArgumentException("answer must be approve or deny");
          };
      return new WebEndpointResponse<>(
          shown(
              approvals
                  .answer(id, given.withRoles(principals.authorities(principal)).withNote(note))
                  .toCompletableFuture()
                  .join()));
    } catch (IllegalArgumentException e) {
      return refused(WebEndpointResponse.STATUS_BAD_REQUEST, String.valueOf(e.getMessage()));
    } catch (CompletionException e) {
      if (!(e.getCause() instanceof ApprovalException refusal)) {
        throw e;
      }
      return refused(
          approvals.get(id) == null ? WebEndpointResponse.STATUS_NOT_FOUND : 409,
          String.valueOf(refusal.getMessage()));
    }
  }

  private static WebEndpointResponse<Map<String, Object>> refused(int status, String why) {
    return new WebEndpointResponse<>(Map.of("error", why), status);
  }

  private Map<String, Object> policy() {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("source", document.source());
    Policy policy = guard.get().policy();
    if (policy != null) {
      if (policy.description() != null) {
        shown.put("description", policy.description());
      }
      shown.put("revision", revision(policy));
      shown.put("warnings", policy.warnings().stream().map(Object::toString).toList());
      shown.put("limits", limits(policy));
    }
    return shown;
  }

  /** {@return what the policy says of each tool that is there, unless it is one by grant} */
  private List<Map<String, Object>> tools() {
    return guard.get().policy() == null
        ? List.of()
        : guard.get().coverage(new TreeSet<>(known.names())).stream()
            .map(
                covered -> {
                  Map<String, Object> shown = new LinkedHashMap<>();
                  shown.put("tool", covered.tool());
                  shown.put("hidden", covered.hidden());
                  shown.put("denied", covered.denied());
                  shown.put("listed", covered.listed());
                  shown.put("limited", covered.limited());
                  shown.put("asks", covered.asks());
                  return shown;
                })
            .toList();
  }

  private static List<Map<String, Object>> limits(Policy policy) {
    return policy.tools().entrySet().stream()
        .flatMap(
            tool ->
                tool.getValue().limits().stream()
                    .map(
                        limit -> {
                          Map<String, Object> shown = new LinkedHashMap<>();
                          shown.put("tool", tool.getKey());
                          shown.put("counter", limit.counter());
                          shown.put("max", limit.max());
                          return shown;
                        }))
        .toList();
  }

  /** {@return a text that two policies share only if they say the same} */
  private static String revision(Policy policy) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(policy.toJson().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, Object> shown(ApprovalRequest request) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("id", request.id());
    shown.put("tool", request.tool());
    shown.put("arguments", request.arguments());
    shown.put("grant", request.caller().grant());
    shown.put("reasons", request.asks().stream().map(ask -> ask.reason()).distinct().toList());
    shown.put("state", request.state().toString());
    shown.put("createdAt", request.createdAt().toString());
    shown.put("expiresAt", request.expiresAt().toString());
    if (!request.quorum().isOne()) {
      shown.put("approversNeeded", request.quorum().approvers());
      shown.put("rolesNeeded", request.quorum().from().stream().map(TreeSet::new).toList());
      shown.put("approvedBy", request.approvals().stream().map(Answer::approver).toList());
    }
    Answer answer = request.answer();
    if (answer != null) {
      shown.put("approver", answer.approver());
      shown.put("roles", answer.roles());
    }
    return shown;
  }
}
