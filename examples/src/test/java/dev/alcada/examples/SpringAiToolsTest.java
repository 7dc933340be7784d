package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.decision.Caller;
import dev.alcada.guard.NotDoneException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.ai.chat.messages.AssistantMessage;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.model.ToolContext;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.ai.support.ToolCallbacks;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.annotation.Tool;

/** Spring AI's own tool callbacks behind a guard. */
class SpringAiToolsTest {
  /** Tools as Spring AI's users write them. */
  @SuppressWarnings("DoNotCallSuggester") // they fail for the tests
  static final class Tools {
    @Tool(name = "echo")
    String echo(String text) {
      return "said " + text;
    }

    @Tool(name = "limited")
    String limited() {
      return "ran";
    }

    @Tool(name = "capped")
    String capped() {
      return "ran";
    }

    @Tool(name = "secret")
    String secret() {
      return "ran";
    }

    @Tool(name = "refund")
    String refund() {
      return "refunded";
    }

    @Tool(name = "fails")
    String fails() {
      throw new IllegalStateException("password=hunter2");
    }

    @Tool(name = "errs")
    String errs() {
      throw new StackOverflowError("password=hunter2");
    }

    @Tool(name = "nothing")
    String nothing() {
      throw new NotDoneException("password=hunter2");
    }
  }

  /** The tools, each guarded. */
  abstract static class Cells extends LocalCells {
    final ToolCallback guarded(String name) {
      ToolCallback guarded =
          SpringAiTools.guard(
              guard(),
              entries -> Caller.grant(String.valueOf(entries.getOrDefault("user", "agent-7"))),
              tool(name));
      assertThat(guarded.getToolDefinition().name()).isEqualTo(name);
      return guarded;
    }

    @Test
    void argumentsThatTwoReadersMayUnderstandDifferentlyAreDenied() {
      assertThat(run("echo", "{\"text\": \"a\", \"text\": \"b\"}")).startsWith("[POLICY DENIED] ");
    }
  }

  @Nested
  class Call extends Cells {
    @Override
    String run(String tool, String arguments) {
      return guarded(tool).call(arguments);
    }
  }

  @Nested
  class CallWithContext extends Cells {
    @Override
    String run(String tool, String arguments) {
      return guarded(tool).call(arguments, new ToolContext(Map.of("user", "ana")));
    }

    @Test
    void theCallerComesFromTheToolContextAndOneThatCannotBeToldHasNoGrant() {
      ToolCallback echo =
          SpringAiTools.guard(
              guard(),
              entries -> Caller.grant(Objects.requireNonNull(entries.get("user")).toString()),
              tool("echo"));

      assertThat(echo.call("{\"text\": \"a\"}", new ToolContext(Map.of("user", "ana"))))
          .contains("said a");
      assertThat(echo.call("{\"text\": \"a\"}"))
          .startsWith("[POLICY DENIED] ")
          .contains("no grant");
    }
  }

  @Nested
  class ByTheToolCallingManager extends Cells {
    @Override
    String run(String tool, String arguments) {
      var call = new AssistantMessage.ToolCall("1", "function", tool, arguments);
      var history =
          ToolCallingManager.builder()
              .build()
              .executeToolCalls(
                  new Prompt(
                      "go", ToolCallingChatOptions.builder().toolCallbacks(guarded(tool)).build()),
                  new ChatResponse(
                      List.of(
                          new Generation(
                              AssistantMessage.builder().toolCalls(List.of(call)).build()))))
              .conversationHistory();
      return ((ToolResponseMessage) history.get(history.size() - 1))
          .getResponses()
          .get(0)
          .responseData();
    }
  }

  private static ToolCallback tool(String name) {
    for (ToolCallback tool : ToolCallbacks.from(new Tools())) {
      if (tool.getToolDefinition().name().equals(name)) {
        return tool;
      }
    }
    throw new AssertionError(name);
  }
}
