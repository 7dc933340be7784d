package dev.alcada.decision;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.Refusal;
import dev.alcada.policy.ApprovalTerms;
import dev.alcada.policy.Policy;
import dev.alcada.policy.ValuePath;
import dev.alcada.testing.ManualTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompiledPolicyTest {
  private static final Caller CALLER = Caller.grant("g");

  private static CompiledPolicy policy(String rest) {
    return CompiledPolicy.of(Policy.parse("{\"version\": \"1\", " + rest + "}"));
  }

  private static Judgement judge(CompiledPolicy policy, String tool, Map<String, ?> arguments) {
    return policy.judge(ToolCall.of(tool, arguments, CALLER));
  }

  /** What the clock shows is kept for a minute: as long as the minute lasts, and no longer. */
  @ParameterizedTest
  @CsvSource({
    "2026-11-27T11:59:00Z,     2026-11-27T11:59:59.999Z, false",
    "2026-11-27T11:59:59.700Z, 2026-11-27T11:59:59.999Z, false",
    "2026-11-27T11:59:59.700Z, 2026-11-27T12:00:00Z,     true",
    "2026-11-27T11:59:00.500Z, 2026-11-27T12:00:00.499Z, true",
    "2026-11-27T12:00:00Z,     2026-11-27T11:59:59.999Z, false",
    "1969-12-31T11:59:59.700Z, 1969-12-31T12:00:00Z,     true"
  })
  void anHourBeginsWithItsFirstMillisecond(Instant first, Instant then, boolean open) {
    ManualTime time = new ManualTime(first);
    CompiledPolicy policy =
        CompiledPolicy.of(
            Policy.parse(
                """
                {"version": "1", "default": "deny", "timezone": "UTC", "tools": {"pay": {"require": [
                  {"conditions": [{"path": "time.hour", "op": "gte", "value": 12}]}]}}}
                """),
            time);
    judge(policy, "pay", Map.of());
    time.setWall(then);

    assertThat(judge(policy, "pay", Map.of()).denied() == null).isEqualTo(open);
  }

  @Test
  void aToolIsVisibleUnlessHidden() {
    CompiledPolicy policy =
        policy(
            "\"default\": \"deny\", \"hide\": [\"a\", \"b*\"], \"tools\": {\"b1\": {}, \"c\": {}}");

    assertThat(policy.visible("a")).isFalse();
    assertThat(policy.visible("b1")).isFalse();
    assertThat(policy.visible("b2")).isFalse();
    assertThat(policy.visible("c")).isTrue();
    assertThat(policy.visible("unlisted")).isTrue();
  }

  @Test
  void whatIsNotListedIsHiddenWhereThePolicySaysSo() {
    CompiledPolicy policy =
        policy(
            """
            "default": "deny", "hide": "unlisted",
            "tools": {"a": {}, "b*": {"mode": "shadow"}, "c": {"action": "deny"}}""");

    assertThat(policy.visible("a")).isTrue();
    assertThat(policy.visible("b1")).isTrue();
    assertThat(policy.visible("c")).isTrue();
    assertThat(policy.visible("d")).isFalse();
    assertThat(judge(policy, "a", Map.of()).denied()).isNull();
    assertThat(judge(policy, "c", Map.of()).denied())
        .extracting(Decision.Denied::code)
        .isEqualTo(DecisionCode.ACTION);
    assertThat(judge(policy, "d", Map.of()).denied())
        .satisfies(
            denied -> {
              assertThat(denied.code()).isEqualTo(DecisionCode.HIDDEN);
              assertThat(denied.rule()).isEqualTo("(hidden)");
              assertThat(denied.location()).isEqualTo("/hide");
            });
  }

  @Test
  void aStarIsTheRuleOfEachToolThatHasNoneOfItsOwn() {
    CompiledPolicy policy =
        policy(
            """
            "default": "allow", "hide": ["secret"],
            "tools": {"a": {}, "b*": {"action": "deny"}, "*": {"action": "require_approval"}}""");

    assertThat(judge(policy, "a", Map.of()).asks()).isEmpty();
    assertThat(judge(policy, "b1", Map.of()).denied()).isNotNull();
    assertThat(judge(policy, "c", Map.of()).asks())
        .extracting(AskingRule::rule)
        .containsExactly("/tools/*/action");
    assertThat(judge(policy, "", Map.of()).asks()).hasSize(1);
    assertThat(policy.visible("c")).isTrue();
    assertThat(policy.visible("secret")).isFalse();
  }

  @Test
  void whatTheRulesReadOfACallIsKnown() {
    assertThat(
            policy(
                    """
                    "default": "allow",
                    "all_tools": {"require": [{"conditions": [{"path": "context.b", "op": "exists", "value": true}]}]},
                    "tools": {
                      "t": {"approve_if": [{"conditions": [{"path": "context[\\"a.x\\"]", "op": "eq", "value": 1}]}],
                            "limits": [{"counter": "c", "window": 1, "max": 1, "scope": "context.c", "increment_from": "context.d"}]},
                      "s": {"mode": "shadow", "deny_if": [{"conditions": [{"path": "context.e", "op": "eq", "value": 1}]}]},
                      "r": {"rate_limit": {"max": 1, "window": 1, "scope": "context.f"}}}""")
                .mentioned())
        .containsExactly(ValuePath.Root.CONTEXT);
    assertThat(
            policy(
                    """
                    "default": "allow",
                    "tools": {
                      "t": {"rate_limit": "1/minute"},
                      "s": {"mode": "shadow", "deny_if": [{"conditions": [{"path": "client", "op": "eq", "value": "c"}]}]}}""")
                .mentioned())
        .containsExactlyInAnyOrder(ValuePath.Root.SESSION, ValuePath.Root.CLIENT);
  }

  @Test
  void everyLimitHasItsCounter() {
    CompiledPolicy policy =
        policy(
            """
            "default": "allow",
            "all_tools": {"limits": [{"counter": "c", "window": "60s", "max": 9}]},
            "tools": {
              "t": {"rate_limit": "1/minute", "limits": [{"counter": "c", "window": "minute", "max": 5}]},
              "u": {"limits": [{"counter": "c", "window": 60, "max": 5}, {"counter": "c", "window": 61, "max": 6}]}}""");

    Map<String, CounterId> counters = policy.counters();
    assertThat(counters.keySet())
        .containsExactly(
            "/tools/t/rate_limit",
            "/tools/t/limits/c",
            "/tools/u/limits/c",
            "/tools/u/limits/c#1",
            "/all_tools/limits/c");
    assertThat(counters.get("/tools/t/limits/c"))
        .isSameAs(counters.get("/tools/u/limits/c"))
        .isSameAs(counters.get("/all_tools/limits/c"));
    assertThat(Set.copyOf(counters.values())).hasSize(3);
  }

  @Test
  void aCounterKeepsItsIdentityInAReplacementThatChangesOtherThings() {
    String before =
        "\"tools\": {\"t\": {\"limits\": [{\"counter\": \"c\", \"window\": 60, \"max\": 5}]}}";
    String after =
        """
        "tools": {"t": {"limits": [{"counter": "c", "window": "PT1M", "max": 7, "increment": 2,
          "counts": "successes", "on_deny": "no"}]}}""";

    assertThat(policy("\"default\": \"deny\", " + before).counters())
        .isEqualTo(policy("\"default\": \"deny\", " + after).counters());
  }

  @ParameterizedTest
  @CsvSource({"PT0.001S, 1", "PT0S, 1", "PT1S, 1", "PT1.000000001S, 2", "PT59.5S, 60"})
  void waitsAreWholeSecondsRoundedUpAndAtLeastOne(Duration wait, long seconds) {
    Judgement judgement =
        judge(
            policy("\"default\": \"allow\", \"tools\": {\"t\": {\"rate_limit\": \"1/minute\"}}"),
            "t",
            Map.of());

    assertThat(judgement.refused(new Refusal(0, Refusal.Reason.EXHAUSTED, wait)).retryAfter())
        .isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void eachRefusalHasItsCodeAndNamesTheLimitThatWasCharged() {
    CompiledPolicy policy =
        policy(
            """
            "default": "allow",
            "all_tools": {"limits": [{"counter": "c", "window": 60, "max": 3}, {"counter": "d", "window": 60, "max": 3, "on_deny": "Enough."}]},
            "tools": {"t": {"limits": [{"counter": "c", "window": 60, "max": 5}, {"counter": "e", "window": 60, "max": 3}]}}""");
    Judgement judgement = judge(policy, "t", Map.of());
    Duration wait = Duration.ofSeconds(7);

    assertThat(judgement.demand().charges())
        .extracting((Charge charge) -> charge.key().counter().name())
        .containsExactly("e", "c", "d");
    assertThat(judgement.refused(new Refusal(0, Refusal.Reason.EXHAUSTED, wait)))
        .returns("/tools/t/limits/e", Decision::rule)
        .returns(DecisionCode.LIMIT, Decision::code)
        .returns(wait, Decision::retryAfter);
    assertThat(judgement.refused(new Refusal(1, Refusal.Reason.ABOVE_MAX, wait)))
        .returns("/all_tools/limits/c", Decision::rule)
        .returns("/all_tools/limits/0", Decision::location)
        .returns(DecisionCode.LIMIT_NEVER, Decision::code)
        .returns(null, Decision::retryAfter);
    assertThat(judgement.refused(new Refusal(2, Refusal.Reason.EXHAUSTED, null)))
        .returns("/all_tools/limits/d", Decision::rule)
        .returns("Enough.", Decision::message)
        .returns(null, Decision::retryAfter);
    assertThat(judgement.refused(new Refusal(2, Refusal.Reason.ABOVE_MAX, null)))
        .returns("Enough.", Decision::message)
        .returns(DecisionCode.LIMIT_NEVER, Decision::code);
    assertThat(judgement.refused(new Refusal(2, Refusal.Reason.TOO_MANY_KEYS, null)))
        .returns(DecisionCode.TOO_MANY_KEYS, Decision::code);
    assertThat(judgement.refused(new Refusal(3, Refusal.Reason.EXHAUSTED, wait)))
        .returns(DecisionCode.INTERNAL, Decision::code);
  }

  @Test
  void ofEqualMaximaTheFirstInTheDocumentIsNamed() {
    Judgement judgement =
        judge(
            policy(
                """
                "default": "allow",
                "all_tools": {"limits": [{"counter": "c", "window": 60, "max": 3}]},
                "tools": {"t": {"limits": [{"counter": "c", "window": 60, "max": 3}]}}"""),
            "t",
            Map.of());

    assertThat(judgement.demand().charges()).hasSize(1);
    assertThat(judgement.refused(new Refusal(0, Refusal.Reason.EXHAUSTED, null)).rule())
        .isEqualTo("/tools/t/limits/c");
  }

  @Test
  void laterEntriesOfOneNameAreToldApartEvenFromNamesThatLookToldApart() {
    String predicate = "{\"conditions\": [], \"name\": \"%s\"}";
    List<String> rules =
        judge(
                policy(
                    "\"default\": \"allow\", \"all_tools\": {\"approve_if\": ["
                        + String.join(
                            ", ",
                            predicate.formatted("x"),
                            predicate.formatted("x"),
                            predicate.formatted("x#1"),
                            predicate.formatted("x"))
                        + "]}"),
                "t",
                Map.of())
            .asks()
            .stream()
            .map(AskingRule::rule)
            .toList();

    assertThat(rules)
        .containsExactly(
            "/all_tools/approve_if/x",
            "/all_tools/approve_if/x#1",
            "/all_tools/approve_if/x#1#2",
            "/all_tools/approve_if/x#3");
  }

  @Test
  void aToolsApprovalTermsComeBeforeThoseOfAllTools() {
    CompiledPolicy policy =
        policy(
            """
            "default": "allow", "all_tools": {"approval": {"timeout": "1m", "valid": "2m"}},
            "tools": {"t": {"approval": {"timeout": "3m", "valid": "4m"}}, "u": {},
              "v": {"approval": {"valid": "4m"}}, "w": {"approval": {"timeout": "3m"}}}""");

    assertThat(judge(policy, "t", Map.of()).approvalTerms())
        .isEqualTo(ApprovalTerms.of(Duration.ofMinutes(3), Duration.ofMinutes(4)));
    assertThat(judge(policy, "u", Map.of()).approvalTerms())
        .isEqualTo(ApprovalTerms.of(Duration.ofMinutes(1), Duration.ofMinutes(2)));
    assertThat(judge(policy, "v", Map.of()).approvalTerms())
        .isEqualTo(ApprovalTerms.of(Duration.ofMinutes(10), Duration.ofMinutes(4)));
    assertThat(judge(policy, "w", Map.of()).approvalTerms())
        .isEqualTo(ApprovalTerms.of(Duration.ofMinutes(3), Duration.ofMinutes(10)));
    assertThat(judge(policy("\"default\": \"allow\""), "u", Map.of()).approvalTerms())
        .isEqualTo(ApprovalTerms.of(Duration.ofMinutes(10), Duration.ofMinutes(10)));
  }

  /** So that a replacement which begins anew what calls have left is told of. */
  @Test
  void whatStandsBehindOnceAndMarksIsKnownByTheirRules() {
    String document =
        """
        "default": "deny", "tools": {"t": {"once": "1h", "marks": [
          {"mark": "m", "for": "1h", "scope": %s}, {"mark": "n", "for": "1h"}]}}""";
    Map<String, CounterId> before = policy(document.formatted("\"grant\"")).counters();
    Map<String, CounterId> after = policy(document.formatted("\"session\"")).counters();

    assertThat(before).containsOnlyKeys("/tools/t/once", "/tools/t/marks/m", "/tools/t/marks/n");
    assertThat(after.get("/tools/t/once")).isEqualTo(before.get("/tools/t/once"));
    assertThat(after.get("/tools/t/marks/m")).isNotEqualTo(before.get("/tools/t/marks/m"));
    assertThat(after.get("/tools/t/marks/n")).isEqualTo(before.get("/tools/t/marks/n"));
  }

  /** The larger number holds, and both lists of roles, whoever says so. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"approvers": 2}                | {"approvers": 3}                | 3 | []
          {"approvers": 3}                | {"approvers": 2}                | 3 | []
          {"timeout": "1h"}               | {"approvers": 2}                | 2 | []
                                          | {"approvers": 2}                | 2 | []
          {"approvers": 2}                |                                 | 2 | []
                                          |                                 | 1 | []
          {"from": ["cfo"]}               | {"from": ["board"]}             | 1 | [[board], [cfo]]
          {"from": ["cfo"]}               | {"approvers": 2}                | 2 | [[cfo]]
          {"approvers": 2}                | {"from": ["cfo"]}               | 2 | [[cfo]]
                                          | {"from": ["cfo"]}               | 1 | [[cfo]]
          {"from": ["cfo"]}               | {"from": ["cfo"]}               | 1 | [[cfo]]
          """)
  void whatAToolAndAllToolsWantOfApproversStandsSideBySide(
      @Nullable String ofTool, @Nullable String ofAll, int approvers, String from) {
    CompiledPolicy policy =
        policy(
            """
            "default": "deny", "all_tools": {%s"approve_if": [{"conditions": []}]},
            "tools": {"t": {%s"action": "require_approval"}}"""
                .formatted(approval(ofAll), approval(ofTool)));

    Quorum quorum = judge(policy, "t", Map.of()).approvers();

    assertThat(quorum.approvers()).isEqualTo(approvers);
    assertThat(quorum.from()).hasToString(from);
    assertThat(quorum.isOne()).isEqualTo(approvers == 1 && from.equals("[]"));
  }

  private static String approval(@Nullable String said) {
    return said == null ? "" : "\"approval\": " + said + ", ";
  }

  private static String content(String path, String op, String value, String rest) {
    return judge(
            policy(
                """
                "default": "allow", "all_tools": {"approve_if": [
                  {"conditions": [{"path": "%s", "op": "%s", "value": %s}]%s}]}"""
                    .formatted(path, op, value, rest)),
            "t",
            Map.of("v", 5))
        .asks()
        .get(0)
        .content();
  }

  @Test
  void theContentOfAnAskIsTheSameForEqualRulesAlone() {
    String content = content("args.v", "neq", "100", "");

    assertThat(content)
        .isEqualTo("{\"conditions\":[{\"op\":\"neq\",\"path\":\"args.v\",\"value\":100}]}")
        .isEqualTo(content("args.v", "neq", "1e2", ""))
        .isEqualTo(content("args.v", "neq", "100.0", ""))
        .isEqualTo(content("args[\\\"v\\\"]", "neq", "100", ""))
        .isNotEqualTo(content("args.v", "neq", "101", ""))
        .isNotEqualTo(content("args.v", "neq", "100", ", \"on_deny\": \"why\""))
        .isNotEqualTo(content("args.v", "neq", "100", ", \"name\": \"n\""))
        .isNotEqualTo(content("args.v", "gt", "1", ""));
    assertThat(content("args.v", "in", "[5, {\"b\": 1, \"a\": 2}]", ""))
        .isEqualTo(content("args.v", "in", "[5, {\"a\": 2, \"b\": 1.0}]", ""));
  }

  @Test
  void anActionThatAsksForAnotherReasonIsAnotherAsk() {
    String tool = "\"default\": \"deny\", \"tools\": {\"t\": {\"action\": \"require_approval\"%s}}";
    List<String> contents = new ArrayList<>();
    for (String reason : List.of("", ", \"reason\": \"Money moves.\"", ", \"reason\": \"Why?\"")) {
      contents.add(judge(policy(tool.formatted(reason)), "t", Map.of()).asks().get(0).content());
    }

    assertThat(contents).doesNotHaveDuplicates();
  }

  @Test
  void namesThatCallersInventFillNoMemory() {
    CompiledPolicy policy =
        policy("\"default\": \"deny\", \"tools\": {\"t_*\": {\"rate_limit\": \"1/minute\"}}");

    Charge charge = judge(policy, "t_" + "x".repeat(100_000), Map.of()).demand().charges().get(0);

    assertThat(charge.key().counter().name()).hasSizeLessThan(129);
    assertThat(judge(policy, "t_" + "y".repeat(100_000), Map.of()).demand().charges().get(0).key())
        .isNotEqualTo(charge.key());
  }

  @Test
  void onlyNamesOfUpTo256CharactersAreKeptWithWhatTheyResolveTo() {
    CompiledPolicy policy =
        policy("\"default\": \"deny\", \"tools\": {\"t_*\": {\"rate_limit\": \"1/minute\"}}");
    String kept = "t_" + "x".repeat(254);
    String longer = kept + "x";

    assertThat(counter(policy, kept)).isSameAs(counter(policy, kept));
    assertThat(counter(policy, longer))
        .isEqualTo(counter(policy, longer))
        .isNotSameAs(counter(policy, longer));
  }

  private static CounterId counter(CompiledPolicy policy, String tool) {
    return judge(policy, tool, Map.of()).demand().charges().get(0).key().counter();
  }

  @Test
  void equalCallsWithoutChargesShareOneJudgement() {
    CompiledPolicy policy =
        policy(
            """
            "default": "deny", "tools": {"t": {"require": [
              {"conditions": [{"path": "args.v", "op": "eq", "value": 1}]}]}}""");

    assertThat(judge(policy, "t", Map.of("v", 1))).isSameAs(judge(policy, "t", Map.of("v", 1)));
    assertThat(judge(policy, "u", Map.of())).isSameAs(judge(policy, "v", Map.of()));
  }

  @Test
  void textsAreSearchedUpToABoundAndTheDollarIsTheirEnd() {
    CompiledPolicy policy =
        policy(
            """
            "default": "allow", "all_tools": {"deny_if": [
              {"conditions": [{"path": "args.v", "op": "regex", "value": "b$"}]}]}""");

    assertThat(code(policy, "a".repeat((1 << 16) - 1) + "b")).isEqualTo(DecisionCode.DENY_IF);
    assertThat(code(policy, "a".repeat(1 << 16))).isNull();
    assertThat(code(policy, "a".repeat((1 << 16) + 1))).isEqualTo(DecisionCode.UNJUDGED);
    assertThat(code(policy, "ab\n")).isNull();
    assertThat(code(policy, "b\ud800")).isNull();
  }

  /**
   * RE2/J takes a step for each instruction at each character: that product is bounded, whatever
   * the expression. The longest text that is searched is searched, one character more is not.
   */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "[a-z]+[0-9]",
        "(?:a|b|ab)*c",
        "(a{10}){50}",
        "(?i)(?:drop|truncate)\\\\s+table",
        "(?:a?){900}b",
        "(?:ab|c){999}(?:ab|c){999}",
        "\\\\p{L}{900}"
      })
  void theWorkOfAnExpressionIsBounded(String expression) {
    int instructions = Pattern.compile(expression.replace("\\\\", "\\")).programSize();
    int longest = Math.min(1 << 16, 2_000_000 / instructions);
    CompiledPolicy policy =
        policy(
            """
            "default": "allow", "all_tools": {"deny_if": [
              {"conditions": [{"path": "args.v", "op": "regex", "value": "%s"}]}]}"""
                .formatted(expression));

    assertThat((long) longest * instructions).isLessThanOrEqualTo(2_000_000);
    assertThat(code(policy, "-".repeat(longest))).isNull();
    assertThat(code(policy, "-".repeat(longest + 1))).isEqualTo(DecisionCode.UNJUDGED);
  }

  @Test
  void aTextTooLongForAnExpressionFailsWhatIsRequiredAndAsksWhereItAsks() {
    String long_ = "-".repeat((1 << 16) + 1);
    String condition =
        "[{\"conditions\": [{\"path\": \"args.v\", \"op\": \"regex\", \"value\": \"^-\"}]}]";

    CompiledPolicy required =
        policy("\"default\": \"allow\", \"all_tools\": {\"require\": " + condition + "}");
    CompiledPolicy asked =
        policy("\"default\": \"allow\", \"all_tools\": {\"approve_if\": " + condition + "}");
    assertThat(code(required, long_)).isEqualTo(DecisionCode.UNJUDGED);
    assertThat(judge(asked, "t", Map.of("v", long_)).asks()).hasSize(1);
  }

  private static @Nullable DecisionCode code(CompiledPolicy policy, String value) {
    Decision.Denied denied = judge(policy, "t", Map.of("v", value)).denied();
    return denied == null ? null : denied.code();
  }

  @Test
  void theEndOfTheStackLetsNoCallThrough() throws InterruptedException {
    CompiledPolicy policy =
        policy(
            """
            "default": "allow", "all_tools": {"deny_if": [
              {"conditions": [{"path": "args.v", "op": "regex", "value": "(a|b)*c"}]}]}""");
    ToolCall call = ToolCall.of("t", Map.of("v", "abababc"), CALLER);
    assertThat(policy.judge(call).denied()).isNotNull();
    // What the JDK sets up for the first stack trace it could not set up at the end of the stack.
    assertThat(new Throwable().getStackTrace()).isNotEmpty();
    List<String> answers = new ArrayList<>();
    Thread deep =
        new Thread(null, () -> judgeAtEveryDepth(policy, call, answers), "deep", 256 << 10);
    deep.start();
    deep.join();

    assertThat(answers).contains("deny_if", "internal").doesNotContain("allowed");
  }

  @SuppressWarnings("InfiniteRecursion") // the end of the stack is what is looked for
  private static void judgeAtEveryDepth(
      CompiledPolicy policy, ToolCall call, List<String> answers) {
    try {
      judgeAtEveryDepth(policy, call, answers);
    } catch (StackOverflowError e) {
      // One frame further up there is a little more room, and so on.
    }
    if (answers.size() < 500) {
      Decision.Denied denied = policy.judge(call).denied();
      answers.add(denied == null ? "allowed" : denied.code().text());
    }
  }

  @Test
  void decisionsReadTheSameInEveryAdapter() {
    Instant expires = Instant.parse("2026-11-22T12:00:00Z");
    Decision.ApprovalRequired unasked =
        Decision.ApprovalRequired.of(new AskingRule("/r", "/l", "Because.", "{}"), "Ask.");
    Decision asked = unasked.withRequest("id-1", expires);
    Map<String, Object> metadata = new LinkedHashMap<>();
    metadata.put("outcome", "approval_required");
    metadata.put("rule", "/r");
    metadata.put("code", "approval_pending");
    metadata.put("approvalId", "id-1");
    metadata.put("expiresAt", "2026-11-22T12:00:00Z");

    assertThat(asked.text()).isEqualTo("[APPROVAL REQUIRED] Ask.");
    assertThat(asked.metadata()).containsExactlyEntriesOf(metadata);
    assertThat(unasked.metadata()).doesNotContainKeys("approvalId", "expiresAt");
    assertThat(Decision.Allowed.INSTANCE.text()).isEmpty();
    assertThat(Decision.Allowed.INSTANCE.metadata()).isEqualTo(Map.of("outcome", "allowed"));
  }
}
