package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** A session's connection to an upstream that ends, again and again. */
class LinkTest {
  private final SetTime time = new SetTime();
  private final List<Upstream.Listener> opened = new ArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Owner owner = new Owner();
  private CompletionStage<?> greeting = CompletableFuture.completedStage(null);

  private final class Owner implements Link.Owner {
    private final List<String> heard = new CopyOnWriteArrayList<>();

    @Override
    public CompletionStage<?> greet(Upstream fresh) {
      return greeting;
    }

    @Override
    public CompletionStage<?> onMessage(Message message, Consumer<Message> reply) {
      heard.add("message");
      return CompletableFuture.completedStage(null);
    }

    @Override
    public void onAgain() {
      heard.add("again");
    }

    @Override
    public void onBroken(String why) {
      heard.add("broken");
    }

    @Override
    public void onGone(String why, boolean wasUp) {
      heard.add(why + " " + wasUp);
    }
  }

  private final class Nothing implements Upstream {
    @Override
    public CompletionStage<?> send(Message message, BooleanSupplier begin) {
      return CompletableFuture.completedStage(null);
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  private final Link link =
      new Link(
          listener -> {
            opened.add(listener);
            return new Nothing();
          },
          time,
          owner);

  private String whyNot() {
    return link.up()
        .handle((up, thrown) -> thrown == null ? "up" : String.valueOf(thrown.getMessage()))
        .toCompletableFuture()
        .join();
  }

  private void end() {
    opened.get(opened.size() - 1).onEnd("it ended");
  }

  @Test
  void isOpenedWhenItIsFirstNeededAndOnce() {
    assertThat(opened).isEmpty();
    assertThat(whyNot()).isEqualTo("up");
    assertThat(whyNot()).isEqualTo("up");
    assertThat(opened).hasSize(1);
    assertThat(owner.heard).isEmpty();
  }

  @Test
  void isOpenedAgainAtOnceAndThenAfterPausesThatGrowToAMinute() {
    List<Long> pauses = new ArrayList<>();
    whyNot();
    for (int loss = 0; loss < 12; loss++) {
      end();
      long pause = 0;
      while (!whyNot().equals("up")) {
        time.advance(Duration.ofSeconds(1));
        pause++;
      }
      pauses.add(pause);
    }
    assertThat(pauses).containsExactly(0L, 1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L, 60L, 60L, 60L);
  }

  @Test
  void whoHasLastedIsOpenedAgainAtOnce() {
    whyNot();
    for (int loss = 0; loss < 5; loss++) {
      time.advance(Duration.ofSeconds(60));
      end();
      assertThat(whyNot()).isEqualTo("up");
    }
  }

  @Test
  void inAPauseWhoNeedsItIsToldWhyAndForHowLong() {
    whyNot();
    end();
    whyNot();
    end();
    assertThat(whyNot()).isEqualTo("it ended; it is started again in 1 s");
    assertThat(owner.heard).containsExactly("it ended true", "again", "it ended true");
  }

  @Test
  void whoDoesNotGetThroughTheGreetingIsNeverUp() {
    CompletableFuture<Void> unanswered = new CompletableFuture<>();
    greeting = unanswered;
    CompletableFuture<Upstream> up = link.up().toCompletableFuture();
    assertThat(up).isNotDone();
    assertThat(link.ifUp()).isNull();

    unanswered.completeExceptionally(new UpstreamException("another version"));

    assertThat(up).isCompletedExceptionally();
    assertThat(owner.heard).containsExactly("another version false");
  }

  @Test
  void whatComesFromOneThatHasEndedIsNotHeard() throws Exception {
    whyNot();
    Upstream.Listener first = opened.get(0);
    end();
    first.onMessage(Message.Answer.result("1", ""));
    first.onBroken("late");
    first.onEnd("again");

    assertThat(owner.heard).containsExactly("it ended true");
    assertThat(closed.await(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void oneThatCannotBeOpenedIsALossToo() {
    Link none =
        new Link(
            listener -> {
              throw new IOException("no such program");
            },
            time,
            owner);
    for (int i = 0; i < 2; i++) {
      assertThat(none.up().toCompletableFuture()).isCompletedExceptionally();
    }
    assertThat(owner.heard).containsExactly("no such program false", "no such program false");
    none.up();
    assertThat(owner.heard).as("not tried in the pause").hasSize(2);
  }

  @Test
  void isNotOpenedOnceItIsClosed() {
    link.close();
    assertThat(whyNot()).isEqualTo("the gateway is closing");
    assertThat(opened).isEmpty();
  }
}
