package dev.alcada.approval;

import dev.alcada.guard.Approvals;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Keeps approval requests. Knows nothing of who may do what: {@link Approvals} makes every next
 * state and the store takes it or not, atomically. Whether a request has expired is decided by the
 * store's clock at the moment of that atomic step, so that no answer and no claim overtakes an
 * expiry that was seen.
 *
 * <p>Implementations must be safe for use by several threads, and by several processes if they
 * share their data. What a method has acknowledged must not be lost, or a yes could be used twice.
 * {@code ApprovalStoreKit} in this library's test jar checks a store against this contract.
 *
 * <p>A request in use belongs to a call that is running. If that process dies it stays in use and
 * is never used again (at most once), until the host cancels it.
 */
public interface ApprovalStore {
  /**
   * Returns the request with a binding that {@linkplain ApprovalRequest#holdsAt holds}.
   *
   * @param binding the binding
   * @return the request, or {@code null} if there is none
   */
  @Nullable ApprovalRequest find(String binding);

  /**
   * Adds a request unless one with the same binding {@linkplain ApprovalRequest#holdsAt holds} or a
   * bound is reached, in one atomic step.
   *
   * @param request the new request, version 1, state pending
   * @param maxPerGrant how many requests of the same grant may {@linkplain ApprovalRequest#countsAt
   *     count}, this one included
   * @param maxInAll how many requests may count, this one included
   * @return the request added, the one that holds instead, or {@code null} if a bound is reached
   */
  @Nullable ApprovalRequest findOrAdd(ApprovalRequest request, int maxPerGrant, int maxInAll);

  /**
   * Replaces a request by its next state, if it is still at the version before and, unless it is in
   * use, has not expired.
   *
   * @param next the next state; its version is one more than that of the request it replaces
   * @return whether it was replaced; {@code false} if another change came first, or it has expired
   */
  boolean replace(ApprovalRequest next);

  /**
   * Returns a request by its identifier, as it was stored last.
   *
   * @param id the identifier
   * @return the request, or {@code null} if there is none; an expired one may be kept or not
   */
  @Nullable ApprovalRequest get(String id);

  /** {@return the requests that are pending and have not expired, oldest first} */
  List<ApprovalRequest> pending();
}
