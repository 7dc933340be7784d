package dev.alcada.pluggy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The client without a policy: in a process that has neither {@code alcada-core} nor its libraries.
 */
class WithoutCoreTest {
  /** One class of each library that the client needs. */
  private static final List<String> NEEDED =
      List.of(
          "dev.alcada.pluggy.PluggyClient",
          "okhttp3.OkHttpClient",
          "okio.Buffer",
          "kotlin.Unit",
          "org.slf4j.Logger",
          "tools.jackson.core.JsonParser",
          "org.jspecify.annotations.Nullable");

  /** The jar that is published beside the client, and its module, are made of these. */
  private static final Path KIT = Path.of("target", "kit-classes");

  private static final String PROGRAM =
      """
      package user;

      import dev.alcada.pluggy.ConnectToken;
      import dev.alcada.pluggy.ConnectTokenRequest;
      import dev.alcada.pluggy.Item;
      import dev.alcada.pluggy.PluggyClient;
      import dev.alcada.pluggy.WebhookEvent;
      import dev.alcada.pluggy.WebhookSecret;
      import dev.alcada.pluggy.testing.PluggyStandIn;

      public class Program {
        public static void main(String[] args) {
          try (PluggyStandIn pluggy = PluggyStandIn.start();
              PluggyClient client =
                  PluggyClient.builder()
                      .credentials(PluggyStandIn.CLIENT_ID, PluggyStandIn.CLIENT_SECRET)
                      .baseAddress(pluggy.baseAddress())
                      .build()) {
            ConnectToken token =
                client.createConnectToken(
                    ConnectTokenRequest.builder().clientUserId("user-42").build());
            System.out.println(pluggy.accepts(token.value()));
            Item item = client.getItem(pluggy.addItem("user-42"));
            System.out.println(item.clientUserId());
            String secret = "a-secret-of-the-webhook";
            System.out.println(
                WebhookEvent.parse(
                        pluggy.eventBody("item/updated", item.id()),
                        secret,
                        WebhookSecret.of(secret))
                    .event());
            try {
              Class.forName("dev.alcada.guard.ToolGuard");
              System.out.println("there is a guard");
            } catch (ClassNotFoundException e) {
              System.out.println("there is no guard");
            }
          }
        }
      }
      """;

  private static final List<String> OF_CORE =
      List.of(
          "dev.alcada.guard.ToolGuard",
          "com.github.benmanes.caffeine.cache.Caffeine",
          "com.google.re2j.Pattern",
          "org.snakeyaml.engine.v2.api.Load");

  private static final String TOOL_PROGRAM =
      """
      package user;

      import dev.alcada.decision.Caller;
      import dev.alcada.decision.ToolCall;
      import dev.alcada.guard.Outcome;
      import dev.alcada.guard.ToolGuard;
      import dev.alcada.pluggy.ConnectToken;
      import dev.alcada.pluggy.ConnectTokenTool;
      import dev.alcada.pluggy.PluggyClient;
      import dev.alcada.pluggy.testing.PluggyStandIn;
      import dev.alcada.policy.Policy;
      import java.util.Map;

      public class Program {
        public static void main(String[] args) throws Exception {
          try (PluggyStandIn pluggy = PluggyStandIn.start();
              PluggyClient client =
                  PluggyClient.builder()
                      .credentials(PluggyStandIn.CLIENT_ID, PluggyStandIn.CLIENT_SECRET)
                      .baseAddress(pluggy.baseAddress())
                      .build()) {
            Policy policy =
                Policy.parse(
                    "version: '1'\\ndefault: deny\\ntools: {create_connect_token: {}}");
            ConnectTokenTool tool =
                ConnectTokenTool.builder(client).clientUserId(Caller::grant).build();
            Outcome<ConnectToken> outcome =
                ToolGuard.builder(policy)
                    .build()
                    .call(
                        ToolCall.of(ConnectTokenTool.NAME, Map.of(), Caller.grant("user-42")), tool);
            System.out.println(outcome instanceof Outcome.Completed<ConnectToken>);
          }
        }
      }
      """;

  private static final String PRINTED = "true\nuser-42\nitem/updated\nthere is no guard\n";

  @TempDir Path folder;

  @Test
  void theClassPathNeedsNone() throws Exception {
    Path classes = compiled(PROGRAM, "-cp", path(library()));

    assertThat(run("-cp", classes + File.pathSeparator + path(library()), "user.Program"))
        .isEqualTo(PRINTED);
  }

  @Test
  void theModulePathNeedsNone() throws Exception {
    Files.writeString(
        folder.resolve("module-info.java"),
        "module user { requires dev.alcada.pluggy; requires dev.alcada.pluggy.testing; }");
    Path classes =
        compiled(PROGRAM, "--module-path", path(library()), folder.resolve("module-info.java"));

    assertThat(
            run(
                "--module-path",
                classes + File.pathSeparator + path(library()),
                "--module",
                "user/user.Program"))
        .isEqualTo(PRINTED);
  }

  @Test
  void noClassButTheToolNamesTheGuard() throws Exception {
    Path classes = place(PluggyClient.class.getName()).resolve("dev/alcada/pluggy");
    try (Stream<Path> files = Files.list(classes)) {
      assertThat(
              files.filter(WithoutCoreTest::namesCore).map(file -> file.getFileName().toString()))
          .isNotEmpty()
          .allMatch(name -> name.startsWith("ConnectTokenTool"));
    }
    assertThat(library()).doesNotContain(place("dev.alcada.guard.ToolGuard"));
  }

  private static boolean namesCore(Path file) {
    try {
      // Names stand in a class file as they are.
      String text = Files.readString(file, StandardCharsets.ISO_8859_1);
      return Stream.of("decision", "guard", "policy", "internal", "counter", "audit")
          .anyMatch(room -> text.contains("dev/alcada/" + room));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void withItTheToolIsOnTheModulePathToo() throws Exception {
    List<Path> all = library();
    for (String type : OF_CORE) {
      all.add(place(type));
    }
    Files.writeString(
        folder.resolve("module-info.java"),
        """
        module user {
          requires dev.alcada.core;
          requires dev.alcada.pluggy;
          requires dev.alcada.pluggy.testing;
        }
        """);
    Path classes =
        compiled(TOOL_PROGRAM, "--module-path", path(all), folder.resolve("module-info.java"));

    assertThat(
            run(
                "--module-path",
                classes + File.pathSeparator + path(all),
                "--module",
                "user/user.Program"))
        .isEqualTo("true\n");
  }

  private Path compiled(String program, String pathOption, String path, Path... more)
      throws Exception {
    Path source = folder.resolve("Program.java");
    Files.writeString(source, program);
    Path classes = folder.resolve("classes");
    List<String> arguments =
        new ArrayList<>(List.of("-d", classes.toString(), pathOption, path, source.toString()));
    Stream.of(more).map(Path::toString).forEach(arguments::add);
    int code =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(System.out, System.err, arguments.toArray(new String[0]));
    assertThat(code).isZero();
    return classes;
  }

  private String run(String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(arguments));
    // Without a provider, SLF4J says so there.
    Path errors = folder.resolve("errors");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    try (InputStream output = process.getInputStream()) {
      String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(() -> read(errors)).isZero();
      return text;
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> library() throws Exception {
    List<Path> library = new ArrayList<>(List.of(KIT));
    for (String type : NEEDED) {
      library.add(place(type));
    }
    return library;
  }

  /** Returns the jar or folder that a class comes from. */
  private static Path place(String type) throws ClassNotFoundException, URISyntaxException {
    Class<?> loaded = Class.forName(type, false, WithoutCoreTest.class.getClassLoader());
    return Path.of(loaded.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static String path(List<Path> entries) {
    return entries.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }
}
