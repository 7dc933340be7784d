package dev.alcada.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.policy.Policy;
import dev.alcada.policy.PolicyException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What must not change, or only in one direction, when a document is changed. */
class MetamorphicTest {
  private static final int DOCUMENTS = 400;
  private static final int CALLS_EACH = 10;

  private final Random random = new Random(5);

  @Test
  void reorderingPredicatesChangesNoOutcome() {
    compare(document -> change(document, this::shuffled, limits -> limits), false);
  }

  @Test
  void duplicatingAPredicateChangesNoOutcome() {
    compare(document -> change(document, this::doubled, limits -> limits), false);
  }

  @Test
  void renamingACounterEverywhereChangesNoOutcome() {
    compare(document -> change(document, all -> all, limits -> each(limits, this::renamed)), false);
  }

  @Test
  void addingADenialNeverAllowsWhatWasDenied() {
    compare(
        document -> {
          Map<String, @Nullable Object> changed = new LinkedHashMap<>(document);
          Map<String, @Nullable Object> all =
              new LinkedHashMap<>(
                  document.get("all_tools") == null
                      ? Map.of()
                      : Json.object(document.get("all_tools")));
          List<Map<String, @Nullable Object>> denyIf = Json.objects(all.get("deny_if"));
          denyIf.add(
              random.nextInt(denyIf.size() + 1),
              Json.object(
                  Json.read(
                      """
                      {"conditions": [{"path": "args.k", "op": "exists", "value": true}]}""")));
          all.put("deny_if", denyIf);
          changed.put("all_tools", all);
          return changed;
        },
        true);
  }

  @Test
  void loweringAMaximumNeverAllowsWhatWasDenied() {
    compare(document -> change(document, all -> all, limits -> each(limits, this::lowered)), true);
  }

  /** Compares calls judged by a document and by its change, on equal counter state. */
  private void compare(UnaryOperator<Map<String, @Nullable Object>> change, boolean mayDenyMore) {
    RandomCases cases = new RandomCases(7);
    int denied = 0;
    int allowed = 0;
    for (int i = 0; i < DOCUMENTS; ) {
      Map<String, @Nullable Object> document = cases.document();
      Map<String, @Nullable Object> changed = change.apply(document);
      CompiledPolicy before;
      CompiledPolicy after;
      try {
        before = CompiledPolicy.of(Policy.parse(Json.write(document)));
        after = CompiledPolicy.of(Policy.parse(Json.write(changed)));
      } catch (PolicyException e) {
        continue;
      }
      i++;
      for (int j = 0; j < CALLS_EACH; j++) {
        ToolCall call = DifferentialTest.toolCall(cases.call());
        String was = outcome(before.judge(call));
        String is = outcome(after.judge(call));
        if (!was.equals(is) && !(mayDenyMore && is.equals("denied"))) {
          assertThat(is)
              .as("%s%n%s%n%s", Json.write(document), Json.write(changed), call.arguments())
              .isEqualTo(was);
        }
        denied += was.equals("denied") ? 1 : 0;
        allowed += was.equals("denied") ? 0 : 1;
      }
    }
    assertThat(Math.min(denied, allowed)).isGreaterThan(DOCUMENTS * CALLS_EACH / 10);
  }

  private static String outcome(Judgement judgement) {
    if (judgement.denied() != null) {
      return "denied";
    }
    for (Charge each : judgement.demand().charges()) {
      Charge.Amount charge = (Charge.Amount) each;
      CounterId counter = charge.key().counter();
      String key = counter.window() + counter.scope() + charge.key().value();
      long held =
          Math.floorMod(key.hashCode(), 7) * BigDecimal.TEN.pow(charge.decimals()).longValue();
      if (charge.amount() > 0 && held + charge.amount() > charge.max()) {
        return "denied";
      }
    }
    return judgement.asks().isEmpty() ? "allowed" : "approval_required";
  }

  /** Changes the predicates and limits of all tools' rules and of each tool's. */
  private static Map<String, @Nullable Object> change(
      Map<String, @Nullable Object> document,
      UnaryOperator<List<Map<String, @Nullable Object>>> predicates,
      UnaryOperator<List<Map<String, @Nullable Object>>> limits) {
    Map<String, @Nullable Object> changed = new LinkedHashMap<>(document);
    if (document.get("all_tools") != null) {
      changed.put(
          "all_tools", changeRule(Json.object(document.get("all_tools")), predicates, limits));
    }
    Map<String, @Nullable Object> tools = new LinkedHashMap<>();
    Json.object(document.get("tools"))
        .forEach(
            (name, rule) -> tools.put(name, changeRule(Json.object(rule), predicates, limits)));
    changed.put("tools", tools);
    return changed;
  }

  private static Map<String, @Nullable Object> changeRule(
      Map<String, @Nullable Object> rule,
      UnaryOperator<List<Map<String, @Nullable Object>>> predicates,
      UnaryOperator<List<Map<String, @Nullable Object>>> limits) {
    Map<String, @Nullable Object> changed = new LinkedHashMap<>(rule);
    for (String use : List.of("require", "deny_if", "approve_if")) {
      if (rule.get(use) != null) {
        changed.put(use, predicates.apply(Json.objects(rule.get(use))));
      }
    }
    if (rule.get("limits") != null) {
      changed.put("limits", limits.apply(Json.objects(rule.get("limits"))));
    }
    return changed;
  }

  private static List<Map<String, @Nullable Object>> each(
      List<Map<String, @Nullable Object>> limits,
      UnaryOperator<Map<String, @Nullable Object>> change) {
    return limits.stream().map(change).toList();
  }

  private List<Map<String, @Nullable Object>> shuffled(
      List<Map<String, @Nullable Object>> predicates) {
    List<Map<String, @Nullable Object>> shuffled = new ArrayList<>(predicates);
    Collections.shuffle(shuffled, random);
    return shuffled;
  }

  private List<Map<String, @Nullable Object>> doubled(
      List<Map<String, @Nullable Object>> predicates) {
    List<Map<String, @Nullable Object>> doubled = new ArrayList<>(predicates);
    if (!predicates.isEmpty()) {
      doubled.add(
          random.nextInt(predicates.size() + 1), predicates.get(random.nextInt(predicates.size())));
    }
    return doubled;
  }

  private Map<String, @Nullable Object> renamed(Map<String, @Nullable Object> limit) {
    Map<String, @Nullable Object> renamed = new LinkedHashMap<>(limit);
    renamed.put("counter", "another " + limit.get("counter"));
    return renamed;
  }

  /** Within what nine decimals hold: a counter of three refuses finer amounts. */
  private Map<String, @Nullable Object> lowered(Map<String, @Nullable Object> limit) {
    Map<String, @Nullable Object> lowered = new LinkedHashMap<>(limit);
    BigDecimal max = new BigDecimal(String.valueOf(limit.get("max")));
    if (max.compareTo(BigDecimal.valueOf(4_000_000_000L)) <= 0) {
      lowered.put("max", max.multiply(BigDecimal.valueOf(random.nextInt(100), 2)));
    }
    return lowered;
  }
}
