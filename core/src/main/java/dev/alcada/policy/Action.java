package dev.alcada.policy;

/** What a tool's rule does before any of its predicates and limits is looked at. */
public enum Action {
  /** The call goes on to predicates and limits. */
  ALLOW,
  /** Every call is denied. */
  DENY,
  /** Every call that nothing denies needs a person's approval. */
  REQUIRE_APPROVAL
}
