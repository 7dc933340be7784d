package dev.alcada.decision;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.policy.Policy;
import java.io.Serial;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.CharBuffer;
import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.ConcurrentModificationException;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ToolCallTest {
  private static final Caller CALLER = Caller.grant("g");

  private static final CompiledPolicy OPEN =
      CompiledPolicy.of(Policy.parse("{\"version\": \"1\", \"default\": \"allow\"}"));

  private static final CompiledPolicy NOT_5 =
      CompiledPolicy.of(
          Policy.parse(
              """
              {"version": "1", "default": "allow", "all_tools": {"deny_if": [
                {"conditions": [{"path": "args.v", "op": "eq", "value": 5}]}]}}"""));

  private static @Nullable DecisionCode code(CompiledPolicy policy, ToolCall call) {
    Decision.Denied denied = policy.judge(call).denied();
    return denied == null ? null : denied.code();
  }

  private static @Nullable DecisionCode code(@Nullable Object value) {
    return code(OPEN, ToolCall.of("t", Collections.singletonMap("v", value), CALLER));
  }

  @Test
  void itsTextSaysWhoCallsWhatAndShowsNoValue() {
    Caller caller =
        Caller.grant("agent-7").withSession("hunter2").withAttribute("tenant", "hunter2");

    assertThat(caller).hasToString("Caller[grant=agent-7, attributes=[tenant]]");
    assertThat(ToolCall.of("pay", Map.of("card", "hunter2"), caller))
        .hasToString("ToolCall[tool=pay, grant=agent-7]");
  }

  @Test
  void whatTheHostChangesAfterwardsChangesNothing() {
    List<Object> list = new ArrayList<>(List.of(1));
    Map<String, Object> inner = new HashMap<>(Map.of("list", list));
    Map<String, Object> arguments = new HashMap<>(Map.of("inner", inner));

    ToolCall call = ToolCall.of("t", arguments, CALLER);
    list.add(2);
    inner.put("more", 1);
    arguments.clear();

    assertThat(call.arguments()).isEqualTo(Map.of("inner", Map.of("list", List.of(1))));
  }

  @Test
  void whatTheHandlerReceivesCannotBeChanged() {
    Map<String, @Nullable Object> arguments =
        ToolCall.of("t", Map.of("o", Map.of("k", List.of(1))), CALLER).arguments();
    Map<String, @Nullable Object> inner = Json.object(arguments.get("o"));

    assertThatThrownBy(() -> arguments.put("x", 1))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> arguments.remove("o"))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> arguments.entrySet().iterator().next().setValue(1))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> inner.clear()).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> ((List<?>) requireNonNull(inner.get("k"))).remove(0))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void theOrderOfMembersIsKept() {
    Map<String, @Nullable Object> arguments = new LinkedHashMap<>();
    for (int i = 40; i > 0; i--) {
      arguments.put("k" + i, i);
    }
    assertThat(ToolCall.of("t", arguments, CALLER).arguments())
        .containsExactlyEntriesOf(arguments)
        .containsKey("k7")
        .doesNotContainKey("k41");
  }

  @Test
  void noArgumentsAreAnEmptyObject() {
    assertThat(ToolCall.of("t", null, CALLER).arguments()).isEmpty();
  }

  static Stream<Arguments> javaObjects() {
    return Stream.<Object>of(
            new AtomicLong(5),
            new Changing(),
            CharBuffer.wrap("5"),
            new int[] {5},
            new Object[] {5},
            Optional.of(5),
            Set.of(5),
            '5',
            Thread.State.NEW,
            Double.NaN,
            Float.POSITIVE_INFINITY,
            Map.of(5, 5),
            Collections.singletonMap(null, 5),
            sameNameTwice())
        .map(object -> Arguments.of(object));
  }

  @ParameterizedTest
  @MethodSource("javaObjects")
  void whatJsonHasNotIsHandedOnAsItIsAndNeverRead(Object value) {
    ToolCall call = ToolCall.of("t", Map.of("v", value), CALLER);

    assertThat(call.arguments().get("v") == value).isTrue();
    assertThat(code(NOT_5, call)).isEqualTo(DecisionCode.UNJUDGED);
    assertThat(code(OPEN, call)).isNull();
  }

  static Stream<Arguments> changing() {
    return Stream.<Object>of(
            new Throwing(new IllegalStateException("no entries")),
            new Throwing(new StackOverflowError("no entries")),
            new Throwing(new ConcurrentModificationException()),
            new ThrowingList(new StackOverflowError("no element")),
            new ThrowingList(new ConcurrentModificationException()),
            new ThrowingList(new IndexOutOfBoundsException("it was shortened")))
        .map(object -> Arguments.of(object));
  }

  /** A list, say, that another thread changes: the handler could come by another than was read. */
  @ParameterizedTest
  @MethodSource("changing")
  void whatCannotBeReadToItsEndIsDeniedByEveryPolicyWhereverItStands(Object value) {
    for (Object argument :
        List.of(
            value, List.of(1, value), Map.of("k", value), List.of(Map.of("k", List.of(value))))) {
      ToolCall call = ToolCall.of("t", Map.of("v", argument, "w", 1), CALLER);

      assertThat(code(OPEN, call)).isEqualTo(DecisionCode.UNJUDGED);
      assertThat(code(NOT_5, call)).isEqualTo(DecisionCode.UNJUDGED);
      assertThat(call.arguments()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({"contains, null", "contains, 5", "eq, [null]", "neq, [null]", "in, '[[null], 5]'"})
  void aListThatHoldsWhatJsonHasNotCannotBeJudged(String op, String value) {
    CompiledPolicy policy =
        CompiledPolicy.of(
            Policy.parse(
                """
                {"version": "1", "default": "allow", "all_tools": {"deny_if": [
                  {"conditions": [{"path": "args.v", "op": "%s", "value": %s}]}]}}"""
                    .formatted(op, value)));

    for (Object odd : List.of(Double.NaN, new AtomicLong(5), '5')) {
      assertThat(code(policy, ToolCall.of("t", Map.of("v", List.of(odd)), CALLER)))
          .isEqualTo(DecisionCode.UNJUDGED);
    }
  }

  @Test
  void argumentsThatAreNoJsonObjectAreDeniedByEveryPolicy() {
    @SuppressWarnings({"unchecked", "rawtypes"})
    Map<String, Object> polluted = (Map) Map.of(1, 1);

    assertThat(code(OPEN, ToolCall.of("t", polluted, CALLER))).isEqualTo(DecisionCode.UNJUDGED);
    assertThat(code(OPEN, ToolCall.of("t", new Throwing(new StackOverflowError()), CALLER)))
        .isEqualTo(DecisionCode.UNJUDGED);
    assertThat(code(OPEN, ToolCall.of("t", sameNameTwice(), CALLER)))
        .isEqualTo(DecisionCode.UNJUDGED);
  }

  static Stream<Arguments> bounds() {
    return Stream.of(
        Arguments.of("depth", nested(63), nested(64)),
        Arguments.of("values", wide(99_999), wide(100_000)),
        Arguments.of("text", text(4 << 20), text((4 << 20) + 1)),
        Arguments.of("text of names", Map.of(text(4 << 20), 1), Map.of(text((4 << 20) + 1), 1)),
        Arguments.of("digits", new BigDecimal(digits(1000)), new BigDecimal(digits(1001))),
        Arguments.of(
            "digits after the point",
            new BigDecimal("0." + digits(1000)),
            new BigDecimal("0." + digits(1001))),
        Arguments.of("whole digits", new BigInteger(digits(1000)), new BigInteger(digits(1001))),
        Arguments.of("exponent", new BigDecimal("9.9e10000"), new BigDecimal("1e10001")),
        Arguments.of("negative exponent", new BigDecimal("1e-10000"), new BigDecimal("9e-10001")),
        Arguments.of("outermost exponents", 0, BigDecimal.valueOf(1, Integer.MIN_VALUE)),
        Arguments.of("innermost exponents", 0, BigDecimal.valueOf(1, Integer.MAX_VALUE)),
        Arguments.of("a million digits", 0, BigInteger.ONE.shiftLeft(3_400_000)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bounds")
  void aCallIsDeniedBeyondABoundAndOnlyThere(String bound, Object within, Object beyond) {
    // The name of the one argument, the tool and the grant count as text: three characters.
    Object fitting = bound.startsWith("text") ? Map.of() : within;
    assertThat(code(fitting)).isNull();
    assertThat(code(beyond)).isEqualTo(DecisionCode.TOO_LARGE);
    assertThat(ToolCall.of("t", Map.of("v", beyond), CALLER).arguments()).isEmpty();
    assertThat(code(OPEN, ToolCall.of("t", null, CALLER.withAttribute("a", beyond))))
        .isEqualTo(DecisionCode.TOO_LARGE);
  }

  @Test
  void allTextOfACallIsBoundedTogether() {
    String most = text((4 << 20) - 3);

    assertThat(code(most)).isNull();
    assertThat(code(most + "x")).isEqualTo(DecisionCode.TOO_LARGE);
    assertThat(code(OPEN, ToolCall.of("tt", Map.of("v", most), CALLER)))
        .isEqualTo(DecisionCode.TOO_LARGE);
    assertThat(code(OPEN, ToolCall.of("t", Map.of("v", most), CALLER.withSession("s"))))
        .isEqualTo(DecisionCode.TOO_LARGE);
    assertThat(code(OPEN, ToolCall.of("t", Map.of("v", most), CALLER.withClient("c"))))
        .isEqualTo(DecisionCode.TOO_LARGE);
    assertThat(code(OPEN, ToolCall.of("t", Map.of("v", most), CALLER.withAttribute("a", 1))))
        .isEqualTo(DecisionCode.TOO_LARGE);
    assertThat(code(OPEN, ToolCall.of(text((4 << 20) + 1), null, CALLER)))
        .isEqualTo(DecisionCode.TOO_LARGE);
  }

  @Test
  void tooLargeComesBeforeEveryRuleButNoGrant() {
    CompiledPolicy hiding =
        CompiledPolicy.of(
            Policy.parse("{\"version\": \"1\", \"default\": \"deny\", \"hide\": [\"*\"]}"));
    Map<String, Object> large = Map.of("v", wide(100_000));

    assertThat(code(hiding, ToolCall.of("t", large, CALLER))).isEqualTo(DecisionCode.TOO_LARGE);
    assertThat(hiding.judge(ToolCall.of("t", large, CALLER)).denied())
        .extracting(Decision::rule)
        .isEqualTo("(too large)");
    assertThat(hiding.judge(ToolCall.ofJson("t", "[]", CALLER)).denied())
        .extracting(Decision::rule)
        .isEqualTo("(arguments)");
    assertThat(code(hiding, ToolCall.of("t", large, Caller.grant(""))))
        .isEqualTo(DecisionCode.NO_GRANT);
  }

  @Test
  void aHaltOfTheDocumentComesBeforeTooLarge() {
    CompiledPolicy halting =
        CompiledPolicy.of(
            Policy.parse("{\"version\": \"1\", \"default\": \"deny\", \"halt\": \"Stop.\"}"));
    Map<String, Object> large = Map.of("v", wide(100_000));

    assertThat(code(halting, ToolCall.of("t", large, CALLER))).isEqualTo(DecisionCode.HALTED);
    assertThat(code(halting, ToolCall.ofJson("t", "[]", CALLER))).isEqualTo(DecisionCode.HALTED);
    assertThat(code(halting, ToolCall.of("t", large, Caller.grant(""))))
        .isEqualTo(DecisionCode.NO_GRANT);
    assertThat(halting.judge(ToolCall.of("t", Map.of(), CALLER), Denials.NOT_LISTED).denied())
        .as("before what is known of the tool alone")
        .extracting(Decision::code)
        .isEqualTo(DecisionCode.HALTED);
  }

  @Test
  void whatHoldsItselfOrHasNoEndIsTooLarge() {
    Map<String, @Nullable Object> itself = new HashMap<>();
    itself.put("v", itself);
    List<@Nullable Object> twice = new ArrayList<>();
    twice.add(twice);
    twice.add(twice);

    assertThat(code(OPEN, ToolCall.of("t", itself, CALLER))).isEqualTo(DecisionCode.TOO_LARGE);
    assertThat(code(twice)).isEqualTo(DecisionCode.TOO_LARGE);
    assertThat(code(new Endless())).isEqualTo(DecisionCode.TOO_LARGE);
  }

  @Test
  void attributesAreCopiedAsArgumentsAre() {
    List<Object> roles = new ArrayList<>(List.of("clerk"));
    Caller caller = CALLER.withAttribute("roles", roles);
    roles.add("admin");

    assertThat(caller.attributes()).isEqualTo(Map.of("roles", List.of("clerk")));
    assertThatThrownBy(() -> caller.attributes().put("x", 1))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void attributesAreBoundedTogether() {
    Caller half = CALLER.withAttribute("a", wide(60_000));

    assertThat(code(OPEN, ToolCall.of("t", null, half))).isNull();
    assertThat(code(OPEN, ToolCall.of("t", null, half.withAttribute("b", wide(60_000)))))
        .isEqualTo(DecisionCode.TOO_LARGE);
    assertThat(code(OPEN, ToolCall.of("t", Map.of("v", wide(60_000)), half)))
        .isEqualTo(DecisionCode.TOO_LARGE);
  }

  private static Object nested(int lists) {
    Object value = 1;
    for (int i = 0; i < lists; i++) {
      value = List.of(value);
    }
    return value;
  }

  /** A list of so many values, itself counted. */
  private static List<Integer> wide(int elements) {
    return Collections.nCopies(elements, 1);
  }

  private static String text(int length) {
    return "x".repeat(length);
  }

  private static String digits(int count) {
    return "9".repeat(count);
  }

  private static Map<String, Object> sameNameTwice() {
    IdentityHashMap<String, Object> map = new IdentityHashMap<>();
    map.put(String.valueOf(new char[] {'k'}), 5);
    map.put(String.valueOf(new char[] {'k'}), 6);
    return map;
  }

  /** A number that is another one each time it is read. */
  private static final class Changing extends BigDecimal {
    @Serial private static final long serialVersionUID = 1L;
    private int reads;

    Changing() {
      super(5);
    }

    @Override
    public int compareTo(BigDecimal other) {
      return reads++ == 0 ? 1 : super.compareTo(other);
    }
  }

  private static final class Throwing extends AbstractMap<String, Object> {
    private final Throwable failure;

    Throwing(Throwable failure) {
      this.failure = failure;
    }

    @Override
    public Set<Entry<String, Object>> entrySet() {
      if (failure instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) failure;
    }
  }

  private static final class ThrowingList extends AbstractList<Object> {
    private final Throwable failure;

    ThrowingList(Throwable failure) {
      this.failure = failure;
    }

    @Override
    public Object get(int index) {
      if (index == 0) {
        return 1;
      }
      if (failure instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) failure;
    }

    @Override
    public int size() {
      return 2;
    }
  }

  private static final class Endless extends AbstractList<Object> {
    @Override
    public Object get(int index) {
      return 1;
    }

    @Override
    public int size() {
      return Integer.MAX_VALUE;
    }
  }
}
