package dev.alcada.decision;

import dev.alcada.decision.Explanation.Looked;
import dev.alcada.decision.Explanation.Step;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** An explanation for a person to read, whose lines nobody else can begin. */
final class ExplanationText {
  private static final int LONGEST = 200;

  private final StringBuilder out = new StringBuilder();

  private ExplanationText() {}

  static String of(Explanation explanation, ToolCall call) {
    ExplanationText text = new ExplanationText();
    text.decision(explanation.decision(), call);
    if (explanation.policyRevision() != null) {
      text.out.append("\n  policy  ").append(explanation.policyRevision());
    }
    explanation.steps().forEach(text::step);
    explanation.limits().forEach(text::limit);
    return text.out.toString();
  }

  private void decision(Decision decision, ToolCall call) {
    out.append(shown(call.tool()))
        .append(" for ")
        .append(shown(call.caller().grant()))
        .append(": ");
    out.append(decision.metadata().get("outcome"));
    DecisionCode code = decision.code();
    if (code != null) {
      out.append(" by ").append(shown(decision.rule())).append(" (").append(code).append(')');
      out.append("\n  ").append(shown(decision.message()));
    }
  }

  private void step(Step step) {
    out.append("\n  ")
        .append(step.gave().name().toLowerCase(Locale.ROOT))
        .append(step.gave() == Explanation.Gave.ASKS ? "    " : "  ")
        .append(shown(step.rule()));
    if (step.shadow()) {
      out.append(" (in shadow)");
    }
    if (!step.why().isEmpty()) {
      out.append(": ").append(shown(step.why()));
    }
    for (Looked looked : step.looked()) {
      out.append("\n            ")
          .append(shown(looked.path()))
          .append(' ')
          .append(looked.operator())
          .append(": found ")
          .append(looked.found());
      if (looked.value() != null) {
        out.append(' ').append(shown(String.valueOf(looked.value())));
      }
      out.append(", ").append(looked.truth());
    }
  }

  private void limit(LimitUsage limit) {
    out.append("\n  limit   ")
        .append(shown(limit.rule()))
        .append(": ")
        .append(limit.used() == null ? "unknown" : limit.used().toPlainString())
        .append(" of ")
        .append(limit.max().toPlainString())
        .append(" used in ")
        .append(limit.window().length())
        .append(" by ")
        .append(shown(limit.scope()));
    if (limit.amount() != null) {
      out.append(", this call adds ").append(limit.amount().toPlainString());
    }
    if (limit.nextLeaves() != null) {
      out.append(", the next leaves in ")
          .append(LimitUsage.seconds(limit.nextLeaves()))
          .append(" s");
    }
  }

  /** Returns a text on one line, and not all of it if it is long. */
  private static String shown(@Nullable String text) {
    StringBuilder shown = new StringBuilder();
    String from = text == null ? "" : text;
    for (int i = 0; i < Math.min(from.length(), LONGEST); i++) {
      char c = from.charAt(i);
      int type = Character.getType(c);
      if (Character.isISOControl(c)
          || type == Character.FORMAT
          || type == Character.LINE_SEPARATOR
          || type == Character.PARAGRAPH_SEPARATOR) {
        shown.append(String.format("\\u%04x", (int) c));
      } else {
        shown.append(c);
      }
    }
    return from.length() > LONGEST ? shown.append('…').toString() : shown.toString();
  }
}
