package dev.alcada.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.policy.Policy;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A second spelling of a name must not let a call be judged by the one and run by the other. */
class NameFoldingTest {

  private static @Nullable DecisionCode code(String wanted, Map<String, ?> arguments) {
    CompiledPolicy policy =
        CompiledPolicy.of(
            Policy.parse(
                """
                {"version": "1", "default": "allow", "all_tools": {"deny_if": [
                  {"conditions": [{"path": "args[\\"%s\\"]", "op": "eq", "value": "bad"}]}]}}"""
                    .formatted(wanted)));
    Decision.Denied denied = policy.judge(ToolCall.of("t", arguments, Caller.grant("g"))).denied();
    return denied == null ? null : denied.code();
  }

  @ParameterizedTest
  @CsvSource({
    "amount, Amount",
    "amount, AMOUNT",
    "amount, \uff41mount",
    "amount, \u1d43mount",
    "amount, \u1d2cmount",
    "kind, \u212aind",
    "size, \u017fize",
    "fix, \ufb01x",
    "strasse, stra\u00dfe",
    "strasse, STRA\u1e9eE",
    "stra\u00dfe, STRASSE",
    "caf\u00e9, cafe\u0301",
    "cafe\u0301, CAF\u00c9",
    "\u03c3\u03c3, \u03a3\u03c2",
    "\u03b0, \u03a5\u0308\u0301",
    "id1, id\u2460",
    "\u0438\u043c\u044f, \u0418\u041c\u042f"
  })
  void anotherSpellingCannotBeJudged(String wanted, String other) {
    assertThat(code(wanted, Map.of(other, "bad"))).isEqualTo(DecisionCode.UNJUDGED);
    assertThat(code(wanted, Map.of(wanted, "good", other, "bad"))).isEqualTo(DecisionCode.UNJUDGED);
    assertThat(code(wanted, among(40, wanted, other))).isEqualTo(DecisionCode.UNJUDGED);
    assertThat(code(wanted, Map.of(wanted, "good"))).isNull();
    assertThat(code(wanted, among(40, wanted))).isNull();
    assertThat(code(wanted, Map.of(wanted, "bad"))).isEqualTo(DecisionCode.DENY_IF);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"amounts", "amoun", "a mount", "\u0430mount", "amount\u200b", "\u00e1mount"})
  void anotherNameIsAnotherArgument(String other) {
    assertThat(code("amount", Map.of("amount", "good", other, "bad"))).isNull();
    assertThat(code("amount", among(40, "amount", other))).isNull();
    assertThat(code("amount", Map.of(other, "bad"))).isNull();
  }

  @Test
  void besideAPrototypeNoNameCanBeJudgedHoweverManyThereAre() {
    assertThat(code("amount", Map.of("amount", "good", "__proto__", Map.of())))
        .isEqualTo(DecisionCode.UNJUDGED);
    assertThat(code("amount", among(40, "amount", "__proto__"))).isEqualTo(DecisionCode.UNJUDGED);
    assertThat(code("__proto__", Map.of("__proto__", "good"))).isEqualTo(DecisionCode.UNJUDGED);
    assertThat(code("amount", Map.of("amount", "good", "__Proto__", Map.of()))).isNull();
  }

  @Test
  void namesOfEqualHashesAreToldApart() {
    Map<String, Object> arguments = new LinkedHashMap<>(among(40, "d_"));
    arguments.put("c~", "bad");

    assertThat("d_".hashCode()).isEqualTo("c~".hashCode());
    assertThat(code("d_", arguments)).isNull();
  }

  @Test
  void aCrowdOfNamesOfOneHashIsNotLookedThrough() {
    Map<String, Object> arguments = new LinkedHashMap<>(Map.of("d_d_d_d_", "good"));
    for (int i = 0; i < 16; i++) {
      StringBuilder name = new StringBuilder();
      for (int bit = 0; bit < 4; bit++) {
        name.append((i >> bit & 1) == 0 ? "d_" : "c~");
      }
      arguments.putIfAbsent(name.toString(), i);
    }
    arguments.put("one more", 1);

    assertThat(code("d_d_d_d_", arguments)).isEqualTo(DecisionCode.UNJUDGED);
  }

  /** Else each look would fold it anew. */
  @Test
  void aLongNameOfTheSameHashIsNotComparedAtAll() {
    assertThat(code("amount", Map.of("amount", "good", sameHash(240), 1))).isNull();
    assertThat(code("amount", Map.of("amount", "good", sameHash(260), 1)))
        .isEqualTo(DecisionCode.UNJUDGED);
  }

  /** A name that folds to another text than "amount", of the same hash. */
  private static String sameHash(int length) {
    String start = "\u00e7".repeat(length - 7);
    long rest = "amount".hashCode() - (start + "aaaaaaa").hashCode() & 0xffff_ffffL;
    char[] end = new char[7];
    for (int i = 6; i >= 0; i--) {
      end[i] = (char) ('a' + rest % 31);
      rest /= 31;
    }
    assertThat((start + new String(end)).hashCode()).isEqualTo("amount".hashCode());
    return start + new String(end);
  }

  /** An attribute outlives calls, and many of them may read it for the first time at once. */
  @Test
  void whatFoldingMayCostIsTakenOnceHoweverManyThreadsAskFirst() throws Exception {
    CompiledPolicy policy =
        CompiledPolicy.of(
            Policy.parse(
                """
                {"version": "1", "default": "allow", "all_tools": {"deny_if": [
                  {"conditions": [{"path": "context.x", "op": "contains", "value": {"amount": 9}}]}
                ]}}"""));
    for (int round = 0; round < 5; round++) {
      ToolCall call =
          ToolCall.of(
              "t",
              Map.of(),
              Caller.grant("g").withAttribute("x", Collections.nCopies(3, sharpS(60))));
      ExecutorService threads = Executors.newFixedThreadPool(8);
      List<Future<Judgement>> judged =
          threads.invokeAll(Collections.nCopies(8, () -> policy.judge(call)));
      threads.shutdown();
      for (Future<Judgement> judgement : judged) {
        assertThat(judgement.get().denied()).isNull();
      }
      assertThat(policy.judge(call).denied()).isNull();
    }
  }

  @Test
  void namesThatWouldTakeLongToFoldMakeTheObjectUnreadable() {
    String marks = "\u0301\u0316".repeat(100);

    assertThat(code("amount", Map.of("amount", "good", "x" + marks, 1)))
        .isEqualTo(DecisionCode.UNJUDGED);
    assertThat(code("amount", Map.of("amount", "good", "\u00e9".repeat(1025), 1)))
        .isEqualTo(DecisionCode.UNJUDGED);
    assertThat(code("amount", Map.of("amount", "good", "x".repeat(100_000), 1))).isNull();
    assertThat(code("amount", sharpS(60))).isNull();
    assertThat(code("amount", sharpS(70))).isEqualTo(DecisionCode.UNJUDGED);
  }

  @Test
  void aCallCannotSpreadNamesThatTakeLongToFoldOverManyObjects() {
    CompiledPolicy policy =
        CompiledPolicy.of(
            Policy.parse(
                """
                {"version": "1", "default": "allow", "all_tools": {"deny_if": [
                  {"conditions": [{"path": "args.list", "op": "contains", "value": {"amount": 9}}]},
                  {"conditions": [{"path": "args.a\u00e7\u00e3o", "op": "eq", "value": 9}]}]}}"""));

    assertThat(policy.judge(listOf(4, sharpS(60))).denied()).isNull();
    assertThat(policy.judge(listOf(5, sharpS(60))).denied())
        .extracting(Decision::code)
        .isEqualTo(DecisionCode.UNJUDGED);
    assertThat(policy.judge(listOf(9_000, Map.of("descri\u00e7\u00e3o", 1))).denied()).isNull();
  }

  private static ToolCall listOf(int objects, Map<String, Object> object) {
    return ToolCall.of(
        "t",
        Map.of("list", Collections.nCopies(objects, object), "a\u00e7\u00e3o", 1),
        Caller.grant("g"));
  }

  /** Long names of a letter that takes the JDK longest. */
  private static Map<String, Object> sharpS(int names) {
    Map<String, Object> arguments = new LinkedHashMap<>(Map.of("amount", "good"));
    for (int i = 0; i < names; i++) {
      arguments.put(i + "\u1e9e".repeat(1000), 1);
    }
    return arguments;
  }

  @Test
  void aScopeValueThatWouldTakeLongToComposeIsNone() {
    CompiledPolicy policy =
        CompiledPolicy.of(
            Policy.parse(
                """
                {"version": "1", "default": "allow", "all_tools": {"limits": [
                  {"counter": "c", "window": "day", "max": 5, "scope": "args.v"}]}}"""));
    Judgement judgement =
        policy.judge(
            ToolCall.of("t", Map.of("v", "\u0301\u0316".repeat(1_000_000)), Caller.grant("g")));

    assertThat(judgement.denied()).extracting(Decision::code).isEqualTo(DecisionCode.SCOPE_MISSING);
  }

  private static Map<String, Object> among(int others, String... names) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    for (int i = 0; i < others; i++) {
      arguments.put("other" + i, i);
    }
    for (String name : names) {
      arguments.put(name, "good");
    }
    return arguments;
  }
}
