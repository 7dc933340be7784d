package dev.alcada.approval;

import dev.alcada.time.TimeSource;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
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
  private final Map<String, Integer> perGrant = new HashMap<>();
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

  public InMemoryApprovalStore(TimeSource time) {
    this.time = time;
  }

  @Override
  public @Nullable ApprovalRequest find(String binding) {
    synchronized (lock) {
      return find(binding, time.instant());
    }
  }

  private @Nullable ApprovalRequest find(String binding, Instant now) {
    ApprovalRequest found = byBinding.get(binding);
    return found != null && found.holdsAt(now) ? found : null;
  }

  @Override
  public @Nullable ApprovalRequest findOrAdd(
      ApprovalRequest request, int maxPerGrant, int maxInAll) {
    synchronized (lock) {
      Instant now = time.instant();
      endExpired(now);
      ApprovalRequest found = find(request.binding(), now);
      if (found != null) {
        return found;
      }
      String grant = request.caller().grant();
      if (counted.size() >= maxInAll || perGrant.getOrDefault(grant, 0) >= maxPerGrant) {
        return null;
      }
      put(request);
      perGrant.merge(grant, 1, Integer::sum);
      return request;
    }
  }

  @Override
  public boolean replace(ApprovalRequest next) {
    synchronized (lock) {
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
  }

  @Override
  public @Nullable ApprovalRequest get(String id) {
    synchronized (lock) {
      ApprovalRequest found = counted.get(id);
      return found != null ? found : ended.get(id);
    }
  }

  @Override
  public List<ApprovalRequest> pending() {
    synchronized (lock) {
      Instant now = time.instant();
      return counted.values().stream()
          .filter(request -> request.at(now).state() == ApprovalState.PENDING)
          .sorted(
              Comparator.comparing(ApprovalRequest::createdAt).thenComparing(ApprovalRequest::id))
          .toList();
    }
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
      perGrant.compute(
          request.caller().grant(),
          (grant, count) -> count == null || count == 1 ? null : count - 1);
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
}
