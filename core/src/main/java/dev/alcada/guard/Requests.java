package dev.alcada.guard;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.approval.ApprovalStore;
import dev.alcada.approval.Approver;
import dev.alcada.approval.Verdict;
import dev.alcada.counter.Charge;
import dev.alcada.counter.CounterId;
import dev.alcada.counter.CounterKey;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Ended;
import dev.alcada.counter.Refusal;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.ReserveResult;
import dev.alcada.decision.AskingRule;
import dev.alcada.decision.ToolCall;
import dev.alcada.internal.value.CanonicalJson;
import dev.alcada.internal.value.UnwritableException;
import dev.alcada.policy.ApprovalTimes;
import dev.alcada.time.TimeSource;
import dev.alcada.time.Window;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the request that a call meets, or makes it within the bounds and tells the approver. */
final class Requests {
  private static final Logger LOG = LoggerFactory.getLogger(Requests.class);
  private static final int MAX_KEY_LENGTH = 128;
  private static final CounterId NEW_REQUESTS =
      new CounterId(
          "approval", "new requests", "grant", 0, new Window.Sliding(Duration.ofHours(1)));

  private final SecureRandom random = new SecureRandom();
  private final ApprovalStore store;
  private final Lifecycle lifecycle;
  private final CounterStore counters;
  private final TimeSource time;
  private final @Nullable Approver approver;
  private final Function<ToolCall, Map<String, ? extends @Nullable Object>> redaction;
  private final int maxPerGrant;
  private final int maxInAll;
  private final int maxNewPerHour;

  Requests(
      Approvals.Builder builder, ApprovalStore store, Lifecycle lifecycle, CounterStore counters) {
    this.store = store;
    this.lifecycle = lifecycle;
    this.counters = counters;
    time = builder.time;
    approver = builder.approver;
    redaction = builder.redaction;
    maxPerGrant = builder.maxPerGrant;
    maxInAll = builder.maxInAll;
    maxNewPerHour = builder.maxNewPerHour;
  }

  Standing look(ToolCall call, List<AskingRule> asks, Set<String> contextNames) {
    return orDenied(
        asks,
        () -> {
          Binding binding = Binding.of(call, asks, contextNames);
          ApprovalRequest found = store.find(binding.hash());
          return found == null
              ? new Standing.Answered(ApprovalMessages.notRequested(asks))
              : standing(found.at(time.instant()), asks);
        });
  }

  Standing ask(
      ToolCall call, List<AskingRule> asks, ApprovalTimes times, Set<String> contextNames) {
    return orDenied(
        asks,
        () -> {
          Binding binding = Binding.of(call, asks, contextNames);
          Instant now = time.instant();
          ApprovalRequest found = store.find(binding.hash());
          return found == null
              ? create(call, asks, times, binding, now)
              : standing(found.at(now), asks);
        });
  }

  private Standing create(
      ToolCall call, List<AskingRule> asks, ApprovalTimes times, Binding binding, Instant now)
      throws UnwritableException {
    ApprovalRequest request =
        new ApprovalRequest(
            newId(),
            binding.hash(),
            call.tool(),
            shown(call),
            binding.caller(),
            asks,
            now,
            times.valid(),
            now.plus(times.timeout()),
            ApprovalState.PENDING,
            null,
            1);
    ReserveResult rate = counters.reserve(Demand.of(newRequest(call.caller().grant())));
    if (rate instanceof Refusal refusal) {
      return new Standing.Answered(
          ApprovalMessages.tooMany(asks.get(0), wholeSeconds(refusal.retryAfter())));
    }
    Reservation counted = (Reservation) rate;
    ApprovalRequest stored;
    try {
      stored = store.findOrAdd(request, maxPerGrant, maxInAll);
    } catch (Throwable e) {
      // Unknown whether it was added: it stays counted.
      counted.settle(Ended.DONE);
      throw e;
    }
    if (stored == null) {
      counted.cancel();
      return new Standing.Answered(ApprovalMessages.tooMany(asks.get(0), null));
    }
    if (!stored.id().equals(request.id())) {
      counted.cancel();
      return standing(stored.at(now), asks);
    }
    counted.settle(Ended.DONE);
    lifecycle.changed(request);
    if (approver == null) {
      return standing(request, asks);
    }
    consult(approver, request);
    ApprovalRequest present = lifecycle.get(request.id());
    return standing(present == null ? request : present, asks);
  }

  private void consult(Approver asked, ApprovalRequest request) {
    try {
      asked
          .ask(request)
          .whenComplete(
              (verdict, failure) -> {
                if (failure != null) {
                  leftPending(request, failure);
                } else if (verdict != null) {
                  apply(request, verdict);
                }
              });
    } catch (Throwable e) {
      leftPending(request, e);
    }
  }

  private void apply(ApprovalRequest request, Verdict verdict) {
    try {
      lifecycle.answer(request.id(), verdict.approved(), verdict.approver(), verdict.note());
    } catch (Throwable e) {
      LOG.warn("An approver's verdict on approval {} was not taken.", request.id(), e);
    }
  }

  private static void leftPending(ApprovalRequest request, Throwable failure) {
    // Its message is left out: it may repeat what the approver was shown.
    LOG.warn(
        "The approver failed on approval {} with {}; it stays pending.",
        request.id(),
        failure.getClass().getName());
  }

  private static Standing standing(ApprovalRequest request, List<AskingRule> asks) {
    AskingRule first = asks.get(0);
    return switch (request.state()) {
      case PENDING -> new Standing.Answered(ApprovalMessages.pending(request));
      case APPROVED -> new Standing.Approved(request);
      case DENIED -> new Standing.Answered(ApprovalMessages.denied(request, first));
      case IN_USE, SPENT, CANCELLED, EXPIRED ->
          new Standing.Answered(ApprovalMessages.inUse(first));
    };
  }

  private String shown(ToolCall call) throws UnwritableException {
    Map<String, ? extends @Nullable Object> shown;
    try {
      shown = redaction.apply(call);
    } catch (Throwable e) {
      throw new RedactionFailed(e.getClass().getName());
    }
    return CanonicalJson.write(shown, Binding.MAX_BYTES);
  }

  private Charge newRequest(String grant) {
    String key = grant.length() > MAX_KEY_LENGTH ? Binding.sha256(grant) : grant;
    return new Charge(new CounterKey(NEW_REQUESTS, key, null), maxNewPerHour, 1, false);
  }

  private String newId() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    return HexFormat.of().formatHex(id);
  }

  private static @Nullable Duration wholeSeconds(@Nullable Duration wait) {
    return wait == null
        ? null
        : Duration.ofSeconds(Math.max(1, wait.plusNanos(999_999_999).toSeconds()));
  }

  private static Standing orDenied(List<AskingRule> asks, Step step) {
    AskingRule first = asks.get(0);
    try {
      return step.take();
    } catch (UnwritableException e) {
      return new Standing.Answered(ApprovalMessages.unwritable(first, e));
    } catch (RedactionFailed e) {
      LOG.error("The redaction failed with {}; the call is denied.", e.getMessage());
      return new Standing.Answered(ApprovalMessages.internal(first));
    } catch (RuntimeException e) {
      LOG.error("Approvals cannot be reached.", e);
      return new Standing.Answered(ApprovalMessages.storeUnavailable(first));
    } catch (Throwable e) {
      LOG.error("An approval could not be requested.", e);
      return new Standing.Answered(ApprovalMessages.internal(first));
    }
  }

  /** Its message is the name of the cause's class: the cause itself may repeat an argument. */
  private static final class RedactionFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    RedactionFailed(String cause) {
      super(cause, null, false, false);
    }
  }

  private interface Step {
    Standing take() throws UnwritableException;
  }
}
