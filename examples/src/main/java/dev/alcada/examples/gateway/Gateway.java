package dev.alcada.examples.gateway;

import dev.alcada.audit.DecisionListener;
import dev.alcada.examples.LoopbackServer;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Puts a policy in front of any MCP server: one that it starts, or one at an address. */
@Command(
    name = "gateway",
    sortOptions = false,
    description = "Guards the tools of any MCP server, in any language.",
    footer = {
      "",
      "Only calls of tools are governed by the policy. Resources, prompts and",
      "completions pass ungoverned; --tools-only shuts them. With --listen, tasks",
      "are not announced.",
      "",
      "All callers over stdio are the grant 'local', all over HTTP 'anonymous'.",
      "The server that is started has this program's environment and standard error.",
      "When it ends, the gateway ends with its exit code.",
      "",
      "Examples:",
      "  gateway --policy p.json -- npx -y @modelcontextprotocol/server-filesystem .",
      "  gateway --policy p.json --upstream http://127.0.0.1:3001/mcp --listen 8080",
    })
public final class Gateway implements Callable<Integer> {
  private static final int MIB = 1 << 20;
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(5);

  @Option(
      names = "--policy",
      required = true,
      paramLabel = "FILE",
      description = "the policy, JSON or YAML")
  private Path policy = Path.of("policy.json");

  @Option(
      names = "--upstream",
      paramLabel = "URL",
      description = "guard the server at this Streamable HTTP address")
  private @Nullable URI url;

  @Parameters(paramLabel = "COMMAND", description = "or start this one and guard it; after --")
  private List<String> command = List.of();

  @Option(
      names = "--listen",
      paramLabel = "PORT",
      description = "serve http://127.0.0.1:PORT/mcp (0: a free port) instead of stdio")
  private @Nullable Integer port;

  @Option(names = "--tools-only", description = "shut resources, prompts and completions")
  private boolean toolsOnly;

  @Option(
      names = "--allow-similar-names",
      description =
          "serve although the policy allows by default and names a tool that is not there but"
              + " almost; such a name is most likely misspelt and leaves the tool open")
  private boolean allowSimilarNames;

  @Option(
      names = "--start-timeout",
      paramLabel = "SECONDS",
      defaultValue = "60",
      description = "how long the server may take to answer first (default ${DEFAULT-VALUE})")
  private int startSeconds;

  @Option(
      names = "--max-message",
      paramLabel = "MIB",
      defaultValue = "16",
      description = "the largest message, in MiB, up to 512 (default ${DEFAULT-VALUE})")
  private int maxMebibytes;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and exit")
  boolean help;

  @Spec private CommandSpec spec = CommandSpec.create();

  private final AtomicReference<@Nullable UpstreamProcess> process = new AtomicReference<>();

  @Override
  public Integer call() throws IOException, InterruptedException {
    checkOptions();
    ToolGuard guard =
        ToolGuard.builder(Policy.load(policy))
            .listener(DecisionListener.logging())
            .resultClassifier(GuardedTools::nothingDone)
            .build();
    Relay.Settings settings =
        new Relay.Settings(
            guard,
            PolicyFit.of(guard, allowSimilarNames),
            this::open,
            toolsOnly,
            Duration.ofSeconds(startSeconds));
    return port == null ? serveStdio(settings) : serveHttp(settings, port);
  }

  private void checkOptions() {
    if ((url == null) == command.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "Give either --upstream URL or, after --, the command of a server.");
    }
    if (url != null && !List.of("http", "https").contains(String.valueOf(url.getScheme()))) {
      throw new ParameterException(spec.commandLine(), "--upstream takes an http or https URL.");
    }
    if (port != null && (port < 0 || port > 65535)) {
      throw new ParameterException(spec.commandLine(), "--listen takes a port of 0 to 65535.");
    }
    if (startSeconds < 1 || maxMebibytes < 1 || maxMebibytes > 512) {
      throw new ParameterException(
          spec.commandLine(), "--start-timeout is at least 1, --max-message 1 to 512.");
    }
  }

  private Upstream open(Upstream.Listener listener) throws IOException {
    if (url != null) {
      return UpstreamUrl.connect(url, maxMebibytes * MIB, listener);
    }
    UpstreamProcess started = UpstreamProcess.start(command, maxMebibytes * MIB, listener);
    process.set(started);
    return started;
  }

  private int serveStdio(Relay.Settings settings) throws IOException {
    // Nothing but protocol on standard output, whoever prints.
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    PrintStream printed = System.out;
    System.setOut(System.err);
    try {
      String why = new StdioFront(System.in, out, maxMebibytes * MIB, LAST_ANSWERS).serve(settings);
      UpstreamProcess ended = process.get();
      if (why == null) {
        return 0;
      }
      System.err.println("gateway: " + why);
      return ended == null ? 1 : ended.exitCode();
    } finally {
      System.setOut(printed);
    }
  }

  private int serveHttp(Relay.Settings settings, int port)
      throws IOException, InterruptedException {
    Relay.rehearse(settings);
    try (LoopbackServer server = HttpFront.start(settings, port, maxMebibytes * MIB)) {
      System.err.println("gateway: serving " + server.url() + "/mcp");
      new CountDownLatch(1).await(); // until a signal ends the program
      return 0;
    }
  }
}
