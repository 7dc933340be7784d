package dev.alcada.decision;

import dev.alcada.counter.Charge;
import dev.alcada.counter.Usage;
import dev.alcada.time.Window;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a call is judged, rule by rule, as data and as a text to read. It holds values of the call
 * only if they were asked for. Immutable.
 */
public final class Explanation {
  /** What a rule gives. */
  public enum Gave {
    /** It lets the call go on. */
    PASSES,
    /** It denies the call; the first that does decides. */
    DENIES,
    /** It asks for a person's approval. */
    ASKS,
    /** It depends on marks, which a store knows: the decision says what came of it. */
    DEPENDS
  }

  /**
   * What a condition looked at.
   *
   * @param path the path
   * @param operator the operator
   * @param found the type of what was there, or {@code absent}, {@code unreadable} or {@code not
   *     supplied}
   * @param value what was there, if values were asked for
   * @param truth {@code true}, {@code false} or {@code indeterminate}
   */
  public record Looked(
      String path, String operator, String found, @Nullable Object value, String truth) {}

  /**
   * One rule.
   *
   * @param rule its name, as in decisions
   * @param location its JSON Pointer in the document
   * @param shadow whether it is in shadow mode, and only reported
   * @param gave what it gives
   * @param why what is told of it; empty where it passes
   * @param looked what its conditions looked at, in document order
   */
  public record Step(
      String rule, String location, boolean shadow, Gave gave, String why, List<Looked> looked) {
    /** Copies the list. */
    public Step {
      looked = List.copyOf(looked);
    }
  }

  private final ToolCall call;
  private final Decision decision;
  private final @Nullable String policyRevision;
  private final List<Step> steps;
  private final List<LimitUsage> limits;
  private final List<MarkTrace> marks;

  private Explanation(
      ToolCall call,
      Decision decision,
      @Nullable String policyRevision,
      List<Step> steps,
      List<LimitUsage> limits,
      List<MarkTrace> marks) {
    this.call = Objects.requireNonNull(call, "call");
    this.decision = Objects.requireNonNull(decision, "decision");
    this.policyRevision = policyRevision;
    this.steps = List.copyOf(steps);
    this.limits = List.copyOf(limits);
    this.marks = List.copyOf(marks);
  }

  /**
   * Returns an explanation.
   *
   * @param call the call
   * @param decision what is decided of it
   * @param policyRevision the policy that judges it, or {@code null} if there is none
   * @param steps its rules, in the order in which they are looked at
   * @param limits the limits that it would be charged
   * @param marks the marks that it is judged by, and those that it would leave
   */
  public static Explanation of(
      ToolCall call,
      Decision decision,
      @Nullable String policyRevision,
      List<Step> steps,
      List<LimitUsage> limits,
      List<MarkTrace> marks) {
    return new Explanation(call, decision, policyRevision, steps, limits, marks);
  }

  /** {@return what would be decided now} */
  public Decision decision() {
    return decision;
  }

  /** {@return the revision of the policy that judges the call, or {@code null} if there is none} */
  public @Nullable String policyRevision() {
    return policyRevision;
  }

  /**
   * Returns the rules that the call meets, in the order in which they are looked at, those behind
   * the one that decides too; unmodifiable.
   */
  public List<Step> steps() {
    return steps;
  }

  /** {@return the limits that the call would be charged, in document order; unmodifiable} */
  public List<LimitUsage> limits() {
    return limits;
  }

  /**
   * Returns the marks that the call is judged by and then those that it would leave if it ran;
   * unmodifiable.
   */
  public List<MarkTrace> marks() {
    return marks;
  }

  /** {@return a line for the decision and one for each rule, limit and mark} */
  @Override
  public String toString() {
    return Text.of(this, call);
  }

  /** What a call has to do with a mark. */
  public enum MarkRole {
    /** Rules read it. */
    READ,
    /** The call leaves it when it is let through, and takes it back if nothing is done. */
    LEFT_WHEN_TRIED,
    /** The call leaves it when it is done, if the result is as the policy says. */
    LEFT_WHEN_DONE
  }

  /**
   * A mark. The value it goes by is left out: it may be an argument's.
   *
   * @param mark its name
   * @param scope what it goes by, such as {@code grant}
   * @param role what the call has to do with it
   * @param there whether one that is read is there, or {@code null} if the store has not said, or
   *     it is left
   */
  public record MarkTrace(String mark, String scope, MarkRole role, @Nullable Boolean there) {}

  /**
   * What is left of a limit. The value counted by is left out: it may be an argument's.
   *
   * @param rule the limit's rule, such as {@code /tools/create_charge/limits/daily}
   * @param counter the counter's name
   * @param scope what it counts by, such as {@code grant} or {@code args.customer}
   * @param window the span of time it looks back on, or {@code null} if it counts what runs
   * @param max the most it may hold
   * @param amount what the call would add, or {@code null} if no call is asked about, or it is a
   *     value of the call and those were not asked for
   * @param used what it holds, or {@code null} if the store has not said
   * @param nextLeaves how long until the next amount stops counting, or {@code null} if nothing
   *     counts or it is not known
   */
  public record LimitUsage(
      String rule,
      String counter,
      String scope,
      @Nullable Window window,
      BigDecimal max,
      @Nullable BigDecimal amount,
      @Nullable BigDecimal used,
      @Nullable Duration nextLeaves) {

    /** {@return what is left, at least 0, or {@code null} if the store has not said} */
    public @Nullable BigDecimal left() {
      return used == null ? null : max.subtract(used).max(BigDecimal.ZERO);
    }

    /**
     * Returns this as JSON's values: {@code rule}, {@code counter}, {@code windowSeconds}, {@code
     * max}, and where known {@code used}, {@code left} and {@code nextLeavesSeconds}, rounded up.
     */
    public Map<String, Object> metadata() {
      Map<String, Object> said = new LinkedHashMap<>();
      said.put("rule", rule);
      said.put("counter", counter);
      if (window != null) {
        said.put("windowSeconds", plain(BigDecimal.valueOf(window.length().toMillis(), 3)));
      }
      said.put("max", max);
      BigDecimal left = left();
      if (used != null && left != null) {
        said.put("used", used);
        said.put("left", left);
      }
      if (nextLeaves != null) {
        said.put("nextLeavesSeconds", seconds(nextLeaves));
      }
      return said;
    }

    static BigDecimal plain(BigDecimal number) {
      BigDecimal exact = number.stripTrailingZeros();
      return exact.scale() < 0 ? exact.setScale(0) : exact;
    }

    static long seconds(Duration wait) {
      return wait.toSeconds() + (wait.toNanosPart() == 0 ? 0 : 1);
    }
  }

  /**
   * A limit of a policy and what a call, or a caller, would charge it, for a guard to ask a store
   * about. Immutable.
   */
  public static final class LimitTrace {
    private final String rule;
    private final Charge charge;
    private final boolean told;

    LimitTrace(String rule, Charge charge, boolean told) {
      this.rule = rule;
      this.charge = charge;
      this.told = told;
    }

    /** {@return what a store is to be asked about} */
    public Charge charge() {
      return charge;
    }

    /**
     * Returns what is left of the limit.
     *
     * @param usage what the store has said of {@link #charge}, or {@code null} if nothing
     */
    public LimitUsage with(@Nullable Usage usage) {
      long max = 0;
      long amount = 0;
      int decimals = 0;
      if (charge instanceof Charge.Amount adds) {
        max = adds.max();
        amount = adds.amount();
        decimals = adds.decimals();
      } else if (charge instanceof Charge.InFlight adds) {
        max = adds.max();
        amount = adds.amount();
        decimals = adds.decimals();
      } else if (charge instanceof Charge.Distinct several) {
        max = several.max();
        amount = several.values().size();
      }
      return new LimitUsage(
          rule,
          charge.key().counter().name(),
          charge.key().counter().scope(),
          charge.key().counter().window(),
          LimitUsage.plain(BigDecimal.valueOf(max, decimals)),
          told ? LimitUsage.plain(BigDecimal.valueOf(amount, decimals)) : null,
          usage == null ? null : LimitUsage.plain(BigDecimal.valueOf(usage.used(), decimals)),
          usage == null ? null : usage.nextLeaves());
    }
  }

  /** An explanation for a person to read, whose lines nobody else can begin. */
  private static final class Text {
    private static final int LONGEST = 200;

    private final StringBuilder out = new StringBuilder();

    private Text() {}

    static String of(Explanation explanation, ToolCall call) {
      Text text = new Text();
      text.decision(explanation.decision(), call);
      if (explanation.policyRevision() != null) {
        text.out.append("\n  policy  ").append(explanation.policyRevision());
      }
      explanation.steps().forEach(text::step);
      explanation.limits().forEach(text::limit);
      explanation.marks().forEach(text::mark);
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
          .append(" ".repeat(8 - step.gave().name().length()))
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
          .append(limit.window() == null ? " running" : " used in " + limit.window().length())
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

    private void mark(MarkTrace mark) {
      out.append(mark.role() == MarkRole.READ ? "\n  mark    " : "\n  leaves  ")
          .append(shown(mark.mark()))
          .append(" by ")
          .append(shown(mark.scope()));
      switch (mark.role()) {
        case READ ->
            out.append(
                mark.there() == null ? ": unknown" : mark.there() ? ": there" : ": not there");
        case LEFT_WHEN_TRIED -> out.append(" when it is tried");
        case LEFT_WHEN_DONE -> out.append(" when it is done");
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
}
