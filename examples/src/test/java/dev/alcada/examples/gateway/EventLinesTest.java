package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Events as servers send them, in pieces of any size. */
class EventLinesTest {
  private final List<String> messages = new ArrayList<>();
  private final EventLines lines = new EventLines(1_000, messages::add);

  private void take(String text, int piece) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    for (int i = 0; i < bytes.length; i += piece) {
      lines.take(ByteBuffer.wrap(bytes, i, Math.min(piece, bytes.length - i)));
    }
  }

  @Test
  void areReadHoweverTheyArrive() {
    String stream =
        String.join(
            "\n\n",
            ": hello",
            "id: 1\nevent: message\ndata: {\"é\":\ndata: 1}",
            "data:two\r\n\r\nevent: other\ndata: no",
            "\rdata: three\r\rid",
            "data",
            "");
    for (int piece : new int[] {1, 2, 3, 7, 1_000}) {
      messages.clear();
      take(stream, piece);
      assertThat(messages).as("%s at once", piece).containsExactly("{\"é\":\n1}", "two", "three");
    }
  }

  @Test
  void haveTheIdOfTheLastThatHadOne() {
    assertThat(lines.lastId()).isNull();
    take("id: 7\ndata: x\n\ndata: y\n\n", 5);
    assertThat(lines.lastId()).isEqualTo("7");
    take("id: " + "8".repeat(990) + "\n\n", 50);
    assertThat(lines.lastId()).hasSize(990);
  }

  @Test
  void areNotKeptBeyondTheBoundInOneLineOrInMany() {
    assertThatThrownBy(() -> take("x".repeat(1_001), 100)).isInstanceOf(UpstreamException.class);
    EventLines many = new EventLines(1_000, messages::add);
    ByteBuffer line =
        ByteBuffer.wrap("data: 12345678901234567890\n".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(
            () -> {
              for (int i = 0; i < 100; i++) {
                many.take(line.duplicate());
              }
            })
        .hasMessageContaining("larger than 1000 bytes");
  }
}
