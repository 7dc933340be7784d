package dev.alcada.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.Charge;
import dev.alcada.policy.Policy;
import dev.alcada.time.Window;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole documents and what they say of calls, as {@code decisions.json} has it. */
class DecisionCasesTest {

  static List<Arguments> cases() {
    List<Arguments> cases = new ArrayList<>();
    for (Map<String, @Nullable Object> group :
        Json.objects(Json.read(Table.text("decisions.json")))) {
      CompiledPolicy policy = CompiledPolicy.of(Policy.parse(Json.write(group.get("policy"))));
      for (Map<String, @Nullable Object> one : Json.objects(group.get("cases"))) {
        cases.add(Arguments.of(one.get("about"), policy, one));
      }
    }
    return cases;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void decides(String about, CompiledPolicy policy, Map<String, @Nullable Object> one) {
    Judgement judgement = policy.judge(call(one));

    check(judgement, Json.object(one.get("then")));
    Judgement shadow = judgement.shadow();
    assertThat(shadow != null).isEqualTo(one.containsKey("shadow"));
    if (shadow != null) {
      check(shadow, Json.object(one.get("shadow")));
    }
  }

  static ToolCall call(Map<String, @Nullable Object> one) {
    Caller caller = Caller.grant(String.valueOf(one.getOrDefault("grant", "g")));
    if (one.get("session") instanceof String session) {
      caller = caller.withSession(session);
    }
    if (one.get("client") instanceof String client) {
      caller = caller.withClient(client);
    }
    for (Map.Entry<String, @Nullable Object> attribute : object(one, "context").entrySet()) {
      caller = caller.withAttribute(attribute.getKey(), attribute.getValue());
    }
    return ToolCall.of(
        String.valueOf(one.getOrDefault("tool", one.get("call"))), object(one, "args"), caller);
  }

  private static Map<String, @Nullable Object> object(
      Map<String, @Nullable Object> one, String name) {
    return one.get(name) == null ? Map.of() : Json.object(one.get(name));
  }

  private static void check(Judgement judgement, Map<String, @Nullable Object> then) {
    Map<String, @Nullable Object> found = new LinkedHashMap<>();
    Decision.Denied denied = judgement.denied();
    List<String> asks = judgement.asks().stream().map(AskingRule::rule).toList();
    if (denied != null) {
      found.put("outcome", "denied");
      found.put("rule", denied.rule());
      found.put("location", denied.location());
      found.put("code", denied.code().text());
      found.put("message", denied.message());
      assertThat(denied.message()).isNotBlank();
      assertThat(judgement.demand().charges()).isEmpty();
      assertThat(asks).isEmpty();
    } else {
      found.put("outcome", asks.isEmpty() ? "allowed" : "approval_required");
    }
    then.forEach(
        (field, value) -> {
          if (!field.equals("asks") && !field.equals("charges")) {
            assertThat(found).containsEntry(field, value);
          }
        });
    assertThat(asks).isEqualTo(then.getOrDefault("asks", List.of()));
    List<Map<String, @Nullable Object>> charges = Json.objects(then.get("charges"));
    assertThat(judgement.demand().charges()).hasSameSizeAs(charges);
    for (int i = 0; i < charges.size(); i++) {
      check((Charge.Amount) judgement.demand().charge(i), charges.get(i));
    }
  }

  private static void check(Charge.Amount charge, Map<String, @Nullable Object> expected) {
    int decimals = charge.decimals();
    assertThat(BigDecimal.valueOf(charge.max(), decimals))
        .isEqualByComparingTo(String.valueOf(expected.get("max")));
    assertThat(BigDecimal.valueOf(charge.amount(), decimals))
        .isEqualByComparingTo(String.valueOf(expected.get("amount")));
    assertThat(charge.releasable()).isEqualTo("successes".equals(expected.get("counts")));
    assertThat(charge.key().session()).isEqualTo(expected.get("session"));
    assertThat(charge.key().value()).isEqualTo(expected.get("value"));
    assertThat(charge.key().counter().name()).isEqualTo(expected.get("counter"));
    assertThat(charge.key().counter().scope()).isEqualTo(expected.getOrDefault("scope", "grant"));
    assertThat(charge.key().counter().namespace())
        .isEqualTo(expected.getOrDefault("space", "limits"));
    if (expected.containsKey("window")) {
      assertThat(spelt(charge.key().counter().window())).isEqualTo(expected.get("window"));
    }
  }

  private static String spelt(Window window) {
    return window instanceof Window.Calendar calendar
        ? "calendar " + calendar.length() + " " + calendar.zone()
        : "sliding " + window.length();
  }
}
