package dev.alcada.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

/** Libraries of another major version, by what their jars say of themselves. */
class VersionsTest {
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {
    public static void main(String[] arguments) {
      SpringApplication.run(Application.class, arguments);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "org.springframework.ai, spring-ai-model, 1.1.2, Spring AI",
    "org.springframework.ai, spring-ai-model, 3.0.0, Spring AI",
    "io.modelcontextprotocol.sdk, mcp-core, 0.17.0, the MCP SDK"
  })
  void theStartFailsAndNamesThem(
      String group, String artifact, String version, String name, @TempDir Path folder)
      throws Exception {
    Path properties =
        folder.resolve("META-INF/maven/" + group + "/" + artifact + "/pom.properties");
    Files.createDirectories(properties.getParent());
    Files.writeString(properties, "version=" + version + "\n");
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-cp",
                    folder + File.pathSeparator + System.getProperty("java.class.path"),
                    "-XX:TieredStopAtLevel=1",
                    Application.class.getName(),
                    "--spring.config.name=none",
                    "--spring.main.banner-mode=off",
                    "--spring.main.web-application-type=none",
                    "--spring.ai.mcp.server.enabled=false",
                    "--alcada.policy={\"version\": \"1\", \"default\": \"deny\"}"))
            .redirectErrorStream(true)
            .start();
    try (InputStream output = process.getInputStream()) {
      String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).isNotZero();
      assertThat(text)
          .contains(
              "APPLICATION FAILED TO START",
              "alcada.policy is set and " + name + " is " + version + ", which is not known here.",
              "Take Spring Boot 4 with Spring AI 2");
    }
  }
}
