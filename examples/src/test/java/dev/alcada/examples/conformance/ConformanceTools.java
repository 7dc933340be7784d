package dev.alcada.examples.conformance;

import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.Content;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpSchema.LoggingMessageNotification;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.SamplingMessage;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;

/** The tools that the conformance suite calls, each in the suite's own words. */
final class ConformanceTools {
  private static final String NO_ARGUMENTS = "{\"type\": \"object\"}";
  private static final String JSON_SCHEMA_2020_12 =
      """
      {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "$defs": {
          "address": {
            "type": "object",
            "properties": {"street": {"type": "string"}, "city": {"type": "string"}}
          }
        },
        "properties": {"name": {"type": "string"}, "address": {"$ref": "#/$defs/address"}},
        "additionalProperties": false
      }
      """;
  private static final String USER =
      """
      {
        "type": "object",
        "properties": {
          "username": {"type": "string", "description": "User's response"},
          "email": {"type": "string", "description": "User's email address"}
        },
        "required": ["username", "email"]
      }
      """;
  private static final String DEFAULTS =
      """
      {
        "type": "object",
        "properties": {
          "name": {"type": "string", "default": "John Doe"},
          "age": {"type": "integer", "default": 30},
          "score": {"type": "number", "default": 95.5},
          "status": {
            "type": "string", "enum": ["active", "inactive", "pending"], "default": "active"
          },
          "verified": {"type": "boolean", "default": true}
        }
      }
      """;
  private static final String ENUMS =
      """
      {
        "type": "object",
        "properties": {
          "untitledSingle": {"type": "string", "enum": ["option1", "option2", "option3"]},
          "titledSingle": {
            "type": "string",
            "oneOf": [
              {"const": "value1", "title": "First Option"},
              {"const": "value2", "title": "Second Option"}
            ]
          },
          "legacyEnum": {
            "type": "string",
            "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"]
          },
          "untitledMulti": {
            "type": "array",
            "items": {"type": "string", "enum": ["option1", "option2", "option3"]}
          },
          "titledMulti": {
            "type": "array",
            "items": {
              "anyOf": [
                {"const": "value1", "title": "First Choice"},
                {"const": "value2", "title": "Second Choice"}
              ]
            }
          }
        }
      }
      """;

  private ConformanceTools() {}

  static List<SyncToolSpecification> tools() {
    return List.of(
        answering("test_simple_text", text("This is a simple text response for testing.")),
        answering("test_image_content", ConformanceContent.image()),
        answering("test_audio_content", ConformanceContent.audio()),
        answering(
            "test_embedded_resource",
            ConformanceContent.resource(
                "test://embedded-resource", "text/plain", "This is an embedded resource content.")),
        answering(
            "test_multiple_content_types",
            text("Multiple content types test:"),
            ConformanceContent.image(),
            ConformanceContent.resource(
                "test://mixed-content-resource",
                "application/json",
                "{\"test\":\"data\",\"value\":123}")),
        answering("json_schema_2020_12_tool", JSON_SCHEMA_2020_12, text("Validated.")),
        answering("test_reconnection", text("The SDK keeps a call's stream open.")),
        tool("test_tool_with_logging", NO_ARGUMENTS, ConformanceTools::log),
        tool("test_tool_with_progress", NO_ARGUMENTS, ConformanceTools::progress),
        tool(
            "test_error_handling",
            NO_ARGUMENTS,
            (exchange, request) ->
                CallToolResult.builder()
                    .addTextContent("This tool intentionally returns an error for testing")
                    .isError(true)
                    .build()),
        tool("test_sampling", oneText("prompt"), ConformanceTools::sample),
        tool(
            "test_elicitation",
            oneText("message"),
            (exchange, request) ->
                elicit(
                    exchange,
                    String.valueOf(request.arguments().get("message")),
                    USER,
                    "User response: ")),
        tool(
            "test_elicitation_sep1034_defaults",
            NO_ARGUMENTS,
            (exchange, request) ->
                elicit(exchange, "Check the defaults", DEFAULTS, "Elicitation completed: ")),
        tool(
            "test_elicitation_sep1330_enums",
            NO_ARGUMENTS,
            (exchange, request) -> elicit(exchange, "Choose", ENUMS, "Elicitation completed: ")));
  }

  private static CallToolResult log(McpSyncServerExchange exchange, CallToolRequest request) {
    for (String data :
        List.of("Tool execution started", "Tool processing data", "Tool execution completed")) {
      exchange.loggingNotification(
          LoggingMessageNotification.builder(LoggingLevel.INFO, data).logger("tool").build());
    }
    return result(text("Logged."));
  }

  private static CallToolResult progress(McpSyncServerExchange exchange, CallToolRequest request) {
    Object token = request.progressToken();
    if (token != null) {
      for (double done : List.of(0d, 50d, 100d)) {
        exchange.progressNotification(
            ProgressNotification.builder(token, done).total(100d).build());
      }
    }
    return result(text("Done."));
  }

  private static CallToolResult sample(McpSyncServerExchange exchange, CallToolRequest request) {
    Content prompt = text(String.valueOf(request.arguments().get("prompt")));
    Content sampled =
        exchange
            .createMessage(
                CreateMessageRequest.builder(
                        List.of(SamplingMessage.builder(Role.USER, prompt).build()), 100)
                    .build())
            .content();
    return result(text("LLM response: " + (sampled instanceof TextContent t ? t.text() : "")));
  }

  private static CallToolResult elicit(
      McpSyncServerExchange exchange, String message, String schema, String says) {
    ElicitResult answer =
        exchange.createElicitation(
            ElicitFormRequest.builder(message, ConformanceContent.json(schema)).build());
    return result(
        text(
            "%saction=%s, content=%s"
                .formatted(
                    says, answer.action().name().toLowerCase(Locale.ROOT), answer.content())));
  }

  private static SyncToolSpecification answering(String name, Content... content) {
    return answering(name, NO_ARGUMENTS, content);
  }

  private static SyncToolSpecification answering(String name, String schema, Content... content) {
    return tool(name, schema, (exchange, request) -> result(content));
  }

  private static SyncToolSpecification tool(
      String name,
      String schema,
      BiFunction<McpSyncServerExchange, CallToolRequest, CallToolResult> handler) {
    return SyncToolSpecification.builder()
        .tool(
            Tool.builder(name, ConformanceContent.json(schema))
                .description("A tool of the suite")
                .build())
        .callHandler(handler)
        .build();
  }

  private static String oneText(String argument) {
    return "{\"type\": \"object\", \"properties\": {\"%1$s\": {\"type\": \"string\"}}, \"required\": [\"%1$s\"]}"
        .formatted(argument);
  }

  private static CallToolResult result(Content... content) {
    return CallToolResult.builder().content(List.of(content)).build();
  }

  private static TextContent text(String text) {
    return TextContent.builder(text).build();
  }
}
