package dev.alcada.spring;

/** What keeps an application from starting half governed: what is wrong, and the cure. */
final class StartFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String problem;
  private final String cure;

  /**
   * @param problem what is wrong; names the property and the bean, without a full stop
   * @param cure what to do about it, in the imperative, without a full stop
   */
  StartFailure(String problem, String cure) {
    super(problem + "; " + cure + ".");
    this.problem = problem;
    this.cure = cure;
  }

  /** Keeps what was thrown beside it: the last word of the start is the sentence. */
  StartFailure(String problem, String cure, Throwable thrown) {
    this(problem, cure);
    addSuppressed(thrown);
  }

  String problem() {
    return problem;
  }

  String cure() {
    return cure;
  }
}
