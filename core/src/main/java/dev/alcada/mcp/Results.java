package dev.alcada.mcp;

import dev.alcada.decision.Decision;
import dev.alcada.decision.Explanation.LimitUsage;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a client is answered. */
final class Results {
  /** Ours alone: a decision under this key is always the guard's. */
  static final String DECISION_KEY = "dev.alcada/decision";

  /** Ours alone too. */
  static final String USAGE_KEY = "dev.alcada/usage";

  private static final String OUTCOME_KEY = "dev.alcada/outcome";
  private static final String NOT_DONE = "not_done";

  private Results() {}

  static CallToolResult of(Decision decision, Tool tool) {
    Map<String, Object> metadata = decision.metadata();
    CallToolResult.Builder result =
        CallToolResult.builder()
            .addTextContent(decision.text())
            .isError(true)
            .meta(Map.of(DECISION_KEY, metadata));
    // Some clients show a model the structured content alone, which has to match the output schema
    // that a tool declares.
    if (tool.outputSchema() == null) {
      Map<String, Object> structured = new LinkedHashMap<>();
      structured.put("message", decision.text());
      structured.putAll(metadata);
      result.structuredContent(structured);
    }
    return result.build();
  }

  /** The handler's own message and stack may hold what a client must not see. */
  static CallToolResult failed(boolean nothingDone) {
    return CallToolResult.builder()
        .addTextContent(
            nothingDone
                ? "The tool failed; nothing was done."
                : "The tool failed; what it had done by then is not known.")
        .isError(true)
        .build();
  }

  static CallToolResult withoutDecision(CallToolResult result) {
    if (result.meta() == null
        || (!result.meta().containsKey(DECISION_KEY) && !result.meta().containsKey(USAGE_KEY))) {
      return result;
    }
    Map<String, Object> meta = new LinkedHashMap<>(result.meta());
    meta.remove(DECISION_KEY);
    meta.remove(USAGE_KEY);
    return new CallToolResult(
        result.content(),
        result.isError(),
        result.structuredContent(),
        meta.isEmpty() ? null : meta);
  }

  /**
   * Returns a request's metadata without what is for a result to say, or a tool that repeats its
   * request's metadata would let the client say that nothing was done.
   */
  static @Nullable Map<String, Object> withoutOurs(@Nullable Map<String, Object> meta) {
    if (meta == null || (!meta.containsKey(DECISION_KEY) && !meta.containsKey(OUTCOME_KEY))) {
      return meta;
    }
    Map<String, Object> rest = new LinkedHashMap<>(meta);
    rest.remove(DECISION_KEY);
    rest.remove(OUTCOME_KEY);
    return rest;
  }

  /**
   * Says what is left of the limits that count by grant or session; what everybody shares tells of
   * others.
   */
  static CallToolResult withUsage(CallToolResult result, List<LimitUsage> limits) {
    List<Map<String, Object>> said =
        limits.stream()
            .filter(limit -> limit.scope().equals("grant") || limit.scope().equals("session"))
            .map(LimitUsage::metadata)
            .toList();
    if (said.isEmpty()) {
      return result;
    }
    Map<String, Object> meta = new LinkedHashMap<>();
    if (result.meta() != null) {
      meta.putAll(result.meta());
    }
    meta.put(USAGE_KEY, said);
    return new CallToolResult(result.content(), result.isError(), result.structuredContent(), meta);
  }

  static boolean saysNothingDone(CallToolResult result) {
    return result.meta() != null && NOT_DONE.equals(result.meta().get(OUTCOME_KEY));
  }

  static boolean isError(CallToolResult result) {
    return Boolean.TRUE.equals(result.isError());
  }

  /** {@return the structured content, or a text that is all there is, or null} */
  static @Nullable Object content(CallToolResult result) {
    if (result.structuredContent() != null) {
      return result.structuredContent();
    }
    return result.content() != null
            && result.content().size() == 1
            && result.content().get(0) instanceof TextContent only
        ? only.text()
        : null;
  }
}
