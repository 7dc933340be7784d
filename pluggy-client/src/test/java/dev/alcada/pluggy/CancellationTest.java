package dev.alcada.pluggy;

import static dev.alcada.pluggy.Produced.assertThatThrownBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.SocketFactory;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A caller who gives up is let go at once, and leaves nothing behind. */
class CancellationTest {
  private static final ConnectTokenRequest EMPTY = ConnectTokenRequest.builder().build();
  private static final MockResponse NEVER =
      new MockResponse.Builder().onResponseStart(SocketEffect.Stall.INSTANCE).build();

  private final MockWebServer server = new MockWebServer();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ConnectionPool connections = new ConnectionPool();

  @BeforeEach
  void start() throws IOException {
    server.start();
  }

  @AfterEach
  void stop() {
    threads.shutdownNow();
    server.close();
  }

  private OkHttpClient.Builder http() {
    return new OkHttpClient.Builder()
        .dispatcher(new Dispatcher(threads))
        .connectionPool(connections);
  }

  private PluggyClient client() {
    return Pluggy.client(server).httpClient(http().build()).build();
  }

  /** Sockets of the host's, which ignore an interrupt. */
  private static SocketFactory hostsSockets() {
    return new DelegatingSockets() {
      @Override
      public Socket createSocket() throws IOException {
        return SocketFactory.getDefault().createSocket();
      }
    };
  }

  private void assertThatNothingIsLeft() throws InterruptedException {
    threads.shutdown();
    assertThat(threads.awaitTermination(Pluggy.PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .as("threads are free")
        .isTrue();
    assertThat(connections.connectionCount()).as("connections").isZero();
  }

  /** A caller on a thread of its own, who reports the failure and whether it stayed interrupted. */
  private static final class Caller {
    private final FutureTask<Throwable> failure;
    private final Thread thread;
    private volatile boolean interrupted;

    Caller(PluggyClient client) {
      failure =
          new FutureTask<>(
              () -> {
                Throwable thrown = Produced.failure(() -> client.createConnectToken(EMPTY));
                interrupted = Thread.interrupted();
                return thrown;
              });
      thread = new Thread(failure);
      thread.start();
    }

    Throwable failure() throws Exception {
      Throwable thrown = failure.get(Pluggy.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      thread.join();
      return thrown;
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void anInterruptEndsACallThatWaitsForItsToken(boolean hostsSockets) throws Exception {
    server.enqueue(Pluggy.key(Pluggy.freshKey()));
    server.enqueue(NEVER);
    OkHttpClient.Builder http = http();
    if (hostsSockets) {
      http.socketFactory(hostsSockets());
    }
    try (PluggyClient client = Pluggy.client(server).httpClient(http.build()).build()) {
      Caller caller = new Caller(client);
      Pluggy.next(server);
      Pluggy.next(server);
      caller.thread.interrupt();
      assertThat(caller.failure()).isInstanceOf(PluggyException.OutcomeUnknown.class);
      assertThat(caller.interrupted).as("the thread stays interrupted").isTrue();
    }
    assertThatNothingIsLeft();
  }

  @Test
  void anInterruptEndsACallThatWaitsForAKeyAndTheLastOneEndsTheRequest() throws Exception {
    server.enqueue(NEVER);
    try (PluggyClient client = client()) {
      Caller first = new Caller(client);
      Pluggy.next(server);
      CompletableFuture<ConnectToken> second = client.createConnectTokenAsync(EMPTY);
      first.thread.interrupt();
      assertThat(first.failure()).isInstanceOf(PluggyException.Unavailable.class);
      assertThat(second).isNotDone();
      assertThat(connections.connectionCount()).as("still asking for the second").isOne();
      second.cancel(true);
    }
    assertThatNothingIsLeft();
  }

  @Test
  void aKeysRequestThatAllHaveLeftIsNotJoinedByTheNext() throws Exception {
    // By connection, not by turn: a request that is cancelled may be answered after the next one.
    server.setDispatcher(
        new mockwebserver3.Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) {
            return request.getConnectionIndex() == 0
                ? NEVER
                : request.getUrl().encodedPath().equals("/auth")
                    ? Pluggy.key(Pluggy.freshKey())
                    : Pluggy.token(Pluggy.freshToken());
          }
        });
    try (PluggyClient client = client()) {
      CompletableFuture<ConnectToken> first = client.createConnectTokenAsync(EMPTY);
      Pluggy.next(server);
      first.cancel(true);
      assertThat(client.createConnectToken(EMPTY)).isNotNull();
    }
  }

  @Test
  void aThreadThatIsInterruptedAlreadySendsNothing() {
    try (PluggyClient client = client()) {
      Thread.currentThread().interrupt();
      assertThat(Produced.failure(() -> client.createConnectToken(EMPTY)))
          .isInstanceOf(PluggyException.Unavailable.class)
          .hasMessageContaining("interrupted");
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(server.getRequestCount()).isZero();
  }

  @Test
  void anInterruptEndsAWaitBetweenAttempts() throws Exception {
    server.enqueue(Pluggy.key(Pluggy.freshKey()));
    server.enqueue(Pluggy.answer(429, "{}").addHeader("RateLimit-Reset", "1").build());
    CountDownLatch waiting = new CountDownLatch(1);
    Pauses forEver =
        wait -> {
          waiting.countDown();
          return new CompletableFuture<>();
        };
    try (PluggyClient client =
        Pluggy.client(server).httpClient(http().build()).pauses(forEver).build()) {
      Caller caller = new Caller(client);
      waiting.await();
      caller.thread.interrupt();
      assertThat(caller.failure()).isInstanceOf(PluggyException.Unavailable.class);
      assertThat(caller.interrupted).isTrue();
    }
  }

  @Test
  void cancellingEndsTheRequest() throws Exception {
    server.enqueue(Pluggy.key(Pluggy.freshKey()));
    server.enqueue(NEVER);
    try (PluggyClient client = client()) {
      CompletableFuture<ConnectToken> call = client.createConnectTokenAsync(EMPTY);
      Pluggy.next(server);
      Pluggy.next(server);
      assertThat(call.cancel(true)).isTrue();
      assertThatThrownBy(call::join).isInstanceOf(CancellationException.class);
      assertThatNothingIsLeft();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theDeadlineEndsACallThatGetsNoThread(boolean async) throws Exception {
    Duration deadline = Duration.ofSeconds(1);
    while (!endsACallThatGetsNoThread(deadline, async)) {
      deadline = deadline.multipliedBy(2);
      assertThat(deadline).as("a deadline that the first call meets").isLessThan(Pluggy.PATIENCE);
    }
  }

  /** {@return whether the call before, which gets its thread, met the deadline} */
  private boolean endsACallThatGetsNoThread(Duration deadline, boolean async) throws Exception {
    AtomicBoolean full = new AtomicBoolean();
    ThreadPoolExecutor queue =
        new ThreadPoolExecutor(1, 1, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>()) {
          @Override
          public void execute(Runnable task) {
            if (!full.get()) {
              super.execute(task);
            }
          }
        };
    OkHttpClient http =
        http().dispatcher(new Dispatcher(queue)).socketFactory(hostsSockets()).build();
    MockWebServer answering = new MockWebServer();
    answering.start();
    try (answering;
        PluggyClient client =
            Pluggy.client(answering).httpClient(http).deadline(deadline).build()) {
      answering.enqueue(Pluggy.key(Pluggy.freshKey()));
      answering.enqueue(Pluggy.token(Pluggy.freshToken()));
      try {
        client.createConnectToken(EMPTY);
      } catch (PluggyException e) {
        return false;
      }
      full.set(true);
      CompletableFuture<ConnectToken> call =
          async
              ? client.createConnectTokenAsync(EMPTY)
              : CompletableFuture.supplyAsync(() -> client.createConnectToken(EMPTY), threads);
      assertThat(Produced.failure(() -> call.get(Pluggy.PATIENCE.toSeconds(), TimeUnit.SECONDS)))
          .hasCauseInstanceOf(PluggyException.Unavailable.class)
          .hasMessageContaining("was not answered within " + deadline.toMillis() + " ms");
      assertThat(answering.getRequestCount()).isEqualTo(2);
      return true;
    } finally {
      queue.shutdownNow();
    }
  }

  @Test
  void closingEndsAllCallsAndLeavesTheHostsClientAlone() throws Exception {
    server.enqueue(Pluggy.key(Pluggy.freshKey()));
    server.enqueue(NEVER);
    server.enqueue(NEVER);
    PluggyClient client = client();
    Caller caller = new Caller(client);
    Pluggy.next(server);
    Pluggy.next(server);
    CompletableFuture<ConnectToken> call = client.createConnectTokenAsync(EMPTY);
    Pluggy.next(server);
    client.close();
    assertThat(caller.failure()).isInstanceOf(PluggyException.OutcomeUnknown.class);
    assertThat(Produced.failure(call::join))
        .hasCauseInstanceOf(PluggyException.OutcomeUnknown.class);
    assertThat(threads.isShutdown()).isFalse();
    assertThatNothingIsLeft();
  }

  @Test
  void closingAClientOfItsOwnEndsItsThreads() throws Exception {
    server.enqueue(Pluggy.key(Pluggy.freshKey()));
    server.enqueue(Pluggy.token(Pluggy.freshToken()));
    Queue<Thread> used = new ConcurrentLinkedQueue<>();
    PluggyClient client =
        Pluggy.quiet(server).listener(attempt -> used.add(Thread.currentThread())).build();
    client.createConnectToken(EMPTY);
    client.close();
    assertThat(client.http.dispatcher().executorService().isShutdown()).isTrue();
    List<Thread> own = used.stream().filter(thread -> thread != Thread.currentThread()).toList();
    assertThat(own).isNotEmpty();
    for (Thread thread : own) {
      thread.join(Pluggy.PATIENCE.toMillis());
      assertThat(thread.isAlive()).isFalse();
    }
  }
}
