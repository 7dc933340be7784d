package dev.alcada.internal.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CanonicalJsonTest {
  private static final int ENOUGH = 1 << 20;

  static Stream<Arguments> values() {
    return Stream.of(
        arguments(null, "null"),
        arguments(true, "true"),
        arguments(false, "false"),
        arguments("", "\"\""),
        arguments(List.of(), "[]"),
        arguments(Map.of(), "{}"),
        arguments(Arrays.asList(1, null, "a", List.of(2)), "[1,null,\"a\",[2]]"),
        // keys by UTF-16 units, as RFC 8785 section 3.2.3 sorts them
        arguments(
            Map.of(
                "\u20ac",
                1,
                "\r",
                2,
                "\ufb33",
                3,
                "1",
                4,
                "\ud83d\ude00",
                5,
                "\u0080",
                6,
                "\u00f6",
                7),
            "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"\u00f6\":7,\"\u20ac\":1,\"\ud83d\ude00\":5,\"\ufb33\":3}"),
        // escapes of RFC 8785 section 3.2.2.2
        arguments(
            "\u0000\b\t\n\u000b\f\r\u001f\"\\/\u007f\u2028\u20ac",
            "\"\\u0000\\b\\t\\n\\u000b\\f\\r\\u001f\\\"\\\\/\u007f\u2028\u20ac\""),
        // numbers
        arguments(0, "0"),
        arguments(-0.0, "0"),
        arguments(new BigDecimal("0e99"), "0"),
        arguments(1, "1"),
        arguments(1.0, "1"),
        arguments(1.0f, "1"),
        arguments(new BigDecimal("1e0"), "1"),
        arguments(new BigDecimal("1.000"), "1"),
        arguments((byte) -7, "-7"),
        arguments((short) 300, "300"),
        arguments(100L, "100"),
        arguments(1e2, "100"),
        arguments(0.1, "0.1"),
        arguments(0.1f, "0.1"),
        arguments(new BigDecimal("0.10"), "0.1"),
        arguments(9007199254740992L, "9007199254740992"),
        arguments(9007199254740993L, "9007199254740993"),
        arguments(new BigDecimal("9007199254740992.0000001"), "9007199254740992.0000001"),
        arguments(Long.MIN_VALUE, "-9223372036854775808"),
        arguments(new BigInteger("999999999999999999999"), "999999999999999999999"),
        arguments(new BigInteger("1000000000000000000000"), "1e+21"),
        arguments(1e21, "1e+21"),
        arguments(Double.parseDouble("2e23"), "2e+23"),
        arguments(Double.MAX_VALUE, "1.7976931348623157e+308"),
        arguments(Double.MIN_VALUE, "4.9e-324"),
        arguments(0.000001, "0.000001"),
        arguments(0.0000001, "1e-7"),
        arguments(new BigDecimal("-123e-12"), "-1.23e-10"),
        arguments(new BigDecimal("1e10000"), "1e+10000"));
  }

  @ParameterizedTest
  @MethodSource("values")
  void writesAValueInItsOneSpelling(@Nullable Object value, String text) throws Exception {
    assertThat(CanonicalJson.write(value, ENOUGH)).isEqualTo(text);
  }

  static Stream<Arguments> whatJsonHasNot() {
    return Stream.of(
        arguments(Double.NaN, "not finite"),
        arguments(Double.POSITIVE_INFINITY, "not finite"),
        arguments(Float.NEGATIVE_INFINITY, "not finite"),
        arguments(new AtomicLong(1), "kind of number"),
        arguments(
            new BigDecimal(1) {
              private static final long serialVersionUID = 1L;
            },
            "kind of number"),
        arguments('c', "Java object"),
        arguments(new int[] {1}, "Java object"),
        arguments(Locale.ROOT, "Java object"),
        arguments(Map.of(1, 1), "name is not text"),
        arguments(Collections.singletonMap(null, 1), "name is not text"),
        arguments("\ud83d", "surrogate"),
        arguments("\ude00\ud83d", "surrogate"),
        arguments("a\ud83db", "surrogate"),
        arguments(Map.of("\udfff", 1), "surrogate"));
  }

  @ParameterizedTest
  @MethodSource("whatJsonHasNot")
  void refusesWhatJsonHasNotAndNamesNoValue(Object value, String kind) {
    assertThatThrownBy(() -> CanonicalJson.write(List.of(Map.of("member", value)), ENOUGH))
        .isInstanceOfSatisfying(
            UnwritableException.class, e -> assertThat(e.isTooLarge()).isFalse())
        .hasMessageContaining(kind);
  }

  static Stream<Arguments> whatIsTooLarge() {
    List<Object> cyclic = new ArrayList<>();
    cyclic.add(cyclic);
    Map<String, Object> wide = new HashMap<>();
    for (int i = 0; i < 300_000; i++) {
      wide.put("k" + i, 1);
    }
    return Stream.of(
        arguments("a list in itself", cyclic),
        arguments("nested 101 deep", nested(101)),
        arguments("nested 1,000,000 deep", nested(1_000_000)),
        arguments("a million elements", Collections.nCopies(1_000_000, 1)),
        arguments("300,000 members", wide),
        arguments("long text", "a".repeat(ENOUGH)),
        arguments("text long in UTF-8", "\u20ac".repeat(ENOUGH / 3)),
        arguments("a million digits", BigInteger.ONE.shiftLeft(4_000_000)),
        arguments(
            "a fraction of a million digits",
            new BigDecimal(BigInteger.ONE.shiftLeft(4_000_000), 9)),
        arguments(
            "a number of two billion zeros", new BigDecimal(BigInteger.ONE, Integer.MIN_VALUE)),
        arguments(
            "a fraction of two billion zeros", new BigDecimal(BigInteger.TEN, Integer.MAX_VALUE)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("whatIsTooLarge")
  void refusesWhatIsTooLarge(String what, Object value) {
    assertThatThrownBy(() -> CanonicalJson.write(value, ENOUGH))
        .isInstanceOfSatisfying(
            UnwritableException.class, e -> assertThat(e.isTooLarge()).isTrue());
  }

  @Test
  void countsTheBoundInUtf8Bytes() throws Exception {
    String value = "a\u00e9\u20ac\ud83d\ude00\n";
    int bytes = 2 + 1 + 2 + 3 + 4 + 2;

    assertThat(CanonicalJson.write(value, bytes)).hasSize(9);
    assertThatThrownBy(() -> CanonicalJson.write(value, bytes - 1))
        .isInstanceOf(UnwritableException.class);
  }

  @Test
  void writesEqualValuesAlikeHoweverTheyWereSpeltAndUnequalOnesApart() throws Exception {
    Random random = new Random(20260728);
    Map<String, Object> valueByText = new HashMap<>();
    for (int i = 0; i < 20_000; i++) {
      Object value = value(random, 0);
      String text = CanonicalJson.write(value, ENOUGH);

      assertThat(CanonicalJson.write(respelt(value, random), ENOUGH)).isEqualTo(text);
      Object other = valueByText.putIfAbsent(text, normal(value));
      assertThat(other == null || other.equals(normal(value))).as(text).isTrue();
    }
  }

  private static Object nested(int depth) {
    Object value = List.of();
    for (int i = 0; i < depth; i++) {
      value = List.of(value);
    }
    return value;
  }

  private static Object value(Random random, int depth) {
    int kind = random.nextInt(depth < 3 ? 6 : 4);
    return switch (kind) {
      case 0 -> random.nextBoolean();
      case 1 -> BigDecimal.valueOf(random.nextInt(7) - 3, random.nextInt(5) - 2);
      case 2 -> new BigDecimal(BigInteger.TWO.pow(53)).add(BigDecimal.valueOf(random.nextInt(3)));
      case 3 -> String.valueOf(new char[] {(char) ('a' + random.nextInt(3))});
      case 4 -> {
        List<Object> list = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
          list.add(value(random, depth + 1));
        }
        yield list;
      }
      default -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
          map.put(String.valueOf((char) ('a' + random.nextInt(3))), value(random, depth + 1));
        }
        yield map;
      }
    };
  }

  /** The same JSON value with other Java types, trailing zeros and another order of members. */
  private static Object respelt(Object value, Random random) {
    if (value instanceof BigDecimal number) {
      if (number.stripTrailingZeros().scale() <= 0 && random.nextBoolean()) {
        return number.longValueExact();
      }
      return number.setScale(number.scale() + random.nextInt(4));
    }
    if (value instanceof List<?> list) {
      return list.stream().map(element -> respelt(element, random)).toList();
    }
    if (value instanceof Map<?, ?> map) {
      List<Map.Entry<?, ?>> entries = new ArrayList<>(map.entrySet());
      Collections.shuffle(entries, random);
      Map<Object, Object> copy = new LinkedHashMap<>();
      entries.forEach(entry -> copy.put(entry.getKey(), respelt(entry.getValue(), random)));
      return copy;
    }
    return value;
  }

  /** A form in which equals means JSON equality. */
  private static Object normal(Object value) {
    if (value instanceof BigDecimal number) {
      return number.stripTrailingZeros();
    }
    if (value instanceof List<?> list) {
      return list.stream().map(CanonicalJsonTest::normal).toList();
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> copy = new HashMap<>();
      map.forEach((key, member) -> copy.put(key, normal(member)));
      return copy;
    }
    return value;
  }
}
