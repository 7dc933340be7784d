package dev.alcada.guard;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.approval.ApprovalStore;
import dev.alcada.approval.Approver;
import dev.alcada.approval.InMemoryApprovalStore;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Decision;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.ApprovalTimes;
import dev.alcada.time.TimeSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Approval requests and a person's answers to them. The host lists and answers requests here and
 * gives the same object to its guard, which makes and uses them. No thread is held for a human: a
 * call that needs approval is answered at once, and the same call passes once after a yes.
 *
 * <p>A yes holds for that very call: tool, arguments, grant, the context values the policy mentions
 * and the content of the rules that ask, all by SHA-256.
 *
 * <p>Methods that take an answer throw an {@link ApprovalException} that names the present state if
 * the request does not take it. Whatever a store throws passes through these methods; towards a
 * guard it denies the call. Safe for use by several threads.
 */
public final class Approvals {
  private final ApprovalStore store;
  private final TimeSource time;
  private final Lifecycle lifecycle;
  private final Waiters waiters;
  private final Requests requests;

  private Approvals(Builder builder) {
    time = builder.time;
    store = builder.store == null ? new InMemoryApprovalStore(time) : builder.store;
    lifecycle = new Lifecycle(store, time);
    waiters = new Waiters(lifecycle, time);
    CounterStore counters =
        builder.counters == null
            ? InMemoryCounterStore.builder().timeSource(time).build()
            : builder.counters;
    requests = new Requests(builder, store, lifecycle, counters);
  }

  /** {@return approvals kept in this process, with the default bounds and nobody called back} */
  public static Approvals inMemory() {
    return builder().build();
  }

  /** {@return a builder} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return the requests that wait for an answer, oldest first} */
  public List<ApprovalRequest> pending() {
    return store.pending();
  }

  /**
   * Returns a request as it stands now.
   *
   * @param id the request's identifier
   * @return the request, or {@code null} if none is known; some time after it has expired it is
   *     forgotten
   */
  public @Nullable ApprovalRequest get(String id) {
    return lifecycle.get(Objects.requireNonNull(id, "id"));
  }

  /**
   * Says yes to a pending request: the same call may run once within the request's {@code valid}.
   *
   * @param id the request's identifier
   * @param approver who says so, 1 to 200 characters; never the grant that made the request, in no
   *     spelling of upper and lower case or of compatible characters
   * @param note why, at most 2,000 characters, or {@code null}
   * @return the approved request
   * @throws ApprovalException if it is unknown or not pending, or the approver is its requester
   * @throws IllegalArgumentException if the approver or the note is out of its range
   */
  public ApprovalRequest approve(String id, String approver, @Nullable String note) {
    return lifecycle.answer(
        Objects.requireNonNull(id, "id"), true, Objects.requireNonNull(approver, "approver"), note);
  }

  /**
   * Says no to a pending request: the same call is denied until the request would have expired.
   *
   * @param id the request's identifier
   * @param approver who says so, as for {@link #approve}
   * @param note what the agent is told, at most 2,000 characters, or {@code null}
   * @return the denied request
   * @throws ApprovalException if it is unknown or not pending, or the approver is its requester
   * @throws IllegalArgumentException if the approver or the note is out of its range
   */
  public ApprovalRequest deny(String id, String approver, @Nullable String note) {
    return lifecycle.answer(
        Objects.requireNonNull(id, "id"),
        false,
        Objects.requireNonNull(approver, "approver"),
        note);
  }

  /**
   * Withdraws a request that is pending, approved, denied or in use; the same call asks anew. A
   * call that runs already is not stopped, and can no longer give its yes back: this also frees a
   * request left in use by a process that died.
   *
   * @param id the request's identifier
   * @return the cancelled request
   * @throws ApprovalException if it is unknown, or its state is another
   */
  public ApprovalRequest cancel(String id) {
    return lifecycle.cancel(Objects.requireNonNull(id, "id"));
  }

  /**
   * Adds a listener to every request made and every change of its state made through this object;
   * an expiry is not told. A request that is {@link ApprovalState#PENDING} is a new one. It is
   * called on the thread that makes the change, must return at once, and what it throws is only
   * logged.
   *
   * @param listener the listener
   * @return what removes the listener when run
   */
  public Runnable listen(Consumer<ApprovalRequest> listener) {
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
   * Finds where a call stands that needs approval, and requests it if nobody has been asked: for a
   * guard, after the limits were found to have room.
   *
   * @param call the call
   * @param asks the rules that ask, in document order, at least one
   * @param times how long a new request waits and its yes lasts
   * @param contextNames the names of all context values that the policy mentions
   * @return where it stands; never throws for any argument or failure of the store
   */
  Standing ask(
      ToolCall call, List<AskingRule> asks, ApprovalTimes times, Set<String> contextNames) {
    return requests.ask(call, asks, times, contextNames);
  }

  /**
   * Finds where a call stands that needs approval, and requests nothing.
   *
   * @param call the call
   * @param asks the rules that ask, in document order, at least one
   * @param contextNames the names of all context values that the policy mentions
   * @return where it stands; never throws for any argument or failure of the store
   */
  Standing look(ToolCall call, List<AskingRule> asks, Set<String> contextNames) {
    return requests.look(call, asks, contextNames);
  }

  /**
   * Takes an approval for one run, atomically: of any number of threads at most one gets it.
   *
   * @param approved an approved request, as {@link #ask} returned it
   * @return the claim, to be settled after the run; {@code null} if the approval is not there any
   *     more because it was claimed, was cancelled or has lapsed
   */
  @Nullable ApprovalClaim claim(ApprovalRequest approved) {
    ApprovalRequest claimed = lifecycle.claim(approved);
    return claimed == null ? null : new ApprovalClaim(lifecycle, claimed);
  }

  /**
   * Returns what to tell the agent when {@link #claim} came too late.
   *
   * @param approved the request that could not be claimed
   */
  Decision.Denied tooLate(ApprovalRequest approved) {
    return ApprovalMessages.inUse(approved.asks().get(0));
  }

  /** Makes {@link Approvals}. Not safe for use by several threads. */
  public static final class Builder {
    TimeSource time = TimeSource.system();
    @Nullable ApprovalStore store;
    @Nullable CounterStore counters;
    @Nullable Approver approver;
    Function<ToolCall, Map<String, ? extends @Nullable Object>> redaction = ToolCall::arguments;
    int maxPerGrant = 20;
    int maxInAll = 10_000;
    int maxNewPerHour = 60;

    private Builder() {}

    /**
     * Sets where requests are kept; in this process, unless set.
     *
     * @param approvalStore the store
     * @return this builder
     */
    public Builder store(ApprovalStore approvalStore) {
      store = Objects.requireNonNull(approvalStore, "approvalStore");
      return this;
    }

    /**
     * Sets where new requests are counted by grant and hour; in this process, unless set.
     *
     * @param counterStore the store
     * @return this builder
     */
    public Builder counterStore(CounterStore counterStore) {
      counters = Objects.requireNonNull(counterStore, "counterStore");
      return this;
    }

    /**
     * Sets the clocks; the machine's, unless set.
     *
     * @param timeSource the clocks
     * @return this builder
     */
    public Builder timeSource(TimeSource timeSource) {
      time = Objects.requireNonNull(timeSource, "timeSource");
      return this;
    }

    /**
     * Sets who is asked about each new request; nobody, unless set.
     *
     * @param asked the approver
     * @return this builder
     */
    public Builder approver(Approver asked) {
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
     */
    public Builder redaction(Function<ToolCall, Map<String, ? extends @Nullable Object>> shown) {
      redaction = Objects.requireNonNull(shown, "shown");
      return this;
    }

    /**
     * Sets how many requests of one grant may be there that have not expired, in any state.
     *
     * @param max at least 1; 20 unless set
     * @return this builder
     */
    public Builder maxPerGrant(int max) {
      maxPerGrant = atLeastOne(max, "maxPerGrant");
      return this;
    }

    /**
     * Sets how many requests may be there that have not expired, in any state. Each may keep 64 KiB
     * of arguments.
     *
     * @param max at least 1; 10,000 unless set
     * @return this builder
     */
    public Builder maxInAll(int max) {
      maxInAll = atLeastOne(max, "maxInAll");
      return this;
    }

    /**
     * Sets how many new requests one grant may make in any hour.
     *
     * @param max at least 1; 60 unless set
     * @return this builder
     */
    public Builder maxNewPerHour(int max) {
      maxNewPerHour = atLeastOne(max, "maxNewPerHour");
      return this;
    }

    /** {@return the approvals} */
    public Approvals build() {
      return new Approvals(this);
    }

    private static int atLeastOne(int max, String name) {
      if (max < 1) {
        throw new IllegalArgumentException(name + " must be at least 1, not " + max);
      }
      return max;
    }
  }
}
