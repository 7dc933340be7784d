package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.approval.Approvals;
import dev.alcada.decision.Caller;
import dev.alcada.guard.ToolGuard;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.agent.tool.ToolSpecifications;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.invocation.InvocationContext;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.tool.DefaultToolExecutor;
import dev.langchain4j.service.tool.ToolExecutor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** LangChain4j's own executors and AI services behind a guard. */
class LangChain4jToolsTest {
  /** How the framework runs a tool. */
  enum Way {
    EXECUTE {
      @Override
      String run(ToolExecutor executor, ToolExecutionRequest request) {
        return executor.execute(request, "memory");
      }
    },
    EXECUTE_WITH_CONTEXT {
      @Override
      String run(ToolExecutor executor, ToolExecutionRequest request) {
        return executor
            .executeWithContext(request, InvocationContext.builder().chatMemoryId("memory").build())
            .resultText();
      }
    },
    AI_SERVICE {
      @Override
      String run(ToolExecutor executor, ToolExecutionRequest request) {
        ToolSpecification specification =
            ToolSpecifications.toolSpecificationsFrom(new Tools()).stream()
                .filter(tool -> tool.name().equals(request.name()))
                .findFirst()
                .orElseThrow();
        return AiServices.builder(Assistant.class)
            .chatModel(new Scripted(request))
            .tools(Map.of(specification, executor))
            .build()
            .chat("go");
      }
    };

    abstract String run(ToolExecutor executor, ToolExecutionRequest request);
  }

  /** An AI service's interface. */
  interface Assistant {
    String chat(String message);
  }

  /** A model that calls one tool and then repeats what the tool said. */
  record Scripted(ToolExecutionRequest request) implements ChatModel {
    @Override
    public ChatResponse doChat(ChatRequest chat) {
      var last = chat.messages().get(chat.messages().size() - 1);
      return ChatResponse.builder()
          .aiMessage(
              last instanceof ToolExecutionResultMessage result
                  ? AiMessage.from(result.text())
                  : AiMessage.from(request))
          .build();
    }
  }

  /** Tools as LangChain4j's users write them. */
  static final class Tools {
    @Tool
    String echo(String arg0) {
      return "said " + arg0;
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
  }

  private final Approvals approvals = Approvals.inMemory();
  private final ToolGuard guard = FrameworkPolicy.guard(approvals);

  @ParameterizedTest
  @EnumSource
  void anAllowedToolRunsWithTheArgumentsThatWereJudged(Way way) {
    assertThat(run(way, "echo", "{\"arg0\": \"olá\"}")).isEqualTo("said olá");
  }

  @ParameterizedTest
  @EnumSource
  void argumentsThatTwoReadersMayUnderstandDifferentlyAreDenied(Way way) {
    assertThat(run(way, "echo", "{\"arg0\": \"a\", \"arg0\": \"b\"}"))
        .startsWith("[POLICY DENIED] ");
  }

  @ParameterizedTest
  @EnumSource
  void aHiddenToolIsDenied(Way way) {
    assertThat(run(way, "secret", "{}")).startsWith("[POLICY DENIED] ");
  }

  @ParameterizedTest
  @EnumSource
  void aCallThatNeedsApprovalRunsAfterAYes(Way way) {
    assertThat(run(way, "refund", "{}")).startsWith("[APPROVAL REQUIRED] ");
    approvals.approve(approvals.pending().get(0).id(), "a person", null);
    assertThat(run(way, "refund", "{}")).isEqualTo("refunded");
  }

  @ParameterizedTest
  @EnumSource
  void whatAToolThrowsReachesNoModel(Way way) {
    assertThat(run(way, "fails", "{}")).startsWith("The tool failed").doesNotContain("hunter2");
  }

  @ParameterizedTest
  @EnumSource
  void concurrentCallsNeverGetPastTheLimit(Way way) throws Exception {
    assertThat(FrameworkPolicy.ranOf32(() -> run(way, "capped", "{}")))
        .isEqualTo(FrameworkPolicy.CAP);
  }

  private String run(Way way, String tool, String arguments) {
    return way.run(
        Objects.requireNonNull(executors().get(tool)),
        ToolExecutionRequest.builder().id("1").name(tool).arguments(arguments).build());
  }

  private Map<String, ToolExecutor> executors() {
    Tools tools = new Tools();
    Map<String, ToolExecutor> executors = new LinkedHashMap<>();
    for (var method : Tools.class.getDeclaredMethods()) {
      executors.put(
          method.getName(),
          LangChain4jTools.guard(
              guard,
              memoryId -> Caller.grant("agent-7"),
              DefaultToolExecutor.builder()
                  .object(tools)
                  .originalMethod(method)
                  .methodToInvoke(method)
                  .propagateToolExecutionExceptions(true)
                  .build()));
    }
    return executors;
  }
}
