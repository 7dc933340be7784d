package dev.alcada.pluggy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What is sent again, by what it does: reads and deletions freely, all else only unsent. */
class RequestTableTest {
  private static final String ITEM = "3fa85f64-5717-4562-b3fc-2c963f66afa6";

  /** What is asked, and what a good answer is. */
  private enum Ask {
    ITEM_READ("{\"id\":\"" + ITEM + "\",\"status\":\"UPDATED\"}"),
    ITEM_DELETED("{}"),
    WEBHOOK("{\"id\":\"w-1\"}"),
    GET("[1, 2]"),
    POST("{\"id\":\"p-1\"}");

    private final String answer;

    Ask(String answer) {
      this.answer = answer;
    }

    @Nullable Object of(PluggyClient client) {
      return switch (this) {
        case ITEM_READ -> client.getItem(ITEM);
        case ITEM_DELETED -> {
          client.deleteItem(ITEM);
          yield null;
        }
        case WEBHOOK -> client.createWebhook(hook());
        case GET -> client.get("/accounts?itemId=" + ITEM);
        case POST -> client.post("/items", "{\"connectorId\":2}");
      };
    }

    @Nullable Object ofAsync(PluggyClient client) {
      try {
        return switch (this) {
          case ITEM_READ -> client.getItemAsync(ITEM).join();
          case ITEM_DELETED -> client.deleteItemAsync(ITEM).join();
          case WEBHOOK -> client.createWebhookAsync(hook()).join();
          case GET -> client.getAsync("/accounts?itemId=" + ITEM).join();
          case POST -> client.postAsync("/items", "{\"connectorId\":2}").join();
        };
      } catch (CompletionException e) {
        throw e.getCause() instanceof PluggyException cause ? cause : e;
      }
    }

    private static WebhookRequest hook() {
      return WebhookRequest.builder("item/updated", "https://shop.example/hooks").build();
    }

    MockResponse answer(String row) {
      return switch (row) {
        case "lost" ->
            Pluggy.answer(200, answer).onResponseStart(new SocketEffect.CloseSocket()).build();
        case "cut" ->
            Pluggy.answer(200, answer).onResponseBody(new SocketEffect.CloseSocket()).build();
        case "page" -> Pluggy.json(200, "<html>Welcome to the Wi-Fi</html>");
        case "another" -> Pluggy.json(200, "{\"id\":\"00000000-0000-4000-8000-000000000000\"}");
        case "twice" -> Pluggy.json(200, "{\"id\":\"" + ITEM + "\",\"id\":\"" + ITEM + "\"}");
        case "503:0" -> Pluggy.answer(503, "{}").addHeader("Retry-After", "0").build();
        case "429" -> Pluggy.answer(429, "{}").addHeader("RateLimit-Reset", "1").build();
        case "302" -> Pluggy.answer(302, "").addHeader("Location", "/stolen").build();
        case "204" -> Pluggy.json(204, "");
        case "200", "201" -> Pluggy.json(Integer.parseInt(row), answer);
        default -> Pluggy.error(Integer.parseInt(row), "SOME_CODE", "Some message");
      };
    }
  }

  @ParameterizedTest(name = "{0} answered {1}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ITEM_READ    | 200             |
          ITEM_READ    | lost 200        |
          ITEM_READ    | cut 200         |
          ITEM_READ    | 503 502 200     |
          ITEM_READ    | 503:0 200       |
          ITEM_READ    | 429 200         |
          ITEM_READ    | 401 200         |
          ITEM_READ    | 503 503 503     | Unavailable
          ITEM_READ    | lost lost lost  | Unavailable
          ITEM_READ    | 500             | Unavailable
          ITEM_READ    | page            | Unavailable
          ITEM_READ    | 204             | Unavailable
          ITEM_READ    | another         | Unavailable
          ITEM_READ    | twice           | Unavailable
          ITEM_READ    | 302             | Unavailable
          ITEM_READ    | 404             | InvalidRequest
          ITEM_READ    | 403 403         | Forbidden
          ITEM_READ    | 401 401         | CredentialsRefused
          ITEM_READ    | 429 429 429     | RateLimited

          ITEM_DELETED | 200             |
          ITEM_DELETED | 204             |
          ITEM_DELETED | lost 200        |
          ITEM_DELETED | lost 404        |
          ITEM_DELETED | 503 404         |
          ITEM_DELETED | 429 200         |
          ITEM_DELETED | 401 200         |
          ITEM_DELETED | 404             | InvalidRequest
          ITEM_DELETED | 429 404         | InvalidRequest
          ITEM_DELETED | lost lost lost  | OutcomeUnknown
          ITEM_DELETED | lost 403 403    | OutcomeUnknown
          ITEM_DELETED | 500             | OutcomeUnknown
          ITEM_DELETED | page            | OutcomeUnknown

          WEBHOOK      | 200             |
          WEBHOOK      | 201             |
          WEBHOOK      | 429 200         |
          WEBHOOK      | 204             | OutcomeUnknown
          WEBHOOK      | lost            | OutcomeUnknown
          WEBHOOK      | 503             | OutcomeUnknown
          WEBHOOK      | 503:0           | OutcomeUnknown
          WEBHOOK      | 400             | InvalidRequest

          GET          | 200             |
          GET          | 204             |
          GET          | lost 200        |
          GET          | cut 503 200     |
          GET          | 503:0 503:0 200 |
          GET          | 403 200         |
          GET          | page            | Unavailable
          GET          | 404             | InvalidRequest

          POST         | 200             |
          POST         | 201             |
          POST         | 204             |
          POST         | 429 201         |
          POST         | 401 201         |
          POST         | lost            | OutcomeUnknown
          POST         | cut             | OutcomeUnknown
          POST         | 502             | OutcomeUnknown
          POST         | 503:0           | OutcomeUnknown
          POST         | 500             | OutcomeUnknown
          POST         | page            | OutcomeUnknown
          POST         | 302             | OutcomeUnknown
          POST         | 307             | Unavailable
          POST         | 408             | Unavailable
          POST         | 409             | InvalidRequest
          """)
  void isSentAsOftenAsTheTableSays(Ask ask, String answers, @Nullable String failure)
      throws Exception {
    for (boolean async : new boolean[] {false, true}) {
      List<String> rows = List.of(answers.split(" "));
      Queue<String> attempts = new ConcurrentLinkedQueue<>();
      try (MockWebServer server = new MockWebServer()) {
        server.start();
        server.enqueue(Pluggy.key(Pluggy.freshKey()));
        for (String row : rows) {
          server.enqueue(ask.answer(row));
          if (row.equals("401") || row.equals("403")) {
            server.enqueue(Pluggy.key(Pluggy.freshKey()));
          }
        }
        try (PluggyClient client =
            Pluggy.quiet(server)
                .pauses(new RecordedPauses())
                .listener(attempt -> attempts.add(attempt.method() + " " + attempt.path()))
                .build()) {
          if (failure == null) {
            Object value = async ? ask.ofAsync(client) : ask.of(client);
            assertThat(value == null).isEqualTo(ask == Ask.ITEM_DELETED);
          } else {
            assertThat(
                    Produced.failure(
                        () -> assertThat(async ? ask.ofAsync(client) : ask.of(client)).isNull()))
                .isInstanceOf(PluggyException.class)
                .satisfies(e -> assertThat(e.getClass().getSimpleName()).isEqualTo(failure));
          }
        }
      }
      attempts.removeIf(attempt -> attempt.equals("POST /auth"));
      assertThat(attempts).hasSize(rows.size()).containsOnly(route(ask));
    }
  }

  private static String route(Ask ask) {
    return switch (ask) {
      case ITEM_READ -> "GET /items/{id}";
      case ITEM_DELETED -> "DELETE /items/{id}";
      case WEBHOOK -> "POST /webhooks";
      case GET -> "GET /accounts";
      case POST -> "POST /items";
    };
  }

  /** The connection that carried the key is gone, and no other is made. */
  @ParameterizedTest
  @EnumSource(Ask.class)
  void whatNeverLeftThisMachineHasDoneNothing(Ask ask) throws Exception {
    AtomicInteger connections = new AtomicInteger();
    OkHttpClient http =
        new OkHttpClient.Builder()
            .socketFactory(
                new DelegatingSockets() {
                  @Override
                  public Socket createSocket() {
                    return new Socket() {
                      @Override
                      public void connect(SocketAddress endpoint, int timeout) throws IOException {
                        if (connections.getAndIncrement() > 0) {
                          throw new ConnectException("Connection refused");
                        }
                        super.connect(endpoint, timeout);
                      }
                    };
                  }
                })
            .build();
    try (MockWebServer server = new MockWebServer()) {
      server.start();
      server.enqueue(
          Pluggy.answer(200, Pluggy.keyBody(Pluggy.freshKey()))
              .addHeader("Connection", "close")
              .build());
      try (PluggyClient client =
          Pluggy.client(server).httpClient(http).pauses(new RecordedPauses()).build()) {
        assertThat(Produced.failure(() -> assertThat(ask.of(client)).isNull()))
            .isInstanceOf(PluggyException.Unavailable.class)
            .hasMessageContaining("could not be sent");
      }
      assertThat(connections).as("the key's, and three attempts").hasValue(4);
    }
  }
}
