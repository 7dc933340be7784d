package dev.alcada.opentelemetry;

import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.audit.SettlementEvent;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Says on the current span what was decided of the call it is about: attributes and an event for
 * the decision, and an event for what came of it. It begins no span of its own. No attribute holds
 * a value of the call; one that a caller may have made up is cut at 256 characters.
 *
 * <p>To be given to the guard itself: behind a queue there is no current span. Safe for use by
 * several threads.
 */
public final class GuardSpans implements DecisionListener {
  private static final int LONGEST = 256;
  private static final int MOST_UNDER_WAY = 10_000;

  private static final AttributeKey<String> TOOL = AttributeKey.stringKey("gen_ai.tool.name");
  private static final AttributeKey<String> METHOD = AttributeKey.stringKey("mcp.method.name");
  private static final AttributeKey<String> DECISION = AttributeKey.stringKey("alcada.decision.id");
  private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("alcada.outcome");
  private static final AttributeKey<String> CODE = AttributeKey.stringKey("alcada.code");
  private static final AttributeKey<String> RULE = AttributeKey.stringKey("alcada.rule");
  private static final AttributeKey<String> POLICY =
      AttributeKey.stringKey("alcada.policy.revision");
  private static final AttributeKey<String> APPROVAL = AttributeKey.stringKey("alcada.approval.id");
  private static final AttributeKey<String> SHADOW =
      AttributeKey.stringKey("alcada.shadow.outcome");
  private static final AttributeKey<Long> WAIT = AttributeKey.longKey("alcada.retry_after_seconds");
  private static final AttributeKey<String> HANDLER = AttributeKey.stringKey("alcada.handler");
  private static final AttributeKey<String> SETTLED = AttributeKey.stringKey("alcada.settled");

  private final boolean mcp;

  /** The spans of calls that run: where they end, another span may be current. */
  private final Map<String, Span> underWay = new ConcurrentHashMap<>();

  private GuardSpans(boolean mcp) {
    this.mcp = mcp;
  }

  /** {@return a listener for tools that are called by a model in this process} */
  public static GuardSpans create() {
    return new GuardSpans(false);
  }

  /** {@return a listener for the tools of an MCP server, whose method is {@code tools/call}} */
  public static GuardSpans ofMcpServer() {
    return new GuardSpans(true);
  }

  @Override
  public void onDecision(DecisionEvent event) {
    Span span = Span.current();
    if (!span.isRecording()) {
      return;
    }
    Decision decision = event.decision();
    AttributesBuilder said = Attributes.builder();
    said.put(OUTCOME, outcome(decision));
    DecisionCode code = decision.code();
    if (code != null) {
      said.put(CODE, code.text()).put(RULE, cut(decision.rule()));
    }
    put(said, APPROVAL, event.approvalId());
    Attributes decided = said.build();
    span.setAllAttributes(decided);
    span.setAttribute(TOOL, cut(event.tool()));
    if (mcp) {
      span.setAttribute(METHOD, "tools/call");
    }
    if (!event.id().isEmpty()) {
      span.setAttribute(DECISION, event.id());
    }
    if (event.policyRevision() != null) {
      span.setAttribute(POLICY, event.policyRevision());
    }
    AttributesBuilder more = decided.toBuilder();
    Duration wait = decision.retryAfter();
    if (wait != null) {
      more.put(WAIT, wait.toSeconds());
    }
    put(more, SHADOW, event.shadow() == null ? null : outcome(event.shadow()));
    span.addEvent("alcada.decision", more.build());
    if (decision instanceof Decision.Allowed
        && !event.id().isEmpty()
        && underWay.size() < MOST_UNDER_WAY) {
      underWay.put(event.id(), span);
    }
  }

  @Override
  public void onSettled(SettlementEvent event) {
    Span span = underWay.remove(event.decided().id());
    if (span != null) {
      span.addEvent(
          "alcada.settlement",
          Attributes.of(
              HANDLER,
              event.handler().name().toLowerCase(Locale.ROOT),
              SETTLED,
              event.result().name().toLowerCase(Locale.ROOT)));
    }
  }

  private static void put(
      AttributesBuilder attributes, AttributeKey<String> key, @Nullable String value) {
    if (value != null) {
      attributes.put(key, cut(value));
    }
  }

  private static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }

  private static String outcome(Decision decision) {
    return decision instanceof Decision.Allowed
        ? "allowed"
        : decision instanceof Decision.Denied ? "denied" : "approval_required";
  }
}
