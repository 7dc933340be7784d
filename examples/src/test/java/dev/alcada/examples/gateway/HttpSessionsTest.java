package dev.alcada.examples.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** How sessions over HTTP begin, make room for others, and end. */
class HttpSessionsTest {
  private static final String ALLOW = "{\"version\": \"1\", \"default\": \"allow\"}";

  @RegisterExtension final Logged logged = new Logged();
  @TempDir Path directory;

  private final SetTime time = new SetTime();
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();

  /** An upstream that costs nothing, and answers everything but the tool {@code hold}. */
  private final class Answering implements Upstream {
    private final Listener listener;

    Answering(Listener listener) {
      this.listener = listener;
      opened.incrementAndGet();
    }

    @Override
    public CompletionStage<?> send(Message message, BooleanSupplier begin) {
      boolean unused = begin.getAsBoolean();
      if (message instanceof Message.Request request) {
        Map<String, ?> params = Json.object(request.params());
        switch (request.method()) {
          case "initialize" ->
              answer(
                  request,
                  Map.of(
                      "protocolVersion",
                      String.valueOf(params.get("protocolVersion")),
                      "capabilities",
                      Map.of(),
                      "serverInfo",
                      Map.of("name", "any", "version", "1")));
          case "tools/list" -> answer(request, Map.of("tools", List.of(tool("act"), tool("hold"))));
          default -> {
            if (!"hold".equals(params.get("name"))) {
              answer(request, Map.of("content", List.of(Map.of("type", "text", "text", "done"))));
            }
          }
        }
      }
      return CompletableFuture.completedStage(null);
    }

    private void answer(Message.Request request, Map<String, ?> result) {
      listener.onMessage(Message.Answer.result(request.id(), result));
    }

    private static Map<String, ?> tool(String name) {
      return Map.of("name", name, "inputSchema", Map.of("type", "object"));
    }

    @Override
    public void close() {
      ended.incrementAndGet();
    }
  }

  private HttpFront.Serving serve(Upstream.Opener opener) throws Exception {
    ToolGuard guard = ToolGuard.builder(Policy.parse(ALLOW)).build();
    Settings settings = Settings.of(guard, opener).withTime(time);
    return HttpFront.start(settings, Relay.rehearse(settings), 0);
  }

  private static HttpClientSide begun(HttpFront.Serving gateway) throws Exception {
    HttpClientSide client = new HttpClientSide(gateway.url());
    assertThat(client.begin(Methods.VERSION).statusCode()).isEqualTo(200);
    return client;
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(10_000_000);
    }
    assertThat(condition.getAsBoolean()).isTrue();
  }

  @Test
  void anUpstreamStartsWithASessionsFirstUse() throws Exception {
    try (HttpFront.Serving gateway = serve(Answering::new)) {
      assertThat(opened).as("the rehearsal").hasValue(1);
      HttpClientSide client = begun(gateway);
      assertThat(opened).hasValue(1);

      assertThat(client.text(1, "act", "{}")).isEqualTo("done");

      assertThat(opened).hasValue(2);
      assertThat(client.text(2, "act", "{}")).isEqualTo("done");
      assertThat(opened).hasValue(2);
    }
    await(() -> ended.get() == 2);
  }

  @Test
  void aVersionThatNobodyHasAskedForYetIsAskedOfTheUpstreamOnce() throws Exception {
    try (HttpFront.Serving gateway = serve(Answering::new)) {
      for (int i = 0; i < 3; i++) {
        HttpClientSide client = new HttpClientSide(gateway.url());
        assertThat(HttpClientSide.parsed(client.begin("2025-03-26")).toString())
            .contains("2025-03-26");
      }
      assertThat(opened).hasValue(2);
    }
  }

  @Test
  void atTheBoundTheOneThatHasBeenIdleLongestMakesRoom() throws Exception {
    try (HttpFront.Serving gateway = serve(Answering::new)) {
      HttpClientSide used = begun(gateway);
      HttpClientSide idle = begun(gateway);
      time.advance(Duration.ofSeconds(1));
      for (int i = 2; i < HttpSessions.MOST; i++) {
        begun(gateway);
      }
      assertThat(used.text(1, "act", "{}")).isEqualTo("done");

      HttpClientSide another = begun(gateway);

      assertThat(gateway.sessions().size()).isEqualTo(HttpSessions.MOST);
      assertThat(idle.call(1, "act", "{}").statusCode()).isEqualTo(404);
      assertThat(used.text(2, "act", "{}")).isEqualTo("done");
      assertThat(another.text(1, "act", "{}")).isEqualTo("done");
    }
  }

  @Test
  void whenAllAreInUseTheNextIsToldSoInOneSentence() throws Exception {
    try (HttpFront.Serving gateway = serve(Answering::new)) {
      List<CompletableFuture<HttpResponse<String>>> held = new ArrayList<>();
      for (int i = 0; i < HttpSessions.MOST; i++) {
        held.add(begun(gateway).postAsync(HttpClientSide.callOf(1, "hold", "{}")));
      }
      await(() -> opened.get() == 1 + HttpSessions.MOST);

      HttpResponse<String> refused = new HttpClientSide(gateway.url()).begin(Methods.VERSION);

      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      assertThat(refused.body().lines())
          .containsExactly("All 100 sessions are in use; try again when one has ended.");
      assertThat(held).noneMatch(CompletableFuture::isDone);
    }
  }

  @Test
  void anIdleSessionEndsUnlessItsClientListens() throws Exception {
    try (HttpFront.Serving gateway = serve(Answering::new)) {
      HttpClientSide idle = begun(gateway);
      HttpClientSide listening = begun(gateway);
      try (InputStream stream = listening.listen()) {
        time.advance(HttpSessions.LONGEST_IDLE.minusSeconds(1));
        gateway.sessions().sweep();
        assertThat(gateway.sessions().size()).isEqualTo(2);

        time.advance(Duration.ofSeconds(2));
        gateway.sessions().sweep();

        assertThat(gateway.sessions().size()).isEqualTo(1);
        assertThat(idle.call(1, "act", "{}").statusCode()).isEqualTo(404);
        assertThat(listening.text(1, "act", "{}")).isEqualTo("done");
        assertThat(stream.read()).isEqualTo(':');
      }
    }
  }

  @Test
  void aThousandSessionsOpenedAndDroppedLeaveNoProcessAndNoThread() throws Exception {
    try (HttpFront.Serving gateway =
        serve(Conversation.obedientServer(directory.resolve("ledger")))) {
      begun(gateway).text(1, "act", "{}");
      Set<String> before = sessionThreads();
      for (int i = 0; i < 1_000; i++) {
        HttpClientSide client = begun(gateway);
        if (i % 100 == 0) {
          assertThat(client.text(1, "act", "{}")).isEqualTo("done");
        }
        if (i % 3 == 0) {
          assertThat(client.end()).isEqualTo(200);
        }
      }
      assertThat(gateway.sessions().size()).isLessThanOrEqualTo(HttpSessions.MOST);
      assertThat(before).isNotEmpty();

      gateway.sessions().close();

      await(() -> sessionThreads().isEmpty());
      await(() -> ProcessHandle.current().children().findAny().isEmpty());
    }
  }

  private static Set<String> sessionThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("upstream") || name.startsWith("session"))
        .collect(Collectors.toSet());
  }

  @Test
  void nothingOfThisProgramIsInTheAnswerToWhatIsWrong() throws Exception {
    try (HttpFront.Serving gateway = serve(Answering::new)) {
      HttpClientSide client = begun(gateway);
      for (String body :
          List.of("", "{", "[]", "null", "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":1}", "\u0000")) {
        HttpResponse<String> refused = client.post(body);
        assertThat(refused.statusCode()).as(body).isEqualTo(400);
        assertThat(refused.body()).doesNotContain("\tat ", "Exception", "Tomcat", "stackTrace");
        assertThat(refused.body().lines()).hasSizeLessThanOrEqualTo(1);
      }
      HttpResponse<String> odd =
          new HttpClientSide(gateway.server().url() + "/%2e%2e/x?y=%00").post("{}");
      assertThat(odd.statusCode()).isBetween(400, 499);
      assertThat(odd.body()).doesNotContain("\tat ", "Exception", "Tomcat");
    }
  }
}
