package dev.alcada.mcp;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Decision;
import dev.alcada.guard.ApprovalException;
import dev.alcada.guard.Approvals;
import io.modelcontextprotocol.spec.McpSchema.ClientCapabilities;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Asks the person at the client to approve a call, with the protocol's form. */
record Elicitation(Approvals approvals) {
  private static final String APPROVER = "elicitation";
  private static final String FIELD = "approve";

  /**
   * A model that wrote the arguments must not turn, hide or push out of sight what a person reads:
   * what is no character to see, a blank that is another's double, and letters, marks and symbols
   * that show nothing (Unicode's default ignorable ones, and the empty Braille pattern).
   */
  private static final Pattern UNSEEN =
      Pattern.compile(
          "[\\p{C}\\p{Z}&&[^ ]]|(?<= ) |"
              + "[\\x{34f}\\x{115f}\\x{1160}\\x{17b4}\\x{17b5}\\x{180b}-\\x{180f}\\x{2800}"
              + "\\x{3164}\\x{fe00}-\\x{fe0f}\\x{ffa0}\\x{e0100}-\\x{e01ef}]");

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
            + request.asks().stream()
                .map(AskingRule::reason)
                .distinct()
                .collect(Collectors.joining(" "))
            + " Arguments: "
            + request.arguments());
  }

  private static String visible(String text) {
    return UNSEEN
        .matcher(text)
        .replaceAll(unseen -> "\\\\u{%x}".formatted(unseen.group().codePointAt(0)));
  }
}
