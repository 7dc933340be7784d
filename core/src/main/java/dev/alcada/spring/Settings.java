package dev.alcada.spring;

import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * What an application says under {@code alcada}.
 *
 * @param policy where the policy is, or the policy itself
 * @param failUncovered whether a tool that could be reached past the guard ends the start, rather
 *     than being warned about
 */
record Settings(String policy, boolean failUncovered) {
  static final String POLICY = "alcada.policy";
  static final String COVERAGE = "alcada.coverage";

  private static final ConfigurationPropertyName PREFIX = ConfigurationPropertyName.of("alcada");
  private static final List<String> NAMES = List.of(POLICY, COVERAGE);

  /** {@return whether there is anything to be read} */
  static boolean any(Environment environment) {
    return NAMES.stream().anyMatch(environment::containsProperty) || !names(environment).isEmpty();
  }

  static Settings of(Environment environment) {
    for (String name : names(environment)) {
      if (name.startsWith(POLICY + ".") || name.startsWith(POLICY + "[")) {
        throw new StartFailure(
            POLICY + " is written as properties, of which " + name + " is one",
            "write the document as one text, in YAML with \"policy: |\", or name it by classpath:"
                + " or file:");
      }
      if (!NAMES.contains(name)) {
        throw new StartFailure(
            name + " is no property of Alçada", "write " + POLICY + " or " + COVERAGE);
      }
    }
    String policy = environment.getProperty(POLICY);
    if (policy == null || policy.isBlank()) {
      throw new StartFailure(
          POLICY + (policy == null ? " is not set, although " + COVERAGE + " is" : " is empty"),
          "name a policy by classpath: or file:, or write the document itself");
    }
    return new Settings(policy, failUncovered(environment));
  }

  private static boolean failUncovered(Environment environment) {
    String coverage = environment.getProperty(COVERAGE, "fail").strip();
    return switch (coverage.toLowerCase(Locale.ROOT)) {
      case "fail" -> true;
      case "warn" -> false;
      default ->
          throw new StartFailure(
              COVERAGE + " is \"" + coverage + "\", which is neither fail nor warn",
              "write fail or warn");
    };
  }

  /** The process's environment may have names that begin likewise and mean something else. */
  private static TreeSet<String> names(Environment environment) {
    TreeSet<String> names = new TreeSet<>();
    if (environment instanceof ConfigurableEnvironment configurable) {
      for (ConfigurationPropertySource source :
          ConfigurationPropertySources.from(configurable.getPropertySources())) {
        if (source instanceof IterableConfigurationPropertySource iterable
            && !(source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource)) {
          iterable.stream()
              .filter(PREFIX::isAncestorOf)
              .map(ConfigurationPropertyName::toString)
              .forEach(names::add);
        }
      }
    }
    return names;
  }

  /**
   * Whether an application says anything under {@code alcada}. Not only {@code alcada.policy}: a
   * misspelt one would leave every tool open in silence, and so it is {@link #of} that looks at the
   * names.
   */
  static final class Present extends SpringBootCondition {
    @Override
    public ConditionOutcome getMatchOutcome(
        ConditionContext context, AnnotatedTypeMetadata metadata) {
      ConditionMessage.Builder message = ConditionMessage.forCondition("Alçada");
      return Settings.any(context.getEnvironment())
          ? ConditionOutcome.match(message.because("alcada.policy is set"))
          : ConditionOutcome.noMatch(message.because("alcada.policy is not set"));
    }
  }
}
