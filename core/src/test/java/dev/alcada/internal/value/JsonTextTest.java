package dev.alcada.internal.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One writer for all that is written as JSON and is not bound or signed. */
class JsonTextTest {
  private static Map<String, Object> value() {
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("z", Arrays.asList(1, 2.5, null, true));
    value.put("a", Map.of("n", new BigDecimal("1.50")));
    value.put("empty", List.of());
    return value;
  }

  @Test
  void membersKeepTheirOrderAndNumbersTheirValue() {
    assertThat(JsonText.of(value()))
        .isEqualTo("{\"z\":[1,2.5,null,true],\"a\":{\"n\":1.50},\"empty\":[]}");
    assertThat(JsonText.of(List.of((byte) 1, (short) 2, 3L, 0.1f, BigInteger.TEN.pow(30))))
        .isEqualTo("[1,2,3,0.1,1000000000000000000000000000000]");
    assertThat(JsonText.of(null)).isEqualTo("null");
  }

  @Test
  void linesAreIndentedByTwo() {
    assertThat(JsonText.indented(value()))
        .isEqualTo(
            """
            {
              "z": [
                1,
                2.5,
                null,
                true
              ],
              "a": {
                "n": 1.50
              },
              "empty": []
            }""");
  }

  @Test
  void aLineForPeopleHasSpacesBehindColonsAndCommas() {
    assertThat(JsonText.spaced(value()))
        .isEqualTo("{\"z\": [1, 2.5, null, true], \"a\": {\"n\": 1.50}, \"empty\": []}");
  }

  @Test
  void halfOfASurrogatePairSurvivesAnEncoding() {
    assertThat(JsonText.of(List.of("a\ud83d", "\ud83d\ude00")))
        .isEqualTo("[\"a\\ud83d\",\"\ud83d\ude00\"]");
  }

  @Test
  void whatJsonHasNotIsRefusedByItsKind() {
    for (Object odd :
        List.of(Double.NaN, Float.NEGATIVE_INFINITY, 'c', new Object(), Map.of(1, "hunter2"))) {
      assertThatIllegalStateException()
          .isThrownBy(() -> JsonText.of(List.of(odd)))
          .withMessageStartingWith("JSON has no ")
          .withMessageNotContaining("hunter2");
    }
    assertThatIllegalStateException()
        .isThrownBy(() -> JsonText.of(Collections.singletonMap(null, 1)));
  }
}
