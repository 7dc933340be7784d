package dev.alcada.spring;

import java.util.Locale;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

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

  /** Shows a {@link StartFailure} as Spring Boot shows its own: what is wrong, and what to do. */
  static final class Analyzer extends AbstractFailureAnalyzer<StartFailure> {
    @Override
    protected FailureAnalysis analyze(Throwable root, StartFailure failure) {
      String cure = failure.cure();
      return new FailureAnalysis(
          failure.problem() + ".",
          cure.substring(0, 1).toUpperCase(Locale.ROOT) + cure.substring(1) + ".",
          failure);
    }
  }
}
