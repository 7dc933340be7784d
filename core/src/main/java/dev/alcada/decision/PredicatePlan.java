package dev.alcada.decision;

import dev.alcada.decision.Explanation.Gave;
import dev.alcada.decision.Explanation.Looked;
import dev.alcada.decision.Explanation.Step;
import dev.alcada.internal.value.JsonPointer;
import dev.alcada.internal.value.JsonType;
import dev.alcada.internal.value.Missing;
import dev.alcada.policy.Condition;
import dev.alcada.policy.Conditions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A predicate made ready to be judged, and what is said when it decides. */
final class PredicatePlan {
  /** What {@link #judge} gives where the predicate lets the call go on. */
  static final int PASSED = -1;

  private static final int UNJUDGED = 1 << 30;

  /** Beside a condition of {@code require}: its value is not in the call. */
  private static final int MISSING = 1 << 29;

  /** What a predicate is for. */
  enum Use {
    REQUIRE("require", DecisionCode.REQUIRE),
    DENY_IF("deny_if", DecisionCode.DENY_IF),
    APPROVE_IF("approve_if", DecisionCode.APPROVAL_PENDING);

    final String field;
    private final DecisionCode code;

    Use(String field, DecisionCode code) {
      this.field = field;
      this.code = code;
    }
  }

  private final Conditions predicate;
  private final Use use;
  private final String list;
  private final int index;
  private final Expressions expressions;
  private final CallPath[] paths;
  private final ValueTest[] tests;

  /** For each condition, whether an earlier predicate has its name. */
  private final boolean[] taken;

  /** Written when first needed; a race writes the same twice. */
  private @Nullable String content;

  private PredicatePlan(
      Conditions predicate,
      Use use,
      String list,
      int index,
      Set<String> takenSegments,
      Expressions expressions) {
    this.predicate = predicate;
    this.use = use;
    this.list = list;
    this.index = index;
    this.expressions = expressions;
    List<Condition> conditions = predicate.conditions();
    this.paths = conditions.stream().map(c -> new CallPath(c.path())).toArray(CallPath[]::new);
    this.tests =
        conditions.stream().map(c -> ValueTest.of(c, expressions)).toArray(ValueTest[]::new);
    this.taken = new boolean[Math.max(1, conditions.size())];
    for (int i = 0; i < taken.length; i++) {
      taken[i] = takenSegments.contains(segment(i));
    }
  }

  /**
   * Makes a list of predicates ready.
   *
   * @param rule the pointer of what holds the list
   * @param expressions the expressions of the policy
   */
  static List<PredicatePlan> of(
      List<Conditions> predicates, Use use, String rule, Expressions expressions) {
    List<PredicatePlan> plans = new ArrayList<>(predicates.size());
    Set<String> segments = new HashSet<>();
    for (Conditions predicate : predicates) {
      PredicatePlan plan =
          new PredicatePlan(
              predicate, use, rule + "/" + use.field, plans.size(), segments, expressions);
      for (int i = 0; i < plan.taken.length; i++) {
        segments.add(plan.segment(i));
        segments.add(plan.finalSegment(i));
      }
      plans.add(plan);
    }
    return plans;
  }

  /**
   * Judges a call: {@link #PASSED}, or a number that tells {@link #denial} and {@link #ask} what
   * decided.
   */
  int judge(ToolCall call) {
    int firstUnjudged = -1;
    for (int i = 0; i < tests.length; i++) {
      Object found = paths[i].read(call);
      Truth truth = tests[i].test(found);
      if (truth == Truth.FALSE) {
        return use != Use.REQUIRE ? PASSED : found == Missing.ABSENT ? i | MISSING : i;
      }
      if (truth == Truth.INDETERMINATE && firstUnjudged < 0) {
        firstUnjudged = i;
      }
    }
    if (firstUnjudged >= 0) {
      return firstUnjudged | UNJUDGED;
    }
    return use == Use.REQUIRE ? PASSED : 0;
  }

  /** Returns the denial for what {@link #judge} gave. */
  Decision.Denied denial(int judged) {
    int condition = judged & ~(UNJUDGED | MISSING);
    return new Decision.Denied(
        (judged & UNJUDGED) != 0 ? DecisionCode.UNJUDGED : use.code,
        rule(condition),
        location(),
        null,
        denied -> reason(judged));
  }

  /** Returns what asks for approval, for what {@link #judge} gave. */
  AskingRule ask(int judged) {
    int condition = judged & ~UNJUDGED;
    return new AskingRule(rule(condition), location(), reason(judged), content());
  }

  /** Returns what the predicate looks at in a call and what it gives. */
  Step step(ToolCall call, boolean values, boolean shadow) {
    int judged = judge(call);
    boolean passed = judged == PASSED;
    List<Looked> looked = new ArrayList<>(tests.length);
    for (int i = 0; i < tests.length; i++) {
      Object found = paths[i].read(call);
      looked.add(
          new Looked(
              paths[i].path().toString(),
              predicate.conditions().get(i).op().text(),
              typeOf(found),
              values && !(found instanceof Missing) ? found : null,
              tests[i].test(found).name().toLowerCase(Locale.ROOT)));
    }
    return new Step(
        rule(passed ? 0 : judged & ~(UNJUDGED | MISSING)),
        location(),
        shadow,
        passed ? Gave.PASSES : use == Use.APPROVE_IF ? Gave.ASKS : Gave.DENIES,
        passed ? "" : reason(judged),
        looked);
  }

  private static String typeOf(@Nullable Object found) {
    String name = found instanceof Missing missing ? missing.name() : JsonType.of(found).name();
    return name.toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  private String content() {
    String written = content;
    if (written == null) {
      written = RuleContent.of(predicate);
      content = written;
    }
    return written;
  }

  private String reason(int judged) {
    int condition = judged & ~(UNJUDGED | MISSING);
    if ((judged & UNJUDGED) != 0) {
      return DenialMessages.unjudged(use, predicate.conditions().get(condition), expressions);
    }
    String told = DenialMessages.told(predicate.onDeny());
    return told != null
        ? told
        : DenialMessages.decided(use, predicate, condition, (judged & MISSING) != 0);
  }

  private String location() {
    return list + "/" + index;
  }

  private String rule(int condition) {
    return list + "/" + JsonPointer.escaped(finalSegment(condition));
  }

  private String finalSegment(int condition) {
    return taken[condition] ? segment(condition) + "#" + index : segment(condition);
  }

  private String segment(int condition) {
    if (predicate.name() != null) {
      return predicate.name();
    }
    return predicate.conditions().isEmpty()
        ? Integer.toString(index)
        : deciding(predicate.conditions().get(condition));
  }

  private static String deciding(Condition condition) {
    return condition.path() + "-" + condition.op().text();
  }
}
