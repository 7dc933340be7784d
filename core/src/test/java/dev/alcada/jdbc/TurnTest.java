package dev.alcada.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** One thread at a time has the turn. */
class TurnTest {
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private final Turn turn = new Turn();

  /** Guarded by the turn. */
  private int count;

  @Test
  void noTwoThreadsHaveItAtOnce() throws Exception {
    List<FutureTask<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      FutureTask<Boolean> task = new FutureTask<>(this::counts);
      all.add(task);
      new Thread(task, "turn " + i).start();
    }
    for (FutureTask<Boolean> each : all) {
      assertThat(each.get(1, TimeUnit.MINUTES)).isTrue();
    }
    assertThat(count).isEqualTo(8 * 2_000);
  }

  private boolean counts() throws InterruptedException {
    for (int i = 0; i < 2_000; i++) {
      if (!turn.take(MINUTE)) {
        return false;
      }
      count++;
      turn.taken = 0;
      turn.wake();
    }
    return true;
  }

  @Test
  void whoeverIsNotWokenLooksByHimself() throws Exception {
    assertThat(turn.take(0)).isTrue();
    FutureTask<Boolean> waits = new FutureTask<>(() -> turn.take(MINUTE));
    new Thread(waits, "waits").start();

    turn.taken = 0;

    assertThat(waits.get(1, TimeUnit.MINUTES)).isTrue();
  }

  @Test
  void whoeverGivesUpStandsInTheQueueNoLonger() throws Exception {
    assertThat(turn.take(0)).isTrue();
    for (int i = 0; i < 100; i++) {
      FutureTask<Boolean> waits = new FutureTask<>(() -> turn.take(1_000));
      new Thread(waits, "waits").start();
      assertThat(waits.get(1, TimeUnit.MINUTES)).isFalse();
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> turn.take(MINUTE)).isInstanceOf(InterruptedException.class);
    }
    assertThat(turn.queued()).isZero();
  }

  @Test
  void theQueueHoldsNoMoreThanAreThere() throws Exception {
    noTwoThreadsHaveItAtOnce();

    turn.wake();
    assertThat(turn.queued()).isZero();
  }

  @Test
  void itIsNotWaitedForLongerThanSaidNorByWhoeverIsInterrupted() throws Exception {
    assertThat(turn.take(0)).isTrue();
    assertThat(turn.take(0)).isFalse();
    assertThat(turn.take(1_000)).isFalse();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> turn.take(MINUTE)).isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
  }
}
