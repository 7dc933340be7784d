package dev.alcada.examples.gateway;

import static dev.alcada.examples.gateway.Conversation.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A server at an address, behind a gateway over stdio. */
class UpstreamUrlTest {
  @RegisterExtension final Logged logged = new Logged();

  private static final String ALLOW = "{\"version\": \"1\", \"default\": \"allow\"}";
  private static final String SUCCESSES =
      """
      {"version": "1", "default": "allow", "tools": {"pay": {"limits": [
        {"counter": "pays", "window": "hour", "max": 2, "counts": "successes"}]}}}
      """;

  @ParameterizedTest
  @CsvSource({
    "404, ''",
    "400, '{\"error\":{\"code\":-32000,\"message\":\"Bad Request: No valid session ID provided\"}}'",
    "400, '{\"error\":{\"message\":\"Server not initialized\"}}'",
  })
  void aServerThatHasForgottenTheSessionIsToldInAnother(int status, String body) throws Exception {
    try (StatefulServer server = StatefulServer.start();
        Conversation client = Conversation.at(SUCCESSES, server.uri())) {
      server.unknownSession(status, body);
      client.initialize();
      assertThat(text(client.call(1, "pay", "{}"))).isEqualTo("session 1");
      server.restart();

      assertThat(text(client.call(2, "pay", "{}"))).isEqualTo("session 2");
      assertThat(text(client.call(3, "pay", "{}"))).startsWith("[POLICY DENIED] ");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "401, (--header or --header-env can authenticate), true",
    "403, (--header or --header-env can authenticate), true",
    "307, '(another address, to which the gateway does not go)', true",
    "400, '', true",
    "429, '', true",
    "408, '', false",
    "409, '', false",
    "422, '', false",
    "500, '', false",
    "503, '', false",
  })
  void whatItRefusesIsToldWithItsStatusAndAddress(int status, String more, boolean notDone)
      throws Exception {
    try (StatefulServer server = StatefulServer.start();
        Conversation client = Conversation.at(SUCCESSES, server.uri())) {
      client.initialize();
      client.call(0, "pay", "{}");
      server.refuse(status, "secret of the server: the checkout session is closed");
      String told =
          "The tool did not answer: the upstream server at %s answered with status %s %s"
              .formatted(server.uri(), status, more)
              .strip();
      assertThat(text(client.call(1, "pay", "{}"))).isEqualTo(told);
      server.refuse(null, "");

      assertThat(text(client.call(2, "pay", "{}")).startsWith("[POLICY DENIED] "))
          .as("counted, unless surely nothing was done")
          .isNotEqualTo(notDone);
    }
    assertThat(logged.text()).doesNotContain("secret of the server");
  }

  /** Whoever is told that its call is lost may make it again. */
  @Test
  void whatIsToldToBeLostIsNotSentAgain() throws Exception {
    try (StatefulServer server = StatefulServer.start();
        Conversation client = Conversation.at(ALLOW, server.uri())) {
      client.initialize();
      client.call(0, "pay", "{\"n\":-1}");
      List<String> told = new ArrayList<>();
      for (int round = 0; round < 10; round++) {
        server.restart();
        for (int id = 8 * round + 1; id <= 8 * round + 8; id++) {
          client.sendCall(id, "pay", "{\"n\":" + id + "}");
        }
        for (int i = 0; i < 8; i++) {
          Map<String, Object> answer = client.answer();
          if (text(answer).startsWith("The tool did not answer")) {
            told.add(String.valueOf(answer.get("id")));
          }
        }
      }
      assertThat(server.made()).doesNotContainAnyElementsOf(told);
    }
  }

  /** What surely was not begun does not run; what may have been, does. */
  @ParameterizedTest
  @CsvSource({"401, false", "429, false", "500, true", "408, true"})
  void aCallThatItRefusesLeavesALimitOfWhatRunsAtOnce(int status, boolean runs) throws Exception {
    String one =
        """
        {"version": "1", "default": "allow", "tools": {"pay": {"limits": [
          {"counter": "running", "window": "in_flight", "max": 1, "lease": "15m"}]}}}
        """;
    try (StatefulServer server = StatefulServer.start();
        Conversation client = Conversation.at(one, server.uri())) {
      client.initialize();
      client.call(0, "pay", "{}");
      server.refuse(status, "");
      assertThat(text(client.call(1, "pay", "{}"))).startsWith("The tool did not answer");
      server.refuse(null, "");

      assertThat(text(client.call(2, "pay", "{}")).startsWith("[POLICY DENIED] ")).isEqualTo(runs);
    }
  }

  @Test
  void oneThatCannotBeReachedIsSaidToBeSo() throws Exception {
    try (StatefulServer server = StatefulServer.start();
        Conversation client = Conversation.at(SUCCESSES, server.uri())) {
      client.initialize();
      client.call(0, "pay", "{}");
      server.stop();
      for (int id = 1; id < 5; id++) {
        assertThat(text(client.call(id, "pay", "{}")))
            .isEqualTo(
                "The tool did not answer: the upstream server at %s cannot be reached (ConnectException)"
                    .formatted(server.uri()));
      }
      server.restart();
      assertThat(text(client.call(5, "pay", "{}"))).isEqualTo("session 2");
    }
  }

  /** Servers hold a stream open that is resumed after its answer, until they are shut off. */
  @Test
  void aStreamIsResumedForAnAnswerThatHasNotComeAndForNoOther() throws Exception {
    try (StatefulServer server = StatefulServer.start();
        Conversation client = Conversation.at(ALLOW, server.uri())) {
      client.initialize();
      server.stream(false);
      assertThat(text(client.call(1, "pay", "{}"))).isEqualTo("session 1");
      server.stream(true);
      assertThat(text(client.call(2, "pay", "{}"))).isEqualTo("session 1");

      // Both would have been resumed after one and the same pause.
      assertThat(server.resumed()).containsExactly("event 1");
    }
  }

  @Test
  void whatTheCommandLineGivesIsInEveryRequestAndInNoLog() throws Exception {
    Map<String, String> headers =
        UpstreamHeaders.of(
            List.of("X-Plain=a=b"),
            List.of("Authorization=TOKEN"),
            Map.of("TOKEN", "Bearer verySecret"));
    try (StatefulServer server = StatefulServer.start();
        Conversation client = Conversation.at(ALLOW, server.uri(), headers)) {
      client.initialize();
      client.call(1, "pay", "{}");
      server.refuse(401, "");
      client.call(2, "pay", "{}");

      assertThat(server.header("Authorization")).containsOnly("Bearer verySecret");
      assertThat(server.header("MCP-Protocol-Version")).startsWith("null").endsWith("2025-06-18");
    }
    assertThat(logged.text()).doesNotContain("verySecret");
  }

  @Test
  void aHeaderThatCannotBeSetIsRefusedWithoutItsValue() {
    assertThatThrownBy(() -> UpstreamHeaders.of(List.of("X=a\r\nY: secret"), List.of(), Map.of()))
        .hasMessage("the value of the header \"X\" is not one line of text");
    assertThatThrownBy(() -> UpstreamHeaders.of(List.of("Host=secret"), List.of(), Map.of()))
        .hasMessage("a header \"Host\" cannot be set");
    assertThatThrownBy(() -> UpstreamHeaders.of(List.of("=secret"), List.of(), Map.of()))
        .hasMessage("a header \"\" cannot be set");
    assertThatThrownBy(() -> UpstreamHeaders.of(List.of(), List.of("X=NO_SUCH"), Map.of()))
        .hasMessage("--header-env: there is no environment variable NO_SUCH");
    assertThatThrownBy(() -> UpstreamHeaders.of(List.of("X=a"), List.of("x=V"), Map.of("V", "b")))
        .hasMessage("the header \"x\" is given twice");
    assertThatThrownBy(() -> UpstreamHeaders.of(List.of("X=a", "X=secret"), List.of(), Map.of()))
        .hasMessage("the header \"X\" is given twice");
    assertThatThrownBy(() -> UpstreamHeaders.of(List.of("X: secret"), List.of(), Map.of()))
        .hasMessage("--header takes NAME=VALUE.");
    assertThatThrownBy(() -> UpstreamHeaders.of(List.of(), List.of("secret"), Map.of()))
        .hasMessage("--header-env takes NAME=VARIABLE.");
    assertThatThrownBy(() -> UpstreamHeaders.of(List.of(), List.of("X=V"), Map.of("V", " ")))
        .hasMessage("--header-env: nothing is in V");
  }
}
