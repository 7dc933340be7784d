package dev.alcada.pluggy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import javax.net.ServerSocketFactory;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long a key is used, and how often one is asked for. */
class ApiKeysTest {
  private static final Instant START = Instant.parse("2026-11-20T12:00:00Z");
  private static final ConnectTokenRequest EMPTY = ConnectTokenRequest.builder().build();
  private static final int CALLERS = 1_000;

  private final AtomicReference<Instant> now = new AtomicReference<>(START);
  private final MockWebServer server = new MockWebServer();

  @AfterEach
  void stop() {
    server.close();
  }

  private PluggyClient.Builder client() {
    return client(() -> PluggyCredentials.of(Pluggy.CLIENT_ID, Pluggy.CLIENT_SECRET));
  }

  private PluggyClient.Builder client(Supplier<PluggyCredentials> credentials) {
    // A thousand calls at once take a slow machine longer than one may.
    return PluggyClient.builder()
        .credentials(credentials)
        .baseAddress(Pluggy.address(server))
        .listener(Produced::text)
        .deadline(Pluggy.PATIENCE.multipliedBy(2))
        .timeSource(now::get)
        .pauses(new RecordedPauses());
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # claims of the key; the Date of its answer; seconds it is used
          exp two hours ahead              | {"exp": +7200}                  |      | 7140
          exp ten minutes ahead            | {"exp": +600}                   |      |  540
          exp so near that half is kept    | {"exp": +60}                    |      |   30
          no exp                           | {"sub": "x"}                    |      | 7140
          exp that is no number            | {"exp": "soon"}                 |      | 7140
          exp beyond all calendars         | {"exp": 9e99}                   |      | 7140
          exp 300 years ahead              | {"exp": +9467280000}            |      | 315359940
          clock 3 h ahead, no other clock  | {"exp": -3600}                  |      | 7140
          clock 3 h ahead, iat             | {"iat": -10800, "exp": -3600}   |      | 7140
          clock 3 h ahead, Date            | {"exp": -3600}                  | -3 h | 7140
          clock 3 h behind, iat            | {"iat": +10800, "exp": +18000}  |      | 7140
          clock 3 h behind, Date           | {"exp": +18000}                 | +3 h | 7140
          """)
  void isKeptUntilShortlyBeforeItExpiresByItsIssuersClock(
      String name, String claims, String date, long seconds) throws IOException {
    server.start();
    MockResponse.Builder answer =
        Pluggy.answer(200, Pluggy.keyBody(Pluggy.jwt(relativeToNow(claims))));
    if (date != null) {
      long hours = Long.parseLong(date.replace(" h", ""));
      answer.addHeader("Date", FaultTableTest.date(START.plus(Duration.ofHours(hours))));
    }
    server.enqueue(answer.build());
    for (int i = 0; i < 2; i++) {
      server.enqueue(Pluggy.token(Pluggy.freshToken()));
    }
    server.enqueue(Pluggy.key(Pluggy.freshKey()));
    server.enqueue(Pluggy.token(Pluggy.freshToken()));
    try (PluggyClient client = client().build()) {
      client.createConnectToken(EMPTY);
      now.set(START.plusSeconds(seconds - 1));
      client.createConnectToken(EMPTY);
      assertThat(server.getRequestCount()).as("with the key kept").isEqualTo(3);
      now.set(START.plusSeconds(seconds));
      client.createConnectToken(EMPTY);
      assertThat(server.getRequestCount()).as("with a fresh key").isEqualTo(5);
    }
  }

  private static String relativeToNow(String claims) {
    return Pattern.compile("([+-])(\\d+)")
        .matcher(claims)
        .replaceAll(
            found -> {
              long seconds = Long.parseLong(found.group(2));
              long sign = found.group(1).equals("+") ? 1 : -1;
              return Long.toString(START.getEpochSecond() + sign * seconds);
            });
  }

  @Test
  void aFailureIsNotKept() throws Exception {
    server.start();
    server.enqueue(Pluggy.error(401, "CLIENT_KEYS_UNAUTHORIZED", "no"));
    server.enqueue(Pluggy.key(Pluggy.freshKey()));
    server.enqueue(Pluggy.token(Pluggy.freshToken()));
    try (PluggyClient client = client().build()) {
      assertThat(Produced.failure(() -> client.createConnectToken(EMPTY)))
          .isInstanceOf(PluggyException.CredentialsRefused.class);
      assertThat(client.createConnectToken(EMPTY)).isNotNull();
    }
  }

  @Test
  void credentialsAreAskedForWithEachKeySoThatTheyCanBeRotated() throws Exception {
    server.start();
    Queue<PluggyCredentials> supplied = new ConcurrentLinkedQueue<>();
    supplied.add(PluggyCredentials.of("old-id", Pluggy.CLIENT_SECRET));
    supplied.add(PluggyCredentials.of("new-id", Pluggy.CLIENT_SECRET));
    for (int i = 0; i < 2; i++) {
      server.enqueue(Pluggy.key(Pluggy.jwt("{\"exp\":" + (START.getEpochSecond() + 7_200) + "}")));
      server.enqueue(Pluggy.token(Pluggy.freshToken()));
    }
    try (PluggyClient client = client(supplied::remove).build()) {
      client.createConnectToken(EMPTY);
      now.set(START.plus(Duration.ofHours(2)));
      client.createConnectToken(EMPTY);
    }
    assertThat(Pluggy.next(server).getBody().utf8()).contains("old-id");
    Pluggy.next(server);
    assertThat(Pluggy.next(server).getBody().utf8()).contains("new-id");
  }

  @Test
  void aSupplierThatFailsIsNamedAndAskedAgain() throws Exception {
    server.start();
    server.enqueue(Pluggy.key(Pluggy.freshKey()));
    server.enqueue(Pluggy.token(Pluggy.freshToken()));
    AtomicInteger calls = new AtomicInteger();
    try (PluggyClient client =
        client(
                () -> {
                  if (calls.getAndIncrement() == 0) {
                    throw new IllegalStateException("the vault is sealed");
                  }
                  return PluggyCredentials.of(Pluggy.CLIENT_ID, Pluggy.CLIENT_SECRET);
                })
            .build()) {
      assertThat(Produced.failure(() -> client.createConnectToken(EMPTY)))
          .isInstanceOf(PluggyException.Unavailable.class)
          .hasMessageContaining("credentials")
          .hasRootCauseMessage("the vault is sealed");
      assertThat(client.createConnectToken(EMPTY)).isNotNull();
    }
  }

  @Test
  void aSupplierThatHasNothingToGiveFailsEachCallAtOnce() throws Exception {
    server.start();
    AtomicInteger calls = new AtomicInteger();
    try (PluggyClient client =
        client(
                () -> {
                  calls.getAndIncrement();
                  return null;
                })
            .build()) {
      for (int i = 0; i < 2; i++) {
        assertThat(Produced.failure(() -> client.createConnectToken(EMPTY)))
            .isInstanceOf(PluggyException.Unavailable.class)
            .hasMessageContaining("credentials could not be supplied");
      }
      assertThat(Produced.failure(client.createConnectTokenAsync(EMPTY)::join))
          .hasCauseInstanceOf(PluggyException.Unavailable.class);
    }
    assertThat(calls).hasValue(3);
  }

  @Test
  void aCallerWhoIsAlwaysRefusedDoesNotAskForAKeyEachTime() throws Exception {
    server.start();
    Counting pluggy = new Counting(request -> Pluggy.error(403, "FORBIDDEN", "no"));
    server.setDispatcher(pluggy);
    try (PluggyClient client = client().build()) {
      for (int i = 0; i < 10; i++) {
        assertThat(Produced.failure(() -> client.createConnectToken(EMPTY)))
            .isInstanceOf(PluggyException.Forbidden.class);
      }
      assertThat(pluggy.auths).hasValue(2);
      now.set(START.plusSeconds(60));
      Produced.failure(() -> client.createConnectToken(EMPTY));
      assertThat(pluggy.auths).hasValue(3);
    }
  }

  @Test
  void aThousandThreadsOnAnExpiredKeyAskForOne() throws Exception {
    Counting pluggy = startForMany();
    try (PluggyClient client = client().build()) {
      client.createConnectToken(EMPTY);
      now.set(START.plus(Duration.ofHours(3)));
      pluggy.auths.set(0);
      CountDownLatch ready = new CountDownLatch(CALLERS);
      CountDownLatch go = new CountDownLatch(1);
      Queue<Object> results = new ConcurrentLinkedQueue<>();
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        Thread thread =
            new Thread(
                () -> {
                  ready.countDown();
                  try {
                    go.await();
                    results.add(client.createConnectToken(EMPTY));
                  } catch (InterruptedException | RuntimeException e) {
                    results.add(e);
                  }
                });
        thread.start();
        threads.add(thread);
      }
      ready.await();
      go.countDown();
      for (Thread thread : threads) {
        thread.join(Pluggy.PATIENCE.toMillis());
        assertThat(thread.isAlive()).isFalse();
      }
      assertThat(results).hasSize(CALLERS).allMatch(ConnectToken.class::isInstance);
      assertThat(pluggy.auths).hasValue(1);
      assertThat(pluggy.mints).hasValue(CALLERS + 1);
    }
  }

  @Test
  void aThousandAsynchronousCallsOnAnExpiredKeyAskForOne() throws Exception {
    Counting pluggy = startForMany();
    try (PluggyClient client = client().build()) {
      client.createConnectToken(EMPTY);
      now.set(START.plus(Duration.ofHours(3)));
      pluggy.auths.set(0);
      List<CompletableFuture<ConnectToken>> calls = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        calls.add(client.createConnectTokenAsync(EMPTY));
      }
      assertThat(calls)
          .allSatisfy(
              call ->
                  assertThat(call.get(Pluggy.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull());
      assertThat(pluggy.auths).hasValue(1);
      assertThat(pluggy.mints).hasValue(CALLERS + 1);
    }
  }

  @Test
  void aThousandThreadsWhoseKeyIsRefusedAskForOne() throws Exception {
    AtomicReference<String> revoked = new AtomicReference<>("");
    Counting pluggy =
        startForMany(
            request ->
                Objects.equals(request.getHeaders().get("X-API-KEY"), revoked.get())
                    ? Pluggy.error(401, "UNAUTHORIZED", "revoked")
                    : Pluggy.token("token"));
    try (PluggyClient client = client().build()) {
      client.createConnectToken(EMPTY);
      revoked.set(pluggy.lastKey.get());
      List<CompletableFuture<ConnectToken>> calls = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        calls.add(client.createConnectTokenAsync(EMPTY));
      }
      assertThat(calls)
          .allSatisfy(
              call ->
                  assertThat(call.get(Pluggy.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isNotNull());
      assertThat(pluggy.auths).hasValue(2);
    }
  }

  private Counting startForMany() throws IOException {
    return startForMany(request -> Pluggy.token("token"));
  }

  private Counting startForMany(Counting.Mint mint) throws IOException {
    // The default backlog of 50 would make the kernel drop the rest and try again seconds later.
    server.setServerSocketFactory(new LongBacklog());
    Counting pluggy = new Counting(mint);
    server.setDispatcher(pluggy);
    server.start();
    return pluggy;
  }

  /** Answers everybody, and counts. */
  private final class Counting extends Dispatcher {
    interface Mint {
      MockResponse answer(RecordedRequest request);
    }

    final AtomicInteger auths = new AtomicInteger();
    final AtomicInteger mints = new AtomicInteger();
    final AtomicReference<String> lastKey = new AtomicReference<>("");
    private final Mint mint;

    Counting(Mint mint) {
      this.mint = mint;
    }

    @Override
    public MockResponse dispatch(RecordedRequest request) {
      if (request.getUrl().encodedPath().equals("/auth")) {
        auths.incrementAndGet();
        String key =
            Pluggy.keyExpiring(Objects.requireNonNull(now.get()).plus(Duration.ofHours(2)));
        lastKey.set(key);
        return Pluggy.key(key);
      }
      mints.incrementAndGet();
      return mint.answer(request);
    }
  }

  private static final class LongBacklog extends ServerSocketFactory {
    @Override
    public ServerSocket createServerSocket() throws IOException {
      return new ServerSocket() {
        @Override
        public void bind(SocketAddress endpoint, int backlog) throws IOException {
          super.bind(endpoint, 2 * CALLERS);
        }
      };
    }

    @Override
    public ServerSocket createServerSocket(int port) throws IOException {
      ServerSocket socket = createServerSocket();
      socket.bind(new InetSocketAddress(port), 0);
      return socket;
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog) throws IOException {
      return createServerSocket(port);
    }

    @Override
    public ServerSocket createServerSocket(int port, int backlog, InetAddress address)
        throws IOException {
      return createServerSocket(port);
    }
  }
}
