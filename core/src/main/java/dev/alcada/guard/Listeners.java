package dev.alcada.guard;

import dev.alcada.audit.ArgumentDigests;
import dev.alcada.audit.DecisionEvent;
import dev.alcada.audit.DecisionListener;
import dev.alcada.audit.SettlementEvent;
import dev.alcada.decision.Decision;
import dev.alcada.decision.ToolCall;
import dev.alcada.time.TimeSource;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Those who are told of decisions, and those without whose note no call is made. */
final class Listeners {
  final TimeSource time;
  final ArgumentDigests digests;
  final Stamps stamps;

  /** Whether it is worth it: one in memory answers sooner than a clock. */
  final boolean timesStore;

  private final DecisionListener[] all;
  private final DecisionListener[] required;
  private final DecisionListener[] others;
  private final String run;
  private final AtomicLong number = new AtomicLong();

  Listeners(
      List<DecisionListener> listeners,
      TimeSource time,
      ArgumentDigests digests,
      boolean timesStore) {
    this.time = time;
    this.digests = digests;
    this.stamps = new Stamps(time);
    this.timesStore = timesStore;
    this.all = listeners.toArray(new DecisionListener[0]);
    this.required =
        listeners.stream().filter(DecisionListener::required).toArray(DecisionListener[]::new);
    this.others =
        listeners.stream()
            .filter(listener -> !listener.required())
            .toArray(DecisionListener[]::new);
    byte[] random = new byte[8];
    new SecureRandom().nextBytes(random);
    this.run = HexFormat.of().formatHex(random) + "-";
  }

  /** Returns what gathers what is to be told of a call, or null if there is nobody to tell. */
  @Nullable Report begin(ToolCall call) {
    return all.length == 0 ? null : new Report(this, call);
  }

  /** Gives a decision an identifier that no other has: of this guard's run, and counted. */
  void identify(DecisionEvent.Builder event) {
    event.id(run, number.incrementAndGet());
  }

  /**
   * Returns whether all that must note a call before it is made have done so. If one has not, those
   * that have are told that it never started.
   */
  boolean recorded(DecisionEvent event) {
    for (int i = 0; i < required.length; i++) {
      try {
        required[i].onDecision(event);
      } catch (Throwable e) {
        Gate.logged("A call could not be recorded, so it is not made.", e);
        for (int told = 0; told < i; told++) {
          settled(required[told], SettlementEvent.notStarted(stamps.now(), event));
        }
        return false;
      }
    }
    return true;
  }

  /** Tells of a decision; those that are required have noted one that lets a call through. */
  void decided(DecisionEvent event) {
    boolean noted = event.decision() instanceof Decision.Allowed;
    for (DecisionListener listener : noted ? others : all) {
      try {
        listener.onDecision(event);
      } catch (Throwable e) {
        Gate.logged("A decision listener failed; the decision stands.", e);
      }
    }
  }

  void settled(SettlementEvent event) {
    for (DecisionListener listener : all) {
      settled(listener, event);
    }
  }

  /** Tells of an operator's word, which stands whatever a listener does. */
  void said(Consumer<DecisionListener> word) {
    for (DecisionListener listener : all) {
      try {
        word.accept(listener);
      } catch (Throwable e) {
        Gate.logged("A decision listener failed; what the operator said stands.", e);
      }
    }
  }

  private static void settled(DecisionListener listener, SettlementEvent event) {
    try {
      listener.onSettled(event);
    } catch (Throwable e) {
      Gate.logged("A decision listener failed; the decision stands.", e);
    }
  }
}
