package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.guard.NotDoneException;
import java.math.BigInteger;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** One request, cancelled. */
class ExchangeTest {
  private final Exchange exchange = new Exchange(BigInteger.ONE, null, 1, progress -> {});

  @Test
  void whoeverIsFirstToCancelSaysWhetherItWasSent() {
    exchange.send();
    CompletionStage<?> told = exchange.told();
    told.thenRun(exchange::cancel); // while the first is at it

    assertThat(exchange.cancel()).isTrue();
    assertThat(exchange.cancel()).isFalse();
    assertThatThrownBy(() -> exchange.answer().join())
        .hasCauseInstanceOf(UpstreamException.class)
        .hasMessageContaining(Exchange.CANCELLED);
  }

  @Test
  void whatWasNotSentIsNotDoneAndNotSentAnyMore() {
    assertThat(exchange.cancel()).isFalse();

    assertThat(exchange.send()).isFalse();
    assertThat(exchange.told()).isCompletedWithValue(null);
    assertThatThrownBy(() -> exchange.answer().join()).hasCauseInstanceOf(NotDoneException.class);
  }
}
