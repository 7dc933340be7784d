package dev.alcada.approval;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Keeps approval requests. Knows nothing of who may do what: a guard's approvals make every next
 * state and the store takes it or not, atomically. Whether a request has expired is decided by the
 * store's clock at the moment of that atomic step, so that no answer and no claim overtakes an
 * expiry that was seen.
 *
 * <p>Every method answers by a stage, since a person is slow and a store may be far: in memory it
 * is complete, on a network nobody waits. A stage that fails, and a method that throws, denies the
 * call that needed it.
 *
 * <p>Implementations must be safe for use by several threads, and by several processes if they
 * share their data. What a method has acknowledged must not be lost, or a yes could be used twice.
 * {@code ApprovalStoreKit} of this library's {@code kit} checks a store against this contract.
 *
 * <p>A request in use belongs to a call that is running. If that process dies it stays in use and
 * is never used again (at most once), until the host cancels it.
 *
 * @implSpec What can throw comes before the first change. A stage completes within the store's own
 *     time-out, and not on a thread that other answers need.
 */
public interface ApprovalStore {
  /**
   * Finds the request with a binding that {@linkplain ApprovalRequest#holdsAt holds}.
   *
   * @param binding the binding
   * @return the stage of the request, or of {@code null} if there is none
   */
  CompletionStage<@Nullable ApprovalRequest> find(String binding);

  /**
   * Adds a request unless one with the same binding {@linkplain ApprovalRequest#holdsAt holds} or a
   * bound is reached, in one atomic step.
   *
   * @param request the new request, version 1, state pending
   * @param bounds how much may {@linkplain ApprovalRequest#countsAt count}, this one included
   * @return the stage of what came of it
   */
  CompletionStage<Added> add(ApprovalRequest request, Bounds bounds);

  /**
   * Replaces a request by its next state, if it is still at the version before and, unless it is in
   * use, has not expired.
   *
   * @param next the next state; its version is one more than that of the request it replaces
   * @return the stage of whether it was replaced; {@code false} if another change came first, or it
   *     has expired
   */
  CompletionStage<Boolean> replace(ApprovalRequest next);

  /**
   * Returns a request by its identifier, as it was stored last.
   *
   * @param id the identifier
   * @return the stage of the request, or of {@code null} if there is none; an expired one may be
   *     kept or not
   */
  CompletionStage<@Nullable ApprovalRequest> get(String id);

  /** {@return the stage of the requests that are pending and have not expired, oldest first} */
  CompletionStage<List<ApprovalRequest>> pending();

  /** What came of adding a request. */
  sealed interface Added {
    /** It was added. */
    record Yes() implements Added {}

    /**
     * One with the same binding holds.
     *
     * @param request the request that holds
     */
    record Holds(ApprovalRequest request) implements Added {}

    /** A bound is reached. */
    record Full() implements Added {}
  }

  /**
   * How much may count at a time.
   *
   * @param perGrant how many requests of one grant
   * @param inAll how many requests
   * @param bytesPerGrant how many bytes the requests of one grant may take, by {@link
   *     ApprovalRequest#bytes}
   * @param bytesInAll how many bytes all requests may take
   */
  record Bounds(int perGrant, int inAll, long bytesPerGrant, long bytesInAll) {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a component is less than 1
     */
    public Bounds {
      if (perGrant < 1 || inAll < 1 || bytesPerGrant < 1 || bytesInAll < 1) {
        throw new IllegalArgumentException("every bound must be at least 1");
      }
    }
  }
}
