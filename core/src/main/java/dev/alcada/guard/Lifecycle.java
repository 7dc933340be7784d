package dev.alcada.guard;

import dev.alcada.approval.ApprovalRequest;
import dev.alcada.approval.ApprovalState;
import dev.alcada.approval.ApprovalStore;
import dev.alcada.time.TimeSource;
import java.text.Normalizer;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The state table: which change a request takes in which state. Tells listeners of each change. */
final class Lifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

  /** Each lost attempt means that another change was made, so this is never reached by chance. */
  private static final int MAX_ATTEMPTS = 1_000;

  private static final int MAX_APPROVER_LENGTH = 200;
  private static final int MAX_NOTE_LENGTH = 2_000;

  private final ApprovalStore store;
  private final TimeSource time;
  private final List<Consumer<ApprovalRequest>> listeners = new CopyOnWriteArrayList<>();

  Lifecycle(ApprovalStore store, TimeSource time) {
    this.store = store;
    this.time = time;
  }

  Runnable listen(Consumer<ApprovalRequest> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  @Nullable ApprovalRequest get(String id) {
    ApprovalRequest request = store.get(id);
    return request == null ? null : request.at(time.instant());
  }

  ApprovalRequest answer(String id, boolean yes, String approver, @Nullable String note) {
    if (approver.isBlank() || approver.length() > MAX_APPROVER_LENGTH) {
      throw new IllegalArgumentException(
          "approver must be a name of 1 to " + MAX_APPROVER_LENGTH + " characters");
    }
    if (note != null && note.length() > MAX_NOTE_LENGTH) {
      throw new IllegalArgumentException(
          "note must be at most " + MAX_NOTE_LENGTH + " characters, not " + note.length());
    }
    return change(
        id,
        yes ? "approved" : "denied",
        Set.of(ApprovalState.PENDING),
        (request, now) -> {
          if (alike(approver, request.caller().grant())) {
            throw new ApprovalException(
                "approval "
                    + id
                    + " is "
                    + request.state()
                    + "; the grant that requested it may not answer it",
                request.state());
          }
          var answer = new ApprovalRequest.Answer(approver, note, now);
          return yes
              ? request.with(ApprovalState.APPROVED, now.plus(request.valid()), answer)
              : request.with(ApprovalState.DENIED, request.expiresAt(), answer);
        });
  }

  ApprovalRequest cancel(String id) {
    return change(
        id,
        "cancelled",
        Set.of(
            ApprovalState.PENDING,
            ApprovalState.APPROVED,
            ApprovalState.IN_USE,
            ApprovalState.DENIED),
        (request, now) ->
            request.with(ApprovalState.CANCELLED, request.expiresAt(), request.answer()));
  }

  private ApprovalRequest change(
      String id,
      String change,
      Set<ApprovalState> from,
      BiFunction<ApprovalRequest, Instant, ApprovalRequest> step) {
    for (int attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
      ApprovalRequest stored = store.get(id);
      if (stored == null) {
        throw new ApprovalException(
            "no approval "
                + id
                + " is known, so it cannot be "
                + change
                + ": it was never requested here, or it expired and is forgotten",
            null);
      }
      Instant now = time.instant();
      ApprovalRequest present = stored.at(now);
      if (!from.contains(present.state())) {
        throw new ApprovalException(
            "approval " + id + " is " + present.state() + ", so it cannot be " + change,
            present.state());
      }
      ApprovalRequest next = step.apply(present, now);
      if (store.replace(next)) {
        changed(next);
        return next;
      }
    }
    throw new ApprovalException(
        "approval " + id + " changes too often, so it was not " + change, null);
  }

  /** Takes the yes for one run, or returns {@code null} if it is not there any more. */
  @Nullable ApprovalRequest claim(ApprovalRequest approved) {
    if (approved.at(time.instant()).state() != ApprovalState.APPROVED) {
      return null;
    }
    ApprovalRequest claimed =
        approved.with(ApprovalState.IN_USE, approved.expiresAt(), approved.answer());
    if (!store.replace(claimed)) {
      return null;
    }
    changed(claimed);
    return claimed;
  }

  void settle(ApprovalRequest claimed, boolean nothingDone) {
    ApprovalRequest next =
        claimed.with(
            nothingDone ? ApprovalState.APPROVED : ApprovalState.SPENT,
            claimed.expiresAt(),
            claimed.answer());
    if (store.replace(next)) {
      changed(next);
    }
  }

  void changed(ApprovalRequest request) {
    for (Consumer<ApprovalRequest> listener : listeners) {
      try {
        listener.accept(request);
      } catch (Throwable e) {
        // Its message is left out: it may repeat what the listener was shown.
        LOG.warn("A listener failed on approval {} with {}", request.id(), e.getClass().getName());
      }
    }
  }

  /** Wider than equality, so that no spelling of a grant approves its own calls. */
  private static boolean alike(String approver, String grant) {
    return folded(approver).equals(folded(grant));
  }

  private static String folded(String name) {
    String composed = Normalizer.normalize(name, Normalizer.Form.NFKC);
    return composed.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT).strip();
  }
}
