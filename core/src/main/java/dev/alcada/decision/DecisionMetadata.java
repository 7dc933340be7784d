package dev.alcada.decision;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** A decision as JSON's values. */
final class DecisionMetadata {
  private DecisionMetadata() {}

  static Map<String, Object> of(Decision decision) {
    Map<String, Object> metadata = new LinkedHashMap<>();
    if (decision instanceof Decision.Allowed) {
      metadata.put("outcome", "allowed");
    } else if (decision instanceof Decision.Denied denied) {
      metadata.put("outcome", "denied");
      metadata.put("rule", denied.rule());
      metadata.put("code", denied.code().text());
      if (denied.retryAfter() != null) {
        metadata.put("retryAfterSeconds", denied.retryAfter().toSeconds());
      }
    } else if (decision instanceof Decision.ApprovalRequired required) {
      metadata.put("outcome", "approval_required");
      metadata.put("rule", required.rule());
      metadata.put("code", required.code().text());
      if (required.approvalId() != null) {
        metadata.put("approvalId", required.approvalId());
      }
      if (required.expiresAt() != null) {
        metadata.put("expiresAt", required.expiresAt().toString());
      }
    }
    return Collections.unmodifiableMap(metadata);
  }
}
