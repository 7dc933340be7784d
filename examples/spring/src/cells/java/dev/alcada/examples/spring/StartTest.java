package dev.alcada.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.alcada.guard.PolicySource;
import dev.alcada.guard.ToolGuard;
import dev.alcada.mcp.CallerResolver;
import dev.alcada.policy.Policy;
import io.modelcontextprotocol.json.McpJsonDefaults;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.TaskToolSpecification;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpStreamableServerSession;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;
import reactor.core.publisher.Mono;

/** What keeps an application from starting, each in one sentence that names the cure. */
class StartTest {
  private static final String DENY = "{\"version\": \"1\", \"default\": \"deny\"}";

  /**
   * @param name what is wrong
   * @param configuration the application
   * @param properties what it says
   * @param sentence what its start says
   */
  record Case(String name, Class<?> configuration, List<String> properties, List<String> sentence) {
    @Override
    public String toString() {
      return name;
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Plain {}

  @Configuration(proxyBeanMethods = false)
  static class TwoGuards extends Plain {
    @Bean
    ToolGuard first() {
      return ToolGuard.builder(Policy.parse(DENY)).build();
    }

    @Bean
    ToolGuard second() {
      return ToolGuard.builder(Policy.parse(DENY)).build();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class GuardWithASource extends Plain {
    @Bean
    ToolGuard own() {
      PolicySource source = caller -> null;
      return ToolGuard.builder(source).build();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class FailingResolver extends Plain {
    @Bean
    CallerResolver resolver() {
      return context -> {
        throw new IllegalStateException("no tenant");
      };
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class NewKind extends Plain {
    @Bean
    List<TaskToolSpecification> tasks() {
      return List.of(new TaskToolSpecification("echo"));
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class HiddenTransport extends Plain {
    @Bean
    McpSyncServer hidden() {
      return McpServer.sync(new OtherTransport())
          .capabilities(ServerCapabilities.builder().tools(false).build())
          .build();
    }
  }

  /** One that keeps what it is given where nobody finds it. */
  static class OtherTransport implements McpStreamableServerTransportProvider {
    private final Map<String, Object> kept = new ConcurrentHashMap<>();

    @Override
    public void setSessionFactory(McpStreamableServerSession.Factory factory) {
      kept.put("factory", factory);
    }

    @Override
    public Mono<Void> notifyClients(String method, Object params) {
      return Mono.empty();
    }

    @Override
    public Mono<Void> closeGracefully() {
      return Mono.empty();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class PipeOfItsOwn extends Plain {
    @Bean
    McpSyncServer pipe() {
      return McpServer.sync(
              new StdioServerTransportProvider(
                  McpJsonDefaults.getMapper(),
                  new ByteArrayInputStream(new byte[0]),
                  new ByteArrayOutputStream()))
          .capabilities(ServerCapabilities.builder().tools(false).build())
          .build();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Named extends Plain {
    @Bean
    ToolCallback refund() {
      return ToolsApplication.callback("refund_order");
    }
  }

  private static Case wrong(
      String name, Class<?> configuration, List<String> properties, String... sentence) {
    return new Case(name, configuration, properties, List.of(sentence));
  }

  static Stream<Case> cases() {
    return Stream.of(
        wrong(
            "a policy that is not there",
            Plain.class,
            List.of("alcada.policy=classpath:nowhere.yaml"),
            "alcada.policy names classpath:nowhere.yaml, which is not there; put the file there or"
                + " correct the property."),
        wrong(
            "a file that is not there",
            Plain.class,
            List.of("alcada.policy=file:nowhere/policy.yaml"),
            "alcada.policy names file:nowhere/policy.yaml, which is not there; put the file there or"
                + " correct the property."),
        wrong(
            "a policy that is broken",
            Plain.class,
            List.of("alcada.policy={\"version\": \"1\", \"defualt\": \"deny\"}"),
            "alcada.policy holds a document which is no policy:",
            "defualt",
            "correct the document."),
        wrong(
            "an empty policy",
            Plain.class,
            List.of("alcada.policy="),
            "alcada.policy is empty; name a policy by classpath: or file:"),
        wrong(
            "a place without its kind",
            Plain.class,
            List.of("alcada.policy=policy.yaml"),
            "alcada.policy is \"policy.yaml\", which is neither a place nor a document; write"
                + " classpath:policy.yaml or file:policy.yaml."),
        wrong(
            "a property's name that is misspelt",
            Plain.class,
            List.of("alcada.polcy=classpath:policy.yaml"),
            "alcada.polcy is no property of Alçada; write alcada.policy or alcada.coverage."),
        wrong(
            "a document written as properties",
            Plain.class,
            List.of("alcada.policy.version=1", "alcada.policy.default=deny"),
            "alcada.policy is written as properties, of which alcada.policy.default is one; write"
                + " the document as one text"),
        wrong(
            "coverage without a policy",
            Plain.class,
            List.of("alcada.coverage=warn"),
            "alcada.policy is not set, although alcada.coverage is; name a policy"),
        wrong(
            "another coverage",
            Plain.class,
            List.of("alcada.policy=" + DENY, "alcada.coverage=sometimes"),
            "alcada.coverage is \"sometimes\", which is neither fail nor warn; write fail or"
                + " warn."),
        wrong(
            "two guards",
            TwoGuards.class,
            List.of("alcada.policy=" + DENY),
            "alcada.policy is set and there are several beans of type ToolGuard: \"first\","
                + " \"second\"; keep one, or mark it @Primary."),
        wrong(
            "a guard that asks for a policy of its own",
            GuardWithASource.class,
            List.of("alcada.policy=" + DENY),
            "alcada.policy names a policy, and the ToolGuard bean \"own\" asks a PolicySource for"
                + " its own; set alcada.policy: bean, or leave that bean out."),
        wrong(
            "no bean to take the policy of",
            Plain.class,
            List.of("alcada.policy=bean"),
            "alcada.policy is bean, and there is no ToolGuard, PolicySource or Policy bean; add"
                + " one"),
        wrong(
            "a resolver that fails",
            FailingResolver.class,
            List.of("alcada.policy=" + DENY),
            "alcada.policy is set and the CallerResolver bean \"resolver\" fails for a call that"
                + " nothing is known of (java.lang.IllegalStateException); return null where nobody"
                + " is authenticated."),
        wrong(
            "a kind of tool that nobody knows",
            NewKind.class,
            List.of("alcada.policy=" + DENY),
            "alcada.policy is set and bean \"tasks\" is a"
                + " io.modelcontextprotocol.server.TaskToolSpecification, a kind of tool that"
                + " nobody guards here; publish the tool by a kind that is known",
            "or set alcada.coverage: warn."),
        wrong(
            "a transport that nobody knows",
            HiddenTransport.class,
            List.of("alcada.policy=" + DENY),
            "bean \"hidden\" serves tools in a way that is not known here",
            "OtherTransport",
            "or set alcada.coverage: warn."),
        wrong(
            "a pipe that is read before it can be guarded",
            PipeOfItsOwn.class,
            List.of("alcada.policy=" + DENY),
            "the MCP server of bean \"pipe\" may have been called before it was guarded; make its"
                + " transport a bean of its own"),
        wrong(
            "a policy that misspells a tool and leaves it open",
            Named.class,
            List.of(
                "spring.ai.mcp.server.protocol=SSE",
                "alcada.policy={\"version\": \"1\", \"default\": \"allow\","
                    + " \"tools\": {\"refund_oder\": {\"action\": \"deny\"}}}"),
            "alcada.policy does not fit the tools:",
            "refund_oder",
            "correct the name."));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theStartSaysInOneSentenceWhatIsWrongAndTheCure(Case wrong) {
    Throwable failure =
        catchThrowable(() -> start(wrong.configuration(), wrong.properties()).close());

    assertThat(NestedExceptionUtils.getMostSpecificCause(failure))
        .hasMessageContainingAll(wrong.sentence().toArray(String[]::new))
        .hasMessageNotContaining("\n")
        .hasMessageEndingWith(".");
  }

  private static ConfigurableApplicationContext start(
      Class<?> configuration, List<String> properties, ApplicationContextInitializer<?>... with) {
    List<String> all = new ArrayList<>(Server.QUIET);
    all.add("spring.main.web-application-type=none");
    if (properties.stream().noneMatch(property -> property.startsWith("spring.ai."))) {
      all.add("spring.ai.mcp.server.enabled=false");
    }
    all.addAll(properties);
    return Server.run(new SpringApplicationBuilder(configuration).initializers(with), all);
  }

  @Test
  void aBeanThatIsThereBeforeAllOthersFailsTheStart() {
    ApplicationContextInitializer<GenericApplicationContext> early =
        context ->
            context.getBeanFactory().registerSingleton("early", ToolsApplication.callback("echo"));

    assertThatThrownBy(() -> start(Plain.class, List.of("alcada.policy=" + DENY), early).close())
        .hasMessageContaining(
            "bean \"early\" was made too early to be guarded, and reaches tools past it");
    try (var context =
        start(Plain.class, List.of("alcada.policy=" + DENY, "alcada.coverage=warn"), early)) {
      assertThat(context.isRunning()).isTrue();
    }
  }

  @Test
  void springBootShowsTheFailureAsItsOwn() {
    assertThatThrownBy(() -> start(Plain.class, List.of("alcada.policy=policy.yaml")).close())
        .satisfies(
            failure ->
                assertThat(
                        SpringFactoriesLoader.forDefaultResourceLocation()
                            .load(
                                FailureAnalyzer.class,
                                null,
                                FailureHandler.handleMessage((message, unfit) -> {}))
                            .stream()
                            .map(analyzer -> analyzer.analyze(failure))
                            .filter(analysis -> analysis != null)
                            .map(analysis -> analysis.getAction())
                            .toList())
                    .contains("Write classpath:policy.yaml or file:policy.yaml."));
  }

  @Test
  void withoutThePropertyNothingIsThere() {
    try (var context = start(Plain.class, List.of())) {
      assertThat(
              Arrays.stream(context.getBeanDefinitionNames())
                  .map(context::getType)
                  .filter(type -> type != null && type.getName().startsWith("dev.alcada.spring")))
          .isEmpty();
    }
  }
}
