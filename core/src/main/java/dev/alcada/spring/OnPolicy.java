package dev.alcada.spring;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Whether an application says anything under {@code alcada}. Not only {@code alcada.policy}: a
 * misspelt one would leave every tool open in silence, and so it is {@link Settings} that looks at
 * the names.
 */
final class OnPolicy extends SpringBootCondition {
  @Override
  public ConditionOutcome getMatchOutcome(
      ConditionContext context, AnnotatedTypeMetadata metadata) {
    ConditionMessage.Builder message = ConditionMessage.forCondition("Alçada");
    return Settings.any(context.getEnvironment())
        ? ConditionOutcome.match(message.because("alcada.policy is set"))
        : ConditionOutcome.noMatch(message.because("alcada.policy is not set"));
  }
}
