package dev.alcada.decision;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.alcada.counter.Refusal;
import dev.alcada.policy.Policy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the agent is told where the document says nothing: cause and remedy, and never a value. */
class DefaultMessageTest {
  private static final String SECRET = "hunter2";

  private static Judgement judge(String rules, Map<String, ?> arguments) {
    Policy policy =
        Policy.parse(
            "{\"version\": \"1\", \"default\": \"allow\", \"all_tools\": {" + rules + "}}");
    return CompiledPolicy.of(policy)
        .judge(ToolCall.of("t", arguments, Caller.grant("g").withAttribute("a", List.of(SECRET))));
  }

  private static String denyIf(String path, String op, String value) {
    return "\"deny_if\": [{\"conditions\": [{\"path\": \"%s\", \"op\": \"%s\", \"value\": %s}]}]"
        .formatted(path, op, value);
  }

  /** An argument that a Java caller supplied and JSON has not, which no operator can judge. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "eq       | \"x\"             | text",
        "eq       | 5                 | a number",
        "neq      | true              | true or false",
        "eq       | null              | null",
        "neq      | [1]               | a list",
        "eq       | {\"a\": 1}        | an object",
        "in       | [\"a\", \"b\"]    | text",
        "not_in   | [1, 2.5]          | a number",
        "in       | [1, \"a\"]        | a value of a type the policy lists",
        "lt       | 5                 | a number",
        "lte      | 5                 | a number",
        "gt       | 5                 | a number",
        "gte      | 5                 | a number",
        "regex    | \"x\"             | text of at most 65,536 characters",
        "contains | \"x\"             | text or a list",
        "contains | 5                 | a list",
        "exists   | true              | a value that JSON has"
      })
  void whatCannotBeJudgedIsNamedWithWhatWasExpected(String op, String value, String expected) {
    Decision.Denied denied =
        requireNonNull(judge(denyIf("args.v", op, value), Map.of("v", new AtomicLong())).denied());

    assertThat(denied.code()).isEqualTo(DecisionCode.UNJUDGED);
    assertThat(denied.message())
        .isEqualTo(
            "Argument args.v could not be judged: expected "
                + expected
                + ", given once and under exactly that name. Correct the argument and call again.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"context.a", "context.none", "session", "client"})
  void whatTheHostSuppliesIsTheOperatorsToCorrect(String path) {
    Decision.Denied denied = requireNonNull(judge(denyIf(path, "lt", "5"), Map.of()).denied());

    assertThat(denied.message())
        .isEqualTo(
            path
                + " could not be judged: expected a number, supplied by the host. Tell the"
                + " operator.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"grant", "tool"})
  void aConditionThatNoGrantOrToolCanMeetIsTheOperatorsToo(String path) {
    Decision.Denied denied = requireNonNull(judge(denyIf(path, "lt", "5"), Map.of()).denied());

    assertThat(denied.code()).isEqualTo(DecisionCode.UNJUDGED);
    assertThat(denied.message())
        .isEqualTo(path + " could not be judged: expected a number. Tell the operator.");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "args.v    | argument args.v could not be judged: expected a number, given once and under exactly that name.",
        "context.a | context.a could not be judged: expected a number, supplied by the host.",
        "grant     | grant could not be judged: expected a number."
      })
  void whatCannotBeJudgedIsAReasonToAskAPersonAndNotAlsoToChangeTheCall(String path, String cause) {
    String rule =
        "\"approve_if\": [{\"conditions\": [{\"path\": \"%s\", \"op\": \"gt\", \"value\": 5}]}]"
            .formatted(path);

    assertThat(judge(rule, Map.of("v", "10")).asks())
        .extracting(AskingRule::reason)
        .containsExactly("The policy wants a person to approve this call because " + cause);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"require\": [{\"conditions\": [{\"path\": \"args.v\", \"op\": \"eq\", \"value\": \"x\"}]}]",
        "\"require\": [{\"conditions\": [{\"path\": \"args.v\", \"op\": \"gt\", \"value\": 1}]}]",
        "\"require\": [{\"conditions\": [{\"path\": \"context.a\", \"op\": \"eq\", \"value\": 1}]}]",
        "\"deny_if\": [{\"conditions\": [{\"path\": \"args.v\", \"op\": \"contains\", \"value\": \"h\"}]}]",
        "\"deny_if\": [{\"conditions\": [{\"path\": \"args.v.w\", \"op\": \"eq\", \"value\": 1}]}]",
        "\"deny_if\": [{\"name\": \"n\", \"conditions\": [{\"path\": \"args.v\", \"op\": \"exists\", \"value\": true}]}]",
        "\"approve_if\": [{\"conditions\": [{\"path\": \"args.v\", \"op\": \"neq\", \"value\": \"x\"}]}]",
        "\"approve_if\": [{\"conditions\": [{\"path\": \"args.v\", \"op\": \"gt\", \"value\": 1}]}]",
        "\"limits\": [{\"counter\": \"c\", \"window\": 1, \"max\": 5, \"increment_from\": \"args.v\"}]",
        "\"limits\": [{\"counter\": \"c\", \"window\": 1, \"max\": 5, \"increment_from\": \"context.a\"}]",
        "\"limits\": [{\"counter\": \"c\", \"window\": 1, \"max\": 5, \"scope\": \"args.v.w\"}]",
        "\"limits\": [{\"counter\": \"c\", \"window\": 1, \"max\": 5, \"scope\": \"context.a\"}]"
      })
  void noMessageRepeatsAValueOfTheCall(String rules) {
    Judgement judgement = judge(rules, Map.of("v", SECRET));

    List<@Nullable Object> said = new ArrayList<>(judgement.asks());
    said.add(judgement.denied());
    assertThat(said.toString()).contains("/all_tools/").doesNotContain(SECRET);
  }

  @Test
  void whoSuppliesAScopeOrAnAmountIsToldWhatItMustBe() {
    String limit = "\"limits\": [{\"counter\": \"c\", \"window\": 1, \"max\": 5, \"%s\": \"%s\"}]";
    Map<String, String> messages = new HashMap<>();
    for (String field : List.of("scope", "increment_from")) {
      for (String path : List.of("args.v", "context.v")) {
        Decision.Denied denied = judge(limit.formatted(field, path), Map.of()).denied();
        messages.put(field + " " + path, requireNonNull(denied).message());
      }
    }

    assertThat(messages)
        .containsEntry(
            "scope args.v",
            "The limit \"c\" counts by args.v, which must be text or a number. Correct the argument"
                + " and call again.")
        .containsEntry(
            "scope context.v",
            "The limit \"c\" counts by context.v, which must be text or a number. The host supplies"
                + " it; tell the operator.")
        .containsEntry(
            "increment_from args.v",
            "The limit \"c\" adds up args.v, which must be a number from 0 to 4000000000 with at most 9"
                + " decimal places. Correct the argument and call again.")
        .containsEntry(
            "increment_from context.v",
            "The limit \"c\" adds up context.v, which must be a number from 0 to 4000000000 with at"
                + " most 9 decimal places. The host supplies it; tell the operator.");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\\u2003\\n"})
  void aTextThatSaysNothingIsAsIfThereWereNone(String blank) {
    Policy policy =
        Policy.parse(
            """
            {"version": "1", "default": "deny", "tools": {
              "closed": {"action": "deny", "reason": "%1$s"},
              "asked": {"action": "require_approval", "reason": "%1$s"},
              "judged": {"deny_if": [{"conditions": [], "on_deny": "%1$s"}]},
              "counted": {"limits": [{"counter": "c", "window": 1, "max": 0, "on_deny": "%1$s"}]}}}
            """
                .formatted(blank));
    CompiledPolicy compiled = CompiledPolicy.of(policy);
    Refusal never = new Refusal(0, Refusal.Reason.ABOVE_MAX, null);

    assertThat(
            List.of(
                requireNonNull(judge(compiled, "closed").denied()).message(),
                judge(compiled, "asked").asks().get(0).reason(),
                requireNonNull(judge(compiled, "judged").denied()).message(),
                judge(compiled, "counted").refused(never).message()))
        .noneMatch(String::isBlank);
  }

  /** What a document says instead of the default text does not hide when to call again. */
  @ParameterizedTest
  @CsvSource({
    "Enough.,     42, 'Enough. Wait 42 s, then call again.'",
    "'Enough. ',  42, 'Enough. Wait 42 s, then call again.'",
    "Enough.,     ,   Enough."
  })
  void aTextOfTheDocumentKeepsTheWait(String text, @Nullable Integer seconds, String told) {
    CompiledPolicy policy =
        CompiledPolicy.of(
            Policy.parse(
                """
                {"version": "1", "default": "deny", "tools": {"t": {"limits": [
                  {"counter": "c", "window": "minute", "max": 1, "on_deny": "%s"}]}}}
                """
                    .formatted(text)));
    Duration wait = seconds == null ? null : Duration.ofSeconds(seconds);

    assertThat(judge(policy, "t").refused(new Refusal(0, Refusal.Reason.EXHAUSTED, wait)).message())
        .isEqualTo(told);
  }

  private static Judgement judge(CompiledPolicy policy, String tool) {
    return policy.judge(ToolCall.of(tool, Map.of(), Caller.grant("g")));
  }

  @Test
  void anAmountThatIsTooLargeIsToldWhatTheLargestIs() {
    String limit =
        "\"limits\": [{\"counter\": \"c\", \"window\": 1, \"max\": %s,"
            + " \"increment_from\": \"args.v\"}]";

    assertThat(judge(limit.formatted("5"), Map.of("v", 4_000_000_001L)).denied())
        .extracting(Decision.Denied::message, as(STRING))
        .contains("a number from 0 to 4000000000 with at most 9 decimal places");
    assertThat(judge(limit.formatted("5e9"), Map.of("v", 1e16)).denied())
        .extracting(Decision.Denied::message, as(STRING))
        .contains("a number from 0 to 4000000000000000 with at most 3 decimal places");
  }

  @Test
  void aJavaValueThatJsonHasNotIsNeitherAnAmountNorAScope() {
    String limit =
        "\"limits\": [{\"counter\": \"c\", \"window\": 1, \"max\": 5, \"%s\": \"args.v\"}]";
    for (Object odd :
        List.of(Double.NaN, Double.POSITIVE_INFINITY, Float.NaN, new AtomicLong(1), 'c')) {
      assertThat(judge(limit.formatted("increment_from"), Map.of("v", odd)).denied())
          .extracting(Decision::code)
          .isEqualTo(DecisionCode.AMOUNT_INVALID);
      assertThat(judge(limit.formatted("scope"), Map.of("v", odd)).denied())
          .extracting(Decision::code)
          .isEqualTo(DecisionCode.SCOPE_MISSING);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "second | EXHAUSTED     | 1 | The limit \"c\" allows at most 5.5 a second, and that is used up. Wait 1 s, then call again.",
        "1500ms | EXHAUSTED     |   | The limit \"c\" allows at most 5.5 in 1.5 seconds, and that is used up. Change the call, or ask the operator.",
        "P7D    | ABOVE_MAX         |   | The limit \"c\" allows at most 5.5 a week, and this call alone is more. Waiting does not help; ask for less.",
        "day    | TOO_MANY_KEYS |   | The limit \"c\" counts as many separate values as it may, and this one is new. Try again later, or tell the operator."
      })
  void aRefusalSaysHowMuchThereIsAndWhetherWaitingHelps(
      String window, Refusal.Reason reason, @Nullable Integer seconds, String message) {
    Judgement judgement =
        judge(
            "\"limits\": [{\"counter\": \"c\", \"window\": \"%s\", \"max\": 5.5}]"
                .formatted(window),
            Map.of());

    Duration wait = seconds == null ? null : Duration.ofSeconds(seconds);
    assertThat(judgement.refused(new Refusal(0, reason, wait)).message()).isEqualTo(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "20 | Ask for less, or wait 20 s and call again.",
        "   | Ask for less, or ask the operator."
      })
  void aLimitOnAmountsSaysThatALesserOneMayFit(@Nullable Integer seconds, String advice) {
    Judgement judgement =
        judge(
            "\"limits\": [{\"counter\": \"c\", \"window\": \"day\", \"max\": 100,"
                + " \"increment_from\": \"args.v\"}]",
            Map.of("v", 60));

    Duration wait = seconds == null ? null : Duration.ofSeconds(seconds);
    assertThat(judgement.refused(new Refusal(0, Refusal.Reason.EXHAUSTED, wait)).message())
        .isEqualTo(
            "The limit \"c\" allows at most 100 a day, and too little of that is left for this"
                + " call. "
                + advice);
  }

  @Test
  void aRateLimitHasNoNameButItsTool() {
    Policy policy =
        Policy.parse(
            "{\"version\": \"1\", \"default\": \"deny\", \"tools\": {\"t\": {\"rate_limit\": \"5/hour\"}}}");
    Judgement judgement =
        CompiledPolicy.of(policy).judge(ToolCall.of("t", Map.of(), Caller.grant("g")));

    assertThat(judgement.refused(new Refusal(0, Refusal.Reason.EXHAUSTED, null)).message())
        .startsWith("The rate limit of this tool allows at most 5 an hour, ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "require    | \"conditions\": [{\"path\": \"args.w\", \"op\": \"eq\", \"value\": 1}] | args.w is missing, and the policy requires args.w eq 1. Give it and call again, or ask the operator.",
        "require    | \"conditions\": [{\"path\": \"args.v\", \"op\": \"lte\", \"value\": 1}], \"name\": \"small\" | The policy requires \"small\" (args.v lte 1). Change the call, or ask the operator.",
        "deny_if    | \"conditions\": [{\"path\": \"args.v\", \"op\": \"eq\", \"value\": 5}] | The policy denies this call because of args.v eq 5. Change the call, or ask the operator.",
        "deny_if    | \"conditions\": [], \"name\": \"night\"                             | The policy denies this call because of \"night\". Change the call, or ask the operator.",
        "deny_if    | \"conditions\": []                                                   | The policy denies this call because of a rule without conditions. Change the call, or ask the operator.",
        "approve_if | \"conditions\": [{\"path\": \"args.v\", \"op\": \"gt\", \"value\": 1}] | The policy wants a person to approve this call because of args.v gt 1."
      })
  void aPredicateSaysWhatDecidesAndWhatToDo(String list, String predicate, String message) {
    Judgement judgement = judge("\"" + list + "\": [{" + predicate + "}]", Map.of("v", 5));

    Decision.Denied denied = judgement.denied();
    assertThat(denied == null ? judgement.asks().get(0).reason() : denied.message())
        .isEqualTo(message);
  }
}
