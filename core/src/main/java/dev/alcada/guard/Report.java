package dev.alcada.guard;

import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.audit.DecisionEvent;
import dev.alcada.counter.Demand;
import dev.alcada.counter.Look;
import dev.alcada.counter.Reservation;
import dev.alcada.counter.Usage;
import dev.alcada.decision.Decision;
import dev.alcada.decision.ToolCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is gathered of one call for those who are told of it. One thread at a time. */
final class Report {
  private final Listeners listeners;
  private final ToolCall call;
  private final long began;
  private @Nullable String revision;
  private @Nullable Demand demand;
  private List<Usage> looked = List.of();
  private List<Demand.Read> reads = List.of();
  private List<Boolean> found = List.of();
  private @Nullable ApprovalRequest met;
  private long asked;
  private long reserveNanos = -1;

  /** When the last answer came that there is to wait for, once it has. */
  private long decided;

  private boolean atLast;

  Report(Listeners listeners, ToolCall call) {
    this.listeners = listeners;
    this.call = call;
    this.began = listeners.time.nanoTime();
  }

  void judged(String policyRevision, Demand demanded) {
    revision = policyRevision;
    demand = demanded;
  }

  /** The marks are known, and with them what the call demands. */
  void judged(Demand demanded) {
    demand = demanded;
  }

  void looked(Look look) {
    looked = look.usage();
  }

  /** The marks that rules read are there or are not. */
  void found(List<Demand.Read> marks, List<Boolean> there) {
    reads = marks;
    found = there;
  }

  void met(@Nullable ApprovalRequest request) {
    met = request;
  }

  void reserving() {
    if (listeners.timesStore) {
      asked = listeners.time.nanoTime();
    }
  }

  void reserved() {
    if (listeners.timesStore) {
      took(listeners.time.nanoTime());
    }
  }

  private void took(long now) {
    if (listeners.timesStore) {
      reserveNanos = Math.max(0, now - asked);
    }
  }

  /** The store has reserved, and with that the call is decided. */
  void reservedAtLast() {
    decided = listeners.time.nanoTime();
    took(decided);
    atLast = true;
  }

  DecisionEvent allowed(
      @Nullable Reservation reservation,
      @Nullable ApprovalClaim approval,
      @Nullable Decision shadow) {
    DecisionEvent.Builder event = begun(Decision.Allowed.INSTANCE, idOf(reservation));
    if (demand != null && reservation != null) {
      event.charged(demand, reservation);
    }
    if (approval != null) {
      met = approval.request();
    }
    if (shadow != null) {
      event.shadow(shadow);
    }
    return withApproval(event).build();
  }

  /** A call goes by the name that its store can find it by later. */
  private static @Nullable String idOf(@Nullable Reservation reservation) {
    return reservation == null ? null : reservation.id();
  }

  DecisionEvent refused(Decision decision) {
    DecisionEvent.Builder event = begun(decision, null);
    if (demand != null && !demand.isEmpty()) {
      event.uncharged(demand, looked);
    }
    return withApproval(event).build();
  }

  private DecisionEvent.Builder begun(Decision decision, @Nullable String id) {
    long now = atLast ? decided : listeners.time.nanoTime();
    DecisionEvent.Builder event =
        DecisionEvent.builder(listeners.stamps.at(now), call, decision)
            .digests(listeners.digests)
            .took(Math.max(0, now - began), reserveNanos);
    if (id == null) {
      listeners.identify(event);
    } else {
      event.id(id);
    }
    if (!reads.isEmpty()) {
      event.marksRead(reads, found);
    }
    return revision == null ? event : event.policyRevision(revision);
  }

  private DecisionEvent.Builder withApproval(DecisionEvent.Builder event) {
    ApprovalRequest request = met;
    return request == null ? event : event.approval(request.id(), answerers(request));
  }

  private static List<String> answerers(ApprovalRequest request) {
    List<String> names = new ArrayList<>();
    request.approvals().forEach(given -> names.add(given.approver()));
    Answer last = request.answer();
    if (last != null && !last.approved()) {
      names.add(last.approver());
    }
    return names;
  }
}
