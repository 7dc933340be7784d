package dev.alcada.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.alcada.counter.Ended;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.ToolCall;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What listeners are told is a value that names the call and shows nothing it holds. */
class EventTest {
  private static final Instant NOON = Instant.parse("2026-11-28T12:00:00Z");
  private static final Caller CALLER =
      Caller.grant("agent-7")
          .withSession("s-hunter2")
          .withClient("c-hunter2")
          .withAttribute("card", "hunter2");
  private static final Decision ALLOWED = Decision.Allowed.INSTANCE;

  private static DecisionEvent.Builder builder() {
    return DecisionEvent.builder(
        NOON, ToolCall.of("pay", Map.of("card", "hunter2"), CALLER), ALLOWED);
  }

  @Test
  void aDecisionIsToldWithWhoCalledWhat() {
    DecisionEvent event = builder().shadow(ALLOWED).build();

    assertThat(event.at()).isEqualTo(NOON);
    assertThat(event.tool()).isEqualTo("pay");
    assertThat(event.grant()).isEqualTo("agent-7");
    assertThat(event.session()).isEqualTo("s-hunter2");
    assertThat(event.client()).isEqualTo("c-hunter2");
    assertThat(event.decision()).isEqualTo(ALLOWED);
    assertThat(event.shadow()).isEqualTo(ALLOWED);
    assertThat(builder().build().shadow()).isNull();
  }

  @Test
  void eventsWithEqualPartsAreEqual() {
    SettlementEvent settled = SettlementEvent.of(NOON, builder().build(), Ended.DONE, null);

    assertThat(builder().build()).isEqualTo(builder().build()).hasSameHashCodeAs(builder().build());
    assertThat(builder().build()).isNotEqualTo(builder().shadow(ALLOWED).build());
    assertThat(settled)
        .isEqualTo(SettlementEvent.of(NOON, builder().build(), Ended.DONE, null))
        .isNotEqualTo(SettlementEvent.of(NOON, builder().build(), Ended.UNKNOWN, null));
  }

  @Test
  void theirTextShowsNeitherArgumentNorSessionNorAFailuresMessage() {
    DecisionEvent decided = builder().build();
    SettlementEvent settled =
        SettlementEvent.of(
            NOON, decided, Ended.UNKNOWN, new IllegalArgumentException("card hunter2"));

    assertThat(decided.toString()).contains("pay", "agent-7").doesNotContain("hunter2");
    assertThat(settled.toString())
        .contains("UNKNOWN", "IllegalArgumentException")
        .doesNotContain("hunter2");
  }

  @Test
  void theShadowIsSetOnce() {
    assertThatIllegalStateException()
        .isThrownBy(() -> builder().shadow(ALLOWED).shadow(ALLOWED))
        .withMessageContaining("shadow");
  }
}
