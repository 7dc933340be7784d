package dev.alcada.mcp;

import dev.alcada.approval.ApprovalException;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.approval.Approvals;
import dev.alcada.decision.Ask;
import dev.alcada.decision.Decision;
import io.modelcontextprotocol.spec.McpSchema.ClientCapabilities;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks the person at the client to approve a call, with the protocol's form. */
record Elicitation(Approvals approvals) {
  private static final String APPROVER = "elicitation";
  private static final String FIELD = "approve";
  private static final Map<String, Object> FORM =
      Map.of(
          "type",
          "object",
          "properties",
          Map.of(FIELD, Map.of("type", "boolean", "title", "Approve this call")),
          "required",
          List.of(FIELD));

  /** {@return whether a client can show a form; one that names no mode can} */
  static boolean possible(@Nullable ClientCapabilities client) {
    return client != null
        && client.elicitation() != null
        && (client.elicitation().form() != null || client.elicitation().url() == null);
  }

  /** {@return what to ask, or null if there is nothing to be answered} */
  @Nullable ElicitFormRequest question(Decision decision) {
    if (!(decision instanceof Decision.ApprovalRequired required)
        || required.approvalId() == null) {
      return null;
    }
    ApprovalRequest request = approvals.get(required.approvalId());
    return request == null || request.state() != ApprovalState.PENDING
        ? null
        : ElicitFormRequest.builder(message(request), FORM).build();
  }

  /**
   * Takes an answer down. Only an accepted form with the box ticked is a yes, only a declined one
   * or an unticked box a no; whatever else leaves the request to others.
   *
   * @return whether there is an answer, so that the call is worth making again
   */
  boolean takes(Decision decision, @Nullable ElicitResult answer) {
    if (!(decision instanceof Decision.ApprovalRequired required)
        || required.approvalId() == null
        || answer == null
        || answer.action() == null) {
      return false;
    }
    Object ticked = answer.content() == null ? null : answer.content().get(FIELD);
    try {
      switch (answer.action()) {
        case ACCEPT -> {
          if (Boolean.TRUE.equals(ticked)) {
            approvals.approve(required.approvalId(), APPROVER, null);
            return true;
          }
          if (Boolean.FALSE.equals(ticked)) {
            approvals.deny(required.approvalId(), APPROVER, null);
            return true;
          }
        }
        case DECLINE -> {
          approvals.deny(required.approvalId(), APPROVER, null);
          return true;
        }
        case CANCEL -> {}
      }
    } catch (ApprovalException e) {
      // Somebody else was quicker, or it has lapsed: the call is decided by what stands now.
      return true;
    }
    return false;
  }

  private static String message(ApprovalRequest request) {
    return visible(
        "The tool "
            + request.tool()
            + " needs your approval. "
            + request.asks().stream().map(Ask::reason).distinct().collect(Collectors.joining(" "))
            + " Arguments: "
            + request.arguments());
  }

  /** A model that wrote the arguments must not turn or hide what a person reads. */
  private static String visible(String text) {
    StringBuilder visible = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              switch (Character.getType(c)) {
                case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED ->
                    visible.append(String.format("\\u{%x}", c));
                default -> visible.appendCodePoint(c);
              }
            });
    return visible.toString();
  }
}
