package dev.alcada.approval;

import dev.alcada.time.TimeSource;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Keeps approval requests in this process, as long as they count, and the last 1,000 after that so
 * that a late answer can be told what became of its request. Nothing that counts is ever evicted.
 */
public final class InMemoryApprovalStore implements ApprovalStore {
  private static final int MAX_ENDED = 1_000;

  private final TimeSource time;

  /** One lock: only calls that need a person come here, and no method does more than look-ups. */
  private final Object lock = new Object();

  private final Map<String, ApprovalRequest> counted = new HashMap<>();
  private final Map<String, ApprovalRequest> byBinding = new HashMap<>();
  private final Map<String, Held> perGrant = new HashMap<>();
  private Held total = Held.NOTHING;
  private final TreeSet<ApprovalRequest> byExpiry =
      new TreeSet<>(InMemoryApprovalStore::compareByExpiry);
  private final Map<String, ApprovalRequest> ended =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, ApprovalRequest> eldest) {
          return size() > MAX_ENDED;
        }
      };

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
    synchronized (lock) {
      return CompletableFuture.completedFuture(find(binding, time.instant()));
    }
  }

  private @Nullable ApprovalRequest find(String binding, Instant now) {
    ApprovalRequest found = byBinding.get(binding);
    return found != null && found.holdsAt(now) ? found : null;
  }

  @Override
  public CompletionStage<Added> add(ApprovalRequest request, Bounds bounds) {
    Added added;
    synchronized (lock) {
      added = added(request, bounds);
    }
    return CompletableFuture.completedFuture(added);
  }

  private Added added(ApprovalRequest request, Bounds bounds) {
    Instant now = time.instant();
    endExpired(now);
    ApprovalRequest found = find(request.binding(), now);
    if (found != null) {
      return new Added.Holds(found);
    }
    String grant = request.caller().grant();
    Held held = perGrant.getOrDefault(grant, Held.NOTHING).plus(request);
    Held inAll = total.plus(request);
    if (inAll.requests > bounds.inAll()
        || inAll.bytes > bounds.bytesInAll()
        || held.requests > bounds.perGrant()
        || held.bytes > bounds.bytesPerGrant()) {
      return new Added.Full();
    }
    put(request);
    perGrant.put(grant, held);
    total = inAll;
    return new Added.Yes();
  }

  @Override
  public CompletionStage<Boolean> replace(ApprovalRequest next) {
    synchronized (lock) {
      return CompletableFuture.completedFuture(replaced(next));
    }
  }

  private boolean replaced(ApprovalRequest next) {
    Instant now = time.instant();
    endExpired(now);
    ApprovalRequest present = counted.get(next.id());
    if (present == null || present.version() != next.version() - 1) {
      return false;
    }
    byExpiry.remove(present);
    put(next);
    endExpired(now);
    return true;
  }

  @Override
  public CompletionStage<@Nullable ApprovalRequest> get(String id) {
    synchronized (lock) {
      ApprovalRequest found = counted.get(id);
      return CompletableFuture.completedFuture(found != null ? found : ended.get(id));
    }
  }

  @Override
  public CompletionStage<List<ApprovalRequest>> pending() {
    List<ApprovalRequest> pending;
    synchronized (lock) {
      Instant now = time.instant();
      pending =
          counted.values().stream()
              .filter(request -> request.at(now).state() == ApprovalState.PENDING)
              .sorted(
                  Comparator.comparing(ApprovalRequest::createdAt)
                      .thenComparing(ApprovalRequest::id))
              .toList();
    }
    return CompletableFuture.completedFuture(pending);
  }

  private void put(ApprovalRequest request) {
    counted.put(request.id(), request);
    byExpiry.add(request);
    switch (request.state()) {
      case PENDING, APPROVED, IN_USE, DENIED -> byBinding.put(request.binding(), request);
      case SPENT, CANCELLED, EXPIRED -> unbind(request);
    }
  }

  /** Frees the binding, unless a newer request holds it. */
  private void unbind(ApprovalRequest request) {
    byBinding.computeIfPresent(
        request.binding(), (binding, holder) -> holder.id().equals(request.id()) ? null : holder);
  }

  private void endExpired(Instant now) {
    while (!byExpiry.isEmpty() && !byExpiry.first().countsAt(now)) {
      ApprovalRequest request = byExpiry.pollFirst();
      counted.remove(request.id());
      unbind(request);
      total = total.minus(request);
      perGrant.computeIfPresent(
          request.caller().grant(),
          (grant, held) -> held.requests == 1 ? null : held.minus(request));
      ended.put(request.id(), request);
    }
  }

  private static int compareByExpiry(ApprovalRequest a, ApprovalRequest b) {
    int order = countsUntil(a).compareTo(countsUntil(b));
    return order != 0 ? order : a.id().compareTo(b.id());
  }

  private static Instant countsUntil(ApprovalRequest request) {
    return request.state() == ApprovalState.IN_USE ? Instant.MAX : request.expiresAt();
  }

  /** How many requests are held, and what they take. */
  private record Held(int requests, long bytes) {
    static final Held NOTHING = new Held(0, 0);

    Held plus(ApprovalRequest request) {
      return new Held(requests + 1, bytes + request.bytes());
    }

    Held minus(ApprovalRequest request) {
      return new Held(requests - 1, bytes - request.bytes());
    }
  }
}
