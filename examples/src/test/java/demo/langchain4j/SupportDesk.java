package demo.langchain4j;

import dev.alcada.guard.ToolGuard;
import dev.alcada.langchain4j.CallerResolver;
import dev.alcada.langchain4j.GuardedTools;
import dev.alcada.policy.Policy;
import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import dev.langchain4j.invocation.InvocationParameters;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.service.AiServices;
import dev.langchain4j.service.UserMessage;
import java.math.BigDecimal;
import java.nio.file.Path;

public final class SupportDesk {
  public interface Assistant {
    String chat(@UserMessage String message, InvocationParameters parameters);
  }

  public static final class Payments {
    @Tool("Refunds a charge")
    String refund(@P("the charge") String charge, @P("how much") BigDecimal amount) {
      return "refunded " + amount + " of " + charge;
    }

    @Tool("Deletes an account")
    String deleteAccount(@P("the account") String account) {
      return "deleted " + account;
    }
  }

  private final Assistant assistant;

  public SupportDesk(ChatModel model, Path policy) {
    ToolGuard guard = ToolGuard.builder(Policy.load(policy)).build();
    assistant =
        AiServices.builder(Assistant.class)
            .chatModel(model)
            .toolProvider(GuardedTools.of(guard, CallerResolver.parameter("user"), new Payments()))
            .build();
  }

  /** Answers a message of a user whom the application has authenticated. */
  public String answer(String user, String message) {
    return assistant.chat(message, InvocationParameters.from("user", user));
  }
}
