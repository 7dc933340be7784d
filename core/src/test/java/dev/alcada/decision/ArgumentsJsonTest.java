package dev.alcada.decision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.policy.Policy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arguments that come as text. */
class ArgumentsJsonTest {
  private static final CompiledPolicy ALLOW_ALL =
      CompiledPolicy.of(Policy.parse("{\"version\": \"1\", \"default\": \"allow\"}"));

  @Test
  void whatIsReadIsWhatJsonSays() {
    ToolCall call =
        call(
            """
            {"text": "olá\\n", "int": 1, "long": 9007199254740993, "big": 123456789012345678901234567890,
             "decimal": 0.10, "true": true, "null": null, "list": [1, [], {}], "": {"a": "b"}}
            """);

    assertThat(call.arguments())
        .hasSize(9)
        .containsEntry("text", "olá\n")
        .containsEntry("int", 1)
        .containsEntry("long", 9007199254740993L)
        .containsEntry("big", new BigInteger("123456789012345678901234567890"))
        .containsEntry("decimal", new BigDecimal("0.10"))
        .containsEntry("true", true)
        .containsEntry("null", null)
        .containsEntry("list", List.of(1, List.of(), Map.of()))
        .containsEntry("", Map.of("a", "b"));
    assertThat(denial(call)).isNull();
  }

  @Test
  void halfOfASurrogatePairIsNotAQuestionMarkOnceEncoded() {
    String high = "\ud83d";
    String low = "\ude00";
    ToolCall call =
        ToolCall.of(
            "t", Map.of("a", List.of(high, low, low + high, high + low)), Caller.grant("g"));

    byte[] sent = call.argumentsJson().getBytes(StandardCharsets.UTF_8);

    assertThat(call(new String(sent, StandardCharsets.UTF_8)).arguments())
        .isEqualTo(call.arguments());
    assertThat(call.argumentsJson()).contains(high + low).doesNotContain("?");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", " \n", "{}"})
  void noTextIsNoArguments(@Nullable String text) {
    assertThat(call(text).arguments()).isEmpty();
    assertThat(denial(call(text))).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"amount\": 1, \"amount\": 1000000}",
        "{\"a\": {\"x\": 1, \"x\": 1}}",
        "{\"amount\": 1, \"\\u0061mount\": 2}",
        "{\"amount\": 1} {\"amount\": 2}",
        "{\"amount\": 1",
        "[1]",
        "\"text\"",
        "null",
        "{amount: 1}",
        "{'amount': 1}",
        "{\"amount\": NaN}",
        "{\"amount\": 01}",
        "{\"amount\": +1}",
        "{\"amount\": 1,}",
        "{\"a\": 1} // more",
        "\u0000"
      })
  void whatIsNotOneStrictJsonObjectIsDeniedByEveryPolicy(String text) {
    assertThat(call(text).arguments()).isEmpty();
    assertThat(denial(call(text))).isEqualTo(DecisionCode.UNJUDGED);
  }

  @Test
  void textUpToEachBoundIsRead() {
    // The tool's name, the grant and the name of the argument count as text too.
    int most = (4 << 20) - "tool".length() - "agent-7".length();
    List<String> texts =
        List.of(
            "{\"a\": " + "[".repeat(63) + "]".repeat(63) + "}",
            "{\"a\": \"" + "x".repeat(most - 1) + "\"}",
            "{\"" + "x".repeat(most) + "\": 1}",
            "{\"a\": " + "9".repeat(1_000) + "}",
            "{\"a\": 0." + "9".repeat(1_000) + "}",
            "{\"a\": 1e10000}",
            "{\"a\": 1e-10000}",
            "{\"a\": [0" + ",0".repeat(99_998) + "]}");

    assertThat(texts).allSatisfy(text -> assertThat(denial(call(text))).isNull());
  }

  @Test
  void textOverABoundIsDenied() {
    List<String> texts =
        List.of(
            "{\"a\": " + "[".repeat(100) + "]".repeat(100) + "}",
            "{\"a\": " + "[".repeat(1_000_000),
            "{\"a\": \"" + "x".repeat(5_000_000) + "\"}",
            "{\"" + "x".repeat(5_000_000) + "\": 1}",
            "{\"a\": " + "9".repeat(1_000_000) + "}",
            "{\"a\": " + "9".repeat(1_001) + "}",
            "{\"a\": 1e10001}",
            "{\"a\": 1e99999999999}",
            "{\"a\": 1.5e-99999999999}",
            "{\"a\": [0" + ",0".repeat(200_000) + "]}",
            "{\"a\": [0" + ",0".repeat(2_000_000) + "]}");

    assertThat(texts)
        .allSatisfy(text -> assertThat(denial(call(text))).isEqualTo(DecisionCode.TOO_LARGE));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{ \"a\" : 1.0 }                       | {\"a\":1.0}",
        "{\"a\": 9007199254740993}             | {\"a\":9007199254740993}",
        "{\"a\": 1e3, \"b\": [null, true]}     | {\"a\":1E+3,\"b\":[null,true]}",
        "{\"a\": \"\\u0022\\u000a\"}           | {\"a\":\"\\\"\\n\"}",
        "{}                                    | {}"
      })
  void whatWasReadIsWrittenAnew(String text, String written) {
    assertThat(call(text).argumentsJson()).isEqualTo(written);
    assertThat(call(call(text).argumentsJson()).arguments()).isEqualTo(call(text).arguments());
  }

  @Test
  void everyNumberThatJavaHasIsWrittenButNoneThatJsonHasNot() {
    Caller caller = Caller.grant("g");
    Map<String, Object> numbers =
        Map.of("n", List.of((byte) 1, (short) 2, 3, 4L, 5.5f, 6.25, BigInteger.TEN));

    assertThat(ToolCall.of("t", numbers, caller).argumentsJson())
        .isEqualTo("{\"n\":[1,2,3,4,5.5,6.25,10]}");
    for (Object odd : List.of(Double.NaN, Float.POSITIVE_INFINITY, new Object(), 'c')) {
      assertThatThrownBy(() -> ToolCall.of("t", Map.of("n", odd), caller).argumentsJson())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining(odd.getClass().getName());
    }
  }

  /** JDK 17 has 1.9999999999999998E23 and 1.95345587E9 for them. */
  @Test
  void aDoubleIsWrittenAsTheDecimalThatItIsJudgedAs() {
    Map<String, Object> numbers = new LinkedHashMap<>();
    numbers.put("double", Double.parseDouble("2e23"));
    numbers.put("float", Float.parseFloat("1.9534559e9"));

    assertThat(ToolCall.of("t", numbers, Caller.grant("g")).argumentsJson())
        .isEqualTo("{\"double\":2.0E+23,\"float\":1.9534559E+9}");
  }

  private static ToolCall call(@Nullable String arguments) {
    return ToolCall.ofJson("tool", arguments, Caller.grant("agent-7"));
  }

  private static @Nullable DecisionCode denial(ToolCall call) {
    Decision.Denied denied = ALLOW_ALL.judge(call).denied();
    return denied == null ? null : denied.code();
  }
}
