package dev.alcada.policy;

/** What a limit counts apart: a separate count for each value of its scope. */
public sealed interface Scope {
  /** A count for each grant. */
  Scope GRANT = new OfGrant();

  /** A count for each session of a grant. */
  Scope SESSION = new OfSession();

  /** One count for all calls. */
  Scope GLOBAL = new OfAll();

  /** A count for each grant. */
  record OfGrant() implements Scope {}

  /** A count for each session of a grant. */
  record OfSession() implements Scope {}

  /** One count for all calls. */
  record OfAll() implements Scope {}

  /**
   * A count for each value found at a path, across all grants.
   *
   * @param path a path into {@code args} or {@code context}
   */
  record OfValue(ValuePath path) implements Scope {}
}
