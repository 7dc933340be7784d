package dev.alcada.spring;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringBootVersion;

/** Whether the libraries are those that this room was made for. Names none of their classes. */
final class Versions {
  private static final String CURE =
      "take Spring Boot 4 with Spring AI 2, or remove "
          + Settings.POLICY
          + " and guard the tools"
          + " by hand";

  private Versions() {}

  static void check() {
    check("Spring Boot", SpringBootVersion.getVersion(), "4.");
    check("Spring AI", ofJar("org.springframework.ai", "spring-ai-model"), "2.");
    check("the MCP SDK", ofJar("io.modelcontextprotocol.sdk", "mcp-core"), "2.");
    check("the MCP SDK", ofJar("io.modelcontextprotocol.sdk", "mcp"), "2.");
  }

  private static void check(String library, @Nullable String found, String wanted) {
    if (found != null && !found.startsWith(wanted)) {
      throw new StartFailure(
          Settings.POLICY + " is set and " + library + " is " + found + ", which is not known here",
          CURE);
    }
  }

  private static @Nullable String ofJar(String group, String artifact) {
    String path = "META-INF/maven/" + group + "/" + artifact + "/pom.properties";
    try (InputStream stream = Versions.class.getClassLoader().getResourceAsStream(path)) {
      if (stream == null) {
        return null;
      }
      Properties properties = new Properties();
      properties.load(stream);
      return properties.getProperty("version");
    } catch (IOException e) {
      return null;
    }
  }
}
