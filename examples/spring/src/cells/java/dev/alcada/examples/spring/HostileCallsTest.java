package dev.alcada.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.alcada.spring.GuardedTools;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.springframework.ai.chat.model.ToolContext;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.function.FunctionToolCallback;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ParameterizedTypeReference;

/** Calls as no client of good will makes them, and tools that call others. */
class HostileCallsTest {
  private static final String POLICY =
      """
      version: "1"
      default: allow
      tools:
        drop: {action: deny}
        inner: {limits: [{counter: inner, window: day, max: 1}]}
        once: {limits: [{counter: once, window: day, max: 1}]}
        echo: {}
      """;

  /** One that runs whatever it is told, and one that calls another on the way. */
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {
    final List<String> ran = new CopyOnWriteArrayList<>();

    private ToolCallback tool(String name) {
      return FunctionToolCallback.builder(
              name,
              (Map<String, Object> arguments) -> {
                ran.add(name + arguments);
                return "ran";
              })
          .description("A tool")
          .inputType(new ParameterizedTypeReference<Map<String, Object>>() {})
          .build();
    }

    @Bean
    ToolCallback drop() {
      return tool("drop");
    }

    @Bean
    ToolCallback inner() {
      return tool("inner");
    }

    @Bean
    ToolCallback once() {
      return tool("once");
    }

    @Bean
    ToolCallback echo() {
      return tool("echo");
    }

    @Bean
    ToolCallback outer(ToolCallback inner) {
      return FunctionToolCallback.builder(
              "outer",
              (Map<String, Object> arguments, ToolContext context) ->
                  "inner: " + inner.call("{}", context))
          .description("A tool")
          .inputType(new ParameterizedTypeReference<Map<String, Object>>() {})
          .build();
    }
  }

  private static @Nullable ConfigurableApplicationContext context;

  @BeforeAll
  static void start() {
    List<String> properties =
        new ArrayList<>(
            List.of("spring.ai.mcp.server.protocol=STATELESS", "alcada.policy=" + POLICY));
    context = Server.start(properties, Application.class);
  }

  @AfterAll
  static void stop() {
    context().close();
  }

  private static ConfigurableApplicationContext context() {
    return Objects.requireNonNull(context);
  }

  @BeforeEach
  void nothingHasRun() {
    ran().clear();
  }

  private static String call(String params) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + Server.port(context()) + "/mcp"))
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"tools/call\", \"params\": "
                        + params
                        + "}"))
            .build();
    return Objects.requireNonNull(
        HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString()).body());
  }

  private static List<String> ran() {
    return context().getBean(Application.class).ran;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"name\": \"drop\"}",
        "{\"name\": [\"drop\"]}",
        "{\"name\": {\"x\": \"drop\"}}",
        "{\"NAME\": \"drop\"}",
        "{\"name\": \"drop\", \"name\": \"drop\"}",
        "{\"name\": \"echo\", \"arguments\": \"{}\"}",
        "{\"name\": \"echo\", \"arguments\": [1]}",
        "{\"name\": \"echo\", \"_meta\": [1]}",
        "[\"drop\"]",
        "\"drop\"",
        "null",
        "{}"
      })
  void whatIsNoCallRunsNothing(String params) throws Exception {
    assertThat(call(params)).containsAnyOf("error", "POLICY DENIED");
    assertThat(ran()).isEmpty();
  }

  @Test
  void aSecondNameUnderAnotherSpellingIsNotPassedOn() throws Exception {
    assertThat(call("{\"name\": \"echo\", \"Name\": \"drop\", \"arguments\": {\"a\": 1}}"))
        .contains("ran");
    assertThat(ran()).containsExactly("echo{a=1}");
  }

  @Test
  void aToolThatIsNotThereIsAnErrorAndNoRiddle() throws Exception {
    assertThat(call("{\"name\": \"none\"}")).contains("There is no tool of this name");
  }

  @Test
  void aToolThatAnotherCallsOnTheWayIsJudgedForItself() throws Exception {
    assertThat(call("{\"name\": \"outer\"}")).contains("inner: ").contains("ran");
    assertThat(call("{\"name\": \"outer\"}")).contains("inner: [POLICY DENIED]");
    assertThat(call("{\"name\": \"inner\"}")).contains("[POLICY DENIED]");
    assertThat(ran()).containsExactly("inner{}");
  }

  @Test
  void aLaterPolicyThatMisspellsAToolAndLeavesItOpenIsRefused() throws Exception {
    Policy misspelt = Policy.parse(POLICY.replace("drop:", "dropp:"));

    assertThatThrownBy(() -> context().getBean(ToolGuard.class).replacePolicy(misspelt))
        .hasMessageContaining("\"dropp\"");
    assertThat(call("{\"name\": \"drop\"}")).contains("[POLICY DENIED]");
  }

  /** A name is a server's, where the tools of another are used. */
  @Test
  void aNameBeginsNoLineOfTheLog() {
    ToolCallback failing =
        FunctionToolCallback.builder(
                "pay\nERROR forged\u001b[2J\u009b2J\u202e",
                (Map<String, Object> arguments) -> {
                  throw new IllegalStateException("hunter2");
                })
            .description("A tool")
            .inputType(new ParameterizedTypeReference<Map<String, Object>>() {})
            .build();
    Logger logger = (Logger) LoggerFactory.getLogger("dev.alcada.spring.GuardedToolCallback");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    logger.setLevel(Level.WARN);
    try {
      assertThat(context().getBean(GuardedTools.class).guard(failing).call("{}"))
          .isEqualTo("The tool failed; what it had done by then is not known.");
    } finally {
      logger.setLevel(null);
      logger.detachAppender(log);
    }
    assertThat(log.list)
        .singleElement()
        .extracting(ILoggingEvent::getFormattedMessage)
        .asString()
        .startsWith("Tool pay\\u000aERROR forged\\u001b[2J\\u009b2J\\u202e failed with")
        .doesNotContain("hunter2");
  }

  @Test
  void aToolThatAClientCallsItselfIsJudgedOnce() throws Exception {
    assertThat(call("{\"name\": \"once\"}")).contains("ran").doesNotContain("DENIED");
    assertThat(call("{\"name\": \"once\"}")).contains("DENIED");
  }
}
