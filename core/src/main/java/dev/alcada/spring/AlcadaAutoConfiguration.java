package dev.alcada.spring;

import dev.alcada.approval.ApprovalStore;
import dev.alcada.approval.Approver;
import dev.alcada.audit.DecisionListener;
import dev.alcada.counter.CounterStore;
import dev.alcada.guard.Approvals;
import dev.alcada.guard.PolicySource;
import dev.alcada.guard.ResultClassifier;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.alcada.time.TimeSource;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.core.io.ResourceLoader;
import org.springframework.util.ClassUtils;

/**
 * What is in force where {@code alcada.policy} is set: the guard and its approvals, from beans
 * where there are any, and what puts the application's tools behind it.
 */
@AutoConfiguration
@Conditional(Settings.Present.class)
@Import({
  Integrations.Security.class,
  Integrations.Mcp.class,
  Integrations.AnnotatedMcp.class,
  Integrations.SpringAi.class,
  Integrations.ChatClients.class,
  Integrations.Management.class,
  Integrations.Meters.class
})
class AlcadaAutoConfiguration {
  private static final String GUARD = "alcadaGuard";

  /** Before any bean is made, and before a class is touched that another version has not. */
  @Bean
  static BeanFactoryPostProcessor alcadaVersions() {
    return beans -> Versions.check();
  }

  @Bean
  static Settings alcadaSettings(Environment environment) {
    return Settings.of(environment);
  }

  /** Not made lazily: it is what looks before the application answers anybody. */
  @Bean
  @Lazy(false)
  static Coverage alcadaCoverage(
      Settings settings,
      ConfigurableListableBeanFactory beans,
      ObjectProvider<GuardInUse> guard,
      ObjectProvider<Callers> callers,
      ObjectProvider<Coverage.Check> checks) {
    return new Coverage(settings.failUncovered(), beans, guard, callers, checks);
  }

  @Bean
  static PolicyDocument alcadaPolicyDocument(Settings settings, ResourceLoader resources) {
    return PolicyDocument.of(settings.policy(), resources);
  }

  @Bean
  static GuardInUse alcadaGuardInUse(ListableBeanFactory beans, PolicyDocument document) {
    return new GuardInUse(beans, document);
  }

  @Bean
  static KnownTools alcadaKnownTools() {
    return new KnownTools();
  }

  @Bean
  static Callers alcadaCallers(
      ApplicationContext context,
      ObjectProvider<Callers.Resolver> resolver,
      ObjectProvider<Callers.Principals> principals) {
    boolean web =
        ClassUtils.getAllInterfacesForClassAsSet(context.getClass()).stream()
            .anyMatch(
                type ->
                    type.getSimpleName().contains("WebApplicationContext")
                        || type.getSimpleName().contains("WebServerApplicationContext"));
    return new Callers(
        resolver.getIfAvailable(() -> known -> null),
        principals.getIfAvailable(() -> Callers.Principals.NONE),
        web ? "anonymous" : "local");
  }

  @Bean(GUARD)
  @ConditionalOnMissingBean
  static ToolGuard alcadaGuard(
      ListableBeanFactory beans,
      PolicyDocument document,
      ObjectProvider<DecisionListener> listeners) {
    ToolGuard.Builder builder = guard(beans, document.policy());
    ifAny(beans, CounterStore.class, builder::counterStore);
    ifAny(beans, TimeSource.class, builder::timeSource);
    ifAny(beans, ResultClassifier.class, builder::resultClassifier);
    ifAny(beans, Approvals.class, builder::approvals);
    listeners.orderedStream().forEach(builder::listener);
    return builder.build();
  }

  private static ToolGuard.Builder guard(ListableBeanFactory beans, @Nullable Policy document) {
    if (document != null) {
      return ToolGuard.builder(document);
    }
    PolicySource source = Beans.one(beans, PolicySource.class);
    if (source != null) {
      return ToolGuard.builder(source);
    }
    Policy policy = Beans.one(beans, Policy.class);
    if (policy == null) {
      throw new StartFailure(
          Settings.POLICY + " is bean, and there is no ToolGuard, PolicySource or Policy bean",
          "add one, or name a policy by classpath: or file:");
    }
    return ToolGuard.builder(policy);
  }

  /** Those of the application's own guard, if it has one. */
  @Bean
  @ConditionalOnMissingBean
  static Approvals alcadaApprovals(ConfigurableListableBeanFactory beans) {
    String own =
        Arrays.stream(beans.getBeanNamesForType(ToolGuard.class))
            .filter(name -> !name.equals(GUARD) && !beans.isCurrentlyInCreation(name))
            .findFirst()
            .orElse(null);
    if (own != null) {
      return beans.getBean(own, ToolGuard.class).approvals();
    }
    Approvals.Builder builder = Approvals.builder();
    ifAny(beans, ApprovalStore.class, builder::store);
    ifAny(beans, CounterStore.class, builder::counterStore);
    ifAny(beans, TimeSource.class, builder::timeSource);
    ifAny(beans, Approver.class, builder::approver);
    return builder.build();
  }

  private static <T> void ifAny(ListableBeanFactory beans, Class<T> type, Consumer<T> use) {
    T bean = Beans.one(beans, type);
    if (bean != null) {
      use.accept(bean);
    }
  }
}
