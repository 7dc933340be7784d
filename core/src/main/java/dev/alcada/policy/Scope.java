package dev.alcada.policy;

/** What a limit counts apart: a separate count for each value of its scope. */
public sealed interface Scope {
  /** A count for each grant. */
  Scope GRANT = new OfGrant();

  /** A count for each session of a grant. */
  Scope SESSION = new OfSession();

  /** One count for all calls. */
  Scope GLOBAL = new OfGlobal();

  /** A count for each grant. */
  record OfGrant() implements Scope {
    @Override
    public String toString() {
      return "grant";
    }
  }

  /** A count for each session of a grant. */
  record OfSession() implements Scope {
    @Override
    public String toString() {
      return "session";
    }
  }

  /** One count for all calls. */
  record OfGlobal() implements Scope {
    @Override
    public String toString() {
      return "global";
    }
  }

  /**
   * A count for each value found at a path, across all grants.
   *
   * @param path a path into {@code args} or {@code context}
   */
  record OfValue(ValuePath path) implements Scope {
    /** {@return the path, as documents spell the scope} */
    @Override
    public String toString() {
      return path.toString();
    }
  }

  /**
   * Returns a scope of each value found at a path.
   *
   * @param path for example {@code args.account} or {@code context.tenant}
   * @throws IllegalArgumentException if the path is none
   */
  static Scope of(String path) {
    return new OfValue(ValuePath.parse(path));
  }
}
