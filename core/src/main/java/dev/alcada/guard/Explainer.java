package dev.alcada.guard;

import dev.alcada.counter.AsyncCounterStore;
import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Look;
import dev.alcada.counter.Mark;
import dev.alcada.counter.Usage;
import dev.alcada.decision.Caller;
import dev.alcada.decision.CompiledPolicy;
import dev.alcada.decision.Decision;
import dev.alcada.decision.Explanation;
import dev.alcada.decision.Explanation.LimitTrace;
import dev.alcada.decision.Explanation.LimitUsage;
import dev.alcada.decision.Explanation.MarkRole;
import dev.alcada.decision.Explanation.MarkTrace;
import dev.alcada.decision.Judgement;
import dev.alcada.decision.ToolCall;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Says how calls would be judged and what is left of limits. Nothing is counted. */
final class Explainer {
  private final PolicyInForce policies;
  private final CounterStore counters;
  private final Executor executor;

  Explainer(PolicyInForce policies, CounterStore counters, Executor executor) {
    this.policies = policies;
    this.counters = counters;
    this.executor = executor;
  }

  /**
   * @param decision what is decided of it
   */
  Explanation explain(ToolCall call, Decision decision, boolean values) {
    CompiledPolicy policy = policy(call.caller());
    if (policy == null) {
      return Explanation.of(call, decision, null, List.of(), List.of(), List.of());
    }
    return Explanation.of(
        call,
        decision,
        policy.revision(),
        policy.steps(call, values),
        Stages.joined(() -> used(policy.limits(call, values))),
        Stages.joined(() -> marks(policy.judge(call))));
  }

  /** The marks that are read, as they are now, and those that the call would leave by them. */
  private CompletableFuture<List<MarkTrace>> marks(Judgement open) {
    List<Demand.Read> reads = open.demand().reads();
    if (!open.needsMarks() || reads.isEmpty()) {
      return CompletableFuture.completedFuture(left(open.demand()));
    }
    Demand.Builder asked = Demand.builder();
    reads.forEach(read -> asked.reads(read.key(), null));
    return Stages.then(
            look(asked.build()),
            executor,
            look -> {
              List<MarkTrace> marks = read(reads, look.marks());
              marks.addAll(left(open.withMarks(look.marks()).demand()));
              return CompletableFuture.completedFuture(List.copyOf(marks));
            })
        .exceptionally(
            failure -> {
              Gate.logged("A store failed; which marks are there is unknown.", failure);
              return read(reads, List.of());
            });
  }

  private static List<MarkTrace> read(List<Demand.Read> reads, List<Boolean> there) {
    List<MarkTrace> marks = new ArrayList<>();
    for (int i = 0; i < reads.size(); i++) {
      marks.add(
          trace(
              reads.get(i).key().counter(), MarkRole.READ, i < there.size() ? there.get(i) : null));
    }
    return marks;
  }

  private static List<MarkTrace> left(Demand demand) {
    List<MarkTrace> marks = new ArrayList<>();
    demand.tried().forEach(mark -> marks.add(left(mark, MarkRole.LEFT_WHEN_TRIED)));
    demand.done().forEach(mark -> marks.add(left(mark, MarkRole.LEFT_WHEN_DONE)));
    return marks;
  }

  private static MarkTrace left(Mark mark, MarkRole role) {
    return trace(mark.key().counter(), role, null);
  }

  private static MarkTrace trace(CounterId mark, MarkRole role, @Nullable Boolean there) {
    return new MarkTrace(mark.name(), mark.scope(), role, there);
  }

  CompletableFuture<List<LimitUsage>> usage(ToolCall call) {
    CompiledPolicy policy = policy(call.caller());
    return used(policy == null ? List.of() : policy.limits(call, false));
  }

  CompletableFuture<List<LimitUsage>> usage(Caller caller) {
    CompiledPolicy policy = policy(caller);
    return used(policy == null ? List.of() : policy.limits(caller));
  }

  private @Nullable CompiledPolicy policy(Caller caller) {
    try {
      return policies.forCaller(caller);
    } catch (Throwable e) {
      Gate.internal(e);
      return null;
    }
  }

  /** Asks about each count once; one that the store does not say is unknown. */
  private CompletableFuture<List<LimitUsage>> used(List<LimitTrace> limits) {
    Map<CounterKey, Charge> charges = new LinkedHashMap<>();
    limits.forEach(limit -> charges.putIfAbsent(limit.charge().key(), limit.charge()));
    if (charges.isEmpty()) {
      return CompletableFuture.completedFuture(List.of());
    }
    List<Charge> asked = List.copyOf(charges.values());
    return Stages.then(
            look(Demand.of(asked)),
            executor,
            look -> CompletableFuture.completedFuture(joined(limits, asked, look.usage())))
        .exceptionally(
            failure -> {
              Gate.logged("A store failed; what is used of limits is unknown.", failure);
              return joined(limits, asked, List.of());
            });
  }

  private CompletableFuture<Look> look(Demand demand) {
    return counters instanceof AsyncCounterStore async
        ? Stages.asked(() -> async.lookAsync(demand))
        : Stages.asked(() -> CompletableFuture.completedFuture(counters.look(demand)));
  }

  private static List<LimitUsage> joined(
      List<LimitTrace> limits, List<Charge> asked, List<Usage> usage) {
    Map<CounterKey, Usage> known = new HashMap<>();
    for (int i = 0; i < Math.min(asked.size(), usage.size()); i++) {
      known.put(asked.get(i).key(), usage.get(i));
    }
    List<LimitUsage> used = new ArrayList<>(limits.size());
    limits.forEach(limit -> used.add(limit.with(known.get(limit.charge().key()))));
    return List.copyOf(used);
  }
}
