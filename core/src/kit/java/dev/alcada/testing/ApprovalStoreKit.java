package dev.alcada.testing;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.approval.ApprovalStore;
import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Caller;
import dev.alcada.decision.Quorum;
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
import java.util.function.UnaryOperator;
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
  private static final Answer YES = Answer.approve("ana");
  private static final Answer NO = Answer.deny("ana");

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
        ApprovalRequest.builder(
                "id-1",
                "binding-1",
                "transfer",
                Caller.grant("agent-7")
                    .withSession("session")
                    .withClient("client")
                    .withAttribute("role", "clerk")
                    .withAttribute("absent", null),
                List.of(
                    new AskingRule("/tools/a/approve_if/b", "/tools/a/approve_if/0", "why", "{}"),
                    new AskingRule("/tools/a/action", "/tools/a/action", "also", "{\"c\":1}")))
            .arguments("{\"amount\":9007199254740993,\"to\":\"\u00e7\ud83d\ude00\"}")
            .pending(NOW.plusNanos(123_000_000), MINUTE, Duration.ofSeconds(90));
    add(request);
    ApprovalRequest approved =
        request.answered(
            Answer.approve("ana").withNote("fine\nby me").withRoles(Set.of("finance", "boss")),
            NOW.plusSeconds(1));

    assertSame(get("id-1"), request);
    assertThat(replace(approved)).isTrue();
    assertSame(get("id-1"), approved);
    assertSame(find("binding-1"), approved);
  }

  @Test
  void keepsEachYesOfARequestThatNeedsSeveral() {
    ApprovalRequest request =
        ApprovalRequest.builder(
                "several",
                "binding",
                "transfer",
                Caller.grant("agent-7"),
                List.of(new AskingRule("/rule", "/location", "why", "{}")))
            .quorum(new Quorum(2, List.of(Set.of("cfo", "controller"), Set.of("board"))))
            .pending(NOW, MINUTE, MINUTE);
    Set<String> roles = Set.of("cfo", "board");
    add(request);
    ApprovalRequest half = request.answered(YES.withRoles(roles), NOW.plusSeconds(1));
    ApprovalRequest other =
        request.answered(Answer.approve("bo").withRoles(roles), NOW.plusSeconds(1));

    assertThat(replace(half)).isTrue();
    assertThat(replace(other)).isFalse();
    assertSame(get("several"), half);
    assertSame(find("binding"), half);
    assertThat(pending()).containsExactly(half);
    assertSame(at(request.expiresAt().minusMillis(1)).find("binding"), half);

    ApprovalRequest whole =
        half.answered(Answer.approve("bo").withRoles(roles), request.expiresAt().minusMillis(1));
    assertThat(replace(whole)).isTrue();
    assertSame(find("binding"), whole);
    assertThat(pending()).isEmpty();
  }

  @Test
  void findsNothingThatWasNotAdded() {
    add(request("a", "grant"));

    assertThat(find("other")).isNull();
    assertThat(get("other")).isNull();
    assertThat(replace(request("other", "grant").answered(NO, NOW))).isFalse();
    assertThat(get("other")).isNull();
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

      ApprovalRequest found = findOrAdd(again(holding), MANY, MANY);

      assertSame(found, holding);
      assertThat(get(again(holding).id())).isNull();
    }
  }

  @Test
  void addsANewRequestWhereTheLastIsSpentOrCancelled() {
    for (ApprovalState state : List.of(ApprovalState.SPENT, ApprovalState.CANCELLED)) {
      ApprovalRequest over = inState(state.name(), state);
      assertThat(find(over.binding())).isNull();

      assertSame(findOrAdd(again(over), MANY, MANY), again(over));

      assertSame(find(over.binding()), again(over));
      assertSame(get(over.id()), over);
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
    assertThat(at(muchLater).replace(request.spent())).isTrue();
    assertThat(at(muchLater).find(request.binding())).isNull();
  }

  @Test
  void replacesNothingButTheVersionBefore() {
    ApprovalRequest first = add(request("a", "grant"));
    ApprovalRequest approved = first.answered(YES, NOW);
    ApprovalRequest denied = first.answered(NO, NOW);

    assertThat(replace(approved)).isTrue();
    assertThat(replace(denied)).isFalse();
    assertThat(replace(approved)).isFalse();
    assertThat(replace(approved.claimed().spent())).isFalse();
    assertSame(get("a"), approved);
  }

  @Test
  void replacesNothingThatHasExpired() {
    ApprovalRequest request = add(request("a", "grant"));
    ApprovalRequest next = request.answered(YES, NOW);

    assertThat(at(request.expiresAt()).replace(next)).isFalse();
    assertThat(find(request.binding())).isNotEqualTo(next);
  }

  @Test
  void neverLetsAnOldRequestTakeTheBindingFromTheOneThatHolds() {
    ApprovalRequest running = inState("a", ApprovalState.IN_USE);
    ApprovalRequest cancelled = running.cancelled();
    assertThat(replace(cancelled)).isTrue();
    add(again(running));

    assertThat(replace(running.givenBack())).isFalse();
    assertSame(find(running.binding()), again(running));
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
    assertThat(get("more")).isNull();
    assertThat(find(request("more", "grant").binding())).isNull();
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
    assertThat(at(later).replace(running.spent())).isTrue();
    assertThat(at(later).findOrAdd(request("b", "grant"), 1, MANY)).isNotNull();
  }

  @Test
  void boundsTheRequestsOfAllGrants() {
    for (int i = 0; i < 3; i++) {
      assertThat(findOrAdd(request("a" + i, "grant " + i), 1, 3)).isNotNull();
    }

    assertThat(findOrAdd(request("b", "another"), 1, 3)).isNull();
    assertThat(pending()).hasSize(3);
    assertThat(at(NOW.plus(MINUTE)).findOrAdd(request("b", "another"), 1, 3)).isNotNull();
  }

  @Test
  void findsWhatIsThereEvenAtTheBounds() {
    ApprovalRequest request = add(request("a", "grant"));

    assertSame(findOrAdd(again(request), 1, 1), request);
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
                findOrAdd(
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
                  replace(
                      request.answered(
                          thread % 2 == 0
                              ? Answer.approve("approver " + thread)
                              : Answer.deny("approver " + thread),
                          NOW)));

      assertThat(replaced).containsOnlyOnce(true);
      ApprovalRequest stored = requireNonNull(get(request.id()));
      assertThat(requireNonNull(stored.answer()).approver())
          .isEqualTo("approver " + replaced.indexOf(true));
    }
  }

  @Test
  void keepsTheBoundOfAGrantUnderManyThreads() throws Exception {
    for (int round = 0; round < 20; round++) {
      String grant = "grant " + round;
      List<Boolean> added =
          inParallel(8, thread -> findOrAdd(request(grant + "/" + thread, grant), 3, MANY) != null);

      assertThat(added.stream().filter(yes -> yes)).hasSize(3);
    }
  }

  private ApprovalStoreKit at(Instant now) {
    time.advance(Duration.between(time.instant(), now));
    return this;
  }

  private ApprovalRequest add(ApprovalRequest request) {
    assertThat(at(NOW).findOrAdd(request, MANY, MANY)).as("request %s", request.id()).isNotNull();
    return request;
  }

  /** Adds a request that went through other states up to this one. */
  private ApprovalRequest inState(String id, ApprovalState state) {
    ApprovalRequest request = add(request(id, "grant"));
    List<UnaryOperator<ApprovalRequest>> path =
        switch (state) {
          case PENDING -> List.of();
          case APPROVED -> List.of(pending -> pending.answered(YES, NOW));
          case IN_USE -> List.of(pending -> pending.answered(YES, NOW), ApprovalRequest::claimed);
          case SPENT ->
              List.of(
                  pending -> pending.answered(YES, NOW),
                  ApprovalRequest::claimed,
                  ApprovalRequest::spent);
          case DENIED -> List.of(pending -> pending.answered(NO, NOW));
          case CANCELLED -> List.of(ApprovalRequest::cancelled);
          case EXPIRED -> throw new IllegalArgumentException("no store holds it");
        };
    for (UnaryOperator<ApprovalRequest> next : path) {
      request = next.apply(request);
      assertThat(replace(request)).isTrue();
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
    return ApprovalRequest.builder(
            id,
            binding,
            "transfer",
            Caller.grant(grant),
            List.of(
                new AskingRule("/tools/transfer/action", "/tools/transfer/action", "why", "{}")))
        .pending(createdAt, MINUTE, MINUTE);
  }

  private @Nullable ApprovalRequest find(String binding) {
    return store.find(binding).toCompletableFuture().join();
  }

  private @Nullable ApprovalRequest get(String id) {
    return store.get(id).toCompletableFuture().join();
  }

  private boolean replace(ApprovalRequest next) {
    return store.replace(next).toCompletableFuture().join();
  }

  private List<ApprovalRequest> pending() {
    return store.pending().toCompletableFuture().join();
  }

  /** {@return the request that holds, or null where a bound is reached} */
  private @Nullable ApprovalRequest findOrAdd(ApprovalRequest request, int perGrant, int inAll) {
    ApprovalStore.Added added =
        store
            .add(request, new ApprovalStore.Bounds(perGrant, inAll, Long.MAX_VALUE, Long.MAX_VALUE))
            .toCompletableFuture()
            .join();
    if (added instanceof ApprovalStore.Added.Holds holds) {
      return holds.request();
    }
    return added instanceof ApprovalStore.Added.Yes ? request : null;
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
