package dev.alcada.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.policy.Policy;
import dev.alcada.policy.PolicyException;
import dev.alcada.testing.ManualTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is added to a document that can only restrict: nothing that was denied is allowed. */
@Tag("any-jvm")
class GainedMetamorphicTest {
  private static final int DOCUMENTS = 300;
  private static final int CALLS_EACH = 20;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"once\": {\"window\": \"24h\", \"by\": \"args.k\"}}",
        "{\"once\": \"1m\"}",
        "{\"limits\": [{\"counter\": \"added\", \"window\": \"day\", \"max\": 3}]}",
        "{\"limits\": [{\"counter\": \"added\", \"window\": \"in_flight\", \"max\": 3}]}",
        "{\"limits\": [{\"counter\": \"added\", \"window\": \"day\", \"max\": 3, \"distinct\": \"args.k\"}]}",
        "{\"limits\": [{\"counter\": \"added\", \"window\": \"day\", \"max\": 3, \"scope\": \"call\","
            + " \"if\": [{\"path\": \"args.n\", \"op\": \"gt\", \"value\": 1}]}]}",
        "{\"require\": [{\"conditions\": [{\"path\": \"args.k\", \"op\": \"eq\", \"value_from\":"
            + " \"context.plan\"}]}]}",
        "{\"deny_if\": [{\"conditions\": [{\"path\": \"marks.m0\", \"op\": \"exists\", \"value\": true}]}]}",
        "{\"require\": [{\"conditions\": [{\"path\": \"marks.m3\", \"op\": \"exists\", \"value\": true}]}]}",
        "{\"approve_if\": [{\"conditions\": [{\"path\": \"marks.m1\", \"op\": \"exists\", \"value\": true}]}]}",
        "{\"deny_if\": [{\"conditions\": [{\"path\": \"time.hour\", \"op\": \"gte\", \"value\": 9}]}]}"
      })
  void addingToARuleNeverAllowsWhatWasDenied(String added) {
    Map<String, @Nullable Object> more = Json.object(Json.read(added));
    compare(UnaryOperator.identity(), document -> toEachTool(document, more), true);
  }

  private static Map<String, @Nullable Object> toEachTool(
      Map<String, @Nullable Object> document, Map<String, @Nullable Object> more) {
    Map<String, @Nullable Object> changed = new LinkedHashMap<>(document);
    Map<String, @Nullable Object> tools = new LinkedHashMap<>();
    Json.object(document.get("tools"))
        .forEach((name, rule) -> tools.put(name, with(Json.object(rule), more)));
    changed.put("tools", tools);
    return changed;
  }

  private static Map<String, @Nullable Object> with(
      Map<String, @Nullable Object> rule, Map<String, @Nullable Object> more) {
    Map<String, @Nullable Object> changed = new LinkedHashMap<>(rule);
    more.forEach(
        (field, value) -> {
          if (value instanceof List<?> list) {
            List<@Nullable Object> all = new ArrayList<>(Json.objects(rule.get(field)));
            all.addAll(list);
            changed.put(field, all);
          } else {
            changed.putIfAbsent(field, value);
          }
        });
    return changed;
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "\"Stopped.\""})
  void aHaltAllowsNothing(String halt) {
    compare(
        UnaryOperator.identity(),
        document -> {
          Map<String, @Nullable Object> changed = new LinkedHashMap<>(document);
          changed.put("halt", Json.read(halt));
          return changed;
        },
        true);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"approvers\": 2}",
        "{\"from\": [\"a\"]}",
        "{\"approvers\": 5, \"from\": [\"a\", \"b\"]}"
      })
  void askingMorePeopleChangesNoOutcome(String approval) {
    Object more = Objects.requireNonNull(Json.read(approval));
    compare(UnaryOperator.identity(), document -> toAllTools(document, more), false);
    compare(
        document -> toAllTools(document, Map.of("approvers", 3, "from", List.of("c"))),
        document -> toEachTool(document, Map.of("approval", more)),
        false);
  }

  private static Map<String, @Nullable Object> toAllTools(
      Map<String, @Nullable Object> document, Object approval) {
    Map<String, @Nullable Object> changed = new LinkedHashMap<>(document);
    Object known = document.get("all_tools");
    Map<String, @Nullable Object> all =
        new LinkedHashMap<>(known == null ? Map.of() : Json.object(known));
    all.put("approval", approval);
    changed.put("all_tools", all);
    return changed;
  }

  /**
   * Judges calls by random documents before and after a change.
   *
   * @param base what every document has
   * @param mayDenyMore whether the change may deny or ask about what was allowed
   */
  private static void compare(
      UnaryOperator<Map<String, @Nullable Object>> base,
      UnaryOperator<Map<String, @Nullable Object>> change,
      boolean mayDenyMore) {
    RandomCases cases = new RandomCases(11, true);
    ManualTime time = new ManualTime();
    int denied = 0;
    int judged = 0;
    for (int i = 0; i < DOCUMENTS; ) {
      Map<String, @Nullable Object> document = base.apply(cases.document());
      CompiledPolicy before;
      CompiledPolicy after;
      try {
        before = CompiledPolicy.of(Policy.parse(Json.write(document)), time);
        after = CompiledPolicy.of(Policy.parse(Json.write(change.apply(document))), time);
      } catch (PolicyException e) {
        continue;
      }
      i++;
      for (int j = 0; j < CALLS_EACH; j++) {
        ToolCall call = DifferentialTest.toolCall(cases.call());
        Judgement first = before.judge(call);
        Judgement second = after.judge(call);
        String was = GainedDifferentialTest.answer(first).outcome();
        String is = GainedDifferentialTest.answer(second).outcome();
        if (was.equals("denied") || !mayDenyMore) {
          assertThat(is).as("%s%n%s", Json.write(document), call.arguments()).isEqualTo(was);
        } else if (was.equals("approval_required")) {
          assertThat(is).isNotEqualTo("allowed");
        }
        assertThat(second.approvers().approvers())
            .isGreaterThanOrEqualTo(first.approvers().approvers());
        assertThat(second.approvers().from()).containsAll(first.approvers().from());
        denied += was.equals("denied") ? 1 : 0;
        judged++;
      }
    }
    assertThat(denied).isBetween(judged / 10, judged * 9 / 10);
  }
}
