package dev.alcada.pluggy;

import static dev.alcada.pluggy.Pluggy.answer;
import static dev.alcada.pluggy.Pluggy.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.pluggy.PluggyException.CredentialsRefused;
import dev.alcada.pluggy.PluggyException.Forbidden;
import dev.alcada.pluggy.PluggyException.InvalidRequest;
import dev.alcada.pluggy.PluggyException.OutcomeUnknown;
import dev.alcada.pluggy.PluggyException.RateLimited;
import dev.alcada.pluggy.PluggyException.Unavailable;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.SocketFactory;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.SocketEffect;
import okhttp3.Dns;
import okhttp3.OkHttpClient;
import okio.Buffer;
import okio.GzipSink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can go wrong, and what the client does about it: blocking and not. */
class FaultTableTest {
  private static final String AUTH = "/auth";
  private static final String MINT = "/connect_token";
  private static final SocketEffect CLOSE = new SocketEffect.CloseSocket();
  private static final SocketEffect STALL = SocketEffect.Stall.INSTANCE;
  private static final ConnectTokenRequest EMPTY = ConnectTokenRequest.builder().build();
  private static final Duration SHORT = Duration.ofMillis(400);

  /**
   * One row.
   *
   * @param answers what the server answers, in order
   * @param failure what the call fails with, or {@code null} if it returns a token
   * @param requests the paths of the attempts, in order
   * @param waits the seconds waited between attempts
   * @param late whether the call ends by its deadline
   */
  private record Row(
      String name,
      List<MockResponse> answers,
      @Nullable Class<? extends PluggyException> failure,
      List<String> requests,
      List<Double> waits,
      boolean late,
      UnaryOperator<PluggyClient.Builder> settings) {

    Row(
        String name,
        List<MockResponse> answers,
        @Nullable Class<? extends PluggyException> failure,
        String... requests) {
      this(name, answers, failure, List.of(requests), List.of(), false, UnaryOperator.identity());
    }

    Row waiting(Double... seconds) {
      return new Row(name, answers, failure, requests, List.of(seconds), late, settings);
    }

    Row with(UnaryOperator<PluggyClient.Builder> more) {
      return new Row(name, answers, failure, requests, waits, late, more);
    }

    Row endingLate() {
      return new Row(name, answers, failure, requests, waits, true, settings);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static MockResponse key() {
    return Pluggy.key(Pluggy.freshKey());
  }

  private static MockResponse token() {
    return Pluggy.token(Pluggy.freshToken());
  }

  private static MockResponse.Builder tokenBuilder() {
    return answer(200, Pluggy.tokenBody(Pluggy.freshToken()));
  }

  private static MockResponse error(int status) {
    return Pluggy.error(status, "SOME_CODE", "Some message");
  }

  private static MockResponse tooMany(String... headers) {
    MockResponse.Builder answer = answer(429, "{\"message\":\"Too many requests\",\"code\":429}");
    for (int i = 0; i < headers.length; i += 2) {
      answer.addHeader(headers[i], headers[i + 1]);
    }
    return answer.build();
  }

  private static MockResponse gzip(Buffer plain) {
    Buffer zipped = new Buffer();
    try (GzipSink sink = new GzipSink(zipped)) {
      sink.write(plain, plain.size());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return answer(200, "").body(zipped).setHeader("Content-Encoding", "gzip").build();
  }

  static String date(Instant time) {
    return DateTimeFormatter.RFC_1123_DATE_TIME.format(time.atOffset(ZoneOffset.UTC));
  }

  private static UnaryOperator<PluggyClient.Builder> refusing(int times) {
    AtomicInteger left = new AtomicInteger(times);
    SocketFactory sockets =
        new DelegatingSockets() {
          @Override
          public Socket createSocket() {
            return new Socket() {
              @Override
              public void connect(SocketAddress endpoint, int timeout) throws IOException {
                if (left.getAndDecrement() > 0) {
                  throw new ConnectException("Connection refused");
                }
                super.connect(endpoint, timeout);
              }
            };
          }
        };
    return client -> client.httpClient(new OkHttpClient.Builder().socketFactory(sockets).build());
  }

  private static UnaryOperator<PluggyClient.Builder> breakingOnce(int afterBytes) {
    AtomicInteger left = new AtomicInteger(afterBytes);
    SocketFactory sockets =
        new DelegatingSockets() {
          @Override
          public Socket createSocket() {
            return new Socket() {
              @Override
              public OutputStream getOutputStream() throws IOException {
                return new FilterOutputStream(super.getOutputStream()) {
                  @Override
                  public void write(byte[] bytes, int offset, int length) throws IOException {
                    int before = left.getAndAdd(-length);
                    if (before > 0 && before <= length) {
                      out.close();
                      throw new SocketException("Connection reset by peer");
                    }
                    out.write(bytes, offset, length);
                  }
                };
              }
            };
          }
        };
    return client -> client.httpClient(new OkHttpClient.Builder().socketFactory(sockets).build());
  }

  private static UnaryOperator<PluggyClient.Builder> unknownHost() {
    Dns none =
        host -> {
          throw new UnknownHostException(host);
        };
    return client ->
        Pluggy.withCredentials()
            .baseAddress("https://api.pluggy.example")
            .httpClient(new OkHttpClient.Builder().dns(none).build());
  }

  private static UnaryOperator<PluggyClient.Builder> optedIn() {
    return PluggyClient.Builder::retryUnknownOutcome;
  }

  static Stream<Row> networkRows() {
    return Stream.of(
        new Row("all is well", List.of(key(), token()), null, AUTH, MINT),
        new Row(
                "headers that never come",
                List.of(key(), tokenBuilder().onResponseStart(STALL).build()),
                OutcomeUnknown.class,
                AUTH,
                MINT)
            .endingLate(),
        new Row(
                "headers of the key that never come",
                List.of(answer(200, "").onResponseStart(STALL).build()),
                Unavailable.class,
                AUTH)
            .endingLate(),
        new Row(
                "a body that stalls",
                List.of(key(), tokenBuilder().onResponseBody(STALL).build()),
                OutcomeUnknown.class,
                AUTH,
                MINT)
            .endingLate(),
        new Row("refused connections", List.of(key(), token()), null, AUTH, AUTH, AUTH, MINT)
            .with(refusing(2))
            .waiting(0.1, 0.2),
        new Row("refused connections for ever", List.of(), Unavailable.class, AUTH, AUTH, AUTH)
            .with(refusing(100))
            .waiting(0.1, 0.2),
        new Row(
                "reset before the request is read",
                List.of(answer(200, "").onRequestStart(CLOSE).build(), key(), token()),
                null,
                AUTH,
                AUTH,
                MINT)
            .waiting(0.1),
        new Row(
            "reset during the request, which is in the kernel's buffers",
            List.of(key(), tokenBuilder().onRequestBody(CLOSE).build()),
            OutcomeUnknown.class,
            AUTH,
            MINT),
        new Row(
            "reset after the request",
            List.of(key(), tokenBuilder().onResponseStart(CLOSE).build()),
            OutcomeUnknown.class,
            AUTH,
            MINT),
        new Row(
            "reset in the answer",
            List.of(key(), tokenBuilder().onResponseBody(CLOSE).build()),
            OutcomeUnknown.class,
            AUTH,
            MINT),
        new Row(
                "reset in the answer, opted in",
                List.of(key(), tokenBuilder().onResponseBody(CLOSE).build(), token()),
                null,
                AUTH,
                MINT,
                MINT)
            .with(optedIn())
            .waiting(0.1),
        new Row(
                "reset in the answer, then refused: still unknown",
                List.of(key(), tokenBuilder().onResponseBody(CLOSE).build(), error(400)),
                OutcomeUnknown.class,
                AUTH,
                MINT,
                MINT)
            .with(optedIn())
            .waiting(0.1),
        new Row(
                "reset while the key is asked for",
                List.of(answer(200, "").onResponseStart(CLOSE).build(), key(), token()),
                null,
                AUTH,
                AUTH,
                MINT)
            .waiting(0.1),
        new Row("an unknown host", List.of(), Unavailable.class, AUTH, AUTH, AUTH)
            .with(unknownHost())
            .waiting(0.1, 0.2));
  }

  static Stream<Row> bodyRows() {
    return Stream.of(
        new Row(
            "JSON cut off",
            List.of(key(), json(200, "{\"accessToken\":\"eyJ")),
            OutcomeUnknown.class,
            AUTH,
            MINT),
        new Row(
            "JSON with something after it",
            List.of(key(), json(200, "{\"accessToken\":\"t\"} {}")),
            OutcomeUnknown.class,
            AUTH,
            MINT),
        new Row(
            "a key's JSON cut off", List.of(json(200, "{\"apiKey\":\"x")), Unavailable.class, AUTH),
        new Row(
            "a key no header can carry",
            List.of(json(200, "{\"apiKey\":\"two\\nlines\"}")),
            Unavailable.class,
            AUTH),
        new Row(
            "a page instead of an answer",
            List.of(key(), json(200, "<html>Welcome to the Wi-Fi</html>")),
            OutcomeUnknown.class,
            AUTH,
            MINT),
        new Row(
            "a page as an error",
            List.of(key(), json(400, "<html>Bad Request</html>")),
            InvalidRequest.class,
            AUTH,
            MINT),
        new Row(
            "gzip",
            List.of(key(), gzip(new Buffer().writeUtf8(Pluggy.tokenBody("t")))),
            null,
            AUTH,
            MINT),
        new Row(
            "a gzip bomb",
            List.of(key(), gzip(new Buffer().write(new byte[50_000_000]))),
            OutcomeUnknown.class,
            AUTH,
            MINT),
        new Row(
            "what is no gzip",
            List.of(key(), answer(200, "{}").setHeader("Content-Encoding", "gzip").build()),
            OutcomeUnknown.class,
            AUTH,
            MINT),
        new Row(
            "a huge answer",
            List.of(key(), json(200, "{\"accessToken\":\"" + "t".repeat(1_000_000) + "\"}")),
            OutcomeUnknown.class,
            AUTH,
            MINT),
        new Row(
            "a huge error",
            List.of(key(), json(400, "{\"message\":\"" + "m".repeat(1_000_000) + "\"}")),
            InvalidRequest.class,
            AUTH,
            MINT),
        new Row(
            "JSON nested a thousand deep",
            List.of(key(), json(400, "{\"a\":" + "[".repeat(1_000) + "]".repeat(1_000) + "}")),
            InvalidRequest.class,
            AUTH,
            MINT),
        new Row(
            "a number of a million digits",
            List.of(key(), json(400, "{\"code\":" + "9".repeat(60_000) + "}")),
            InvalidRequest.class,
            AUTH,
            MINT),
        new Row(
            "a number with an exponent that no number has",
            List.of(key(), json(400, "{\"code\":1e99999999999}")),
            InvalidRequest.class,
            AUTH,
            MINT),
        new Row(
            "such a number beside a token",
            List.of(key(), json(200, "{\"accessToken\":\"t\",\"ttl\":1e99999999999}")),
            OutcomeUnknown.class,
            AUTH,
            MINT),
        new Row(
            "such a number as the time at which a key expires",
            List.of(Pluggy.key(Pluggy.jwt("{\"exp\":1e99999999999}")), token()),
            null,
            AUTH,
            MINT),
        new Row(
            "an interim answer first",
            List.of(
                key(),
                tokenBuilder()
                    .addInformationalResponse(new MockResponse.Builder().code(103).build())
                    .build()),
            null,
            AUTH,
            MINT),
        new Row("204", List.of(key(), json(204, "")), OutcomeUnknown.class, AUTH, MINT),
        new Row(
            "200 without a token",
            List.of(key(), json(200, "{}")),
            OutcomeUnknown.class,
            AUTH,
            MINT),
        new Row(
            "200 with a token that is none",
            List.of(key(), json(200, "{\"accessToken\":null}")),
            OutcomeUnknown.class,
            AUTH,
            MINT));
  }

  static Stream<Row> statusRows() {
    return Stream.of(
        new Row(
            "401 once", List.of(key(), error(401), key(), token()), null, AUTH, MINT, AUTH, MINT),
        new Row(
            "401 always",
            List.of(key(), error(401), key(), error(401)),
            CredentialsRefused.class,
            AUTH,
            MINT,
            AUTH,
            MINT),
        new Row(
            "403 once", List.of(key(), error(403), key(), token()), null, AUTH, MINT, AUTH, MINT),
        new Row(
            "403 always",
            List.of(key(), error(403), key(), error(403)),
            Forbidden.class,
            AUTH,
            MINT,
            AUTH,
            MINT),
        new Row(
            "401, and no fresh key",
            List.of(key(), error(401), error(401)),
            CredentialsRefused.class,
            AUTH,
            MINT,
            AUTH),
        new Row("401 for the credentials", List.of(error(401)), CredentialsRefused.class, AUTH),
        new Row("403 for the credentials", List.of(error(403)), CredentialsRefused.class, AUTH),
        new Row("400 for the credentials", List.of(error(400)), CredentialsRefused.class, AUTH),
        new Row("404 for the key", List.of(error(404)), Unavailable.class, AUTH),
        new Row("400", List.of(key(), error(400)), InvalidRequest.class, AUTH, MINT),
        new Row("404", List.of(key(), error(404)), InvalidRequest.class, AUTH, MINT),
        new Row("405", List.of(key(), error(405)), InvalidRequest.class, AUTH, MINT),
        new Row("406", List.of(key(), error(406)), InvalidRequest.class, AUTH, MINT),
        new Row("408", List.of(key(), error(408)), Unavailable.class, AUTH, MINT),
        new Row("409", List.of(key(), error(409)), InvalidRequest.class, AUTH, MINT),
        new Row("500", List.of(key(), error(500)), OutcomeUnknown.class, AUTH, MINT),
        new Row("500, opted in", List.of(key(), error(500)), OutcomeUnknown.class, AUTH, MINT)
            .with(optedIn()),
        new Row("503", List.of(key(), error(503)), OutcomeUnknown.class, AUTH, MINT),
        new Row(
            "503 with Retry-After: 0, which OkHttp repeats by itself",
            List.of(key(), answer(503, "{}").addHeader("Retry-After", "0").build(), token()),
            OutcomeUnknown.class,
            AUTH,
            MINT),
        new Row("503, opted in", List.of(key(), error(503), token()), null, AUTH, MINT, MINT)
            .with(optedIn())
            .waiting(0.1),
        new Row(
                "503 for the key",
                List.of(error(503), error(503), key(), token()),
                null,
                AUTH,
                AUTH,
                AUTH,
                MINT)
            .waiting(0.1, 0.2),
        new Row(
                "503 for the key for ever",
                List.of(error(503), error(503), error(503)),
                Unavailable.class,
                AUTH,
                AUTH,
                AUTH)
            .waiting(0.1, 0.2),
        new Row(
                "503 for the key, with a wait",
                List.of(answer(503, "{}").addHeader("Retry-After", "5").build(), key(), token()),
                null,
                AUTH,
                AUTH,
                MINT)
            .waiting(5.0),
        new Row("500 for the key", List.of(error(500)), Unavailable.class, AUTH),
        redirect(307, Unavailable.class),
        redirect(308, Unavailable.class),
        redirect(302, OutcomeUnknown.class),
        redirect(303, OutcomeUnknown.class));
  }

  private static Row redirect(int status, Class<? extends PluggyException> failure) {
    MockResponse answer = answer(status, "").addHeader("Location", "/stolen").build();
    return new Row(status + ", not followed", List.of(key(), answer), failure, AUTH, MINT);
  }

  static Stream<Row> rateLimitRows() {
    Instant now = Instant.now();
    return Stream.of(
        limited("RateLimit-Reset", 7.0, "RateLimit-Reset", "7"),
        limited("Retry-After", 7.0, "Retry-After", "7"),
        limited(
            "RateLimit-Reset before Retry-After", 7.0, "RateLimit-Reset", "7", "Retry-After", "60"),
        limited("an unreadable RateLimit-Reset", 7.0, "RateLimit-Reset", "-7", "Retry-After", "7"),
        limited(
            "Retry-After as a date",
            7.0,
            "Date",
            date(now),
            "Retry-After",
            date(now.plusSeconds(7))),
        limited(
            "a date that has passed",
            0.0,
            "Date",
            date(now),
            "Retry-After",
            date(now.minusSeconds(7))),
        tooLong("no header at all"),
        tooLong("a wait beyond the deadline", "RateLimit-Reset", "31"),
        tooLong("only what cannot be read", "RateLimit-Reset", "1e1", "Retry-After", "soon"),
        tooLong("a number of many digits", "RateLimit-Reset", "99999999999999999999"),
        tooLong("a date in thousands of years", "Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"),
        new Row(
            "429 for the key, until a date in thousands of years",
            List.of(tooMany("Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT")),
            RateLimited.class,
            AUTH),
        new Row(
                "429 for ever",
                List.of(key(), soon(), soon(), soon()),
                RateLimited.class,
                AUTH,
                MINT,
                MINT,
                MINT)
            .waiting(1.0, 1.0),
        new Row("429 for the key", List.of(soon(), key(), token()), null, AUTH, AUTH, MINT)
            .waiting(1.0),
        new Row("429 without retries", List.of(key(), soon()), RateLimited.class, AUTH, MINT)
            .with(client -> client.retries(0)));
  }

  private static MockResponse soon() {
    return tooMany("RateLimit-Reset", "1");
  }

  private static Row limited(String name, double wait, String... headers) {
    return new Row(
            "429, " + name, List.of(key(), tooMany(headers), token()), null, AUTH, MINT, MINT)
        .waiting(wait);
  }

  private static Row tooLong(String name, String... headers) {
    return new Row("429, " + name, List.of(key(), tooMany(headers)), RateLimited.class, AUTH, MINT);
  }

  static Stream<Arguments> rows() {
    List<Arguments> rows = new ArrayList<>();
    for (boolean async : new boolean[] {false, true}) {
      Stream.of(networkRows(), bodyRows(), statusRows(), rateLimitRows())
          .flatMap(part -> part)
          .forEach(row -> rows.add(Arguments.of(row, async)));
    }
    return rows.stream();
  }

  @ParameterizedTest(name = "{0}, async {1}")
  @MethodSource("rows")
  void behavesAsTheTableSays(Row row, boolean async) throws Exception {
    Duration deadline = SHORT;
    while (!behavesAsTheTableSays(row, async, deadline)) {
      deadline = deadline.multipliedBy(2);
    }
  }

  /**
   * Returns false, and says nothing of the client, if a call that is to end by its deadline had
   * ended before all of it had reached the server: a slow machine takes a longer one.
   */
  private static boolean behavesAsTheTableSays(Row row, boolean async, Duration deadline)
      throws Exception {
    RecordedPauses pauses = new RecordedPauses();
    try (MockWebServer server = new MockWebServer()) {
      server.start();
      row.answers().forEach(server::enqueue);
      BlockingQueue<String> attempts = new LinkedBlockingQueue<>();
      PluggyClient.Builder builder =
          row.settings()
              .apply(Pluggy.quiet(server))
              .pauses(pauses)
              .listener(
                  attempt -> {
                    Produced.text(attempt);
                    attempts.add(attempt.path());
                  });
      if (row.late()) {
        builder.deadline(deadline);
      }
      try (PluggyClient client = builder.build()) {
        Class<? extends PluggyException> expected = row.failure();
        if (expected == null) {
          assertThat(mint(client, EMPTY, async).value()).isNotBlank();
        } else {
          Throwable failure = Produced.failure(() -> mint(client, EMPTY, async));
          if (row.late()
              && server.getRequestCount() < row.requests().size()
              && deadline.compareTo(Pluggy.PATIENCE) < 0) {
            return false;
          }
          assertThat(failure).isInstanceOf(expected);
        }
      }
      for (String request : row.requests()) {
        // A key's request may end a moment after the call that gave up waiting for it.
        assertThat(attempts.poll(Pluggy.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(request);
      }
      assertThat(attempts).isEmpty();
      // Fewer where a connection breaks; more if OkHttp repeated or followed something by itself.
      assertThat(server.getRequestCount()).isLessThanOrEqualTo(row.requests().size());
    }
    assertThat(pauses.waits().stream().map(wait -> wait.toMillis() / 1_000.0))
        .isEqualTo(row.waits());
    return true;
  }

  @Test
  void aRequestThatIsResetBeforeItsLastByteWasWrittenIsSentAgain() throws Exception {
    List<Integer> statuses = new ArrayList<>();
    try (MockWebServer server = new MockWebServer()) {
      server.start();
      List.of(key(), token(), token()).forEach(server::enqueue);
      try (PluggyClient client =
          breakingOnce(50_000)
              .apply(Pluggy.quiet(server))
              .pauses(new RecordedPauses())
              .listener(attempt -> statuses.add(attempt.status()))
              .build()) {
        client.createConnectToken(
            ConnectTokenRequest.builder().extra("future", "x".repeat(100_000)).build());
      }
    }
    assertThat(statuses).containsExactly(200, 0, 200);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nothingIsSentWithoutTls(boolean async) throws Exception {
    List<Integer> statuses = new ArrayList<>();
    try (MockWebServer plain = new MockWebServer()) {
      plain.start();
      for (int i = 0; i < 3; i++) {
        plain.enqueue(answer(200, "").onRequestStart(CLOSE).build());
      }
      try (PluggyClient client =
          Pluggy.withCredentials()
              .baseAddress("https://localhost:" + plain.getPort())
              .pauses(new RecordedPauses())
              .listener(attempt -> statuses.add(attempt.status()))
              .build()) {
        assertThat(Produced.failure(() -> mint(client, EMPTY, async)))
            .isInstanceOf(Unavailable.class);
      }
    }
    assertThat(statuses).containsExactly(0, 0, 0);
  }

  private static ConnectToken mint(
      PluggyClient client, ConnectTokenRequest request, boolean async) {
    if (!async) {
      return client.createConnectToken(request);
    }
    try {
      return client.createConnectTokenAsync(request).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof PluggyException cause ? cause : e;
    }
  }
}
