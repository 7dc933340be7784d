package dev.alcada.spring;

import org.jspecify.annotations.Nullable;

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
    this(problem, cure, null);
  }

  StartFailure(String problem, String cure, @Nullable Throwable cause) {
    super(problem + "; " + cure + ".", cause);
    this.problem = problem;
    this.cure = cure;
  }

  String problem() {
    return problem;
  }

  String cure() {
    return cure;
  }
}
