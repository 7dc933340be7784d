package dev.alcada.decision;

import dev.alcada.counter.CounterKey;
import dev.alcada.decision.Explanation.Gave;
import dev.alcada.decision.Explanation.Looked;
import dev.alcada.decision.Explanation.Step;
import dev.alcada.internal.value.JsonPointer;
import dev.alcada.internal.value.JsonType;
import dev.alcada.internal.value.Missing;
import dev.alcada.policy.Condition;
import dev.alcada.policy.Conditions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A predicate made ready to be judged, and what is said when it decides. */
final class PredicatePlan {
  /** What {@link #judge} gives where the predicate lets the call go on. */
  static final int PASSED = -1;

  /** What {@link #judge} gives where marks that are not known yet decide. */
  static final int OPEN = -2;

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
  private final ConditionPlan[] conditions;
  private final boolean readsMarks;

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
      Function<Condition, ConditionPlan> plans,
      Expressions expressions) {
    this.predicate = predicate;
    this.use = use;
    this.list = list;
    this.index = index;
    this.expressions = expressions;
    this.conditions = predicate.conditions().stream().map(plans).toArray(ConditionPlan[]::new);
    this.readsMarks = Arrays.stream(conditions).anyMatch(ConditionPlan::readsMark);
    this.taken = new boolean[Math.max(1, conditions.length)];
    for (int i = 0; i < taken.length; i++) {
      taken[i] = takenSegments.contains(segment(i));
    }
  }

  /**
   * Makes a list of predicates ready.
   *
   * @param rule the pointer of what holds the list
   * @param plans makes a condition ready
   * @param expressions the expressions of the policy
   */
  static List<PredicatePlan> of(
      List<Conditions> predicates,
      Use use,
      String rule,
      Function<Condition, ConditionPlan> plans,
      Expressions expressions) {
    List<PredicatePlan> made = new ArrayList<>(predicates.size());
    Set<String> segments = new HashSet<>();
    for (Conditions predicate : predicates) {
      PredicatePlan plan =
          new PredicatePlan(
              predicate, use, rule + "/" + use.field, made.size(), segments, plans, expressions);
      for (int i = 0; i < plan.taken.length; i++) {
        segments.add(plan.segment(i));
        segments.add(plan.finalSegment(i));
      }
      made.add(plan);
    }
    return made;
  }

  /**
   * Judges a call: {@link #PASSED}, or a number that tells {@link #denial} and {@link #ask} what
   * decided.
   */
  int judge(ToolCall call, Clock.@Nullable Moment now) {
    int firstUnjudged = -1;
    for (int i = 0; i < conditions.length; i++) {
      Object found = conditions[i].found(call, now);
      Truth truth = conditions[i].judge(found, call, now);
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

  /**
   * Judges a call with marks: as {@link #judge(ToolCall, Clock.Moment)}, or {@link #OPEN} where the
   * marks, which are then asked for, decide.
   */
  int judge(ToolCall call, Clock.@Nullable Moment now, MarksSeen seen) {
    int firstUnjudged = -1;
    int firstFalse = -1;
    boolean missing = false;
    List<CounterKey> unknown = new ArrayList<>();
    for (int i = 0; i < conditions.length; i++) {
      Object found = null;
      Truth truth;
      if (conditions[i].readsMark()) {
        CounterKey key = conditions[i].key(call);
        Boolean there = key == null ? null : seen.isThere(key);
        if (key != null && there == null) {
          unknown.add(key);
          continue;
        }
        truth = there == null ? Truth.INDETERMINATE : conditions[i].judgeOfMark(there);
      } else {
        found = conditions[i].found(call, now);
        truth = conditions[i].judge(found, call, now);
      }
      if (truth == Truth.FALSE && firstFalse < 0) {
        firstFalse = i;
        missing = found == Missing.ABSENT;
      } else if (truth == Truth.INDETERMINATE && firstUnjudged < 0) {
        firstUnjudged = i;
      }
    }
    if (firstFalse >= 0 && use != Use.REQUIRE) {
      return PASSED;
    } else if (!unknown.isEmpty()) {
      unknown.forEach(seen::add);
      return OPEN;
    } else if (firstFalse >= 0) {
      return missing ? firstFalse | MISSING : firstFalse;
    } else if (firstUnjudged >= 0) {
      return firstUnjudged | UNJUDGED;
    }
    return use == Use.REQUIRE ? PASSED : 0;
  }

  boolean readsMarks() {
    return readsMarks;
  }

  boolean readsTime() {
    return Arrays.stream(conditions).anyMatch(ConditionPlan::readsTime);
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
  Step step(ToolCall call, Clock.@Nullable Moment now, boolean values, boolean shadow) {
    int judged = readsMarks ? judge(call, now, MarksSeen.unknown()) : judge(call, now);
    List<Looked> looked = new ArrayList<>(conditions.length);
    for (ConditionPlan each : conditions) {
      String path = each.condition().path().toString();
      String operator = each.condition().op().text();
      if (each.readsMark()) {
        looked.add(new Looked(path, operator, "mark", null, "not looked up"));
      } else {
        Object found = each.found(call, now);
        looked.add(
            new Looked(
                path,
                operator,
                typeOf(found),
                values && !(found instanceof Missing) ? found : null,
                each.judge(found, call, now).name().toLowerCase(Locale.ROOT)));
      }
    }
    boolean decides = judged != PASSED && judged != OPEN;
    return new Step(
        rule(decides ? judged & ~(UNJUDGED | MISSING) : 0),
        location(),
        shadow,
        judged == OPEN
            ? Gave.DEPENDS
            : !decides ? Gave.PASSES : use == Use.APPROVE_IF ? Gave.ASKS : Gave.DENIES,
        decides ? reason(judged) : "",
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
