package dev.alcada.examples.conformance;

import io.modelcontextprotocol.server.McpServerFeatures.SyncCompletionSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncPromptSpecification;
import io.modelcontextprotocol.spec.McpSchema.CompleteResult;
import io.modelcontextprotocol.spec.McpSchema.CompleteResult.CompleteCompletion;
import io.modelcontextprotocol.spec.McpSchema.Content;
import io.modelcontextprotocol.spec.McpSchema.GetPromptResult;
import io.modelcontextprotocol.spec.McpSchema.Prompt;
import io.modelcontextprotocol.spec.McpSchema.PromptArgument;
import io.modelcontextprotocol.spec.McpSchema.PromptMessage;
import io.modelcontextprotocol.spec.McpSchema.PromptReference;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** The prompts that the conformance suite gets. */
final class ConformancePrompts {
  private ConformancePrompts() {}

  static List<SyncPromptSpecification> prompts() {
    return List.of(
        prompt(
            "test_simple_prompt",
            List.of(),
            arguments -> List.of(text("This is a simple prompt for testing."))),
        prompt(
            "test_prompt_with_arguments",
            List.of("arg1", "arg2"),
            arguments ->
                List.of(
                    text(
                        "Prompt with arguments: arg1='%s', arg2='%s'"
                            .formatted(arguments.get("arg1"), arguments.get("arg2"))))),
        prompt(
            "test_prompt_with_embedded_resource",
            List.of("resourceUri"),
            arguments ->
                List.of(
                    ConformanceContent.resource(
                        String.valueOf(arguments.get("resourceUri")),
                        "text/plain",
                        "Embedded resource content for testing."),
                    text("Please process the embedded resource above."))),
        prompt(
            "test_prompt_with_image",
            List.of(),
            arguments ->
                List.of(ConformanceContent.image(), text("Please analyze the image above."))));
  }

  static SyncCompletionSpecification completion() {
    return new SyncCompletionSpecification(
        PromptReference.builder("test_prompt_with_arguments").build(),
        (exchange, request) -> new CompleteResult(new CompleteCompletion(List.of(), 0, false)));
  }

  private static SyncPromptSpecification prompt(
      String name, List<String> arguments, Function<Map<String, Object>, List<Content>> content) {
    List<PromptArgument> required =
        arguments.stream()
            .map(
                argument ->
                    PromptArgument.builder(argument).description("any").required(true).build())
            .toList();
    return new SyncPromptSpecification(
        Prompt.builder(name).description("A prompt of the suite").arguments(required).build(),
        (exchange, request) -> {
          Map<String, Object> given = request.arguments() == null ? Map.of() : request.arguments();
          Stream<PromptMessage> messages =
              content.apply(given).stream()
                  .map(part -> PromptMessage.builder(Role.USER, part).build());
          return GetPromptResult.builder(messages.toList()).build();
        });
  }

  private static Content text(String text) {
    return TextContent.builder(text).build();
  }
}
