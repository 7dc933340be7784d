package dev.alcada.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.audit.DecisionListener;
import dev.alcada.counter.CounterStore;
import dev.alcada.counter.memory.InMemoryCounterStore;
import dev.alcada.decision.Caller;
import dev.alcada.guard.Approvals;
import dev.alcada.guard.PolicySource;
import dev.alcada.guard.ToolGuard;
import dev.alcada.mcp.CallerResolver;
import dev.alcada.policy.Policy;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.ai.chat.model.ToolContext;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What an application's own beans change. */
class BeansTest {
  private static final String ONCE =
      """
      version: "1"
      default: deny
      tools:
        echo: {limits: [{counter: echo, window: day, max: 1}]}
      """;

  private static final String NEVER = "version: \"1\"\ndefault: deny\n";

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Plain {
    @Bean
    ToolCallback echo() {
      return ToolsApplication.callback("a_echo");
    }
  }

  private static ConfigurableApplicationContext start(String policy, Class<?> configuration) {
    List<String> properties =
        new ArrayList<>(
            List.of(
                "spring.main.web-application-type=none",
                "spring.ai.mcp.server.enabled=false",
                "alcada.policy=" + policy.replace("echo", "a_echo")));
    return Server.start(properties, configuration);
  }

  private static String run(ConfigurableApplicationContext context) {
    return context.getBean(ToolCallback.class).call("{}");
  }

  private static String run(ConfigurableApplicationContext context, Map<String, Object> known) {
    return context.getBean(ToolCallback.class).call("{}", new ToolContext(known));
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnParts extends Plain {
    final List<String> decided = new CopyOnWriteArrayList<>();

    @Bean
    DecisionListener listener() {
      return event -> decided.add(event.tool() + " " + event.grant());
    }

    @Bean
    CounterStore counters() {
      return InMemoryCounterStore.builder().build();
    }
  }

  @Test
  void aGuardIsMadeOfTheListenersAndTheStoreThatAreThere() throws Exception {
    try (var context = start(ONCE, OwnParts.class)) {
      assertThat(run(context)).contains("said");
      assertThat(context.getBean(OwnParts.class).decided).containsExactly("a_echo local");
      // Another guard that shares the store shares the count.
      ToolGuard other =
          ToolGuard.builder(context.getBean(ToolGuard.class).policy())
              .counterStore(context.getBean(CounterStore.class))
              .build();
      assertThat(
              other
                  .check(dev.alcada.decision.ToolCall.of("a_echo", Map.of(), Caller.grant("local")))
                  .metadata())
          .containsEntry("code", "limit");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnGuard extends Plain {
    private final Approvals approvals = Approvals.inMemory();

    @Bean
    ToolGuard guard() {
      return ToolGuard.builder(Policy.parse(NEVER)).approvals(approvals).build();
    }
  }

  @Test
  void aGuardThatIsThereIsUsedWithThePolicyOfTheProperty() {
    try (var context = start(ONCE, OwnGuard.class)) {
      assertThat(run(context)).contains("said");
      assertThat(run(context)).startsWith("[POLICY DENIED] ");
      assertThat(context.getBean(Approvals.class))
          .isSameAs(context.getBean(OwnGuard.class).approvals);
    }
  }

  @Test
  void aGuardThatIsThereKeepsItsOwnPolicyIfThePropertySaysSo() {
    try (var context = start("bean", OwnGuard.class)) {
      assertThat(run(context)).startsWith("[POLICY DENIED] ");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class PolicyByGrant extends Plain {
    @Bean
    PolicySource policies() {
      Policy open = Policy.parse(ONCE.replace("echo", "a_echo"));
      return caller -> caller.grant().equals("ana") ? open : null;
    }

    @Bean
    CallerResolver callers() {
      return context -> context.get("user") instanceof String user ? Caller.grant(user) : null;
    }
  }

  @Test
  void aPolicyByGrantAndWhoCallsComeFromBeans() {
    try (var context = start("bean", PolicyByGrant.class)) {
      assertThat(run(context, Map.of("user", "ana"))).contains("said");
      assertThat(run(context, Map.of("user", "eve"))).startsWith("[POLICY DENIED] ");
      assertThat(run(context)).startsWith("[POLICY DENIED] ");
    }
  }

  @Test
  void aFileIsFollowed(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("policy.yaml");
    Files.writeString(file, NEVER);
    try (var context = start("file:" + file, Plain.class)) {
      CountDownLatch replaced = new CountDownLatch(1);
      context.getBean(ToolGuard.class).onReplaced(policy -> replaced.countDown());
      assertThat(run(context)).startsWith("[POLICY DENIED] ");

      Files.writeString(file, ONCE.replace("echo", "a_echo"));

      assertThat(replaced.await(1, TimeUnit.MINUTES)).isTrue();
      assertThat(run(context)).contains("said");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Metered extends Plain {
    @Bean
    MeterRegistry meters() {
      return new SimpleMeterRegistry();
    }
  }

  @Test
  void decisionsAreCountedByToolOutcomeAndCode() throws Exception {
    try (var context = start(ONCE, Metered.class)) {
      String unused = run(context) + run(context);
      ToolGuard guard = context.getBean(ToolGuard.class);
      for (int i = 0; i < 3; i++) {
        guard.call(
            dev.alcada.decision.ToolCall.of("made_up_" + i, Map.of(), Caller.grant("local")),
            call -> "");
      }

      MeterRegistry meters = context.getBean(MeterRegistry.class);
      assertThat(count(meters, "a_echo", "allowed", "none")).isEqualTo(1);
      assertThat(count(meters, "a_echo", "denied", "limit")).isEqualTo(1);
      assertThat(count(meters, "other", "denied", "not_listed")).isEqualTo(3);
    }
  }

  private static double count(MeterRegistry meters, String tool, String outcome, String code) {
    return meters
        .get("alcada.decisions")
        .tags("tool", tool, "outcome", outcome, "code", code)
        .counter()
        .count();
  }
}
