package dev.alcada.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.alcada.OwnLog;
import dev.alcada.counter.Ended;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.ToolCall;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A listener behind a queue delays nobody, and what it misses is counted. */
class QueuedListenerTest {
  private static DecisionEvent event(int number) {
    return DecisionEvent.builder(
            Instant.EPOCH,
            ToolCall.of("pay", Map.of("n", number), Caller.grant("agent-7")),
            Decision.Allowed.INSTANCE)
        .id(Integer.toString(number))
        .build();
  }

  private static final class Blocked implements DecisionListener {
    final CountDownLatch entered = new CountDownLatch(1);
    final CountDownLatch go = new CountDownLatch(1);
    final Told told = new Told();

    @Override
    public void onDecision(DecisionEvent event) {
      entered.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      told.onDecision(event);
    }
  }

  @Test
  void allIsToldInItsOrderOnAThreadOfItsOwn() {
    Told told = new Told();
    List<Thread> threads = new ArrayList<>();
    DecisionListener noting =
        new DecisionListener() {
          @Override
          public void onDecision(DecisionEvent event) {
            threads.add(Thread.currentThread());
            told.onDecision(event);
          }

          @Override
          public void onSettled(SettlementEvent event) {
            told.onSettled(event);
          }
        };
    try (QueuedListener queued = QueuedListener.builder(noting).build()) {
      for (int i = 0; i < 1_000; i++) {
        queued.onDecision(event(i));
        queued.onSettled(SettlementEvent.of(Instant.EPOCH, event(i), Ended.DONE, null));
      }
    }

    assertThat(told.decided)
        .extracting(event -> Integer.valueOf(event.id()))
        .isSorted()
        .hasSize(1_000);
    assertThat(told.settled).hasSize(1_000);
    assertThat(threads).doesNotContain(Thread.currentThread()).allMatch(Thread::isDaemon);
  }

  @Test
  void whatABlockedListenerHasNoRoomForIsDroppedCountedAndReportedOnce() throws Throwable {
    Blocked blocked = new Blocked();
    QueuedListener queued = QueuedListener.builder(blocked).capacity(10).build();
    queued.onDecision(event(0));
    blocked.entered.await();
    List<String> log =
        OwnLog.of(
            () -> {
              for (int i = 1; i <= 100; i++) {
                queued.onDecision(event(i));
              }
            });

    assertThat(queued.depth()).isEqualTo(10);
    assertThat(queued.dropped()).isEqualTo(90);
    assertThat(log).hasSize(1).allMatch(line -> line.contains("Events are dropped"));
    blocked.go.countDown();
    queued.close();
    assertThat(blocked.told.decided).hasSize(11);
  }

  @Test
  void aCallerWaitsForRoomWhereThatIsChosen() throws Throwable {
    Blocked blocked = new Blocked();
    QueuedListener queued =
        QueuedListener.builder(blocked).capacity(1).waitWhenFull(Duration.ofMinutes(1)).build();
    queued.onDecision(event(0));
    blocked.entered.await();
    queued.onDecision(event(1));
    Thread caller = new Thread(() -> queued.onDecision(event(2)));
    caller.start();
    blocked.go.countDown();
    caller.join();
    queued.close();

    assertThat(queued.dropped()).isZero();
    assertThat(blocked.told.decided).hasSize(3);
  }

  @Test
  void whoWaitsIsNotHeldForEver() throws Throwable {
    Blocked blocked = new Blocked();
    QueuedListener queued =
        QueuedListener.builder(blocked)
            .capacity(1)
            .waitWhenFull(Duration.ofMillis(1))
            .closeTimeout(Duration.ofMillis(1))
            .build();
    queued.onDecision(event(0));
    blocked.entered.await();
    queued.onDecision(event(1));
    List<String> log =
        OwnLog.of(
            () -> {
              queued.onDecision(event(2));
              queued.close();
            });

    assertThat(queued.dropped()).isEqualTo(1);
    assertThat(log).anyMatch(line -> line.contains("still busy; 1 events wait"));
    blocked.go.countDown();
  }

  @Test
  void aListenerThatThrowsIsToldTheRest() {
    AtomicLong told = new AtomicLong();
    PrintStream before = System.err;
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    System.setErr(new PrintStream(log, true, StandardCharsets.UTF_8));
    try (QueuedListener queued =
        QueuedListener.builder(
                event -> {
                  told.incrementAndGet();
                  throw new StackOverflowError();
                })
            .build()) {
      queued.onDecision(event(1));
      queued.onDecision(event(2));
    } finally {
      System.setErr(before);
    }

    assertThat(told.get()).isEqualTo(2);
    assertThat(log.toString(StandardCharsets.UTF_8)).contains("A decision listener failed");
  }

  @Test
  void afterTheEndEventsCountAsDropped() throws Throwable {
    QueuedListener queued = QueuedListener.builder(event -> {}).build();
    queued.close();
    OwnLog.of(() -> queued.onDecision(event(1)));

    assertThat(queued.dropped()).isEqualTo(1);
  }

  @Test
  void aLargeCallIsReadBeforeItWaits() {
    Blocked blocked = new Blocked();
    QueuedListener queued =
        QueuedListener.builder(blocked).closeTimeout(Duration.ofMillis(1)).build();
    DecisionEvent large =
        DecisionEvent.builder(
                Instant.EPOCH,
                ToolCall.of("pay", Map.of("text", "x".repeat(100_000)), Caller.grant("agent-7")),
                Decision.Allowed.INSTANCE)
            .build();
    DecisionEvent small = event(1);
    queued.onDecision(large);
    queued.onDecision(small);

    assertThat(large.held()).isZero();
    assertThat(small.held()).isPositive();
    blocked.go.countDown();
    queued.close();
  }

  @Test
  void settingsAreMadeOnceAndInTheirRanges() {
    QueuedListener.Builder builder = QueuedListener.builder(event -> {}).capacity(1);

    assertThatIllegalStateException()
        .isThrownBy(() -> builder.capacity(2))
        .withMessageContaining("capacity");
    assertThatIllegalArgumentException().isThrownBy(() -> builder.capacity(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.waitWhenFull(Duration.ofHours(1)));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ArgumentDigests.of(new byte[15]))
        .withMessageContaining("15 bytes");
  }
}
