package dev.alcada.guard;

import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.approval.ApprovalStore;
import dev.alcada.approval.Approver;
import dev.alcada.counter.AsyncCounterStore;
import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.decision.AskingRule;
import dev.alcada.decision.Decision;
import dev.alcada.decision.Denials;
import dev.alcada.decision.Quorum;
import dev.alcada.decision.ToolCall;
import dev.alcada.internal.value.CanonicalJson;
import dev.alcada.internal.value.UnwritableException;
import dev.alcada.policy.ApprovalTerms;
import dev.alcada.policy.ValuePath.Root;
import dev.alcada.time.TimeSource;
import dev.alcada.time.Window;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the request that a call meets, or makes it within the bounds and tells the approver. */
final class Requests {
  private static final Logger LOG = LoggerFactory.getLogger(Approvals.class);
  private static final CounterId NEW_REQUESTS =
      CounterId.of("approval", "new requests", "grant", new Window.Sliding(Duration.ofHours(1)));

  private final AtomicBoolean unheard = new AtomicBoolean();
  private final SecureRandom random = new SecureRandom();
  private final ApprovalStore store;
  private final Lifecycle lifecycle;
  private final CounterStore counters;
  private final TimeSource time;
  private final @Nullable Approver approver;
  private final Function<ToolCall, Map<String, ? extends @Nullable Object>> redaction;
  private final Function<ToolCall, Map<String, String>> metadata;
  private final ApprovalStore.Bounds bounds;
  private final int maxNewPerHour;
  private final Executor executor;

  Requests(Approvals.Settings settings, Lifecycle lifecycle) {
    this.lifecycle = lifecycle;
    store = settings.store();
    counters = settings.counters();
    time = settings.time();
    approver = settings.approver();
    redaction = settings.redaction();
    metadata = settings.metadata();
    bounds = settings.bounds();
    maxNewPerHour = settings.maxNewPerHour();
    executor = settings.executor();
  }

  CompletableFuture<Standing> look(
      ToolCall call, List<AskingRule> asks, Quorum quorum, Set<Root> mentioned) {
    return orDenied(
        asks,
        () -> {
          Binding binding = Binding.of(call, asks, quorum, mentioned);
          return Stages.then(
              find(binding, quorum, call),
              executor,
              found ->
                  CompletableFuture.completedFuture(
                      found == null
                          ? new Standing.Answered(ApprovalMessages.notRequested(asks), true, null)
                          : standing(found.at(time.instant()), asks)));
        });
  }

  CompletableFuture<Standing> ask(
      ToolCall call,
      List<AskingRule> asks,
      ApprovalTerms terms,
      Quorum quorum,
      Set<Root> mentioned) {
    return orDenied(
        asks,
        () -> {
          Binding binding = Binding.of(call, asks, quorum, mentioned);
          return Stages.then(
              find(binding, quorum, call),
              executor,
              found ->
                  found == null
                      ? create(call, asks, terms, quorum, binding)
                      : CompletableFuture.completedFuture(
                          standing(found.at(time.instant()), asks)));
        });
  }

  /** A store is not believed: what it finds is this call's, or the store is out of order. */
  private CompletableFuture<@Nullable ApprovalRequest> find(
      Binding binding, Quorum quorum, ToolCall call) {
    return Stages.then(
        Stages.asked(() -> store.find(binding.hash())),
        executor,
        found ->
            CompletableFuture.completedFuture(
                found == null ? null : own(found, binding, quorum, call)));
  }

  private static ApprovalRequest own(
      ApprovalRequest found, Binding binding, Quorum quorum, ToolCall call) {
    if (!found.binding().equals(binding.hash())
        || !found.quorum().equals(quorum)
        || !found.tool().equals(call.tool())
        || !found.caller().grant().equals(call.caller().grant())) {
      throw new IllegalStateException("the store found the request of another call");
    }
    return found;
  }

  private CompletableFuture<Standing> create(
      ToolCall call, List<AskingRule> asks, ApprovalTerms terms, Quorum quorum, Binding binding) {
    ApprovalRequest request;
    try {
      request =
          withMetadata(
                  ApprovalRequest.builder(
                      newId(), binding.hash(), call.tool(), call.caller(), asks),
                  call)
              .quorum(quorum)
              .arguments(shown(call))
              .pending(time.instant(), terms.timeout(), terms.valid());
    } catch (UnwritableException e) {
      return CompletableFuture.completedFuture(
          new Standing.Answered(ApprovalMessages.unwritable(asks.get(0), e)));
    }
    Demand rate = Demand.of(newRequest(call.caller().grant()));
    return Stages.then(
        counters instanceof AsyncCounterStore async
            ? Stages.asked(() -> async.reserveAsync(rate))
            : Stages.asked(() -> CompletableFuture.completedFuture(counters.reserve(rate))),
        executor,
        counted ->
            counted instanceof Refusal refusal
                ? CompletableFuture.completedFuture(
                    new Standing.Answered(
                        ApprovalMessages.tooMany(asks.get(0), refusal.retryAfter())))
                : add(call, asks, binding, request, (Reservation) counted));
  }

  private CompletableFuture<Standing> add(
      ToolCall call,
      List<AskingRule> asks,
      Binding binding,
      ApprovalRequest request,
      Reservation counted) {
    CompletableFuture<ApprovalStore.Added> adding =
        lifecycle.announced(
            request,
            () -> store.add(request, bounds),
            added -> added instanceof ApprovalStore.Added.Yes);
    return Stages.then(
        adding,
        executor,
        added -> {
          if (added instanceof ApprovalStore.Added.Full) {
            counted.cancel();
            return CompletableFuture.completedFuture(
                new Standing.Answered(ApprovalMessages.tooMany(asks.get(0), null)));
          } else if (added instanceof ApprovalStore.Added.Holds holds) {
            counted.cancel();
            ApprovalRequest found = own(holds.request(), binding, request.quorum(), call);
            return CompletableFuture.completedFuture(standing(found.at(time.instant()), asks));
          }
          counted.settle(Ended.DONE);
          return made(request, asks);
        });
  }

  private CompletableFuture<Standing> made(ApprovalRequest request, List<AskingRule> asks) {
    if (approver == null) {
      return CompletableFuture.completedFuture(
          new Standing.Answered(pending(request), false, request));
    }
    consult(approver, request);
    return Stages.then(
        lifecycle.get(request.id()),
        executor,
        present -> {
          ApprovalRequest now = present == null ? request : present;
          return CompletableFuture.completedFuture(
              now.state() == ApprovalState.PENDING
                  ? new Standing.Answered(pending(now), false, now)
                  : standing(now, asks));
        });
  }

  /** Says that a person has been asked only where one may have been. */
  private Decision.ApprovalRequired pending(ApprovalRequest request) {
    boolean asked = approver != null || lifecycle.heard();
    if (!asked && unheard.compareAndSet(false, true)) {
      LOG.warn(
          "A call waits for a person's approval, and nobody hears of it: give the approvals an"
              + " approver or a listener, or look at pending().");
    }
    return ApprovalMessages.pending(request, asked);
  }

  private void consult(Approver asked, ApprovalRequest request) {
    try {
      Stages.apart(() -> asked.ask(request))
          .whenComplete(
              (answer, failure) -> {
                if (failure != null) {
                  leftPending(request, failure);
                } else if (answer != null) {
                  apply(request, answer);
                }
              });
    } catch (Throwable e) {
      leftPending(request, e);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored") // what is hung on the stage is all there is to do
  private void apply(ApprovalRequest request, Answer answer) {
    lifecycle
        .answer(request.id(), answer.unidentified())
        .whenComplete(
            (taken, failure) -> {
              if (failure != null) {
                LOG.warn(
                    "An approver's answer to approval {} was not taken.", request.id(), failure);
              }
            });
  }

  private static void leftPending(ApprovalRequest request, Throwable failure) {
    // Its message is left out: it may repeat what the approver was shown.
    LOG.warn(
        "The approver failed on approval {} with {}; it stays pending.",
        request.id(),
        failure.getClass().getName());
  }

  private Standing standing(ApprovalRequest request, List<AskingRule> asks) {
    AskingRule first = asks.get(0);
    return switch (request.state()) {
      case PENDING -> Standing.Answered.met(pending(request), request);
      case APPROVED -> new Standing.Approved(request);
      case DENIED -> Standing.Answered.met(ApprovalMessages.denied(request, first), request);
      case IN_USE, SPENT, CANCELLED, EXPIRED ->
          Standing.Answered.met(ApprovalMessages.inUse(first), request);
    };
  }

  private String shown(ToolCall call) throws UnwritableException {
    Map<String, ? extends @Nullable Object> shown;
    try {
      shown = Stages.apart(() -> redaction.apply(call));
    } catch (Throwable e) {
      throw new HostFailed("redaction", e.getClass().getName());
    }
    return CanonicalJson.write(shown, Binding.MAX_BYTES);
  }

  private ApprovalRequest.Builder withMetadata(ApprovalRequest.Builder request, ToolCall call) {
    try {
      return request.metadata(Stages.apart(() -> metadata.apply(call)));
    } catch (Throwable e) {
      throw new HostFailed("metadata", e.getClass().getName());
    }
  }

  private Charge newRequest(String grant) {
    return new Charge.Amount(new CounterKey(NEW_REQUESTS, grant, null), maxNewPerHour, 1, 9, false);
  }

  private String newId() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  private CompletableFuture<Standing> orDenied(List<AskingRule> asks, Step step) {
    CompletableFuture<Standing> standing;
    try {
      standing = step.take();
    } catch (UnwritableException e) {
      return CompletableFuture.completedFuture(
          new Standing.Answered(ApprovalMessages.unwritable(asks.get(0), e)));
    } catch (Throwable e) {
      LOG.error("An approval could not be requested.", e);
      return CompletableFuture.completedFuture(new Standing.Answered(Denials.INTERNAL));
    }
    return standing.exceptionally(e -> failed(Stages.unwrapped(e)));
  }

  private static Standing failed(Throwable e) {
    if (e instanceof HostFailed) {
      LOG.error("The host's {}; the call is denied.", e.getMessage());
      return new Standing.Answered(Denials.INTERNAL);
    } else if (e instanceof Error) {
      LOG.error("An approval could not be requested.", e);
      return new Standing.Answered(Denials.INTERNAL);
    }
    LOG.error("Approvals cannot be reached.", e);
    return new Standing.Answered(Denials.STORE_UNAVAILABLE);
  }

  /** Its message has the name of the cause's class: the cause itself may repeat an argument. */
  private static final class HostFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    HostFailed(String function, String cause) {
      super(function + " failed with " + cause, null, false, false);
    }
  }

  private interface Step {
    CompletableFuture<Standing> take() throws UnwritableException;
  }
}
