package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AllowanceTest {
  private final SetTime time = new SetTime();
  private final Allowance allowance = new Allowance(time);

  private int taken(int wanted) {
    int taken = 0;
    for (int i = 0; i < wanted; i++) {
      taken += allowance.take() < 0 ? 0 : 1;
    }
    return taken;
  }

  @Test
  void isAThousandLinesAtOnceAndTwentyASecond() {
    assertThat(taken(5_000)).isEqualTo(1_000);
    time.advance(Duration.ofMillis(999));
    assertThat(taken(100)).isZero();
    time.advance(Duration.ofMillis(1));
    assertThat(taken(100)).isEqualTo(20);
    time.advance(Duration.ofDays(1));
    assertThat(taken(5_000)).isEqualTo(1_000);
  }

  @Test
  void tellsOnceHowManyWereLeftOut() {
    assertThat(taken(1_007)).isEqualTo(1_000);
    time.advance(Duration.ofSeconds(1));
    assertThat(allowance.take()).isEqualTo(7);
    assertThat(allowance.take()).isZero();
  }
}
