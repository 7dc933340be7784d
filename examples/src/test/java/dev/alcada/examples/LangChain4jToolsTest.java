package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.decision.Caller;
import dev.alcada.guard.NotDoneException;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.agent.tool.ToolSpecifications;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.tool.DefaultToolExecutor;
import dev.langchain4j.service.tool.ToolExecutionResult;
import dev.langchain4j.service.tool.ToolExecutor;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** LangChain4j's own executors and AI services behind a guard, with tools of this process. */
class LangChain4jToolsTest {
  /** Tools as LangChain4j's users write them. */
  @SuppressWarnings("DoNotCallSuggester") // they fail for the tests
  static final class Tools {
    @Tool
    String echo(String text) {
      return "said " + text;
    }

    @Tool
    String limited() {
      return "ran";
    }

    @Tool
    String capped() {
      return "ran";
    }

    @Tool
    String secret() {
      return "ran";
    }

    @Tool
    String refund() {
      return "refunded";
    }

    @Tool
    String fails() {
      throw new IllegalStateException("password=hunter2");
    }

    @Tool
    String errs() {
      throw new StackOverflowError("password=hunter2");
    }

    @Tool
    String nothing() {
      throw new NotDoneException("password=hunter2");
    }
  }

  /** The tools, each run by LangChain4j's executor. */
  abstract static class Cells extends LocalCells {
    final ToolExecutor executor(String tool) {
      Method method =
          Arrays.stream(Tools.class.getDeclaredMethods())
              .filter(candidate -> candidate.getName().equals(tool))
              .findFirst()
              .orElseThrow();
      return LangChain4jTools.guard(
          guard(),
          memoryId -> Caller.grant(String.valueOf(memoryId)),
          DefaultToolExecutor.builder()
              .object(new Tools())
              .originalMethod(method)
              .methodToInvoke(method)
              .propagateToolExecutionExceptions(true)
              .build());
    }

    final ToolExecutionRequest request(String tool, String arguments) {
      return ToolExecutionRequest.builder().id("1").name(tool).arguments(arguments).build();
    }

    @Test
    void argumentsThatTwoReadersMayUnderstandDifferentlyAreDenied() {
      assertThat(run("echo", "{\"text\": \"a\", \"text\": \"b\"}")).startsWith("[POLICY DENIED] ");
    }
  }

  @Nested
  class Execute extends Cells {
    @Override
    String run(String tool, String arguments) {
      return executor(tool).execute(request(tool, arguments), "memory");
    }

    @Test
    void aCallerThatCannotBeToldHasNoGrant() {
      ToolExecutor echo =
          LangChain4jTools.guard(
              guard(),
              memoryId -> {
                throw new IllegalStateException("password=hunter2");
              },
              (request, memoryId) -> "ran");

      assertThat(echo.execute(request("echo", "{}"), "memory"))
          .startsWith("[POLICY DENIED] ")
          .contains("no grant");
    }
  }

  @Nested
  class ExecuteWithContext extends Cells {
    @Override
    String run(String tool, String arguments) {
      return result(tool, arguments).resultText();
    }

    @Test
    void aRefusalIsAnErrorThatCarriesTheDecision() {
      ToolExecutionResult denied = result("secret", "{}");

      assertThat(denied.isError()).isTrue();
      assertThat(denied.attributes().get("dev.alcada/decision"))
          .isEqualTo(Map.of("outcome", "denied", "rule", "(hidden)", "code", "hidden"));
      assertThat(result("fails", "{}").isError()).isTrue();
    }

    private ToolExecutionResult result(String tool, String arguments) {
      return executor(tool)
          .executeWithContext(
              request(tool, arguments), InvocationContext.builder().chatMemoryId("memory").build());
    }
  }

  @Nested
  class InAnAiService extends Cells {
    @Override
    String run(String tool, String arguments) {
      ToolSpecification specification =
          ToolSpecifications.toolSpecificationsFrom(new Tools()).stream()
              .filter(candidate -> candidate.name().equals(tool))
              .findFirst()
              .orElseThrow();
      return AiServices.builder(ScriptedAssistant.class)
          .chatModel(new ScriptedModel(request(tool, arguments)))
          .tools(Map.of(specification, executor(tool)))
          .build()
          .chat("go");
    }
  }
}
