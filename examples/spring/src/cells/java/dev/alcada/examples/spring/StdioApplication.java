package dev.alcada.examples.spring;

import dev.alcada.guard.Approvals;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpServerTransportProviderBase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.function.FunctionToolCallback;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ParameterizedTypeReference;
import tools.jackson.databind.json.JsonMapper;

/** The same tools at a server over standard input and output, and one that says yes. */
@Configuration(proxyBeanMethods = false)
class StdioApplication {
  public static void main(String[] arguments) {
    List<String> properties = new ArrayList<>(Server.QUIET);
    properties.addAll(
        List.of(
            "spring.main.web-application-type=none",
            "spring.ai.mcp.server.stdio=true",
            // Upon which the client would send as well, while a test does.
            "spring.ai.mcp.server.tool-change-notification=false",
            "spring.ai.mcp.server.type=" + arguments[0],
            "alcada.policy=" + Tools.policy()));
    Server.run(
        new SpringApplicationBuilder(ToolsApplication.class, StdioApplication.class), properties);
  }

  @Bean
  McpServerTransportProviderBase transport(@Qualifier("mcpServerJsonMapper") JsonMapper mapper) {
    return new OneAtATime(new JacksonMcpJsonMapper(mapper));
  }

  /** What a person would do somewhere else. */
  @Bean
  ToolCallback approve(Approvals approvals) {
    return FunctionToolCallback.builder(
            "approve",
            (Map<String, Object> given) -> {
              Server.approve(approvals, String.valueOf(given.get("tool")));
              return "done";
            })
        .description("A tool")
        .inputType(new ParameterizedTypeReference<Map<String, Object>>() {})
        .build();
  }
}
