package dev.alcada.pluggy;

import static dev.alcada.pluggy.Produced.assertThatThrownBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.pluggy.testing.PluggyStandIn;
import java.math.BigDecimal;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import mockwebserver3.MockWebServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Events: asked for, and read when they come. */
class WebhookTest {
  private static final String CURRENT = "current-secret-0123456789";
  private static final String PREVIOUS = "previous-secret-987654321";
  private static final String BODY =
      """
      {"event": "item/error", "eventId": "e-1", "id": "3fa85f64-5717-4562-b3fc-2c963f66afa6",
       "itemId": "3fa85f64-5717-4562-b3fc-2c963f66afa6", "triggeredBy": "USER",
       "clientId": "c-1", "error": {"code": "SITE_NOT_AVAILABLE", "message": "closed at night"}}
      """;

  private static WebhookRequest.Builder request() {
    return WebhookRequest.builder(WebhookEvent.ITEM_UPDATED, "https://shop.example/hooks");
  }

  @Test
  void isMadeWithASecretInAHeader() {
    try (PluggyStandIn pluggy = PluggyStandIn.start();
        PluggyClient client =
            PluggyClient.builder()
                .credentials(PluggyStandIn.CLIENT_ID, PluggyStandIn.CLIENT_SECRET)
                .baseAddress(pluggy.baseAddress())
                .build()) {
      Webhook made = client.createWebhook(request().header("X-Hook-Secret", CURRENT).build());
      assertThat(made.id()).isNotBlank();
      assertThat(made.event()).isEqualTo("item/updated");
      assertThat(made.url()).isEqualTo("https://shop.example/hooks");
      assertThat(made.createdAt()).isNotNull();
      assertThat(made).hasToString("Webhook[id=" + made.id() + ", event=item/updated]");
      assertThat(pluggy.requests().get(1).body())
          .isEqualTo(
              "{\"event\":\"item/updated\",\"url\":\"https://shop.example/hooks\","
                  + "\"headers\":{\"X-Hook-Secret\":\""
                  + CURRENT
                  + "\"}}");
      for (int i = 0; i < 4; i++) {
        client.createWebhookAsync(request().build()).join();
      }
      assertThat(pluggy.requests().get(2).body()).doesNotContain("headers");
      assertThat(Produced.failure(() -> client.createWebhook(request().build())))
          .isInstanceOf(PluggyException.InvalidRequest.class)
          .hasMessageContaining("at most 5 webhooks");
      assertThat(pluggy.webhooks()).hasSize(5).first().asString().contains(CURRENT);
    }
  }

  @Test
  void itsSecretIsInNoFailure() throws Exception {
    try (MockWebServer server = new MockWebServer()) {
      server.start();
      server.enqueue(Pluggy.key(Pluggy.freshKey()));
      server.enqueue(Pluggy.error(400, "BAD", "the header " + CURRENT.substring(0, 14) + "…"));
      try (PluggyClient client = Pluggy.client(server).build()) {
        assertThatThrownBy(
                () -> client.createWebhook(request().header("X-Hook-Secret", CURRENT).build()))
            .hasMessage(
                "POST /webhooks was answered 400 BAD: (withheld, since it quotes a secret)");
      }
    }
  }

  @Test
  void refusesWhatIsNoEventOrNoHeader() {
    for (String event : List.of("", "item updated", "item/updated\n", "x".repeat(129))) {
      assertThatThrownBy(() -> WebhookRequest.builder(event, "https://shop.example/"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("event must have 1 to 128 visible ASCII characters");
    }
    for (String name : List.of("", "X Secret", "X-Sécret", "X-Secret:", "X\r\nY")) {
      assertThatThrownBy(() -> request().header(name, "x"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("a header's name must be a token");
    }
    for (String value : List.of("", " ", "a\r\nX-Evil: 1", "é", "x".repeat(4_097))) {
      assertThatThrownBy(() -> request().header("X-Secret", value))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("the header X-Secret must have 1 to 4096 visible ASCII characters");
    }
    assertThatThrownBy(() -> request().header("X-Secret", "a").header("x-secret", "b"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the header x-secret was set before");
    assertThat(request().header("X-Secret", CURRENT).build())
        .hasToString("WebhookRequest[event=item/updated, headers=[X-Secret]]");
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "none",
      value = {
        "current-secret-0123456789, true",
        "previous-secret-987654321, true",
        "none, false",
        "'', false",
        "current-secret-012345678, false",
        "current-secret-01234567890, false",
        "Current-Secret-0123456789, false",
        "' current-secret-0123456789', false",
        "'current-secret-0123456789, current-secret-0123456789', false",
        "previous-secret-987654322, false",
        "ｃurrent-secret-0123456789, false"
      })
  void bothSecretsPassWhileOneIsRotated(String header, boolean passes) {
    WebhookSecret secret = WebhookSecret.rotating(CURRENT, PREVIOUS);
    assertThat(secret.matches(header)).isEqualTo(passes);
    if (passes) {
      assertThat(WebhookEvent.parse(BODY, header, secret).eventId()).isEqualTo("e-1");
    } else {
      assertThatThrownBy(() -> WebhookEvent.parse(BODY, header, secret))
          .isInstanceOfSatisfying(
              WebhookRefusedException.class, e -> assertThat(e.status()).isEqualTo(401));
    }
  }

  @Test
  void onlyOneSecretPassesOtherwise() {
    WebhookSecret secret = WebhookSecret.of(CURRENT);
    assertThat(secret.matches(CURRENT)).isTrue();
    assertThat(secret.matches(PREVIOUS)).isFalse();
    assertThat(secret).hasToString("WebhookSecret[***]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "short",
        "fifteen-letters",
        "sixteen letters!",
        "sixteen-letters\n",
        "dezesseis-letrás"
      })
  void aSecretThatCouldBeGuessedOrNotSentIsNone(String weak) {
    assertThatThrownBy(() -> WebhookSecret.of(weak))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a webhook's secret must have at least 16 visible ASCII characters");
    assertThatThrownBy(() -> WebhookSecret.rotating(CURRENT, weak))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void nothingIsReadBeforeTheSecretWas() {
    assertThatThrownBy(() -> WebhookEvent.parse("no JSON", "wrong", WebhookSecret.of(CURRENT)))
        .isInstanceOfSatisfying(
            WebhookRefusedException.class, e -> assertThat(e.status()).isEqualTo(401));
    assertThatThrownBy(() -> WebhookEvent.parse("no JSON", CURRENT, WebhookSecret.of(CURRENT)))
        .isInstanceOfSatisfying(
            WebhookRefusedException.class, e -> assertThat(e.status()).isEqualTo(400));
  }

  @Test
  void hasWhatPluggySays() {
    WebhookEvent event = WebhookEvent.parse(BODY);
    assertThat(event.event()).isEqualTo(WebhookEvent.ITEM_ERROR);
    assertThat(event.eventId()).isEqualTo("e-1");
    assertThat(event.itemId()).isEqualTo("3fa85f64-5717-4562-b3fc-2c963f66afa6");
    assertThat(event.triggeredBy()).isEqualTo("USER");
    assertThat(event.clientId()).isEqualTo("c-1");
    assertThat(Objects.requireNonNull(event.error()).code()).isEqualTo("SITE_NOT_AVAILABLE");
    assertThat(event.accountId()).isNull();
    assertThat(event.transactionIds()).isEmpty();
    assertThat(event.createdTransactionsLink()).isNull();
    assertThat(event)
        .hasToString(
            "WebhookEvent[item/error, eventId=e-1, itemId=3fa85f64-5717-4562-b3fc-2c963f66afa6]");
  }

  @Test
  void tellsOfTransactions() {
    WebhookEvent event =
        WebhookEvent.parse(
            """
            {"event": "transactions/updated", "eventId": "e-2", "accountId": "a-1",
             "transactionIds": ["t-1", 7, "t-2"],
             "createdTransactionsLink": "https://api.pluggy.ai/transactions?x=1"}
            """);
    assertThat(event.accountId()).isEqualTo("a-1");
    assertThat(event.transactionIds()).containsExactly("t-1", "t-2");
    assertThat(event.createdTransactionsLink()).startsWith("https://api.pluggy.ai/");
  }

  @Test
  void anEventThatIsNotKnownIsReadable() {
    WebhookEvent event =
        WebhookEvent.parse(
            """
            {"event": "mortgage/granted", "eventId": "e-3", "data": {"amount": 1.50}, "itemId": 7}
            """);
    assertThat(event.event()).isEqualTo("mortgage/granted");
    assertThat(event.itemId()).isNull();
    assertThat(event.fields())
        .containsEntry("data", Map.of("amount", new BigDecimal("1.50")))
        .containsEntry("itemId", new BigDecimal("7"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                                                   | one JSON object
          []                                                   | one JSON object
          {"event": "a", "eventId": "b"} {}                    | one JSON object
          {"event": "a", "event": "b", "eventId": "c"}         | one JSON object
          {"event": "a", "eventId": "b", "x": 1e99999999999}   | one JSON object
          {"eventId": "b"}                                     | no event
          {"event": 7, "eventId": "b"}                         | no event
          {"event": " ", "eventId": "b"}                       | no event
          {"event": "a"}                                       | no eventId
          {"event": "a", "id": "b"}                            | no eventId
          {"event": "a", "eventId": null}                      | no eventId
          """)
  void aBodyThatIsNoEventIsRefused(String body, String why) {
    assertThatThrownBy(() -> WebhookEvent.parse(body))
        .isInstanceOfSatisfying(
            WebhookRefusedException.class, e -> assertThat(e.status()).isEqualTo(400))
        .hasMessageContaining(why);
  }

  @Test
  void aBodyThatIsTooLargeOrTooDeepIsRefused() {
    String large = "{\"event\":\"a\",\"eventId\":\"b\",\"x\":\"" + "x".repeat(4_194_304) + "\"}";
    String deep =
        "{\"event\":\"a\",\"eventId\":\"b\",\"x\":" + "[".repeat(40) + "]".repeat(40) + "}";
    for (String body : List.of(large, deep)) {
      assertThatThrownBy(() -> WebhookEvent.parse(body))
          .isInstanceOfSatisfying(
              WebhookRefusedException.class, e -> assertThat(e.status()).isEqualTo(400));
    }
  }

  @Test
  void aNameCannotForgeALineOfALog() {
    WebhookEvent event =
        WebhookEvent.parse("{\"event\":\"a\\nWARN all is lost\",\"eventId\":\"b\\r\\n\\u202e\"}");
    assertThat(event.toString()).doesNotContain("\n", "\r", "\u202e");
  }

  @Test
  void theStandInMakesEventsToTestAHandlerWith() {
    try (PluggyStandIn pluggy = PluggyStandIn.start()) {
      String item = pluggy.addItem("user-42");
      WebhookEvent first = WebhookEvent.parse(pluggy.eventBody(WebhookEvent.ITEM_UPDATED, item));
      WebhookEvent second = WebhookEvent.parse(pluggy.eventBody(WebhookEvent.ITEM_UPDATED, item));
      assertThat(first.itemId()).isEqualTo(item);
      assertThat(first.eventId()).isNotEqualTo(second.eventId());
    }
  }

  @Test
  void theHandlerOfTheReadmeLetsEachEventInOnce() {
    Set<String> seen = new HashSet<>();
    Queue<Runnable> later = new ArrayDeque<>();
    ReadmeSnippets.Hook hook = new ReadmeSnippets.Hook(CURRENT, PREVIOUS, "c-1", seen, later::add);
    assertThat(hook.receive(BODY, "wrong")).isEqualTo(401);
    assertThat(hook.receive(BODY, null)).isEqualTo(401);
    assertThat(hook.receive("[]", CURRENT)).isEqualTo(400);
    assertThat(later).isEmpty();
    assertThat(hook.receive(BODY, CURRENT)).isEqualTo(200);
    assertThat(hook.receive(BODY, PREVIOUS)).isEqualTo(200);
    assertThat(hook.receive(BODY.replace("e-1", "e-2").replace("c-1", "c-2"), CURRENT))
        .isEqualTo(200);
    assertThat(later).hasSize(1);
  }
}
