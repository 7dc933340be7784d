package dev.alcada.decision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.decision.Decision.ApprovalRequired;
import dev.alcada.decision.Decision.Denied;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A decision is a value whose text is made for those who read it. */
class DecisionTest {
  private static final Denied DENIED =
      Denied.of(DecisionCode.LIMIT, "/tools/pay/limits/daily", "No.");
  private static final AskingRule ASK = new AskingRule("/r", "/l", "Because.", "{}");

  @Test
  void aDenialIsReadBackAsItWasMade() {
    Denied denied =
        DENIED.withLocation("/tools/pay/limits/0").withRetryAfter(Duration.ofSeconds(7));

    assertThat(denied.code()).isEqualTo(DecisionCode.LIMIT);
    assertThat(denied.rule()).isEqualTo("/tools/pay/limits/daily");
    assertThat(denied.location()).isEqualTo("/tools/pay/limits/0");
    assertThat(denied.message()).isEqualTo("No.");
    assertThat(denied.text()).isEqualTo("[POLICY DENIED] No.");
    assertThat(denied.retryAfter()).isEqualTo(Duration.ofSeconds(7));
    assertThat(DENIED.location()).isEmpty();
    assertThat(DENIED.retryAfter()).isNull();
    assertThat(denied.withRetryAfter(null).retryAfter()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "PT0S, 1",
    "PT-5S, 1",
    "PT0.000000001S, 1",
    "PT0.999999999S, 1",
    "PT1S, 1",
    "PT1.000000001S, 2",
    "PT59.5S, 60",
    "PT60S, 60",
    "P366D, 31622400"
  })
  void aWaitIsToldInWholeSecondsRoundedUp(Duration wait, long seconds) {
    assertThat(DENIED.withRetryAfter(wait).retryAfter()).isEqualTo(Duration.ofSeconds(seconds));
    assertThat(DENIED.withRetryAfter(wait).metadata()).containsEntry("retryAfterSeconds", seconds);
  }

  @Test
  void theTextOfADenialIsMadeOnceAndNotBeforeItIsRead() {
    AtomicInteger made = new AtomicInteger();
    Denied denied =
        new Denied(
            DecisionCode.LIMIT,
            "/r",
            "/l",
            Duration.ofSeconds(3),
            self -> made.incrementAndGet() + ": wait " + self.retryAfter());

    assertThat(denied.metadata()).containsKey("rule");
    assertThat(made).hasValue(0);
    assertThat(denied.message()).isEqualTo("1: wait PT3S");
    assertThat(denied.text()).endsWith("1: wait PT3S");
    assertThat(made).hasValue(1);
  }

  @Test
  void allThreadsReadTheSameText() {
    for (int round = 0; round < 200; round++) {
      Denied denied =
          new Denied(DecisionCode.LIMIT, "/r", "", null, self -> "text of " + self.code());
      Set<String> read = new HashSet<>();
      IntStream.range(0, 8)
          .parallel()
          .mapToObj(reader -> denied.message())
          .toList()
          .forEach(read::add);
      assertThat(read).containsExactly("text of limit");
    }
  }

  @Test
  void decisionsThatSayTheSameAreEqual() {
    assertThat(Denied.of(DecisionCode.LIMIT, "/tools/pay/limits/daily", "No."))
        .isEqualTo(DENIED)
        .hasSameHashCodeAs(DENIED);
    assertThat(
            List.of(
                Denied.of(DecisionCode.ACTION, DENIED.rule(), "No."),
                Denied.of(DecisionCode.LIMIT, "/r", "No."),
                Denied.of(DecisionCode.LIMIT, DENIED.rule(), "Never."),
                DENIED.withLocation("/l"),
                DENIED.withRetryAfter(Duration.ofSeconds(1))))
        .doesNotContain(DENIED)
        .doesNotHaveDuplicates();
    assertThat(DENIED.withRetryAfter(Duration.ofMillis(1)))
        .isEqualTo(DENIED.withRetryAfter(Duration.ofSeconds(1)));

    ApprovalRequired asked = ApprovalRequired.of(ASK, "Ask.");
    assertThat(ApprovalRequired.of(ASK, "Ask.")).isEqualTo(asked).hasSameHashCodeAs(asked);
    assertThat(asked.withRequest("a", Instant.EPOCH)).isNotEqualTo(asked);
    assertThat(asked.approvalId()).isNull();
  }

  @Test
  void theOnlyAllowedDecisionIsTheOneThatIsThere() {
    assertThat(Decision.Allowed.class.getDeclaredConstructors())
        .allMatch(constructor -> Modifier.isPrivate(constructor.getModifiers()));
  }

  /** Each says why and what to do; and what no rule owns names itself in parentheses. */
  @Test
  void theDenialsOfTheLibraryHaveOneTextEach() throws IllegalAccessException {
    List<Denied> denials = new ArrayList<>(List.of(Denials.hidden(3)));
    for (var field : Denials.class.getDeclaredFields()) {
      if (field.getType() == Denied.class && !field.getName().equals("HIDDEN")) {
        denials.add((Denied) field.get(null));
      }
    }

    assertThat(denials).hasSize(11);
    assertThat(denials).map(Denied::code).doesNotHaveDuplicates();
    assertThat(denials).map(Denied::message).doesNotHaveDuplicates();
    assertThat(denials)
        .allSatisfy(
            denied -> {
              assertThat(denied.rule()).matches("\\([a-z ]+\\)");
              assertThat(denied.message()).matches("[A-Z].*\\. [A-Z].*\\.");
              assertThat(denied.retryAfter()).isNull();
            });
    assertThat(Denials.hidden(3).location()).isEqualTo("/hide/3");
    assertThat(Arrays.asList(Denials.NOT_LISTED.location(), Denials.INTERNAL.location()))
        .containsExactly("/default", "");
  }
}
