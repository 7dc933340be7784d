package dev.alcada.approval;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import dev.alcada.testing.ManualTime;
import dev.alcada.time.TimeSource;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link ApprovalStore} must do. To check a store, extend this class and return an empty
 * store from {@link #emptyStore}.
 */
public abstract class ApprovalStoreKit {
  private static final Instant NOW = ManualTime.START;
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final int MANY = 1_000;

  private final ManualTime time = new ManualTime();
  private ApprovalStore store;

  /** Makes the kit. */
  protected ApprovalStoreKit() {}

  /**
   * Returns a store that holds nothing.
   *
   * @param clock the time by which its requests expire
   * @throws Exception if it cannot be made
   */
  protected abstract ApprovalStore emptyStore(TimeSource clock) throws Exception;

  @BeforeEach
  void makeStore() throws Exception {
    store = emptyStore(time);
  }

  @Test
  void keepsEveryComponentOfARequest() {
    ApprovalRequest request =
        new ApprovalRequest(
            "id-1",
            "binding-1",
            "transfer",
            "{\"amount\":9007199254740993,\"to\":\"\u00e7\ud83d\ude00\"}",
            Caller.grant("agent-7")
                .session("session")
                .client("client")
                .attribute("role", "clerk")
                .attribute("absent", null),
            List.of(
                new AskingRule("/tools/a/approve_if/b", "/tools/a/approve_if/0", "why", "{}"),
                new AskingRule("/tools/a/action", "/tools/a/action", "also", "{\"c\":1}")),
            NOW.plusNanos(123_000_000),
            Duration.ofSeconds(90),
            NOW.plus(MINUTE),
            ApprovalState.PENDING,
            null,
            1);
    add(request);
    ApprovalRequest approved =
        request.with(
            ApprovalState.APPROVED,
            NOW.plus(MINUTE.multipliedBy(2)),
            new ApprovalRequest.Answer("ana", "fine\nby me", NOW.plusSeconds(1)));

    assertSame(store.get("id-1"), request);
    assertThat(store.replace(approved)).isTrue();
    assertSame(store.get("id-1"), approved);
    assertSame(store.find("binding-1"), approved);
  }

  @Test
  void findsNothingThatWasNotAdded() {
    add(request("a", "grant"));

    assertThat(store.find("other")).isNull();
    assertThat(store.get("other")).isNull();
    assertThat(store.replace(request("other", "grant").with(ApprovalState.DENIED, NOW, null)))
        .isFalse();
    assertThat(store.get("other")).isNull();
  }

  @Test
  void addsNothingBesideARequestThatHolds() {
    for (ApprovalState state :
        List.of(
            ApprovalState.PENDING,
            ApprovalState.APPROVED,
            ApprovalState.IN_USE,
            ApprovalState.DENIED)) {
      ApprovalRequest holding = inState(state.name(), state);

      ApprovalRequest found = store.findOrAdd(again(holding), MANY, MANY);

      assertSame(found, holding);
      assertThat(store.get(again(holding).id())).isNull();
    }
  }

  @Test
  void addsANewRequestWhereTheLastIsSpentOrCancelled() {
    for (ApprovalState state : List.of(ApprovalState.SPENT, ApprovalState.CANCELLED)) {
      ApprovalRequest over = inState(state.name(), state);
      assertThat(store.find(over.binding())).isNull();

      assertSame(store.findOrAdd(again(over), MANY, MANY), again(over));

      assertSame(store.find(over.binding()), again(over));
      assertSame(store.get(over.id()), over);
    }
  }

  @Test
  void holdsARequestUpToTheInstantAtWhichItExpiresAndNotAtIt() {
    for (ApprovalState state :
        List.of(ApprovalState.PENDING, ApprovalState.APPROVED, ApprovalState.DENIED)) {
      ApprovalRequest request = inState(state.name(), state);

      assertSame(at(request.expiresAt().minusMillis(1)).find(request.binding()), request);
      assertThat(at(request.expiresAt()).find(request.binding())).isNull();
      assertSame(at(request.expiresAt()).findOrAdd(again(request), MANY, MANY), again(request));
    }
  }

  @Test
  void holdsARequestInUseHoweverLong() {
    ApprovalRequest request = inState("a", ApprovalState.IN_USE);
    Instant muchLater = request.expiresAt().plus(Duration.ofDays(30));

    assertSame(at(muchLater).find(request.binding()), request);
    assertSame(at(muchLater).findOrAdd(again(request), MANY, MANY), request);
    assertThat(at(muchLater).replace(request.with(ApprovalState.SPENT, request.expiresAt(), null)))
        .isTrue();
    assertThat(at(muchLater).find(request.binding())).isNull();
  }

  @Test
  void replacesNothingButTheVersionBefore() {
    ApprovalRequest first = add(request("a", "grant"));
    ApprovalRequest approved = first.with(ApprovalState.APPROVED, first.expiresAt(), null);
    ApprovalRequest denied = first.with(ApprovalState.DENIED, first.expiresAt(), null);

    assertThat(store.replace(approved)).isTrue();
    assertThat(store.replace(denied)).isFalse();
    assertThat(store.replace(approved)).isFalse();
    assertThat(
            store.replace(
                approved.with(approved.state(), NOW, null).with(approved.state(), NOW, null)))
        .isFalse();
    assertSame(store.get("a"), approved);
  }

  @Test
  void replacesNothingThatHasExpired() {
    ApprovalRequest request = add(request("a", "grant"));
    ApprovalRequest next = request.with(ApprovalState.APPROVED, NOW.plus(Duration.ofDays(1)), null);

    assertThat(at(request.expiresAt()).replace(next)).isFalse();
    assertThat(store.find(request.binding())).isNotEqualTo(next);
  }

  @Test
  void neverLetsAnOldRequestTakeTheBindingFromTheOneThatHolds() {
    ApprovalRequest running = inState("a", ApprovalState.IN_USE);
    ApprovalRequest cancelled =
        running.with(ApprovalState.CANCELLED, running.expiresAt(), running.answer());
    assertThat(store.replace(cancelled)).isTrue();
    add(again(running));

    assertThat(store.replace(running.with(ApprovalState.APPROVED, running.expiresAt(), null)))
        .isFalse();
    assertSame(store.find(running.binding()), again(running));
  }

  @Test
  void countsEveryRequestOfAGrantUntilItExpiresInWhateverState() {
    for (ApprovalState state :
        List.of(
            ApprovalState.PENDING,
            ApprovalState.APPROVED,
            ApprovalState.DENIED,
            ApprovalState.SPENT,
            ApprovalState.CANCELLED)) {
      inState(state.name(), state);
    }
    Instant expiry = NOW.plus(MINUTE);

    assertThat(at(expiry.minusMillis(1)).findOrAdd(request("more", "grant"), 5, MANY)).isNull();
    assertThat(store.get("more")).isNull();
    assertThat(store.find(request("more", "grant").binding())).isNull();
    assertSame(
        at(expiry.minusMillis(1)).findOrAdd(request("else", "another grant"), 5, MANY),
        request("else", "another grant"));
    assertSame(at(expiry).findOrAdd(request("more", "grant"), 5, MANY), request("more", "grant"));
  }

  @Test
  void countsARequestInUseAsLongAsItRuns() {
    ApprovalRequest running = inState("a", ApprovalState.IN_USE);
    Instant later = running.expiresAt().plus(MINUTE);

    assertThat(at(later).findOrAdd(request("b", "grant"), 1, MANY)).isNull();
    assertThat(at(later).replace(running.with(ApprovalState.SPENT, running.expiresAt(), null)))
        .isTrue();
    assertThat(at(later).findOrAdd(request("b", "grant"), 1, MANY)).isNotNull();
  }

  @Test
  void boundsTheRequestsOfAllGrants() {
    for (int i = 0; i < 3; i++) {
      assertThat(store.findOrAdd(request("a" + i, "grant " + i), 1, 3)).isNotNull();
    }

    assertThat(store.findOrAdd(request("b", "another"), 1, 3)).isNull();
    assertThat(store.pending()).hasSize(3);
    assertThat(at(NOW.plus(MINUTE)).findOrAdd(request("b", "another"), 1, 3)).isNotNull();
  }

  @Test
  void findsWhatIsThereEvenAtTheBounds() {
    ApprovalRequest request = add(request("a", "grant"));

    assertSame(store.findOrAdd(again(request), 1, 1), request);
  }

  @Test
  void listsWhatIsPendingOldestFirst() {
    ApprovalRequest second = add(request("a", "grant", NOW.plusSeconds(2)));
    ApprovalRequest first = add(request("b", "grant", NOW.plusSeconds(1)));
    for (ApprovalState state : ApprovalState.values()) {
      if (state != ApprovalState.PENDING && state != ApprovalState.EXPIRED) {
        inState(state.name(), state);
      }
    }

    assertThat(at(NOW.plusSeconds(3)).pending())
        .extracting(ApprovalRequest::id)
        .containsExactly(first.id(), second.id());
    assertThat(at(second.expiresAt()).pending()).isEmpty();
  }

  @Test
  void letsOneOfManyThreadsAdd() throws Exception {
    for (int round = 0; round < 50; round++) {
      String binding = "round " + round;
      Set<String> holders = ConcurrentHashMap.newKeySet();
      inParallel(
          8,
          thread -> {
            ApprovalRequest found =
                store.findOrAdd(
                    request(binding + "/" + thread, binding, "grant " + thread, NOW), MANY, MANY);
            return holders.add(found == null ? "refused" : found.id());
          });

      assertThat(holders).hasSize(1).doesNotContain("refused");
    }
  }

  @Test
  void letsOneOfManyThreadsReplaceAVersion() throws Exception {
    for (int round = 0; round < 50; round++) {
      ApprovalRequest request = add(request("id " + round, "grant " + round));

      List<Boolean> replaced =
          inParallel(
              8,
              thread ->
                  store.replace(
                      request.with(
                          thread % 2 == 0 ? ApprovalState.APPROVED : ApprovalState.DENIED,
                          request.expiresAt(),
                          new ApprovalRequest.Answer("approver " + thread, null, NOW))));

      assertThat(replaced).containsOnlyOnce(true);
      ApprovalRequest stored = requireNonNull(store.get(request.id()));
      assertThat(requireNonNull(stored.answer()).approver())
          .isEqualTo("approver " + replaced.indexOf(true));
    }
  }

  @Test
  void keepsTheBoundOfAGrantUnderManyThreads() throws Exception {
    for (int round = 0; round < 20; round++) {
      String grant = "grant " + round;
      List<Boolean> added =
          inParallel(
              8, thread -> store.findOrAdd(request(grant + "/" + thread, grant), 3, MANY) != null);

      assertThat(added.stream().filter(yes -> yes)).hasSize(3);
    }
  }

  private ApprovalStore at(Instant now) {
    time.advance(Duration.between(time.instant(), now));
    return store;
  }

  private ApprovalRequest add(ApprovalRequest request) {
    assertThat(at(NOW).findOrAdd(request, MANY, MANY)).as("request %s", request.id()).isNotNull();
    return request;
  }

  /** Adds a request that went through other states up to this one. */
  private ApprovalRequest inState(String id, ApprovalState state) {
    ApprovalRequest request = add(request(id, "grant"));
    List<ApprovalState> path =
        switch (state) {
          case PENDING -> List.of();
          case IN_USE -> List.of(ApprovalState.APPROVED, ApprovalState.IN_USE);
          case SPENT -> List.of(ApprovalState.APPROVED, ApprovalState.IN_USE, ApprovalState.SPENT);
          case APPROVED, DENIED, CANCELLED, EXPIRED -> List.of(state);
        };
    for (ApprovalState next : path) {
      request =
          request.with(next, request.expiresAt(), new ApprovalRequest.Answer("ana", null, NOW));
      assertThat(store.replace(request)).isTrue();
    }
    return request;
  }

  /** Another request for the same call. */
  private static ApprovalRequest again(ApprovalRequest request) {
    return request(
        request.id() + " again", request.binding(), request.caller().grant(), NOW.plus(MINUTE));
  }

  private static ApprovalRequest request(String id, String grant) {
    return request(id, grant, NOW);
  }

  private static ApprovalRequest request(String id, String grant, Instant createdAt) {
    return request(id, "binding of " + id, grant, createdAt);
  }

  private static ApprovalRequest request(
      String id, String binding, String grant, Instant createdAt) {
    return new ApprovalRequest(
        id,
        binding,
        "transfer",
        "{}",
        Caller.grant(grant),
        List.of(new AskingRule("/tools/transfer/action", "/tools/transfer/action", "why", "{}")),
        createdAt,
        MINUTE,
        createdAt.plus(MINUTE),
        ApprovalState.PENDING,
        null,
        1);
  }

  private static void assertSame(@Nullable ApprovalRequest found, ApprovalRequest expected) {
    ApprovalRequest actual = requireNonNull(found, "no request");
    assertThat(actual).usingRecursiveComparison().ignoringFields("caller").isEqualTo(expected);
    Caller caller = actual.caller();
    assertThat(caller.grant()).isEqualTo(expected.caller().grant());
    assertThat(caller.session()).isEqualTo(expected.caller().session());
    assertThat(caller.client()).isEqualTo(expected.caller().client());
    assertThat(caller.attributes()).isEqualTo(expected.caller().attributes());
  }

  private interface Work<T> {
    T run(int thread) throws Exception;
  }

  private static <T> List<T> inParallel(int threads, Work<T> work) throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      CyclicBarrier start = new CyclicBarrier(threads);
      List<Callable<T>> tasks = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        tasks.add(
            () -> {
              start.await();
              return work.run(thread);
            });
      }
      List<T> results = new ArrayList<>();
      for (Future<T> result : pool.invokeAll(tasks)) {
        results.add(result.get());
      }
      return results;
    } finally {
      pool.shutdownNow();
    }
  }
}
