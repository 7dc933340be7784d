package dev.alcada.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.guard.Approvals;
import dev.alcada.spring.GuardedTools;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.chat.messages.ToolResponseMessage;
import org.springframework.ai.chat.messages.UserMessage;
import org.springframework.ai.chat.model.ChatModel;
import org.springframework.ai.chat.model.ChatResponse;
import org.springframework.ai.chat.model.Generation;
import org.springframework.ai.chat.prompt.Prompt;
import org.springframework.ai.model.tool.ToolCallingChatOptions;
import org.springframework.ai.model.tool.ToolCallingManager;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.ToolCallbackProvider;
import org.springframework.ai.tool.resolution.ToolCallbackResolver;
import org.springframework.context.ConfigurableApplicationContext;

/** Tools that a model calls in the application itself, by whichever way they come to run. */
@ParameterizedClass
@EnumSource
class ChatTest {
  /** How an application has a model's calls run. The tools are given unguarded where it can be. */
  enum Way {
    BUILDER {
      @Override
      String run(ConfigurableApplicationContext context, String text) {
        return call(context.getBean(ChatClient.Builder.class).build(), text);
      }
    },
    BUILDER_STREAMING {
      @Override
      String run(ConfigurableApplicationContext context, String text) {
        return stream(context.getBean(ChatClient.Builder.class).build(), text);
      }
    },
    CLIENT {
      @Override
      String run(ConfigurableApplicationContext context, String text) {
        return call(context.getBean(ChatClient.class), text);
      }
    },
    CLIENT_STREAMING {
      @Override
      String run(ConfigurableApplicationContext context, String text) {
        return stream(context.getBean(ChatClient.class), text);
      }
    },
    MADE_BY_HAND {
      @Override
      String run(ConfigurableApplicationContext context, String text) {
        return call(ChatClient.create(context.getBean(ChatModel.class)), text);
      }
    },
    MADE_BY_HAND_STREAMING {
      @Override
      String run(ConfigurableApplicationContext context, String text) {
        return stream(ChatClient.create(context.getBean(ChatModel.class)), text);
      }
    },
    MODEL {
      @Override
      String run(ConfigurableApplicationContext context, String text) {
        return text(context.getBean(ChatModel.class).call(prompt(text)));
      }
    },
    MANAGER {
      @Override
      String run(ConfigurableApplicationContext context, String text) {
        return executed(context.getBean(ToolCallingManager.class), text, methods());
      }
    },
    LIST {
      @Override
      @SuppressWarnings("unchecked")
      String run(ConfigurableApplicationContext context, String text) {
        return direct((List<ToolCallback>) context.getBean("tools"), text);
      }
    },
    LIST_WITH_A_MANAGER_OF_ITS_OWN {
      @Override
      @SuppressWarnings("unchecked")
      String run(ConfigurableApplicationContext context, String text) {
        return executed(
            ToolCallingManager.builder().build(),
            text,
            (List<ToolCallback>) context.getBean("tools"));
      }
    },
    PROVIDER {
      @Override
      String run(ConfigurableApplicationContext context, String text) {
        return direct(
            List.of(context.getBean(ToolCallbackProvider.class).getToolCallbacks()), text);
      }
    },
    RESOLVER {
      @Override
      String run(ConfigurableApplicationContext context, String text) {
        String name = text.split(" ", 2)[0];
        return direct(
            List.of(
                Objects.requireNonNull(context.getBean(ToolCallbackResolver.class).resolve(name))),
            text);
      }
    },
    GUARDED_BY_HAND {
      @Override
      String run(ConfigurableApplicationContext context, String text) {
        return direct(
            List.of(
                context.getBean(GuardedTools.class).guardMethods(new ToolsApplication.Methods())),
            text);
      }
    };

    abstract String run(ConfigurableApplicationContext context, String text);

    private static String call(ChatClient client, String text) {
      return content(client.prompt(text).tools(new ToolsApplication.Methods()).call().content());
    }

    private static String stream(ChatClient client, String text) {
      return String.join(
          "",
          Objects.requireNonNull(
              client.prompt(text).tools(new ToolsApplication.Methods()).stream()
                  .content()
                  .collectList()
                  .block()));
    }

    private static String executed(
        ToolCallingManager manager, String text, List<ToolCallback> tools) {
      String[] words = text.split(" ", 2);
      var history =
          manager
              .executeToolCalls(
                  new Prompt(text, ToolCallingChatOptions.builder().toolCallbacks(tools).build()),
                  new ChatResponse(
                      List.of(new Generation(ScriptedModel.asking(words[0], words[1])))))
              .conversationHistory();
      return ((ToolResponseMessage) history.get(history.size() - 1))
          .getResponses()
          .get(0)
          .responseData();
    }

    private static Prompt prompt(String text) {
      return new Prompt(
          List.of(new UserMessage(text)),
          ToolCallingChatOptions.builder().toolCallbacks(methods()).build());
    }

    private static List<ToolCallback> methods() {
      return Arrays.asList(ToolsApplication.methodTools());
    }

    private static String direct(List<ToolCallback> tools, String text) {
      String[] words = text.split(" ", 2);
      return tools.stream()
          .filter(tool -> tool.getToolDefinition().name().equals(words[0]))
          .findFirst()
          .orElseThrow()
          .call(words[1]);
    }

    private static String text(ChatResponse response) {
      return content(Objects.requireNonNull(response.getResult()).getOutput().getText());
    }

    private static String content(@Nullable String content) {
      return Objects.requireNonNull(content);
    }
  }

  private static @Nullable ConfigurableApplicationContext context;

  @Parameter Way way;

  @BeforeParameterizedClassInvocation
  static void start() {
    context = Server.start(ChatApplication.PROPERTIES, ChatApplication.class);
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    context().close();
  }

  private static ConfigurableApplicationContext context() {
    return Objects.requireNonNull(context);
  }

  private String run(String tool, String arguments) {
    return way.run(context(), "methods_" + tool + " " + arguments);
  }

  private String run(String tool) {
    return run(tool, "{}");
  }

  @Test
  void anAllowedToolRunsWithItsArguments() {
    assertThat(run("echo", "{\"text\": \"olá\"}")).contains("said olá");
  }

  @Test
  void argumentsThatTwoReadersMayUnderstandDifferentlyAreDenied() {
    assertThat(run("echo", "{\"text\": \"a\", \"text\": \"b\"}")).startsWith("[POLICY DENIED] ");
  }

  @Test
  void aCallOverItsLimitIsDenied() {
    assertThat(run("limited")).contains("ran");
    assertThat(run("limited")).contains("ran");
    assertThat(run("limited"))
        .startsWith("[POLICY DENIED] ")
        .containsPattern("Wait \\d+ s, then call again");
  }

  @Test
  void aHiddenToolDoesNotRunAndNoModelIsToldOfIt() {
    assertThat(run("secret")).startsWith("[POLICY DENIED] ");
    assertThat(context().getBean(ChatModel.class).getClass()).isNotEqualTo(ScriptedModel.class);
    assertThat(((ScriptedModel) context().getBean(ChatModel.class)).shown())
        .doesNotContain("methods_secret");
  }

  @Test
  void aCallThatNeedsApprovalRunsOnceAfterAYes() {
    Approvals approvals = context().getBean(Approvals.class);
    assertThat(run("refund")).startsWith("[APPROVAL REQUIRED] ");
    assertThat(run("refund")).startsWith("[APPROVAL REQUIRED] ");
    approvals.approve(approvals.pending().get(0).id(), "a person", null);
    assertThat(run("refund")).contains("ran");
    assertThat(run("refund")).startsWith("[APPROVAL REQUIRED] ");
  }

  @Test
  void whatAToolThrowsReachesNoModel() {
    assertThat(run("fails"))
        .startsWith("The tool failed; what it had done by then is not known.")
        .doesNotContain("hunter2", "Exception");
  }

  @Test
  void aToolThatSaysNothingWasDoneIsNotCounted() {
    for (int i = 0; i < 3; i++) {
      assertThat(run("nothing")).startsWith("The tool failed; nothing was done.");
      assertThat(run("refused")).startsWith("The tool failed; nothing was done.");
    }
  }

  @Test
  void concurrentCallsNeverGetPastTheLimit() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(32);
    try {
      List<Callable<String>> calls = new ArrayList<>();
      for (int i = 0; i < 32; i++) {
        calls.add(() -> run("capped"));
      }
      int ran = 0;
      for (Future<String> result : threads.invokeAll(calls)) {
        ran += result.get().startsWith("[POLICY DENIED] ") ? 0 : 1;
      }
      assertThat(ran).isEqualTo(Tools.CAP);
    } finally {
      threads.shutdownNow();
    }
  }
}
