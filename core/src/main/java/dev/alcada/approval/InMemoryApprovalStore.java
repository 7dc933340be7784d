package dev.alcada.approval;

import dev.alcada.time.TimeSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps approval requests in this process, as long as they count, and the last 1,000 after that, of
 * at most 16 MiB, so that a late answer can be told what became of its request. Nothing that counts
 * is ever evicted. Every stage is complete. Safe for use by several threads.
 */
public final class InMemoryApprovalStore implements ApprovalStore {
  private static final int MAX_ENDED = 1_000;
  private static final long MAX_ENDED_BYTES = 16 << 20;

  private final TimeSource time;

  /** One lock: only calls that need a person come here. */
  private final Object lock = new Object();

  /*
   * What is held is never changed, only replaced by the next: whatever ends a change half-way, a
   * stack or a memory that ends too, leaves what was. A copy is made with each change, which is a
   * person's or a new question's, and these are few.
   */
  private State state = new State(Map.of(), Map.of(), Map.of(), Instant.MAX);

  /**
   * All that is held.
   *
   * @param counted the requests that count, by identifier
   * @param byBinding those that may hold, by binding
   * @param ended the last that no longer count, oldest first
   * @param nextEnd no later than the instant at which the next of them ceases to count
   */
  private record State(
      Map<String, ApprovalRequest> counted,
      Map<String, ApprovalRequest> byBinding,
      Map<String, ApprovalRequest> ended,
      Instant nextEnd) {}

  private InMemoryApprovalStore(TimeSource time) {
    this.time = time;
  }

  /**
   * Returns an empty store.
   *
   * @param time the clock by which requests expire
   */
  public static InMemoryApprovalStore create(TimeSource time) {
    return new InMemoryApprovalStore(Objects.requireNonNull(time, "time"));
  }

  @Override
  public CompletionStage<@Nullable ApprovalRequest> find(String binding) {
    return answered(stage -> stage.complete(find(state, binding, time.instant())));
  }

  private static @Nullable ApprovalRequest find(State state, String binding, Instant now) {
    ApprovalRequest found = state.byBinding.get(binding);
    return found != null && found.holdsAt(now) ? found : null;
  }

  @Override
  public CompletionStage<Added> add(ApprovalRequest request, Bounds bounds) {
    return answered(
        stage -> {
          Instant now = time.instant();
          State present = at(now);
          ApprovalRequest found = find(present, request.binding(), now);
          if (found != null) {
            stage.complete(new Added.Holds(found));
          } else if (isFull(present, request, bounds)) {
            stage.complete(new Added.Full());
          } else {
            State next = with(present, request);
            stage.complete(new Added.Yes());
            state = next;
          }
        });
  }

  @Override
  public CompletionStage<Boolean> replace(ApprovalRequest next) {
    return answered(
        stage -> {
          State present = at(time.instant());
          ApprovalRequest known = present.counted.get(next.id());
          if (known == null || known.version() != next.version() - 1) {
            stage.complete(false);
          } else {
            State following = with(present, next);
            stage.complete(true);
            state = following;
          }
        });
  }

  @Override
  public CompletionStage<@Nullable ApprovalRequest> get(String id) {
    return answered(
        stage -> {
          State present = state;
          ApprovalRequest found = present.counted.get(id);
          stage.complete(found != null ? found : present.ended.get(id));
        });
  }

  @Override
  public CompletionStage<List<ApprovalRequest>> pending() {
    return answered(
        stage -> {
          Instant now = time.instant();
          stage.complete(
              state.counted.values().stream()
                  .filter(request -> request.at(now).state() == ApprovalState.PENDING)
                  .sorted(
                      Comparator.comparing(ApprovalRequest::createdAt)
                          .thenComparing(ApprovalRequest::id))
                  .toList());
        });
  }

  /**
   * Answers under the lock. Whatever changes the state completes its answer first, of which nobody
   * knows yet, and assigns last.
   */
  private <T extends @Nullable Object> CompletionStage<T> answered(
      Consumer<CompletableFuture<T>> step) {
    CompletableFuture<T> stage = new CompletableFuture<>();
    synchronized (lock) {
      step.accept(stage);
    }
    return stage;
  }

  /** Returns the state of an instant: what has ceased to count is moved to what has ended. */
  private State at(Instant now) {
    State present = state;
    if (now.isBefore(present.nextEnd)) {
      return present;
    }
    List<ApprovalRequest> over = new ArrayList<>();
    Map<String, ApprovalRequest> counted = new HashMap<>(present.counted);
    Map<String, ApprovalRequest> byBinding = new HashMap<>(present.byBinding);
    Instant nextEnd = Instant.MAX;
    for (Iterator<ApprovalRequest> all = counted.values().iterator(); all.hasNext(); ) {
      ApprovalRequest request = all.next();
      if (request.countsAt(now)) {
        nextEnd = earlier(nextEnd, endOf(request));
      } else {
        over.add(request);
        all.remove();
        unbind(byBinding, request);
      }
    }
    over.sort(Comparator.comparing(ApprovalRequest::expiresAt).thenComparing(ApprovalRequest::id));
    State next = new State(counted, byBinding, ended(present, over), nextEnd);
    state = next;
    return next;
  }

  private static Map<String, ApprovalRequest> ended(State present, List<ApprovalRequest> over) {
    Map<String, ApprovalRequest> ended = new LinkedHashMap<>(present.ended);
    over.forEach(request -> ended.put(request.id(), request));
    long bytes = ended.values().stream().mapToLong(ApprovalRequest::bytes).sum();
    for (Iterator<ApprovalRequest> oldest = ended.values().iterator();
        ended.size() > MAX_ENDED || bytes > MAX_ENDED_BYTES; ) {
      bytes -= oldest.next().bytes();
      oldest.remove();
    }
    return ended;
  }

  /** Returns the state with a request that is new, or the next of itself. */
  private static State with(State present, ApprovalRequest request) {
    Map<String, ApprovalRequest> counted = new HashMap<>(present.counted);
    Map<String, ApprovalRequest> byBinding = new HashMap<>(present.byBinding);
    counted.put(request.id(), request);
    // No switch: that has a class of its own, which cannot be had where the stack ends.
    ApprovalState now = request.state();
    if (now == ApprovalState.SPENT
        || now == ApprovalState.CANCELLED
        || now == ApprovalState.EXPIRED) {
      unbind(byBinding, request);
    } else {
      byBinding.put(request.binding(), request);
    }
    return new State(counted, byBinding, present.ended, earlier(present.nextEnd, endOf(request)));
  }

  /** Frees the binding, unless a newer request holds it. */
  private static void unbind(Map<String, ApprovalRequest> byBinding, ApprovalRequest request) {
    ApprovalRequest holder = byBinding.get(request.binding());
    if (holder != null && holder.id().equals(request.id())) {
      byBinding.remove(request.binding());
    }
  }

  private static boolean isFull(State present, ApprovalRequest request, Bounds bounds) {
    String grant = request.caller().grant();
    int ofGrant = 1;
    long bytesOfGrant = request.bytes();
    long bytes = request.bytes();
    for (ApprovalRequest other : present.counted.values()) {
      bytes += other.bytes();
      if (other.caller().grant().equals(grant)) {
        ofGrant++;
        bytesOfGrant += other.bytes();
      }
    }
    return present.counted.size() >= bounds.inAll()
        || ofGrant > bounds.perGrant()
        || bytes > bounds.bytesInAll()
        || bytesOfGrant > bounds.bytesPerGrant();
  }

  private static Instant endOf(ApprovalRequest request) {
    return request.state() == ApprovalState.IN_USE ? Instant.MAX : request.expiresAt();
  }

  private static Instant earlier(Instant one, Instant other) {
    return other.isBefore(one) ? other : one;
  }
}
