package dev.alcada.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.alcada.policy.Condition.Operator;
import dev.alcada.policy.Limit.Counts;
import dev.alcada.policy.Policy.DefaultAction;
import dev.alcada.policy.ToolRule.Action;
import dev.alcada.policy.ToolRule.Mode;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PolicyBuilderTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final ZoneId UTC = ZoneId.of("UTC");
  private static final RateLimit RATE = RateLimit.of(1, HOUR);

  @Test
  void hidesWhatIsNotListed() {
    Policy built =
        Policy.builder()
            .defaultAction(DefaultAction.DENY)
            .hideUnlisted()
            .tool("pay", ToolRule.ALLOW)
            .build();

    assertThat(built.hidesUnlisted()).isTrue();
    assertThat(built.hide()).isEmpty();
    assertThat(Policy.parse(built.toJson())).isEqualTo(built);
    assertThat(built)
        .isEqualTo(
            Policy.parse(
                """
                {"version": "1", "default": "deny", "hide": "unlisted", "tools": {"pay": {}}}"""))
        .isNotEqualTo(
            Policy.parse("{\"version\": \"1\", \"default\": \"deny\", \"tools\": {\"pay\": {}}}"));
    assertThatIllegalStateException()
        .isThrownBy(() -> Policy.builder().hideUnlisted().hide("pay"))
        .withMessageContaining("hideUnlisted is set");
    assertThatIllegalStateException()
        .isThrownBy(() -> Policy.builder().hide("pay").hideUnlisted())
        .withMessageContaining("hide is set");
    assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(
            () -> Policy.builder().defaultAction(DefaultAction.ALLOW).hideUnlisted().build())
        .withMessageContaining("write \"default\": \"deny\"");
  }

  @Test
  void hasARuleForEachToolThatHasNoneOfItsOwn() {
    Policy built =
        Policy.builder()
            .defaultAction(DefaultAction.ALLOW)
            .tool("*", ToolRule.builder().action(Action.REQUIRE_APPROVAL).build())
            .build();

    assertThat(Policy.parse(built.toJson())).isEqualTo(built);
    assertThat(built.warnings()).isEmpty();
    assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(
            () ->
                Policy.builder()
                    .defaultAction(DefaultAction.DENY)
                    .tool("*", ToolRule.ALLOW)
                    .build())
        .withMessageContaining("\"all_tools\"")
        .withMessageContaining("\"default\"");
  }

  @Test
  void keepsTheZoneThatACalendarIsGiven() {
    Policy built =
        Policy.builder()
            .defaultAction(DefaultAction.DENY)
            .tool(
                "pay",
                ToolRule.builder()
                    .limit(
                        Limit.builder("paid", Duration.ofDays(1), 5)
                            .calendar(ZoneId.of("UTC"))
                            .build())
                    .build())
            .build();

    assertThat(built.warnings()).isEmpty();
    assertThat(built.toJson()).contains("\"timezone\": \"UTC\"");
  }

  @Test
  void buildsWhatADocumentSays() {
    Policy built =
        Policy.builder()
            .defaultAction(DefaultAction.DENY)
            .description("payments")
            .hide("delete_*", "drop_table")
            .allTools(
                AllTools.builder()
                    .require(Conditions.of(Condition.of("context.role", Operator.EXISTS, true)))
                    .limit(
                        Limit.builder("all", Duration.ofHours(1), 1000).scope(Scope.GLOBAL).build())
                    .approval(Duration.ofMinutes(5), Duration.ofHours(1))
                    .build())
            .tool("read_*", ToolRule.ALLOW)
            .tool("refund", ToolRule.deny("Ask support."))
            .tool(
                "pay",
                ToolRule.builder()
                    .action(Action.REQUIRE_APPROVAL)
                    .reason("Money moves.")
                    .require(
                        Conditions.of(
                                Condition.of("args.currency", Operator.IN, List.of("BRL", "USD")))
                            .withName("currency")
                            .withOnDeny("Reais or dollars."))
                    .denyIf(Conditions.of(Condition.of("args.amount", Operator.GT, 500)))
                    .approveIf(
                        Conditions.of(
                            Condition.of("args.note", Operator.EQ, null),
                            Condition.of(
                                "args.x", Operator.EQ, Map.of("a", Arrays.asList(1.5, null)))))
                    .rateLimit(RateLimit.of(10, Duration.ofMinutes(1)))
                    .limit(
                        Limit.builder("spend", Duration.ofDays(1), new BigDecimal("5000.50"))
                            .incrementFrom("args.amount")
                            .scope(Scope.of("context.tenant"))
                            .counts(Counts.ATTEMPTS)
                            .calendar(ZoneId.of("America/Sao_Paulo"))
                            .onDeny("Enough for today.")
                            .build())
                    .mode(Mode.SHADOW)
                    .build())
            .build();

    Policy read =
        Policy.parse(
            """
            {"version": "1", "default": "deny", "description": "payments",
             "hide": ["delete_*", "drop_table"],
             "all_tools": {
               "require": [{"conditions": [{"path": "context.role", "op": "exists", "value": true}]}],
               "limits": [{"counter": "all", "window": "1h", "max": 1000, "scope": "global"}],
               "approval": {"timeout": "5m", "valid": "PT1H"}},
             "tools": {
               "read_*": {},
               "refund": {"action": "deny", "reason": "Ask support."},
               "pay": {
                 "action": "require_approval", "reason": "Money moves.", "mode": "shadow",
                 "require": [{"name": "currency", "on_deny": "Reais or dollars.", "conditions": [
                   {"path": "args.currency", "op": "in", "value": ["BRL", "USD"]}]}],
                 "deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 5e2}]}],
                 "approve_if": [{"conditions": [
                   {"path": "args.note", "op": "eq", "value": null},
                   {"path": "args.x", "op": "eq", "value": {"a": [1.50, null]}}]}],
                 "rate_limit": "10/minute",
                 "limits": [{"counter": "spend", "window": "day", "max": 5000.5,
                   "increment_from": "args.amount", "scope": "context.tenant", "counts": "attempts",
                   "alignment": "calendar", "timezone": "America/Sao_Paulo",
                   "on_deny": "Enough for today."}]}}}
            """);
    assertThat(built).isEqualTo(read).hasSameHashCodeAs(read);
    assertThat(built.warnings())
        .map(PolicyWarning::message)
        .containsExactlyInAnyOrderElementsOf(
            read.warnings().stream().map(PolicyWarning::message).toList());
    assertThat(built.warnings()).allSatisfy(warning -> assertThat(warning.line()).isZero());
  }

  @Test
  void checksLikeADocument() {
    Policy.Builder builder =
        Policy.builder()
            .defaultAction(DefaultAction.DENY)
            .tool("*", ToolRule.ALLOW)
            .tool(
                "pay",
                ToolRule.builder()
                    .denyIf(Conditions.of(Condition.of("args.a", Operator.GT, "5")))
                    .denyIf(Conditions.of(Condition.of("args.a", Operator.REGEX, "(")))
                    .limit(Limit.builder("", Duration.ofDays(1), -1).build())
                    .approval(Duration.ofMillis(999), Duration.ofDays(8))
                    .build());

    assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(builder::build)
        .satisfies(
            refused ->
                assertThat(refused.problems())
                    .map(PolicyProblem::pointer)
                    .containsExactlyInAnyOrder(
                        "/tools/*",
                        "/tools/pay/deny_if/0/conditions/0/value",
                        "/tools/pay/deny_if/1/conditions/0/value",
                        "/tools/pay/limits/0/counter",
                        "/tools/pay/limits/0/max",
                        "/tools/pay/approval/timeout",
                        "/tools/pay/approval/valid"));
  }

  @Test
  void aWindowOutOfItsRangeIsRefusedWhereItIsWritten() {
    for (Duration length :
        List.of(Duration.ZERO, Duration.ofNanos(1_500_000), Duration.ofSeconds(Long.MAX_VALUE))) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Limit.builder("c", length, 1).build())
          .withMessage("window is %s, expected 1 ms to 366 days, in whole milliseconds", length);
      assertThatIllegalArgumentException().isThrownBy(() -> RateLimit.of(1, length));
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> Limit.builder("c", Duration.ofHours(2), 1).calendar(ZoneId.of("UTC")).build())
        .withMessageContaining("a minute, an hour, a day or a week");
  }

  /** Whether it is the same value or another: the second of two lines is easily overlooked. */
  @Test
  void aSettingIsMadeOnce() {
    Map<String, ThrowingCallable> twice = new LinkedHashMap<>();
    twice.put(
        "defaultAction",
        () -> Policy.builder().defaultAction(DefaultAction.DENY).defaultAction(DefaultAction.DENY));
    twice.put("description", () -> Policy.builder().description("a").description("b"));
    twice.put("allTools", () -> Policy.builder().allTools(AllTools.NONE).allTools(AllTools.NONE));
    twice.put("action", () -> ToolRule.builder().action(Action.DENY).action(Action.ALLOW));
    twice.put("reason", () -> ToolRule.builder().reason("a").reason("b"));
    twice.put("mode", () -> ToolRule.builder().mode(Mode.ENFORCE).mode(Mode.SHADOW));
    twice.put("rateLimit", () -> ToolRule.builder().rateLimit(RATE).rateLimit(RATE));
    twice.put("approval", () -> ToolRule.builder().approval(HOUR, HOUR).approval(HOUR, HOUR));
    twice.put("approval ", () -> AllTools.builder().approval(HOUR, HOUR).approval(HOUR, HOUR));
    twice.put("scope", () -> limit().scope(Scope.GLOBAL).scope(Scope.GRANT));
    twice.put("increment", () -> limit().increment(BigDecimal.ONE).increment(BigDecimal.TEN));
    twice.put("incrementFrom", () -> limit().incrementFrom("args.a").incrementFrom("args.b"));
    twice.put("counts", () -> limit().counts(Counts.ATTEMPTS).counts(Counts.SUCCESSES));
    twice.put("calendar", () -> limit().calendar(UTC).calendar(UTC));
    twice.put("onDeny", () -> limit().onDeny("a").onDeny("b"));

    twice.forEach(
        (setting, calls) ->
            assertThatIllegalStateException()
                .isThrownBy(calls)
                .withMessage(setting.strip() + " is set already"));
  }

  private static Limit.Builder limit() {
    return Limit.builder("c", HOUR, 1);
  }

  @Test
  void limitsThatShareACountHaveOneIdentity() {
    Limit.Identity identity = limit().build().identity();

    assertThat(Limit.builder("c", Duration.ofMinutes(60), 99).onDeny("No.").build().identity())
        .isEqualTo(identity)
        .hasSameHashCodeAs(identity);
    assertThat(
            List.of(
                Limit.builder("d", HOUR, 1).build().identity(),
                Limit.builder("c", Duration.ofMinutes(1), 1).build().identity(),
                limit().scope(Scope.GLOBAL).build().identity(),
                limit().calendar(UTC).build().identity()))
        .doesNotContain(identity)
        .doesNotHaveDuplicates();
  }

  @Test
  void saysWhatIsWrongWithAPath() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Condition.of("amount", Operator.GT, 5))
        .withMessage(
            "found the text \"amount\", expected a path that starts with args., context., grant,"
                + " session, client, tool, time. or marks.; did you mean \"args.amount\"?");
  }

  /** There is no line to name in Java. */
  @Test
  void namesACounterThatIsThereTwice() {
    Limit limit = Limit.builder("c", Duration.ofMinutes(1), 1).build();
    Policy.Builder builder =
        Policy.builder()
            .defaultAction(DefaultAction.DENY)
            .tool("pay", ToolRule.builder().limit(limit).limit(limit).build());

    assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(builder::build)
        .withMessageEndingWith("expected each counter once in a list");
  }

  @Test
  void needsADefaultAndEachNameOnce() {
    assertThatIllegalStateException().isThrownBy(() -> Policy.builder().build());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Policy.builder().tool("a", ToolRule.ALLOW).tool("a", ToolRule.ALLOW))
        .withMessageContaining("\"a\" is listed already");
  }

  @Test
  void takesNoValueThatJsonHasNot() {
    for (Object value :
        new Object[] {
          Double.NaN, Float.POSITIVE_INFINITY, new AtomicInteger(), 'c', Map.of(1, 2)
        }) {
      assertThatIllegalArgumentException().isThrownBy(() -> withValue(value).build());
    }
  }

  /** Java's own spelling of these is beyond the bounds of a document, though theirs is not. */
  @Test
  void jsonOfANumberAtTheBoundsIsReadAsAnEqualOne() {
    for (String number :
        List.of(
            "123e10000",
            "-12.5e10000",
            "0.001e-10000",
            "1e10000",
            "1e-10000",
            "1.55e-10000",
            "9".repeat(999) + "0",
            "9".repeat(995) + "e10",
            "-" + "9".repeat(993) + "e9999",
            "9".repeat(994) + "e-9999",
            "9".repeat(500) + "." + "9".repeat(496) + "e5")) {
      Policy policy =
          Policy.parse(
              """
              {"version": "1", "default": "deny", "tools": {"t": {"require": [{"conditions": [
                {"path": "args.a", "op": "lt", "value": %s}]}]}}}"""
                  .formatted(number));
      assertThat(Policy.parse(policy.toJson())).isEqualTo(policy);
      Object value = Objects.requireNonNull(condition(policy).value());
      assertThat(condition(withValue(value).build()).value()).isEqualTo(value);
    }
  }

  private static Condition condition(Policy policy) {
    return policy.tools().values().iterator().next().require().get(0).conditions().get(0);
  }

  @Test
  void takesNoNumberBeyondTheBounds() {
    for (String number : List.of("1E+11000", "1E+2000000000", "1E-2000000000", "9".repeat(1001))) {
      assertThatExceptionOfType(PolicyException.class)
          .isThrownBy(() -> withValue(new BigDecimal(number)).build());
    }
  }

  @Test
  void aNameIsOfWholeCharactersWhateverItIsWrittenIn() {
    String half = "pay\ud83d";
    List<ThrowingCallable> spellings =
        List.of(
            () -> withName(half).build(),
            () -> Policy.parse("version: '1'\ndefault: deny\ntools:\n  \"pay\\uD83D\": {}\n"),
            () ->
                Policy.parse(
                    "{\"version\":\"1\",\"default\":\"deny\",\"tools\":{\"pay\\uD83D\":{}}}"));

    assertThat(spellings)
        .allSatisfy(
            spelling ->
                assertThatExceptionOfType(PolicyException.class)
                    .isThrownBy(spelling)
                    .withMessageContaining("surrogate pair"));
  }

  private static Policy.Builder withName(String name) {
    return Policy.builder().defaultAction(DefaultAction.DENY).tool(name, ToolRule.ALLOW);
  }

  @Test
  void endsOnAListThatHoldsItself() {
    List<Object> list = new ArrayList<>();
    list.add(list);
    assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(() -> withValue(list).build())
        .withMessageContaining("more than 100 deep");
  }

  @Test
  void isAtMost100LevelsDeep() {
    Object value = 1;
    for (int i = 0; i < 93; i++) {
      value = Map.of("a", value);
    }
    Policy.Builder deepest = withValue(value);
    Policy.Builder deeper = withValue(Map.of("a", value));

    assertThatNoException().isThrownBy(deepest::build);
    assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(deeper::build)
        .withMessageContaining("more than 100 deep");
  }

  private static Policy.Builder withValue(Object value) {
    return Policy.builder()
        .defaultAction(DefaultAction.ALLOW)
        .tool(
            "t",
            ToolRule.builder()
                .require(Conditions.of(Condition.of("args.a", Operator.EQ, value)))
                .build());
  }

  @ParameterizedTest
  @MethodSource("dev.alcada.policy.DoubtfulDocumentTest#documents")
  void jsonOfAPolicyIsReadAsAnEqualPolicy(String file) {
    Policy policy = Policy.load(Corpus.path("doubtful").resolve(file));
    Policy again = Policy.parse(policy.toJson());
    assertThat(again).isEqualTo(policy).hasToString(policy.toString());
    assertThat(again.warnings()).hasSameSizeAs(policy.warnings());
  }

  @Test
  void aConditionOfAPolicyIsTheOneItWasBuiltOf() {
    Condition condition = Condition.of("args.a", Operator.REGEX, "^b+$");
    Policy policy =
        Policy.builder()
            .defaultAction(DefaultAction.DENY)
            .tool("t", ToolRule.builder().require(Conditions.of(condition)).build())
            .build();

    assertThat(condition(policy)).isEqualTo(condition).hasSameHashCodeAs(condition);
  }

  @Test
  void equalPoliciesSayTheSame() {
    Policy policy = Policy.parse("{\"version\": \"1\", \"default\": \"deny\"}");
    assertThat(policy)
        .isNotEqualTo(Policy.parse("{\"version\": \"1\", \"default\": \"allow\"}"))
        .isNotEqualTo(
            Policy.parse("{\"version\": \"1\", \"default\": \"deny\", \"tools\": {\"a\": {}}}"))
        .isNotEqualTo(
            Policy.parse("{\"version\": \"1\", \"default\": \"deny\", \"hide\": [\"a\"]}"));
    assertThat(policy.toJson())
        .isEqualTo(
            """
            {
              "version": "1",
              "default": "deny"
            }""");
  }
}
