package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Lines for somebody who takes them, slowly, or not at all. */
class LineWriterTest {
  /** Takes what is written once it is let. */
  private static final class Slow extends OutputStream {
    private final CountDownLatch begun = new CountDownLatch(1);
    private final CountDownLatch let = new CountDownLatch(1);
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable IOException failure;

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      begun.countDown();
      try {
        let.await();
      } catch (InterruptedException e) {
        throw new IOException(e);
      }
      IOException thrown = failure;
      if (thrown != null) {
        throw thrown;
      }
      taken.write(bytes, offset, length);
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  private final Slow out = new Slow();
  private final LineWriter writer = LineWriter.start("writer", out, 100);

  private LineWriter.Line offered(String text) {
    return Objects.requireNonNull(writer.offer(text, () -> true));
  }

  @Test
  void writesOneAfterTheOtherAndClosesWhatItWritesTo() throws Exception {
    LineWriter.Line first = offered("one");
    LineWriter.Line second = offered("two");
    writer.close();
    out.let.countDown();

    assertThat(first.written().get(60, TimeUnit.SECONDS)).isTrue();
    assertThat(second.written().get(60, TimeUnit.SECONDS)).isTrue();
    writer.end().get(60, TimeUnit.SECONDS);
    assertThat(out.taken.toString(StandardCharsets.UTF_8)).isEqualTo("one\ntwo\n");
    assertThat(out.closed.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(writer.offer("three", () -> true)).isNull();
  }

  @Test
  void aFullQueueIsAnAnswer() throws Exception {
    LineWriter.Line first = offered("x".repeat(150));
    out.begun.await();

    assertThat(writer.offer("y", () -> true)).as("the long one is still being written").isNull();
    assertThat(writer.room()).isNotDone();
    assertThat(writer.add("z")).isNotNull();

    out.let.countDown();
    writer.room().get(60, TimeUnit.SECONDS);
    assertThat(first.written().get(60, TimeUnit.SECONDS)).isTrue();
    assertThat(offered("y").written().get(60, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void whatIsTakenBackInTimeIsNeverWrittenAndItsRoomIsFree() throws Exception {
    LineWriter.Line first = offered("one");
    out.begun.await();
    LineWriter.Line second = offered("x".repeat(90));
    assertThat(writer.offer("y".repeat(90), () -> true)).isNull();

    assertThat(second.withdraw()).isTrue();
    assertThat(first.withdraw()).as("it has begun").isFalse();

    LineWriter.Line third = offered("y".repeat(90));
    out.let.countDown();
    assertThat(third.written().get(60, TimeUnit.SECONDS)).isTrue();
    assertThat(second.written().get(60, TimeUnit.SECONDS)).isFalse();
    assertThat(out.taken.toString(StandardCharsets.UTF_8)).doesNotContain("x");
  }

  @Test
  void whatIsNotWantedWhenItsTurnComesIsLeftOut() throws Exception {
    AtomicBoolean wanted = new AtomicBoolean(true);
    LineWriter.Line first = offered("one");
    out.begun.await();
    LineWriter.Line second = Objects.requireNonNull(writer.offer("two", wanted::get));
    wanted.set(false);
    out.let.countDown();

    assertThat(first.written().get(60, TimeUnit.SECONDS)).isTrue();
    assertThat(second.written().get(60, TimeUnit.SECONDS)).isFalse();
  }

  @Test
  void whenNothingCanBeWrittenAnyMoreAllThatWaitsFails() throws Exception {
    LineWriter.Line first = offered("one");
    LineWriter.Line second = offered("two");
    out.failure = new IOException("gone");
    out.let.countDown();

    assertThat(first.written()).failsWithin(Duration.ofSeconds(60));
    assertThat(second.written()).failsWithin(Duration.ofSeconds(60));
    assertThat(writer.end()).failsWithin(Duration.ofSeconds(60));
    assertThat(writer.room()).isDone();
    assertThat(writer.add("three")).isNull();
  }
}
