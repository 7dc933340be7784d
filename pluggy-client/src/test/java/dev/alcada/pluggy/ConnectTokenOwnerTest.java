package dev.alcada.pluggy;

import static dev.alcada.pluggy.Produced.assertThatThrownBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.decision.Caller;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.NotDoneException;
import dev.alcada.pluggy.testing.PluggyStandIn;
import dev.alcada.pluggy.testing.PluggyStandIn.Fault;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** For whom a token is minted is the host's to say, and whose connection is updated too. */
class ConnectTokenOwnerTest {
  private static final String MINT = "/connect_token";

  private final PluggyStandIn pluggy = PluggyStandIn.start();
  private final PluggyClient client =
      PluggyClient.builder()
          .credentials(PluggyStandIn.CLIENT_ID, PluggyStandIn.CLIENT_SECRET)
          .baseAddress(pluggy.baseAddress())
          .retries(0)
          .build();
  private final ConnectTokenTool tool =
      ConnectTokenTool.builder(client).clientUserId(Caller::grant).build();

  @AfterEach
  void stop() {
    client.close();
    pluggy.close();
  }

  /**
   * The three ways to call a tool, told by what they come to: a token, or the text for an agent.
   */
  enum Way {
    HANDLE,
    ASYNC,
    RESULT;

    String call(ConnectTokenTool tool, ToolCall call) {
      try {
        return switch (this) {
          case HANDLE -> tool.handle(call).value();
          case ASYNC -> tool.handleAsync(call).toCompletableFuture().join().value();
          case RESULT -> {
            ConnectTokenResult result = tool.call(call);
            assertThat(result.isError()).isEqualTo(result.notDone());
            yield result.isError()
                ? result.text()
                : String.valueOf(result.structuredContent().get("accessToken"));
          }
        };
      } catch (NotDoneException e) {
        return Objects.requireNonNull(e.getMessage());
      } catch (CompletionException e) {
        assertThat(e).hasCauseInstanceOf(NotDoneException.class);
        return Objects.requireNonNull(Objects.requireNonNull(e.getCause()).getMessage());
      }
    }
  }

  private static ToolCall call(String grant, Map<String, Object> arguments) {
    return ToolCall.of(ConnectTokenTool.NAME, arguments, Caller.grant(grant));
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void theUserIsTheCallers(Way way) {
    assertThat(pluggy.accepts(way.call(tool, call("user-42", Map.of())))).isTrue();
    assertThat(pluggy.requests().get(1).body())
        .isEqualTo("{\"options\":{\"clientUserId\":\"user-42\"}}");
  }

  @Test
  void anAttributeOfTheCallerWillDo() {
    ConnectTokenTool byAttribute =
        ConnectTokenTool.builder(client)
            .fixed(ConnectTokenRequest.builder().avoidDuplicates(true).build())
            .clientUserId(caller -> (String) caller.attributes().get("user"))
            .build();
    assertThat(Way.HANDLE.call(byAttribute, call("agent-7", Map.of())))
        .contains("does not know for which user");
    assertThat(pluggy.requests()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void theAgentHasNoSayInIt(Way way) {
    Map<?, ?> properties = (Map<?, ?>) Objects.requireNonNull(tool.inputSchema().get("properties"));
    assertThat(properties.containsKey("clientUserId")).isFalse();
    assertThat(properties.containsKey("itemId")).isTrue();
    Map<String, Object> nothing = new HashMap<>();
    nothing.put("clientUserId", null);
    for (Map<String, Object> arguments :
        List.of(
            Map.<String, Object>of("clientUserId", "user-7"),
            Map.<String, Object>of("clientUserId", "user-42"),
            Map.<String, Object>of("options", Map.of("clientUserId", "user-7")),
            nothing)) {
      assertThat(way.call(tool, call("user-42", arguments)))
          .startsWith("No connect token was created: ");
    }
    assertThat(pluggy.requests()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void theirOwnConnectionIsUpdated(Way way) {
    String item = pluggy.addItem("user-42");
    assertThat(pluggy.accepts(way.call(tool, call("user-42", Map.of("itemId", item))))).isTrue();
    assertThat(pluggy.requests().get(1).method()).isEqualTo("GET");
    assertThat(pluggy.requests().get(2).body())
        .isEqualTo("{\"itemId\":\"" + item + "\",\"options\":{\"clientUserId\":\"user-42\"}}");
  }

  @ParameterizedTest
  @EnumSource(Way.class)
  void nobodyElsesIsAndNobodyLearnsThatItIsThere(Way way) {
    String theirs = pluggy.addItem("user-7");
    String nobodys = pluggy.addItem(null);
    String almost = pluggy.addItem("USER-42");
    String absent = "3fa85f64-5717-4562-b3fc-2c963f66afa6";
    for (String item : List.of(theirs, nobodys, almost, absent)) {
      assertThat(way.call(tool, call("user-42", Map.of("itemId", item))))
          .isEqualTo(
              "No connect token was created: the itemId is not that of a connection of this user."
                  + " Leave it out to make a new connection.");
    }
    assertThat(pluggy.requests(MINT)).isZero();
  }

  @ParameterizedTest
  @EnumSource(
      value = Fault.class,
      names = {
        "UNAVAILABLE",
        "BAD_GATEWAY",
        "INTERNAL_ERROR",
        "TOO_MANY_REQUESTS",
        "DROPPED",
        "ANSWER_LOST",
        "ANSWER_TRUNCATED"
      })
  void whatCannotBeLookedUpGetsNoToken(Fault fault) {
    String item = pluggy.addItem("user-42");
    for (Way way : Way.values()) {
      pluggy.fail("/items/{id}", fault);
      assertThat(way.call(tool, call("user-42", Map.of("itemId", item))))
          .startsWith("No connect token was created: ");
    }
    assertThat(pluggy.requests(MINT)).isZero();
  }

  /** A server, or a cache before it, that answers with something else. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"id": "00000000-0000-4000-8000-000000000000", "clientUserId": "user-42"}
          {"clientUserId": "user-42"}
          {"id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "clientUserId": ["user-42"]}
          {"id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "clientUserId": "user-7", "clientUserId": "user-42"}
          {"id": "3fa85f64-5717-4562-b3fc-2c963f66afa6"}
          [{"id": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "clientUserId": "user-42"}]
          <html>user-42</html>
          """)
  void whatIsNotThatItemGetsNoToken(String answer) throws Exception {
    for (Way way : Way.values()) {
      try (MockWebServer server = new MockWebServer()) {
        server.start();
        server.enqueue(Pluggy.key(Pluggy.freshKey()));
        server.enqueue(Pluggy.json(200, answer));
        try (PluggyClient other = Pluggy.client(server).retries(0).build()) {
          ConnectTokenTool bound =
              ConnectTokenTool.builder(other).clientUserId(Caller::grant).build();
          assertThat(
                  way.call(
                      bound,
                      call("user-42", Map.of("itemId", "3fa85f64-5717-4562-b3fc-2c963f66afa6"))))
              .startsWith("No connect token was created: ");
        }
        assertThat(server.getRequestCount()).isEqualTo(2);
      }
    }
  }

  static List<Function<Caller, @Nullable String>> unknown() {
    return List.of(
        caller -> null,
        caller -> "",
        caller -> "  ",
        caller -> "anonymous",
        caller -> "ana@shop.example",
        caller -> "123.456.789-09",
        caller -> "x".repeat(1_025),
        caller -> "two\nlines",
        caller -> {
          throw new IllegalStateException("no session of ana@shop.example");
        });
  }

  @ParameterizedTest
  @MethodSource("unknown")
  void aCallerWhoIsNobodyGetsNone(Function<Caller, @Nullable String> userOf) {
    ConnectTokenTool unsure = ConnectTokenTool.builder(client).clientUserId(userOf).build();
    for (Way way : Way.values()) {
      assertThat(way.call(unsure, call("agent-7", Map.of())))
          .isEqualTo(
              "No connect token was created: this server does not know for which user. Asking again"
                  + " will not help; its operator has to look at it.");
    }
    assertThat(pluggy.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"user-7", "user-42"})
  void aUserThatTheHostFixedIsTheOwnerToo(String fixed) {
    String item = pluggy.addItem("user-42");
    ConnectTokenTool forOne =
        ConnectTokenTool.of(client, ConnectTokenRequest.builder().clientUserId(fixed).build());
    String answer = Way.HANDLE.call(forOne, call("agent-7", Map.of("itemId", item)));
    assertThat(pluggy.accepts(answer)).isEqualTo(fixed.equals("user-42"));
    assertThat(forOne.call(Map.of("itemId", item)).notDone()).isEqualTo(fixed.equals("user-7"));
  }

  @Test
  void anItemThatTheHostFixedMustBeTheCallersToo() {
    String item = pluggy.addItem("user-42");
    ConnectTokenTool update =
        ConnectTokenTool.builder(client)
            .fixed(ConnectTokenRequest.builder().itemId(item).build())
            .clientUserId(Caller::grant)
            .build();
    assertThat(pluggy.accepts(Way.HANDLE.call(update, call("user-42", Map.of())))).isTrue();
    assertThat(Way.HANDLE.call(update, call("user-7", Map.of())))
        .contains("not that of a connection of this user");
    assertThat(pluggy.minted()).isEqualTo(1);
  }

  @Test
  void isNotCalledWithoutACaller() {
    assertThatThrownBy(() -> tool.call(Map.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("this tool takes clientUserId from the caller: use call(ToolCall)");
    assertThat(pluggy.requests()).isEmpty();
  }

  @Test
  void isNotBuiltInTwoMinds() {
    ConnectTokenRequest fixed = ConnectTokenRequest.builder().clientUserId("user-42").build();
    assertThatThrownBy(
            () -> ConnectTokenTool.builder(client).fixed(fixed).clientUserId(Caller::grant).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("clientUserId is fixed and taken from the caller");
    assertThatThrownBy(() -> ConnectTokenTool.builder(client).fixed(fixed).fixed(fixed))
        .hasMessage("fixed was set before");
    assertThatThrownBy(
            () ->
                ConnectTokenTool.builder(client)
                    .clientUserId(Caller::grant)
                    .clientUserId(Caller::grant))
        .hasMessage("clientUserId was set before");
  }

  @Test
  void whoeverGivesUpWhileTheOwnerIsLookedUpGetsNoToken() throws Exception {
    MockResponse never =
        new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build();
    try (MockWebServer server = new MockWebServer()) {
      server.start();
      server.enqueue(Pluggy.key(Pluggy.freshKey()));
      server.enqueue(never);
      try (PluggyClient other = Pluggy.client(server).build()) {
        CompletableFuture<ConnectToken> minting =
            ConnectTokenTool.builder(other)
                .clientUserId(Caller::grant)
                .build()
                .handleAsync(
                    call("user-42", Map.of("itemId", "3fa85f64-5717-4562-b3fc-2c963f66afa6")))
                .toCompletableFuture();
        Pluggy.next(server);
        Pluggy.next(server);
        minting.cancel(true);
        assertThatThrownBy(minting::join).isInstanceOf(CancellationException.class);
      }
      assertThat(server.getRequestCount()).isEqualTo(2);
    }
  }

  @Test
  void aClientThatIsClosedMeanwhileIsAFailureAndNoToken() {
    String item = pluggy.addItem("user-42");
    client.close();
    assertThat(Produced.failure(() -> tool.handle(call("user-42", Map.of("itemId", item)))))
        .isInstanceOf(NotDoneException.class)
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThat(pluggy.requests()).isEmpty();
  }
}
