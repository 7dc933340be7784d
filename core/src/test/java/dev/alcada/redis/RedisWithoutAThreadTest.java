package dev.alcada.redis;

import static dev.alcada.redis.Charges.one;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.approval.ApprovalState;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Look;
import dev.alcada.counter.Reservation;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.Approvals;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import dev.alcada.mcp.McpTools;
import dev.alcada.mcp.TestTool;
import dev.alcada.policy.Policy;
import io.lettuce.core.RedisClient;
import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpStatelessServerFeatures.AsyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;

/**
 * Calls that a server answers after 50 ms: however many are under way, few threads are there for
 * them, and none of the client's runs what is not its own.
 */
@Timeout(300)
class RedisWithoutAThreadTest {
  private static final int CALLS = 1_000;

  /** What is looked at, what runs, and what is made once: two trips for each call, and its end. */
  private static final Policy POLICY =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {
            "pay": {"deny_if": [{"conditions": [{"path": "marks.frozen", "op": "exists", "value": true}]}],
                    "once": {"window": "hour"},
                    "limits": [
                      {"counter": "paid", "window": "hour", "max": 100000, "counts": "successes"},
                      {"counter": "running", "window": "in_flight", "lease": "1h", "max": 100000}]},
            "freeze": {"marks": [{"mark": "frozen", "for": "1h", "when": "tried"}]},
            "ask": {"action": "require_approval"}}}
          """);

  private final Set<String> threads = ConcurrentHashMap.newKeySet();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private Proxy proxy;
  private RedisClient client;
  private RedisCounterStore store;

  @BeforeEach
  void start() throws IOException {
    proxy = kept(new Proxy(RedisProcess.shared().port(), Duration.ofMillis(50)));
    client = kept(RedisProcess.client(proxy.port()));
    store =
        kept(
            RedisCounterStore.builder(client)
                .prefix(RedisProcess.freshPrefix())
                .timeout(Duration.ofMinutes(1))
                .build());
  }

  @AfterEach
  void close() throws Exception {
    while (!opened.isEmpty()) {
      opened.remove(opened.size() - 1).close();
    }
  }

  private <T extends AutoCloseable> T kept(T each) {
    opened.add(each);
    return each;
  }

  private static ToolCall call(String tool, int number) {
    return ToolCall.of(tool, Map.of("invoice", number), Caller.grant("agent-" + number % 10));
  }

  private <T> T seen(T result) {
    threads.add(Thread.currentThread().getName());
    return result;
  }

  /** A guard that goes on on two threads, however many processors there are. */
  private ToolGuard guard() {
    ExecutorService two = Executors.newFixedThreadPool(2, task -> new Thread(task, "guard"));
    opened.add(two::shutdownNow);
    return ToolGuard.builder(POLICY).counterStore(store).executor(two).build();
  }

  /** Begins all of them before any answer comes, and sees to it that few threads are there. */
  private <T> List<T> underWayAtOnce(IntFunction<CompletableFuture<T>> begin) throws Exception {
    begin.apply(CALLS).get(1, TimeUnit.MINUTES);
    Eventually.until(() -> store.underWay() == 0);
    ThreadMXBean all = ManagementFactory.getThreadMXBean();
    int atRest = all.getThreadCount();
    int most = 0;
    proxy.hold();
    List<CompletableFuture<T>> calls = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      calls.add(begin.apply(i));
      most = Math.max(most, all.getThreadCount());
    }
    assertThat(calls).noneMatch(CompletableFuture::isDone);
    assertThat(store.underWay()).isEqualTo(CALLS);
    proxy.letGo();
    List<T> results = new ArrayList<>();
    for (CompletableFuture<T> each : calls) {
      results.add(each.get(1, TimeUnit.MINUTES));
      most = Math.max(most, all.getThreadCount());
    }
    assertThat(most - atRest).as("threads more than at rest").isLessThanOrEqualTo(8);
    return results;
  }

  private void nothingRanOnTheClientsThreads() {
    assertThat(threads)
        .isNotEmpty()
        .noneMatch(name -> name.contains("lettuce") || name.contains("DelayScheduler"));
  }

  @Test
  void aThousandCallsUnderWayHoldNoThread() throws Exception {
    ToolGuard guard = guard();
    List<Outcome<String>> outcomes =
        underWayAtOnce(
            i ->
                guard
                    .callAsync(
                        call("pay", i), judged -> CompletableFuture.completedFuture(seen("paid")))
                    .thenApply(this::seen)
                    .toCompletableFuture());

    assertThat(outcomes).allMatch(outcome -> outcome.orElse(Decision::text).equals("paid"));
    nothingRanOnTheClientsThreads();
    Eventually.until(() -> store.underWay() == 0);
  }

  @Test
  void norDoAThousandCallsOfAnAsynchronousMcpTool() throws Exception {
    List<AsyncToolSpecification> tools = new ArrayList<>();
    for (String name : List.of("pay", "freeze", "ask")) {
      Tool tool = Tool.builder(name, Map.of("type", "object")).build();
      tools.add(
          new AsyncToolSpecification(
              tool, (context, request) -> Mono.fromCallable(() -> seen(TestTool.text("paid")))));
    }
    AsyncToolSpecification pay =
        McpTools.builder(guard())
            .callerResolver(context -> Caller.grant("agent-7"))
            .build()
            .statelessAsync(tools)
            .get(0);

    List<Boolean> failed =
        underWayAtOnce(
            i ->
                pay.callHandler()
                    .apply(
                        McpTransportContext.EMPTY,
                        CallToolRequest.builder("pay").arguments(Map.of("invoice", i)).build())
                    .map(result -> seen(Boolean.TRUE.equals(result.isError())))
                    .toFuture());

    assertThat(failed).hasSize(CALLS).containsOnly(false);
    nothingRanOnTheClientsThreads();
    Eventually.until(() -> store.underWay() == 0);
  }

  /** Each call makes another one that waits: in its handler, and when its outcome is there. */
  @Test
  void aCallThatWaitsWithinOneThatDoesNotIsNotLockedOut() throws Exception {
    RedisApprovalStore requests =
        kept(
            RedisApprovalStore.builder(client)
                .prefix(RedisProcess.freshPrefix())
                .timeout(Duration.ofMinutes(1))
                .build());
    Approvals approvals =
        Approvals.builder()
            .store(requests)
            .counterStore(store)
            .approver(request -> new CompletableFuture<>())
            .build();
    ToolGuard guard = ToolGuard.builder(POLICY).counterStore(store).approvals(approvals).build();
    List<CompletableFuture<Outcome<String>>> calls = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      int other = 1_000 + 2 * i;
      calls.add(
          guard
              .callAsync(
                  call("pay", i),
                  judged ->
                      CompletableFuture.completedFuture(
                          waited(guard, call("pay", other), "paid").orElse(Decision::text)))
              .thenApply(
                  outcome -> waited(guard, call("pay", other + 1), outcome.orElse(Decision::text)))
              .toCompletableFuture());
    }
    for (CompletableFuture<Outcome<String>> each : calls) {
      assertThat(each.get(1, TimeUnit.MINUTES).orElse(Decision::text)).isEqualTo("paid");
    }
    List<CompletableFuture<Outcome<String>>> asking = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int other = 1_000 + i;
      asking.add(
          guard
              .callAsync(call("ask", i), judged -> CompletableFuture.completedFuture("done"))
              .thenApply(outcome -> waited(guard, call("ask", other), "done"))
              .toCompletableFuture());
    }
    for (CompletableFuture<Outcome<String>> each : asking) {
      assertThat(each.get(1, TimeUnit.MINUTES)).isInstanceOf(Outcome.ApprovalRequired.class);
    }
    assertThat(approvals.pending()).hasSize(40);
  }

  /** Its one thread waits for the stores, and nobody else is there to go on with their answers. */
  @Test
  void norIsItWhereTheHostHasOneThreadForAll() throws Exception {
    RedisApprovalStore requests =
        kept(
            RedisApprovalStore.builder(client)
                .prefix(RedisProcess.freshPrefix())
                .timeout(Duration.ofMinutes(1))
                .build());
    ExecutorService one = Executors.newSingleThreadExecutor();
    opened.add(one::shutdownNow);
    Approvals approvals =
        Approvals.builder()
            .store(requests)
            .counterStore(store)
            .approver(request -> new CompletableFuture<>())
            .executor(one)
            .build();
    ToolGuard guard =
        ToolGuard.builder(POLICY).counterStore(store).approvals(approvals).executor(one).build();
    CompletableFuture<Outcome<String>> asked =
        guard
            .callAsync(call("pay", 1), judged -> CompletableFuture.completedFuture("paid"))
            .thenApply(outcome -> waited(guard, call("ask", 2), "done"))
            .toCompletableFuture();
    assertThat(asked.get(1, TimeUnit.MINUTES)).isInstanceOf(Outcome.ApprovalRequired.class);
    String id = approvals.pending().get(0).id();
    approvals.approve(id, "ana", null);
    CompletableFuture<Outcome<String>> answered =
        guard
            .callAsync(call("pay", 3), judged -> CompletableFuture.completedFuture("paid"))
            .thenApply(outcome -> waited(guard, call("ask", 2), "done"))
            .toCompletableFuture();
    assertThat(answered.get(1, TimeUnit.MINUTES).orElse(Decision::text)).isEqualTo("done");
    Eventually.until(() -> requireNonNull(approvals.get(id)).state() == ApprovalState.SPENT);
  }

  private static Outcome<String> waited(ToolGuard guard, ToolCall call, String result) {
    try {
      return guard.call(call, judged -> result);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** More of them than the store has threads, and each waits for what another has to complete. */
  @Test
  void whatIsHungOnAStageMayWaitForAnother() throws Exception {
    Demand demand = Demand.of(one("rate", 900));
    List<CompletableFuture<Look>> looks = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      looks.add(
          store
              .reserveAsync(demand)
              .thenApply(
                  reserved -> {
                    assertThat(reserved).isInstanceOf(Reservation.class);
                    assertThat(store.reserve(demand)).isInstanceOf(Reservation.class);
                    return store.lookAsync(demand).toCompletableFuture().join();
                  })
              .toCompletableFuture());
    }
    for (CompletableFuture<Look> each : looks) {
      assertThat(each.get(1, TimeUnit.MINUTES).refusal()).isNull();
    }
    assertThat(Charges.used(store, one("rate", 900))).isEqualTo(200);
  }
}
