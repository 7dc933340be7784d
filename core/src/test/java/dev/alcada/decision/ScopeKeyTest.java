package dev.alcada.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.counter.CounterKey;
import dev.alcada.policy.Policy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which calls share a count: those whose values are the same, one by one, and no others. */
class ScopeKeyTest {
  /** What a key is joined with, or begins with, within a value that a model may write. */
  private static final List<String> PIECES =
      List.of("", "a", "b", "1", ":", "1:a", "\0", "-", "+", "1:g+s", "\u0000" + "1:g+s", "g");

  private static CompiledPolicy policy(String... scopes) {
    StringBuilder tools = new StringBuilder();
    for (int i = 0; i < scopes.length; i++) {
      tools
          .append(i == 0 ? "" : ", ")
          .append("\"t%d\": {\"limits\": [{\"counter\": \"c\", \"window\": \"day\", ".formatted(i))
          .append("\"max\": 5, \"scope\": %s}]}".formatted(scopes[i]));
    }
    return CompiledPolicy.of(
        Policy.parse("{\"version\": \"1\", \"default\": \"deny\", \"tools\": {" + tools + "}}"));
  }

  private static CounterKey key(
      CompiledPolicy policy, String tool, Map<String, ?> arguments, Caller caller) {
    return policy.judge(ToolCall.of(tool, arguments, caller)).demand().charge(0).key();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[\"grant\", \"args.a\", \"args.b\"]",
        "[\"session\", \"args.a\", \"args.b\"]",
        "[\"args.b\", \"session\", \"args.a\", \"grant\"]",
        "[\"args.a\", \"args.b\"]",
        "{\"x\": \"args.a\", \"y\": \"session\", \"z\": \"args.b\"}",
        "{\"x\": \"args.b\", \"y\": \"args.a\", \"z\": \"grant\"}"
      })
  void noTwoTuplesHaveOneKey(String scope) {
    CompiledPolicy policy = policy(scope);
    boolean byGrant = scope.contains("grant") || scope.contains("session");
    Random random = new Random(3);
    Map<CounterKey, List<@Nullable String>> tuples = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      String grant = random.nextBoolean() ? "g" : "g+s";
      String session = random.nextInt(3) == 0 ? null : random.nextBoolean() ? "s" : "";
      Map<String, String> arguments = Map.of("a", text(random), "b", text(random));
      Caller caller = Caller.grant(grant);
      CounterKey key =
          key(policy, "t0", arguments, session == null ? caller : caller.withSession(session));
      List<@Nullable String> tuple =
          new ArrayList<>(List.of(arguments.get("a"), arguments.get("b")));
      tuple.add(byGrant ? grant : null);
      tuple.add(scope.contains("session") ? String.valueOf(session) : null);
      assertThat(tuples.merge(key, tuple, (one, other) -> one)).isEqualTo(tuple);
    }
    assertThat(tuples).hasSizeGreaterThan(300);
  }

  private static String text(Random random) {
    return PIECES.get(random.nextInt(PIECES.size())) + PIECES.get(random.nextInt(PIECES.size()));
  }

  /** One name, which is an argument to one tool and the caller's session to another. */
  @Test
  void noArgumentLooksLikeASession() {
    CompiledPolicy policy =
        policy(
            "{\"who\": \"session\", \"what\": \"args.a\"}",
            "{\"who\": \"args.b\", \"what\": \"args.a\"}",
            "{\"who\": \"grant\", \"what\": \"args.a\"}");
    CounterKey victims = key(policy, "t0", Map.of("a", "x"), Caller.grant("g").withSession("s"));
    for (String text : List.of("\u00001:g+s", "1:g+s", "g", "s", "\u00001:g-")) {
      CounterKey chosen = key(policy, "t1", Map.of("a", "x", "b", text), Caller.grant("thief"));
      CounterKey granted = key(policy, "t2", Map.of("a", "x"), Caller.grant(text));
      assertThat(chosen).isNotEqualTo(victims);
      assertThat(granted).isNotEqualTo(victims);
    }
  }

  @Test
  void toolsShareByTheNamesOfTheirPartsWhateverTheArgumentsAreCalled() {
    CompiledPolicy policy =
        policy(
            "{\"customer\": \"args.a\", \"tenant\": \"context.t\"}",
            "{\"tenant\": \"args.a\", \"customer\": \"context.t\"}");
    CounterKey one =
        key(policy, "t0", Map.of("a", "c-1"), Caller.grant("g").withAttribute("t", "blue"));
    CounterKey other =
        key(policy, "t1", Map.of("a", "blue"), Caller.grant("h").withAttribute("t", "c-1"));
    CounterKey swapped =
        key(policy, "t1", Map.of("a", "c-1"), Caller.grant("h").withAttribute("t", "blue"));

    assertThat(other).isEqualTo(one);
    assertThat(swapped).isNotEqualTo(one);
  }

  @Test
  void aListMeansTheSameInAnyOrder() {
    CompiledPolicy policy =
        policy("[\"args.a\", \"grant\", \"context.t\"]", "[\"context.t\", \"args.a\", \"grant\"]");
    Caller caller = Caller.grant("g").withAttribute("t", "blue");

    assertThat(key(policy, "t0", Map.of("a", "x"), caller))
        .isEqualTo(key(policy, "t1", Map.of("a", "x"), caller));
  }

  @Test
  void theSameArgumentsToAnotherToolAreAnotherCall() {
    CompiledPolicy policy = policy("\"call\"", "\"call\"");
    Map<String, Object> arguments = Map.of("a", 1, "b", "x");

    assertThat(key(policy, "t0", arguments, Caller.grant("g")))
        .isEqualTo(key(policy, "t0", Map.of("b", "x", "a", 1.0), Caller.grant("g")))
        .isNotEqualTo(key(policy, "t0", Map.of("a", 1, "b", "y"), Caller.grant("g")))
        .isNotEqualTo(key(policy, "t0", Map.of("a", 1), Caller.grant("g")))
        .isNotEqualTo(key(policy, "t0", arguments, Caller.grant("h")))
        .isNotEqualTo(key(policy, "t1", arguments, Caller.grant("g")));
  }

  @Test
  void noTwoTuplesAreOneCallToOnce() {
    CompiledPolicy policy =
        CompiledPolicy.of(
            Policy.parse(
                """
                {"version": "1", "default": "deny", "tools": {"t0": {
                  "once": {"window": "1h", "by": ["args.a", "args.b"]}}}}"""));
    Random random = new Random(4);
    Map<CounterKey, List<String>> tuples = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      String grant = random.nextBoolean() ? "g" : "g+s";
      String a = text(random);
      String b = text(random);
      CounterKey key = key(policy, "t0", Map.of("a", a, "b", b), Caller.grant(grant));
      List<String> tuple = List.of(grant, a, b);
      assertThat(tuples.merge(key, tuple, (one, other) -> one)).isEqualTo(tuple);
      assertThat(key.owner()).isEqualTo(grant);
    }
    assertThat(tuples).hasSizeGreaterThan(300);
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"call\"", "[\"grant\", \"call\"]", "[\"args.a\", \"call\", \"tool\"]"})
  void whatCannotBeWrittenIsNoCall(String scope) {
    Map<String, Object> arguments = Map.of("a", "x", "b", new Object());

    assertThat(policy(scope).judge(ToolCall.of("t0", arguments, Caller.grant("g"))).denied())
        .extracting(Decision::code)
        .isEqualTo(DecisionCode.SCOPE_MISSING);
  }

  /** So that no more of them are kept for one grant than there may be. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"call\"",
        "[\"grant\", \"args.a\"]",
        "[\"session\", \"args.a\"]",
        "[\"session\", \"call\"]",
        "{\"who\": \"grant\", \"what\": \"args.a\"}"
      })
  void keysThatACallChoosesWithinItsGrantAreTheGrants(String scope) {
    assertThat(key(policy(scope), "t0", Map.of("a", "x"), Caller.grant("g")).owner())
        .isEqualTo("g");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\"grant\"", "[\"grant\", \"tool\"]", "[\"args.a\", \"tool\"]"})
  void otherKeysAreNobodys(String scope) {
    assertThat(key(policy(scope), "t0", Map.of("a", "x"), Caller.grant("g")).owner()).isNull();
  }
}
