package dev.alcada.guard;

import dev.alcada.audit.ArgumentDigests;
import dev.alcada.audit.DecisionListener;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Held;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.decision.Caller;
import dev.alcada.decision.CompiledPolicy;
import dev.alcada.decision.Coverage;
import dev.alcada.decision.Decision;
import dev.alcada.decision.Explanation;
import dev.alcada.decision.Explanation.LimitUsage;
import dev.alcada.decision.ToolCall;
import dev.alcada.policy.Policy;
import dev.alcada.time.TimeSource;
import dev.alcada.tool.ToolDefinition;
import dev.alcada.tool.ToolPins;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a policy around tool handlers: a call is decided, its limits are reserved, the handler runs,
 * and what was reserved is settled by what came of it.
 *
 * <pre>{@code
 * ToolGuard guard = ToolGuard.builder(Policy.load(Path.of("policy.json"))).build();
 *
 * ToolCall call = ToolCall.of("refund_charge", arguments, Caller.grant("agent-7"));
 * Outcome<String> outcome = guard.call(call, judged -> refund(judged.arguments()));
 * if (outcome instanceof Outcome.Completed<String> done) {
 *   return done.value();
 * }
 * return outcome.decision().text(); // what to tell the agent
 * }</pre>
 *
 * <p>A call that the policy does not allow is an {@link Outcome}, never an exception. Whatever goes
 * wrong in the guard itself, or in a store, a policy source or a listener it was given, denies the
 * call or changes nothing; it never lets a call through.
 *
 * <p>Safe for use by several threads. One guard should serve all handlers that share limits.
 */
public final class ToolGuard {
  private static final Logger LOG = LoggerFactory.getLogger(ToolGuard.class);

  private final PolicyInForce policies;
  private final PinnedTools pinned;
  private final Approvals approvals;
  private final List<Consumer<Policy>> onReplaced = new CopyOnWriteArrayList<>();
  private final List<Consumer<Policy>> checks = new CopyOnWriteArrayList<>();
  private final Halt halt;
  private final Gate gate;
  private final Explainer explainer;
  private final Executor executor;
  private final @Nullable ResultClassifier classifier;
  private final Duration approvalPatience;

  private ToolGuard(Builder builder) {
    TimeSource time = builder.time == null ? TimeSource.system() : builder.time;
    policies =
        builder.source == null
            ? new PolicyInForce(Objects.requireNonNull(builder.policy), time)
            : new PolicyInForce(builder.source, time);
    CounterStore counters =
        builder.counters == null
            ? InMemoryCounterStore.builder().timeSource(time).build()
            : builder.counters;
    approvals = builder.approvals == null ? approvals(time, builder.executor) : builder.approvals;
    executor = Objects.requireNonNullElseGet(builder.executor, ForkJoinPool::commonPool);
    pinned = new PinnedTools(builder.pins);
    Listeners listeners =
        new Listeners(
            builder.listeners,
            time,
            builder.digests == null ? ArgumentDigests.random() : builder.digests,
            !(counters instanceof InMemoryCounterStore));
    halt = new Halt(builder.afterLastLook);
    halt.byDocument(builder.policy == null ? null : builder.policy.halted());
    gate = new Gate(policies, pinned, counters, approvals, time, executor, halt, listeners);
    approvals.record(builder.listeners);
    explainer = new Explainer(policies, counters, executor);
    classifier = builder.classifier;
    approvalPatience = Objects.requireNonNullElse(builder.approvalPatience, Duration.ZERO);
  }

  private static Approvals approvals(TimeSource time, @Nullable Executor executor) {
    Approvals.Builder made = Approvals.builder().timeSource(time);
    return executor == null ? made.build() : made.executor(executor).build();
  }

  /**
   * Returns a builder of a guard with one policy for all callers.
   *
   * @param policy the policy, to be exchanged by {@link #replacePolicy}
   * @return the builder
   */
  public static Builder builder(Policy policy) {
    return new Builder(Objects.requireNonNull(policy, "policy"), null);
  }

  /**
   * Returns a builder of a guard that asks for the policy of each caller.
   *
   * @param source finds the policy in force for a caller
   * @return the builder
   */
  public static Builder builder(PolicySource source) {
    return new Builder(null, Objects.requireNonNull(source, "source"));
  }

  /**
   * Decides about a call and, if it is allowed, runs the handler on this thread. A store that is
   * behind a network is waited for.
   *
   * @param call the call
   * @param handler what runs if the call is allowed, with that very call
   * @param <R> what the handler returns
   * @return the handler's value, a denial, or the need for an approval
   * @throws Exception what the handler threw, unchanged, after the call was settled; nothing else
   */
  public <R extends @Nullable Object> Outcome<R> call(ToolCall call, ToolHandler<R> handler)
      throws Exception {
    return called(call, null, handler);
  }

  /**
   * As {@link #call(ToolCall, ToolHandler)}, with a look at a call that the rules let through,
   * before anything is counted or anybody is asked.
   *
   * @param call the call
   * @param precheck what looks at the call
   * @param handler what runs if the call is allowed, with that very call
   * @param <R> what the handler returns
   * @return the value of the handler or the precheck, a denial, or the need for an approval
   * @throws Exception what the handler threw, unchanged, after the call was settled; nothing else
   */
  public <R> Outcome<R> call(ToolCall call, Precheck<R> precheck, ToolHandler<R> handler)
      throws Exception {
    return called(call, Objects.requireNonNull(precheck, "precheck"), handler);
  }

  private <R extends @Nullable Object> Outcome<R> called(
      ToolCall call, @Nullable Precheck<?> precheck, ToolHandler<R> handler) throws Exception {
    Objects.requireNonNull(handler, "handler");
    Admission admission = gate.admit(Objects.requireNonNull(call, "call"), precheck);
    boolean begun = false;
    R value;
    try {
      if (!admission.allowed()) {
        return refused(admission.decision());
      }
      if (admission.instead() != null) {
        return instead(admission.instead());
      }
      Decision halted = gate.stopped(call, admission);
      if (halted != null) {
        return refused(halted);
      }
      begun = true;
      value = handler.handle(call);
    } catch (Throwable failure) {
      if (!begun) {
        gate.withdraw(admission);
        return refused(Gate.internal(failure));
      }
      gate.settle(admission, endOf(failure), failure, null);
      throw failure;
    }
    Answered answered =
        admission.mayLeaveMarks()
            ? answered(call, value, handler::isError, handler::content)
            : null;
    gate.settle(admission, endOf(call, value), null, answered);
    return new Outcome.Completed<>(value);
  }

  @SuppressWarnings("unchecked") // a precheck gives what its handler would
  private static <R extends @Nullable Object> Outcome<R> instead(Object value) {
    return new Outcome.Completed<>((R) value);
  }

  /**
   * Decides about a call and, if it is allowed, starts the handler; no thread is held, neither
   * while it runs nor for a store that answers late. Where nothing has to be waited for, all of it
   * happens on this thread; else the handler starts on the guard's {@linkplain Builder#executor
   * executor}, never on a store's thread.
   *
   * <p>Cancelling the returned stage's future while the call is being decided leaves nothing
   * behind; once the handler runs, it cancels the handler's and leaves the call counted, since
   * nobody knows what it has done.
   *
   * <p>A call that needs an approval waits for the answer as long as the guard's {@linkplain
   * Builder#approvalPatience patience} lasts, and is then decided anew. Only a few calls wait for
   * the same answer; further ones are told at once that an approval is required.
   *
   * @param call the call
   * @param handler what starts if the call is allowed, with that very call
   * @param <R> what the handler's stage completes with
   * @return a stage that completes with the outcome, or with what the handler threw or its stage
   *     failed with, after the call was settled
   */
  public <R extends @Nullable Object> CompletionStage<Outcome<R>> callAsync(
      ToolCall call, AsyncToolHandler<R> handler) {
    return calledAsync(call, null, handler);
  }

  /**
   * As {@link #callAsync(ToolCall, AsyncToolHandler)}, with a look at a call that the rules let
   * through, before anything is counted or anybody is asked.
   *
   * @param call the call
   * @param precheck what looks at the call, on the thread that judges it
   * @param handler what starts if the call is allowed, with that very call
   * @param <R> what the handler's stage completes with
   * @return a stage that completes with the outcome, or with what the handler threw or its stage
   *     failed with, after the call was settled
   */
  public <R> CompletionStage<Outcome<R>> callAsync(
      ToolCall call, Precheck<R> precheck, AsyncToolHandler<R> handler) {
    return calledAsync(call, Objects.requireNonNull(precheck, "precheck"), handler);
  }

  private <R extends @Nullable Object> CompletionStage<Outcome<R>> calledAsync(
      ToolCall call, @Nullable Precheck<?> precheck, AsyncToolHandler<R> handler) {
    Objects.requireNonNull(call, "call");
    AsyncCall<R> running =
        new AsyncCall<>(
            gate, halt, this, call, precheck, Objects.requireNonNull(handler, "handler"), executor);
    return running.begin(approvalPatience, approvals);
  }

  /**
   * Says how a call has ended of which nobody knew: its handler failed, timed out, was cancelled,
   * never came back, or went down with its process. {@link Ended#NOT_DONE} gives back what it holds
   * (amounts that count successes, {@code once}, what runs, marks that restrict); {@link
   * Ended#DONE} says that it no longer runs and is done. Neither leaves a mark that permits.
   * Listeners are told by {@link dev.alcada.audit.DecisionListener#onSettledLate}.
   *
   * <p>Every guard whose {@linkplain Builder#counterStore store} holds the call can say so, in
   * whichever process. It waits for the store. What an approval of the call was worth stays spent.
   *
   * @param callId the {@linkplain dev.alcada.audit.DecisionEvent#id identifier} of the decision
   *     that let the call through
   * @param ended {@link Ended#DONE} or {@link Ended#NOT_DONE}
   * @return whether the call was there and its end unknown; {@code false} as well if it holds
   *     nothing that its end could change
   * @throws IllegalArgumentException if it is {@link Ended#UNKNOWN}
   * @throws UnsupportedOperationException if the store cannot find a call by its identifier
   * @throws RuntimeException what the store threw; then nobody was told
   */
  public boolean settle(String callId, Ended ended) {
    return gate.settleLate(
        Objects.requireNonNull(callId, "callId"), Objects.requireNonNull(ended, "ended"));
  }

  /**
   * Lists what calls have left behind that {@link #takeBack} can remove: marks, what runs, or calls
   * that are not to be made twice. Waits for the store.
   *
   * @param kind {@link CounterId.Kind#MARK}, {@link CounterId.Kind#IN_FLIGHT} or {@link
   *     CounterId.Kind#ONCE}
   * @param after the {@linkplain CounterKey#text text} of the last key of the list before, or empty
   *     for the first ones
   * @param most how many to list at most, at least 1
   * @return those after it, by the text of their keys; unmodifiable
   * @throws IllegalArgumentException if the kind is another, or {@code most} is less than 1
   * @throws UnsupportedOperationException if the store cannot list
   */
  public List<Held> held(CounterId.Kind kind, String after, int most) {
    return gate.held(
        Objects.requireNonNull(kind, "kind"), Objects.requireNonNull(after, "after"), most);
  }

  /**
   * Takes back what is there under a key, whichever calls have left it: an operator's word for
   * calls of which nobody knows how they ended, and which {@link #settle} can no longer find.
   * Listeners are told by {@link dev.alcada.audit.DecisionListener#onTakenBack}. Waits for the
   * store.
   *
   * @param key as {@link #held} lists it
   * @return whether anything was there
   * @throws IllegalArgumentException if the key is of a counter whose counts are not taken back
   * @throws UnsupportedOperationException if the store cannot
   * @throws RuntimeException what the store threw; then nobody was told
   */
  public boolean takeBack(CounterKey key) {
    return gate.takeBack(Objects.requireNonNull(key, "key"));
  }

  /**
   * Stops all calls until {@link #resume}, whatever documents come. Every call is denied with code
   * {@code halted}: those that begin, those that wait for a person or a store, and those that were
   * let through but have not started; what was held for these is given back. Returns when no call
   * is about to start any more, so that after it none starts. Handlers that have started go on.
   *
   * <p>Lists of tools stay as they are, and answers to approval requests are still taken. Halting
   * again replaces the text.
   *
   * @param text what the agent is told; if it is blank, that all tools are stopped
   */
  public void halt(String text) {
    halt.byOperator(Objects.requireNonNull(text, "text"));
    LOG.info("All calls are halted by the operator.");
  }

  /** Ends what {@link #halt} began. A document that halts still does. */
  public void resume() {
    halt.resume();
    LOG.info("Calls are no longer halted by the operator.");
  }

  /**
   * Returns what every call is told while all are stopped, by {@link #halt} or by the policy in
   * force.
   *
   * @return the text, or {@code null} if calls are not stopped
   */
  public @Nullable String halted() {
    Decision.Denied denied = halt.now();
    return denied == null ? null : denied.message();
  }

  /** {@return where the calls that need a person's approval are listed and answered} */
  public Approvals approvals() {
    return approvals;
  }

  /**
   * Decides about a call without running, counting, asking or reporting anything.
   *
   * @param call the call
   * @return what {@link #call} would decide now
   */
  public Decision check(ToolCall call) {
    return gate.check(Objects.requireNonNull(call, "call"));
  }

  /**
   * Decides as {@link #check} does, and holds no thread for a store that answers late.
   *
   * @param call the call
   * @return a stage of what {@link #callAsync} would decide now; it never fails
   */
  public CompletionStage<Decision> checkAsync(ToolCall call) {
    CompletableFuture<Decision> decision = new CompletableFuture<>();
    gate.admit(
        Objects.requireNonNull(call, "call"),
        null,
        Gate.Mode.CHECK,
        decision::isDone,
        admission -> decision.complete(admission.decision()));
    return decision;
  }

  /**
   * Explains how a call would be judged now, rule by rule, with what is left of its limits. Nothing
   * is run, counted, asked or reported. A store that is behind a network is waited for.
   *
   * @param call the call
   * @return the explanation, without any value of the call
   */
  public Explanation explain(ToolCall call) {
    return explainer.explain(call, check(call), false);
  }

  /**
   * Explains as {@link #explain} does, with the values that were looked at: for whoever may see
   * what the call holds.
   *
   * @param call the call
   * @return the explanation
   */
  public Explanation explainWithValues(ToolCall call) {
    return explainer.explain(call, check(call), true);
  }

  /**
   * Returns what is left of the limits that count by the caller alone, of whatever tool. A store
   * that is behind a network is waited for.
   *
   * @param caller the caller
   * @return one for each limit by grant, session or global, in no order; empty if no policy applies
   */
  public List<LimitUsage> usage(Caller caller) {
    Objects.requireNonNull(caller, "caller");
    return Stages.joined(() -> explainer.usage(caller));
  }

  /**
   * Returns what is left of the limits that a call would be charged, and holds no thread for a
   * store that answers late.
   *
   * @param call the call
   * @return a stage of one for each limit, in document order; it never fails
   */
  public CompletionStage<List<LimitUsage>> usageAsync(ToolCall call) {
    return explainer.usage(Objects.requireNonNull(call, "call"));
  }

  /**
   * Returns whether a caller may see a tool in a list of tools. A tool that is not visible is also
   * denied when called; a visible one may still be.
   *
   * @param tool the tool's name
   * @param caller who asks for the list
   * @return {@code false} if the policy hides the tool, or no policy applies to the caller
   */
  public boolean visible(String tool, Caller caller) {
    return gate.visible(
        Objects.requireNonNull(tool, "tool"), Objects.requireNonNull(caller, "caller"));
  }

  /**
   * Returns whether a caller may see a tool as its server describes it now: as {@link
   * #visible(String, Caller)}, and where this guard has {@linkplain Builder#pins pins}, not unless
   * this very description is the one that was accepted. What a model reads in a list is then what a
   * person has read.
   *
   * @param tool the tool, as it is to be listed
   * @param caller who asks for the list
   * @return {@code false} if the policy hides the tool, no policy applies to the caller, or the
   *     tool is not as it was pinned
   */
  public boolean visible(ToolDefinition tool, Caller caller) {
    return gate.visible(tool, Objects.requireNonNull(caller, "caller"));
  }

  /**
   * Tells this guard how tools are described now, which it compares with its {@linkplain
   * Builder#pins pins}. Adapters do so for the tools that they wrap; whoever has none does it
   * before the first call, and again when a server's list has changed. Without pins nothing is
   * kept.
   *
   * <p>What is told here holds until it is withdrawn. While several describe tools of one name, all
   * of them have to be as the one that was accepted: else no call of that name runs.
   *
   * @param tools the tools of one server, as it lists them
   * @return what withdraws these descriptions when closed; to exchange them, tell the new ones
   *     first
   */
  public Registration describe(Collection<ToolDefinition> tools) {
    return pinned.describe(tools);
  }

  /**
   * Puts other pins in force, once a person has accepted tools. Then the actions of {@link
   * #onReplaced} run where there is one policy for all, since other tools may be visible.
   *
   * @param pins the tools as a person has accepted them
   * @throws IllegalStateException if this guard was built without {@linkplain Builder#pins pins}
   */
  public void replacePins(ToolPins pins) {
    pinned.replace(Objects.requireNonNull(pins, "pins"));
    Policy policy = policies.document();
    if (policy != null) {
      afterwards(policy);
    }
  }

  /** {@return the pins in force, or {@code null} if this guard has none} */
  public @Nullable ToolPins pins() {
    return pinned.pins();
  }

  /**
   * Returns what the policy in force says of tools before anybody calls them: the answer to whether
   * any of them runs unwatched.
   *
   * @param tools the names of all tools that there are
   * @return one a name, in the same order
   * @throws IllegalStateException if this guard asks a {@link PolicySource}: name a caller then
   */
  public List<Coverage> coverage(Collection<String> tools) {
    if (policies.document() == null) {
      throw new IllegalStateException(
          "This guard asks its PolicySource for the policy of each caller; say for whom, as in"
              + " coverage(tools, caller).");
    }
    return coverage(tools, Caller.grant("coverage"));
  }

  /**
   * Returns what the policy of a caller says of tools before that caller calls them.
   *
   * @param tools the names of all tools that there are
   * @param caller who would call them
   * @return one a name, in the same order; all hidden if no policy applies to the caller
   */
  public List<Coverage> coverage(Collection<String> tools, Caller caller) {
    Objects.requireNonNull(caller, "caller");
    return tools.stream().map(tool -> gate.coverage(tool, caller)).toList();
  }

  /**
   * Puts another policy in force. Calls under way are settled by the policy that let them through.
   * One that {@linkplain Policy#halted halts} stops calls as {@link #halt} does, also those that
   * were let through and have not started, until another policy comes. A limit keeps its count
   * while its identity (counter, scope, window, alignment, time zone) stays the same.
   *
   * @param replacement the policy that decides about calls from now on
   * @return a line for each limit that is still there but counts elsewhere, because its identity
   *     changed: it starts empty, or shares what another limit has counted; each is logged as a
   *     warning too
   * @throws IllegalStateException if this guard asks a {@link PolicySource}
   * @throws RuntimeException what a {@linkplain #checkReplacements check} refused it with; the last
   *     policy stays in force, halted if the replacement {@linkplain Policy#halted halts}
   */
  public List<String> replacePolicy(Policy replacement) {
    CompiledPolicy next = policies.compiled(Objects.requireNonNull(replacement, "replacement"));
    for (Consumer<Policy> check : checks) {
      try {
        check.accept(replacement);
      } catch (Throwable e) {
        LOG.error("A policy was refused, and the last one stays in force: {}", e.getMessage());
        haltAsSaid(replacement);
        throw e;
      }
    }
    CompiledPolicy last = inForce(replacement, next);
    List<String> warnings = newCounts(last.counters(), next.counters());
    warnings.forEach(LOG::warn);
    afterwards(replacement);
    return List.copyOf(warnings);
  }

  private void afterwards(Policy inForce) {
    for (Consumer<Policy> action : onReplaced) {
      try {
        action.accept(inForce);
      } catch (Throwable e) {
        LOG.error("An action after the replacement of a policy failed; the policy is in force.", e);
      }
    }
  }

  private CompiledPolicy inForce(Policy replacement, CompiledPolicy next) {
    synchronized (policies) { // so that of two at once the later one's halt is what stands
      CompiledPolicy last = policies.replace(replacement, next);
      halt.byDocument(replacement.halted());
      return last;
    }
  }

  /** A document that halts does so even if nothing else of it comes in force. */
  private void haltAsSaid(Policy refused) {
    String text = refused.halted();
    Policy last = policies.document();
    if (text != null && last != null) {
      Policy halted = last.withHalt(text);
      CompiledPolicy unused = inForce(halted, policies.compiled(halted));
    }
  }

  /** Tells of each limit that counts elsewhere from now on, by rules and their counters. */
  private static List<String> newCounts(
      Map<String, CounterId> before, Map<String, CounterId> after) {
    Map<CounterId, String> known = new HashMap<>();
    before.forEach((rule, counter) -> known.putIfAbsent(counter, rule));
    List<String> warnings = new ArrayList<>();
    after.forEach(
        (rule, counter) -> {
          CounterId was = before.get(rule);
          if (was != null && !was.equals(counter)) {
            String shared = known.get(counter);
            warnings.add(
                shared == null
                    ? rule + " starts empty: what identifies its counter has changed"
                    : rule + " leaves its count behind: it now shares the one of " + shared);
          }
        });
    return warnings;
  }

  /**
   * Returns the policy in force.
   *
   * @return the policy, or {@code null} if this guard asks a {@link PolicySource}
   */
  public @Nullable Policy policy() {
    return policies.document();
  }

  /**
   * Adds a check that a policy has to pass before {@link #replacePolicy} puts it in force, so that
   * a reload is judged as a start is: whoever knows the tools refuses a policy that would leave one
   * of them open by mistake.
   *
   * @param check is given the replacement, on the thread that replaces; what it throws refuses it
   * @return what removes the check when closed
   */
  public Registration checkReplacements(Consumer<Policy> check) {
    checks.add(Objects.requireNonNull(check, "check"));
    return () -> checks.remove(check);
  }

  /**
   * Adds what is to be done after each {@link #replacePolicy} and {@link #replacePins}, for example
   * telling clients that another list of tools is visible. It runs on the thread that replaces the
   * policy; what it throws is logged.
   *
   * @param action is given the policy now in force
   * @return what removes the action when closed
   */
  public Registration onReplaced(Consumer<Policy> action) {
    onReplaced.add(Objects.requireNonNull(action, "action"));
    return () -> onReplaced.remove(action);
  }

  static <R extends @Nullable Object> Outcome<R> refused(Decision decision) {
    return decision instanceof Decision.ApprovalRequired asked
        ? new Outcome.ApprovalRequired<>(asked)
        : new Outcome.Denied<>((Decision.Denied) decision);
  }

  Ended endOf(ToolCall call, @Nullable Object value) {
    if (classifier == null) {
      return Ended.DONE;
    }
    try {
      return classifier.notDone(call, value) ? Ended.NOT_DONE : Ended.DONE;
    } catch (Throwable e) {
      LOG.error("The result classifier failed; the call stays counted.", e);
      return Ended.DONE;
    }
  }

  /** {@return what a tool has answered, or null if its call leaves no marks} */
  <R extends @Nullable Object> @Nullable Answered answered(
      ToolCall call, R value, Predicate<R> isError, Function<R, @Nullable Object> content) {
    try {
      return isError.test(value) || (classifier != null && !classifier.leavesMarks(call, value))
          ? null
          : Answered.of(content.apply(value));
    } catch (Throwable e) {
      LOG.error("A result could not be read; the call leaves no marks.", e);
      return null;
    }
  }

  static Ended endOf(Throwable failure) {
    return failure instanceof NotDoneException ? Ended.NOT_DONE : Ended.UNKNOWN;
  }

  /** Makes a {@link ToolGuard}. Not safe for use by several threads. */
  public static final class Builder {
    private final @Nullable Policy policy;
    private final @Nullable PolicySource source;
    private final List<DecisionListener> listeners = new ArrayList<>();
    private @Nullable CounterStore counters;
    private @Nullable TimeSource time;
    private @Nullable ResultClassifier classifier;
    private @Nullable Approvals approvals;
    private @Nullable Duration approvalPatience;
    private @Nullable Executor executor;
    private @Nullable ToolPins pins;
    private @Nullable Runnable afterLastLook;
    private @Nullable ArgumentDigests digests;

    private Builder(@Nullable Policy policy, @Nullable PolicySource source) {
      this.policy = policy;
      this.source = source;
    }

    /**
     * Sets where counts are kept; in memory, unless set. Guards that share a store share counts.
     *
     * @param store the store
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder counterStore(CounterStore store) {
      unset(counters, "counterStore");
      counters = Objects.requireNonNull(store, "store");
      return this;
    }

    /**
     * Sets what time it is: for events, and for the counters and approvals in memory that a guard
     * makes for itself. The machine's clocks, unless set.
     *
     * @param source the clocks
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder timeSource(TimeSource source) {
      unset(time, "timeSource");
      time = Objects.requireNonNull(source, "source");
      return this;
    }

    /**
     * Adds a listener, told after those added before it. One that is {@linkplain
     * DecisionListener#required required} is told before the others of a call that is let through.
     *
     * @param listener the listener
     * @return this builder
     */
    public Builder listener(DecisionListener listener) {
      listeners.add(Objects.requireNonNull(listener, "listener"));
      return this;
    }

    /**
     * Sets what makes the digests of arguments that listeners are told; under a key of this guard
     * alone, unless set, so that they cannot be compared with those of another guard or run.
     *
     * @param made makes them
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder argumentDigests(ArgumentDigests made) {
      unset(digests, "argumentDigests");
      digests = Objects.requireNonNull(made, "made");
      return this;
    }

    /**
     * Sets what tells from a result that nothing was done. Unless set, only a {@link
     * NotDoneException} tells.
     *
     * @param resultClassifier the classifier
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder resultClassifier(ResultClassifier resultClassifier) {
      unset(classifier, "resultClassifier");
      classifier = Objects.requireNonNull(resultClassifier, "resultClassifier");
      return this;
    }

    /**
     * Sets where approvals are requested and answered; kept in memory, unless set. Guards that
     * share approvals share their bounds.
     *
     * @param requests the approvals
     * @return this builder
     * @throws IllegalStateException if it was set before
     */
    public Builder approvals(Approvals requests) {
      unset(approvals, "approvals");
      approvals = Objects.requireNonNull(requests, "requests");
      return this;
    }

    /**
     * Sets how long {@link ToolGuard#callAsync} waits for a person's answer, without a thread,
     * before it says that an approval is required.
     *
     * @param patience 0 to 7 days, by the machine's clock; 0 unless set
     * @return this builder
     * @throws IllegalArgumentException if it is out of range
     * @throws IllegalStateException if it was set before
     */
    public Builder approvalPatience(Duration patience) {
      unset(approvalPatience, "approvalPatience");
      if (patience.isNegative() || patience.compareTo(Duration.ofDays(7)) > 0) {
        throw new IllegalArgumentException("approvalPatience must be 0 to 7 days, not " + patience);
      }
      approvalPatience = patience;
      return this;
    }

    /**
     * Sets where calls go on that waited for a store or a person, their handlers included: {@link
     * ForkJoinPool#commonPool}, unless set.
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

    /** Sets what a call's thread does between its last look at the halt and its start. */
    Builder afterLastLook(Runnable hook) {
      afterLastLook = hook;
      return this;
    }

    /**
     * Sets tools as a person has accepted them. Then a tool that is not as it was pinned is denied
     * ({@code tool_changed}), and so is one that is not pinned ({@code tool_unpinned}), until
     * {@link ToolGuard#replacePins} accepts them. Nothing is pinned, unless set.
     *
     * <p>How the tools are now, the guard is told by {@link ToolGuard#describe}: adapters do it. A
     * pinned tool that nobody describes counts as changed.
     *
     * @param accepted the tools, for example {@code ToolPins.load(Path.of("tools.lock.json"))}
     * @return this builder
     * @throws IllegalStateException if they were set before
     */
    public Builder pins(ToolPins accepted) {
      unset(pins, "pins");
      pins = Objects.requireNonNull(accepted, "accepted");
      return this;
    }

    /**
     * Returns the guard.
     *
     * @return the guard
     */
    public ToolGuard build() {
      return new ToolGuard(this);
    }

    private static void unset(@Nullable Object value, String setting) {
      if (value != null) {
        throw new IllegalStateException(setting + " was set before");
      }
    }
  }
}
