package dev.alcada.decision;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.alcada.counter.Charge;
import dev.alcada.policy.Policy;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Judges whatever a client or a Java caller can send. Seeds are replayed with the other tests;
 * {@code .github/CONTRIBUTING.md} says how to search for more.
 */
class JudgeFuzzTest {
  private static final CompiledPolicy POLICY =
      CompiledPolicy.of(Policy.parse(Table.text("fuzzed-policy.json")));

  private static final List<String> TOOLS =
      List.of("eq", "order", "text", "exists", "limits", "shadow", "pattern_");
  private static final List<String> NAMES =
      List.of("v", "V", "\uff56", "o", "l", "n", "a.b", "ss", "\u00df", "\u1e9e", "k\u0301");

  @FuzzTest(maxDuration = "60s")
  void neverThrowsAndSaysTheSameTwice(FuzzedDataProvider data) {
    String tool = data.consumeBoolean() ? data.pickValue(TOOLS) : data.consumeString(20);
    Caller caller = Caller.grant(data.consumeString(8));
    if (data.consumeBoolean()) {
      caller = caller.withSession(data.consumeString(8));
    }
    if (data.consumeBoolean()) {
      caller = caller.withAttribute("a", value(data, 3));
    }
    ToolCall call = ToolCall.of(tool, object(data, 5), caller);

    Judgement judgement = POLICY.judge(call);
    Judgement again = POLICY.judge(call);

    assertThat(judgement.denied()).isEqualTo(again.denied());
    assertThat(judgement.demand().charges()).isEqualTo(again.demand().charges());
    assertThat(judgement.asks()).isEqualTo(again.asks());
    Decision.Denied denied = judgement.denied();
    if (denied != null) {
      assertThat(denied.code()).isNotEqualTo(DecisionCode.INTERNAL);
      assertThat(denied.message()).isNotBlank();
      assertThat(denied.rule()).isNotBlank();
      assertThat(judgement.demand().charges()).isEmpty();
    }
    judgement
        .demand()
        .charges()
        .forEach(charge -> assertThat(((Charge.Amount) charge).amount()).isNotNegative());
  }

  private static Map<String, @Nullable Object> object(FuzzedDataProvider data, int depth) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    for (int i = data.consumeInt(0, 20); i > 0 && data.remainingBytes() > 0; i--) {
      String name = data.consumeBoolean() ? data.pickValue(NAMES) : data.consumeString(6);
      object.put(name, value(data, depth - 1));
    }
    return object;
  }

  private static @Nullable Object value(FuzzedDataProvider data, int depth) {
    return switch (data.consumeInt(0, depth > 0 ? 14 : 12)) {
      case 0 -> null;
      case 1 -> data.consumeBoolean();
      case 2 -> data.consumeInt();
      case 3 -> data.consumeLong();
      case 4 -> data.consumeDouble();
      case 5 -> data.consumeFloat();
      case 6 -> data.consumeByte();
      case 7 -> data.consumeShort();
      case 8 -> new BigInteger(bytes(data));
      case 9 -> new BigDecimal(new BigInteger(bytes(data)), data.consumeInt());
      case 10 -> new AtomicInteger(data.consumeInt());
      case 11 -> data.consumeString(200).repeat(data.consumeInt(1, 50));
      case 12 -> data.consumeString(20);
      case 13 -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (int i = data.consumeInt(0, 10); i > 0 && data.remainingBytes() > 0; i--) {
          list.add(value(data, depth - 1));
        }
        yield list;
      }
      default -> object(data, depth);
    };
  }

  private static byte[] bytes(FuzzedDataProvider data) {
    byte[] bytes = data.consumeBytes(30);
    return bytes.length == 0 ? new byte[] {5} : bytes;
  }
}
