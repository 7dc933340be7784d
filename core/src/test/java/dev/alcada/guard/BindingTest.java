package dev.alcada.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Quorum;
import dev.alcada.decision.ToolCall;
import dev.alcada.internal.value.UnwritableException;
import dev.alcada.policy.ValuePath.Root;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A yes holds for exactly what its binding is made of. */
class BindingTest {
  private static final Caller CALLER = Caller.grant("agent-7").withAttribute("role", "clerk");
  private static final AskingRule MONEY =
      new AskingRule("/tools/pay/action", "/tools/pay/action", "Money.", "1");
  private static final AskingRule LARGE =
      new AskingRule("/tools/pay/approve_if/large", "/tools/pay/approve_if/0", "Large.", "2");

  private static String hash(
      String tool, Map<String, ?> arguments, Caller caller, AskingRule... asks)
      throws UnwritableException {
    return hash(Set.of(), tool, arguments, caller, asks);
  }

  private static String hash(
      Set<Root> mentioned, String tool, Map<String, ?> arguments, Caller caller, AskingRule... asks)
      throws UnwritableException {
    return Binding.of(ToolCall.of(tool, arguments, caller), List.of(asks), Quorum.ONE, mentioned)
        .hash();
  }

  @Test
  void everyPartOfItIsBoundByItself() throws UnwritableException {
    String hash = hash("pay", Map.of("amount", 1), CALLER, MONEY, LARGE);

    assertThat(
            List.of(
                hash("pay2", Map.of("amount", 1), CALLER, MONEY, LARGE),
                hash("pay", Map.of("amount", 2), CALLER, MONEY, LARGE),
                hash("pay", Map.of("amount", "1"), CALLER, MONEY, LARGE),
                hash("pay", Map.of(), CALLER, MONEY, LARGE),
                hash(
                    "pay",
                    Map.of("amount", 1),
                    Caller.grant("agent-8").withAttribute("role", "clerk"),
                    MONEY,
                    LARGE),
                hash(
                    "pay",
                    Map.of("amount", 1),
                    CALLER.withAttribute("role", "chief"),
                    MONEY,
                    LARGE),
                hash("pay", Map.of("amount", 1), CALLER.withAttribute("role", null), MONEY, LARGE),
                hash("pay", Map.of("amount", 1), Caller.grant("agent-7"), MONEY, LARGE),
                hash("pay", Map.of("amount", 1), CALLER, MONEY),
                hash("pay", Map.of("amount", 1), CALLER, LARGE)))
        .doesNotContain(hash)
        .doesNotHaveDuplicates();
  }

  @Test
  void whatAsksNothingElseIsNotBound() throws UnwritableException {
    AskingRule moved =
        new AskingRule("/all_tools/approve_if/0", "/all_tools/approve_if/0", "Moved.", "1");

    assertThat(
            List.of(
                hash("pay", Map.of("amount", 1.0), CALLER, MONEY, LARGE),
                hash(
                    "pay",
                    Map.of("amount", 1),
                    CALLER.withSession("s").withClient("c"),
                    MONEY,
                    LARGE),
                hash("pay", Map.of("amount", 1), CALLER, LARGE, MONEY),
                hash("pay", Map.of("amount", 1), CALLER, moved, LARGE)))
        .containsOnly(hash("pay", Map.of("amount", 1), CALLER, MONEY, LARGE));
  }

  @Test
  void everyAttributeOfTheCallerIsBoundWhateverThePolicyReads() throws UnwritableException {
    assertThat(hash("pay", Map.of(), CALLER.withAttribute("tenant", "bolt"), MONEY))
        .isNotEqualTo(hash("pay", Map.of(), CALLER.withAttribute("tenant", "acme"), MONEY))
        .isNotEqualTo(hash("pay", Map.of(), CALLER, MONEY));
  }

  @Test
  void aDetailOfTheCallerIsNotBound() throws UnwritableException {
    assertThat(hash("pay", Map.of(), CALLER.withDetail("trace", "t-1"), MONEY))
        .isEqualTo(hash("pay", Map.of(), CALLER.withDetail("trace", "t-2"), MONEY))
        .isEqualTo(hash("pay", Map.of(), CALLER, MONEY))
        .isNotEqualTo(hash("pay", Map.of(), CALLER.withAttribute("trace", "t-1"), MONEY));
  }

  @Test
  void clientAndSessionAreBoundWhereThePolicyMentionsThem() throws UnwritableException {
    Caller other = CALLER.withSession("t").withClient("d");
    Caller caller = CALLER.withSession("s").withClient("c");

    assertThat(hash(Set.of(Root.SESSION), "pay", Map.of(), caller, MONEY))
        .isNotEqualTo(hash(Set.of(Root.SESSION), "pay", Map.of(), other, MONEY))
        .isEqualTo(hash(Set.of(Root.SESSION), "pay", Map.of(), caller.withClient("d"), MONEY));
    assertThat(hash(Set.of(Root.CLIENT), "pay", Map.of(), caller, MONEY))
        .isNotEqualTo(hash(Set.of(Root.CLIENT), "pay", Map.of(), other, MONEY))
        .isEqualTo(hash(Set.of(Root.CLIENT), "pay", Map.of(), caller.withSession("t"), MONEY));
  }

  @Test
  void argumentsOf64KiBAreBoundAndOneByteMoreIsNot() throws UnwritableException {
    int room = 64 * 1024 - "{\"v\":\"\"}".length();

    assertThat(hash("pay", Map.of("v", "x".repeat(room)), CALLER, MONEY)).hasSize(64);
    assertThatExceptionOfType(UnwritableException.class)
        .isThrownBy(() -> hash("pay", Map.of("v", "x".repeat(room + 1)), CALLER, MONEY))
        .satisfies(refused -> assertThat(refused.isTooLarge()).isTrue());
  }
}
