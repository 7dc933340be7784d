package dev.alcada.examples.spring;

import java.util.List;
import org.springframework.ai.chat.client.ChatClient;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.ToolCallbackProvider;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** An application that lets a model call tools, and publishes none. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
@Import(ScriptedModel.class)
class ChatApplication {
  static final List<String> PROPERTIES =
      List.of(
          "spring.main.web-application-type=none",
          "spring.ai.mcp.server.enabled=false",
          "alcada.policy=" + Tools.policy());

  /** Of a model that is no bean. */
  @Bean
  ChatClient client() {
    return ChatClient.create(new ScriptedModel());
  }

  @Bean
  List<ToolCallback> tools() {
    return List.of(ToolsApplication.methodTools());
  }

  @Bean
  ToolCallbackProvider provider() {
    return ToolCallbackProvider.from(ToolsApplication.methodTools());
  }
}
