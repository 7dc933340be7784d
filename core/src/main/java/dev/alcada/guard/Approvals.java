package dev.alcada.guard;

import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.approval.ApprovalStore;
import dev.alcada.approval.Approver;
import dev.alcada.approval.InMemoryApprovalStore;
import dev.alcada.audit.DecisionListener;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Quorum;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.ApprovalTerms;
import dev.alcada.policy.ValuePath.Root;
import dev.alcada.time.TimeSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Approval requests and a person's answers to them. The host lists and answers requests here and
 * gives the same object to its guard, which makes and uses them. No thread is held for a human: a
 * call that needs approval is answered at once, and the same call passes once after a yes.
 *
 * <p>A yes holds for that very call: tool, arguments, grant, the context values the policy mentions
 * and the content of the rules that ask with whose yes they want, all by SHA-256.
 *
 * <p>Methods that take an answer throw an {@link ApprovalException} that names the present state if
 * the request does not take it. Whatever a store throws passes through these methods; towards a
 * guard it denies the call. Safe for use by several threads.
 */
public final class Approvals {
  private final Settings settings;
  private final Lifecycle lifecycle;
  private final Waiters waiters;
  private final Requests requests;
  private final ApprovalRecords records;

  private Approvals(Settings settings) {
    this.settings = settings;
    lifecycle =
        new Lifecycle(settings.store(), settings.time(), settings.executor(), settings.mayAnswer());
    waiters = new Waiters(lifecycle, settings.executor());
    requests = new Requests(settings, lifecycle);
    records = new ApprovalRecords(lifecycle, settings.time(), settings.executor());
  }

  /** What a builder has gathered. */
  record Settings(
      ApprovalStore store,
      CounterStore counters,
      TimeSource time,
      Executor executor,
      @Nullable Approver approver,
      Function<ToolCall, Map<String, ? extends @Nullable Object>> redaction,
      Function<ToolCall, Map<String, String>> metadata,
      BiPredicate<ApprovalRequest, Answer> mayAnswer,
      ApprovalStore.Bounds bounds,
      int maxNewPerHour) {}

  /** {@return approvals kept in this process, with the default bounds and nobody called back} */
  public static Approvals inMemory() {
    return builder().build();
  }

  /** {@return a builder} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns the requests that wait for an answer, oldest first. Waits for the store.
   *
   * @throws IllegalStateException if the thread is interrupted while it waits
   * @throws RuntimeException what the store threw
   */
  public List<ApprovalRequest> pending() {
    return Stages.joined(() -> Stages.asked(settings.store()::pending));
  }

  /**
   * Returns a request as it stands now. Waits for the store.
   *
   * @param id the request's identifier
   * @return the request, or {@code null} if none is known; some time after it has expired it is
   *     forgotten
   * @throws IllegalStateException if the thread is interrupted while it waits
   */
  public @Nullable ApprovalRequest get(String id) {
    Objects.requireNonNull(id, "id");
    return Stages.joined(() -> lifecycle.get(id));
  }

  /**
   * Returns a request as {@link #get} does, without waiting.
   *
   * @param id the request's identifier
   * @return a stage of the request, or of {@code null} if none is known
   */
  public CompletionStage<@Nullable ApprovalRequest> getAsync(String id) {
    return lifecycle.get(Objects.requireNonNull(id, "id"));
  }

  /**
   * Answers a pending request. After a yes the same call may run once within the request's {@code
   * valid}; after a no it is denied until the request would have expired. A request that needs
   * several people stays pending until the last of them has said yes; any no denies it.
   *
   * <p>Who answers, and in which roles, is what the host has authenticated. Who may answer is the
   * host's to decide, beside the {@linkplain ApprovalRequest#quorum roles} that the rules want;
   * this refuses the requester: the grant, the client or a person behind the call, in whatever
   * spelling of case and of compatible characters. By the same spelling one person cannot say yes
   * twice.
   *
   * @param id the request's identifier
   * @param answer the answer
   * @return a stage of the answered request; it fails with an {@link ApprovalException} if the
   *     request is unknown or not pending, or does not {@linkplain ApprovalRequest#refusal take}
   *     the answer, or the approver may not answer it
   */
  public CompletionStage<ApprovalRequest> answer(String id, Answer answer) {
    return lifecycle.answer(
        Objects.requireNonNull(id, "id"), Objects.requireNonNull(answer, "answer"));
  }

  /**
   * Says yes to a pending request and waits for the store, as {@link #answer} does without waiting.
   *
   * @param id the request's identifier
   * @param approver who says so, 1 to 200 characters
   * @param note why, at most 2,000 characters, or {@code null}
   * @return the approved request, or a pending one that needs further people
   * @throws ApprovalException if it is unknown or not pending, or does not take the answer
   * @throws IllegalArgumentException if the approver or the note is out of its range
   * @throws IllegalStateException if the thread is interrupted while it waits; whether the answer
   *     counts is not known then
   */
  public ApprovalRequest approve(String id, String approver, @Nullable String note) {
    Answer yes = Answer.approve(approver).withNote(note);
    return Stages.joined(() -> lifecycle.answer(Objects.requireNonNull(id, "id"), yes));
  }

  /**
   * Says no to a pending request and waits for the store, as {@link #answer} does without waiting.
   *
   * @param id the request's identifier
   * @param approver who says so, 1 to 200 characters
   * @param note what the agent is told, at most 2,000 characters, or {@code null}
   * @return the denied request
   * @throws ApprovalException if it is unknown or not pending, or the approver is its requester
   * @throws IllegalArgumentException if the approver or the note is out of its range
   * @throws IllegalStateException if the thread is interrupted while it waits; whether the answer
   *     counts is not known then
   */
  public ApprovalRequest deny(String id, String approver, @Nullable String note) {
    Answer no = Answer.deny(approver).withNote(note);
    return Stages.joined(() -> lifecycle.answer(Objects.requireNonNull(id, "id"), no));
  }

  /**
   * Withdraws a request that is pending, approved, denied or in use; the same call asks anew. A
   * call that runs already is not stopped, and can no longer give its yes back: this also frees a
   * request left in use by a process that died. Waits for the store.
   *
   * @param id the request's identifier
   * @return the cancelled request
   * @throws ApprovalException if it is unknown, or its state is another
   * @throws IllegalStateException if the thread is interrupted while it waits; whether the request
   *     is withdrawn is not known then
   */
  public ApprovalRequest cancel(String id) {
    Objects.requireNonNull(id, "id");
    return Stages.joined(() -> lifecycle.cancel(id));
  }

  /** Withdraws a request for a guard, which does not wait. */
  @SuppressWarnings("FutureReturnValueIgnored") // answered meanwhile, or it will expire
  void withdraw(ApprovalRequest made) {
    lifecycle.cancel(made.id());
  }

  /**
   * Adds a listener to every request made and every change of its state made through this object;
   * an expiry is not told. A request that is {@link ApprovalState#PENDING} is a new one, or one of
   * which somebody but not everybody needed has {@linkplain ApprovalRequest#approvals approved}. It
   * is called on the thread that makes the change, must return at once, and what it throws is only
   * logged.
   *
   * @param listener the listener
   * @return what removes the listener when closed
   */
  public Registration listen(Consumer<ApprovalRequest> listener) {
    return lifecycle.listen(Objects.requireNonNull(listener, "listener"));
  }

  /**
   * Returns a stage that completes when a request is no longer pending: answered, cancelled or
   * expired. No thread waits. A change made through this object is seen at once, an expiry or a
   * change made by another process about a second later.
   *
   * @param id the request's identifier
   * @return the request as it was decided; fails with an {@link ApprovalException} if it is
   *     unknown, or with what the store threw
   */
  public CompletionStage<ApprovalRequest> decision(String id) {
    return waiters.await(Objects.requireNonNull(id, "id"));
  }

  /**
   * Tells these of every change of a request from now on; each once, however many guards say so.
   */
  void record(List<DecisionListener> listeners) {
    records.add(listeners);
  }

  /** As {@link #decision}, for a call that would like to wait; null if too many do. */
  @Nullable CompletableFuture<ApprovalRequest> awaitPatiently(String id) {
    return waiters.awaitPatiently(id);
  }

  /** Finds where a call stands that needs approval, and requests it if nobody has been asked. */
  CompletableFuture<Standing> ask(
      ToolCall call,
      List<AskingRule> asks,
      ApprovalTerms terms,
      Quorum quorum,
      Set<Root> mentioned) {
    return requests.ask(call, asks, terms, quorum, mentioned);
  }

  /** Finds where a call stands that needs approval, and requests nothing. */
  CompletableFuture<Standing> look(
      ToolCall call, List<AskingRule> asks, Quorum quorum, Set<Root> mentioned) {
    return requests.look(call, asks, quorum, mentioned);
  }

  /**
   * Takes an approval for one run: of any number of threads at most one gets it, others null.
   *
   * @param asking is given the claim before the store is asked: whatever ends between the store's
   *     yes and the call's start, it can be given back
   */
  CompletableFuture<@Nullable ApprovalClaim> claim(
      ApprovalRequest approved, Consumer<ApprovalClaim> asking) {
    if (approved.at(settings.time().instant()).state() != ApprovalState.APPROVED) {
      return CompletableFuture.completedFuture(null);
    }
    ApprovalClaim wanted = new ApprovalClaim(lifecycle, approved.claimed());
    asking.accept(wanted);
    return Stages.then(
        lifecycle.claim(wanted.request()),
        settings.executor(),
        taken -> CompletableFuture.completedFuture(taken ? wanted : null));
  }

  /** Makes {@link Approvals}. Not safe for use by several threads. */
  public static final class Builder {
    private @Nullable TimeSource time;
    private @Nullable ApprovalStore store;
    private @Nullable CounterStore counters;
    private @Nullable Executor executor;
    private @Nullable Approver approver;
    private @Nullable Function<ToolCall, Map<String, ? extends @Nullable Object>> redaction;
    private @Nullable Function<ToolCall, Map<String, String>> metadata;
    private @Nullable BiPredicate<ApprovalRequest, Answer> mayAnswer;
    private @Nullable Integer maxPerGrant;
    private @Nullable Integer maxInAll;
    private @Nullable Long maxBytesPerGrant;
    private @Nullable Long maxBytesInAll;
    private @Nullable Integer maxNewPerHour;

    private Builder() {}

    /**
     * Sets where requests are kept; in this process, unless set.
     *
     * @param approvalStore the store
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder store(ApprovalStore approvalStore) {
      unset(store, "store");
      store = Objects.requireNonNull(approvalStore, "approvalStore");
      return this;
    }

    /**
     * Sets where new requests are counted by grant and hour; in this process, unless set.
     *
     * @param counterStore the store
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder counterStore(CounterStore counterStore) {
      unset(counters, "counterStore");
      counters = Objects.requireNonNull(counterStore, "counterStore");
      return this;
    }

    /**
     * Sets the clocks; the machine's, unless set.
     *
     * @param timeSource the clocks
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder timeSource(TimeSource timeSource) {
      unset(time, "timeSource");
      time = Objects.requireNonNull(timeSource, "timeSource");
      return this;
    }

    /**
     * Sets where work goes on that waited for a store: {@link
     * java.util.concurrent.ForkJoinPool#commonPool}, unless set.
     *
     * @param runsOn the executor; it must not run a task on the thread that hands it over
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder executor(Executor runsOn) {
      unset(executor, "executor");
      executor = Objects.requireNonNull(runsOn, "runsOn");
      return this;
    }

    /**
     * Sets who is asked about each new request; nobody, unless set. What it answers is nobody's in
     * particular: where rules want several people or roles, its no counts and its yes does not. A
     * host that knows who answers leaves the request pending and says so by {@link
     * Approvals#answer}.
     *
     * @param asked the approver
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder approver(Approver asked) {
      unset(approver, "approver");
      approver = Objects.requireNonNull(asked, "asked");
      return this;
    }

    /**
     * Sets what of a call's arguments is kept for the approver to read; all of them, unless set.
     * The approval binds to the arguments as they are, whatever is shown. If the function fails,
     * the call is denied.
     *
     * @param shown returns the arguments as an approver may see them
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder redaction(Function<ToolCall, Map<String, ? extends @Nullable Object>> shown) {
      unset(redaction, "redaction");
      redaction = Objects.requireNonNull(shown, "shown");
      return this;
    }

    /**
     * Sets what the host says of a call to whoever approves it, such as a ticket or the name behind
     * an account; nothing, unless set. The approval does not bind to it. If the function fails, or
     * returns more than a {@linkplain ApprovalRequest.Builder#metadata request takes}, the call is
     * denied.
     *
     * @param said returns texts by name
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder metadata(Function<ToolCall, Map<String, String>> said) {
      unset(metadata, "metadata");
      metadata = Objects.requireNonNull(said, "said");
      return this;
    }

    /**
     * Sets who may answer which request; everybody but the requester, unless set. It is asked of
     * every answer, an {@link Approver}'s too, after the requester was refused. Where it says no or
     * fails, the answer is refused with an {@link ApprovalException} and the request stays pending.
     *
     * @param allows whether this answer, by its approver and roles, may be given to this request;
     *     must return at once, and may be asked twice about one answer
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder mayAnswer(BiPredicate<ApprovalRequest, Answer> allows) {
      unset(mayAnswer, "mayAnswer");
      mayAnswer = Objects.requireNonNull(allows, "allows");
      return this;
    }

    /**
     * Sets how many requests of one grant may be there that have not expired, in any state.
     *
     * @param max at least 1; 20 unless set
     * @return this builder
     * @throws IllegalArgumentException if it is less
     * @throws IllegalStateException if it was set before
     */
    public Builder maxPerGrant(int max) {
      unset(maxPerGrant, "maxPerGrant");
      maxPerGrant = (int) atLeastOne(max, "maxPerGrant");
      return this;
    }

    /**
     * Sets how many requests may be there that have not expired, in any state.
     *
     * @param max at least 1; 10,000 unless set
     * @return this builder
     * @throws IllegalArgumentException if it is less
     * @throws IllegalStateException if it was set before
     */
    public Builder maxInAll(int max) {
      unset(maxInAll, "maxInAll");
      maxInAll = (int) atLeastOne(max, "maxInAll");
      return this;
    }

    /**
     * Sets how many bytes the requests of one grant may take.
     *
     * @param max at least 1; 1 MiB unless set
     * @return this builder
     * @throws IllegalArgumentException if it is less
     * @throws IllegalStateException if it was set before
     */
    public Builder maxBytesPerGrant(long max) {
      unset(maxBytesPerGrant, "maxBytesPerGrant");
      maxBytesPerGrant = atLeastOne(max, "maxBytesPerGrant");
      return this;
    }

    /**
     * Sets how many bytes all requests may take.
     *
     * @param max at least 1; 64 MiB unless set
     * @return this builder
     * @throws IllegalArgumentException if it is less
     * @throws IllegalStateException if it was set before
     */
    public Builder maxBytesInAll(long max) {
      unset(maxBytesInAll, "maxBytesInAll");
      maxBytesInAll = atLeastOne(max, "maxBytesInAll");
      return this;
    }

    /**
     * Sets how many new requests one grant may make in any hour.
     *
     * @param max at least 1; 60 unless set
     * @return this builder
     * @throws IllegalArgumentException if it is less
     * @throws IllegalStateException if it was set before
     */
    public Builder maxNewPerHour(int max) {
      unset(maxNewPerHour, "maxNewPerHour");
      maxNewPerHour = (int) atLeastOne(max, "maxNewPerHour");
      return this;
    }

    /** {@return the approvals} */
    public Approvals build() {
      TimeSource clocks = time == null ? TimeSource.system() : time;
      return new Approvals(
          new Settings(
              store == null ? InMemoryApprovalStore.create(clocks) : store,
              counters == null
                  ? InMemoryCounterStore.builder().timeSource(clocks).build()
                  : counters,
              clocks,
              executor == null ? ForkJoinPool.commonPool() : executor,
              approver,
              redaction == null ? ToolCall::arguments : redaction,
              metadata == null ? call -> Map.of() : metadata,
              mayAnswer == null ? (request, answer) -> true : mayAnswer,
              new ApprovalStore.Bounds(
                  maxPerGrant == null ? 20 : maxPerGrant,
                  maxInAll == null ? 10_000 : maxInAll,
                  maxBytesPerGrant == null ? 1 << 20 : maxBytesPerGrant,
                  maxBytesInAll == null ? 64 << 20 : maxBytesInAll),
              maxNewPerHour == null ? 60 : maxNewPerHour));
    }

    private static void unset(@Nullable Object value, String setting) {
      if (value != null) {
        throw new IllegalStateException(setting + " was set before");
      }
    }

    private static long atLeastOne(long max, String name) {
      if (max < 1) {
        throw new IllegalArgumentException(name + " must be at least 1, not " + max);
      }
      return max;
    }
  }
}
