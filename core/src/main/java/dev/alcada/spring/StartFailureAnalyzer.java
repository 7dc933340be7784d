package dev.alcada.spring;

import java.util.Locale;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Shows a {@link StartFailure} as Spring Boot shows its own: what is wrong, and what to do. */
final class StartFailureAnalyzer extends AbstractFailureAnalyzer<StartFailure> {
  @Override
  protected FailureAnalysis analyze(Throwable root, StartFailure failure) {
    String cure = failure.cure();
    return new FailureAnalysis(
        failure.problem() + ".",
        cure.substring(0, 1).toUpperCase(Locale.ROOT) + cure.substring(1) + ".",
        failure);
  }
}
