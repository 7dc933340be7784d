package dev.alcada.examples.gateway;

import static dev.alcada.examples.gateway.Conversation.errorCode;
import static dev.alcada.examples.gateway.Conversation.text;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What requests that are under way may take, by what is made of them. */
class RoomTest {
  private static final String ALLOW = "{\"version\": \"1\", \"default\": \"allow\"}";

  @RegisterExtension final Logged logged = new Logged();

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "'', 0, 0",
    "1, 0, 0",
    "{}, 1, 0",
    "'[1,2,3]', 3, 0",
    "'{\"a\":1,\"b\":[]}', 5, 0",
    "'[\",,,[[[{{{:::\"]', 1, 0",
    "'[\"\\\",,\\\\\",1]', 2, 0",
    "'[\"\u00e9\u4e2d\"]', 1, 2",
  })
  void aValueTakesMoreThanItsCharacters(String json, int values, int notAscii) {
    assertThat(Room.weight(json)).isEqualTo(json.length() + 40L * values + 5L * notAscii);
  }

  @Test
  void aSessionHasHalfOfIt() {
    Room room = new Room(100_000);

    assertThat(room.take(50_001, 0)).isFalse();
    assertThat(room.take(40_000, 0)).isTrue();
    assertThat(room.take(10_001, 40_000)).isFalse();
    assertThat(room.take(10_000, 40_000)).isTrue();
    assertThat(room.take(50_000, 0)).as("another session").isTrue();
    assertThat(room.take(3_000, 0)).isFalse();
    room.give(50_000);
    assertThat(room.take(50_000, 0)).isTrue();
  }

  @Test
  void whatIsSmallAlwaysHasRoom() {
    Room room = new Room(100_000);
    room.take(50_000, 0);
    room.take(50_000, 0);

    assertThat(room.take(2_049, 0)).isFalse();
    assertThat(room.take(2_048, 50_000)).isTrue();
    assertThat(new Room(0).isTooSmallFor(2_048)).isFalse();
    assertThat(room.isTooSmallFor(50_000)).isFalse();
    assertThat(room.isTooSmallFor(50_001)).isTrue();
  }

  @Test
  void whatNeverHasRoomIsSaidToBeSo() throws Exception {
    try (Conversation client =
        Conversation.obeyed(
            ALLOW, directory.resolve("ledger"), settings -> settings.withRoom(new Room(100_000)))) {
      client.initialize();
      Map<String, Object> refused = client.call(1, "act", "{\"x\":\"" + "x".repeat(60_000) + "\"}");

      assertThat(errorCode(refused)).isEqualTo("-32600");
      assertThat(String.valueOf(refused))
          .contains("larger than this gateway's memory (-Xmx) allows");
      assertThat(errorCode(client.ask(2, "ping", "{}"))).isEqualTo("null");
    }
  }

  /** A text of small values becomes many times its size. */
  @Test
  void callsThatTogetherTakeTooMuchAreRefusedUntilOthersHaveEnded() throws Exception {
    String values = "[" + "1,".repeat(2_000) + "1]";
    try (Conversation client =
        Conversation.obeyed(
            ALLOW,
            directory.resolve("ledger"),
            settings -> settings.withRoom(new Room(4 * Room.weight(values))))) {
      client.initialize();
      for (int round = 0; round < 10; round++) {
        client.sendCall(1, "act", "{\"do\":\"hold\",\"values\":" + values + "}");
        Map<String, Object> refused =
            client.call(2, "act", "{\"do\":\"hold\",\"values\":" + values + "}");
        assertThat(errorCode(refused)).isEqualTo("-32000");
        client.call(3, "act", "{}");
        client.sendCall(4, "act", "{\"do\":\"answer-held\"}");

        assertThat(text(client.answer())).isEqualTo("late");
        assertThat(text(client.answer())).isEqualTo("answered");
      }
    }
  }

  /** It is kept as long as the session, to be said to each server that takes another's place. */
  @Test
  void aFirstMessageThatIsTooLargeBeginsNoSession() throws Exception {
    try (Conversation client = Conversation.obeyed(ALLOW, directory.resolve("ledger"))) {
      Map<String, Object> refused =
          client.ask(0, "initialize", "{\"capabilities\":[" + "1,".repeat(2_000) + "1]}");

      assertThat(errorCode(refused)).isEqualTo("-32600");
      assertThat(client.initialize()).containsKey("result");
    }
  }
}
