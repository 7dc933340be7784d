package dev.alcada.examples.gateway;

import dev.alcada.audit.DecisionListener;
import dev.alcada.examples.PolicyWatch;
import dev.alcada.examples.StateChoice;
import dev.alcada.examples.desk.Answering;
import dev.alcada.examples.desk.DeskChoice;
import dev.alcada.guard.Approvals;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.alcada.policy.PolicyFile;
import dev.alcada.time.TimeSource;
import dev.alcada.tool.ToolPins;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
      "completions pass ungoverned; --tools-only shuts them.",
      "",
      "All callers over stdio are the grant 'local', all over HTTP 'anonymous'.",
      "The policy file is read again when it changes. What is denied, asked or not",
      "understood is told on standard error.",
      "The server that is started has this program's environment. When it ends, it",
      "is started again with the next message, after a pause that grows; one that",
      "does not start at all ends the gateway with its exit code.",
      "",
      "What a policy asks a person is answered on a page (its address is told on",
      "standard error), with `approvals` on the command line, or, unless --approver",
      "says who answers, in a form at the client.",
      "",
      "Examples:",
      "  gateway --policy p.json -- npx -y @modelcontextprotocol/server-filesystem .",
      "  gateway --policy p.json --upstream http://127.0.0.1:3001/mcp --listen 8080",
      "On Windows:",
      "  gateway --policy p.json -- cmd /c npx -y ...",
    })
public final class Gateway implements Callable<Integer> {
  private static final int MIB = 1 << 20;
  private static final Duration LAST_ANSWERS = Duration.ofSeconds(5);
  private static final Duration TAKES = Duration.ofSeconds(30);

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
      names = "--header",
      paramLabel = "NAME=VALUE",
      description = "send this header to --upstream; for a secret, use --header-env")
  private List<String> headers = new ArrayList<>();

  @Option(
      names = "--header-env",
      paramLabel = "NAME=VARIABLE",
      description = "send a header whose value is in this environment variable")
  private List<String> headersFromEnvironment = new ArrayList<>();

  @Option(
      names = "--listen",
      paramLabel = "PORT",
      description = "serve http://127.0.0.1:PORT/mcp (0: a free port) instead of stdio")
  private @Nullable Integer port;

  @Option(
      names = "--pins",
      paramLabel = "FILE",
      description =
          "neither list nor call a tool that is not as this lock file has it; `pin` writes one,"
              + " and what `pin --accept` changes is in force at once")
  private @Nullable Path pins;

  @Option(names = "--tools-only", description = "shut resources, prompts and completions")
  private boolean toolsOnly;

  @Option(
      names = "--allow-similar-names",
      description =
          "serve although the policy allows by default and names a tool that is not there but"
              + " almost; such a name is most likely misspelt and leaves the tool open")
  private boolean allowSimilarNames;

  @Option(
      names = "--no-schema-check",
      description = "leave it to the server to check arguments against its tools' schemas")
  private boolean noSchemaCheck;

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

  @Mixin private StateChoice state = new StateChoice();

  @Mixin private DeskChoice desk = new DeskChoice();

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and exit")
  boolean help;

  @Spec private CommandSpec spec = CommandSpec.create();

  private final AtomicReference<@Nullable UpstreamProcess> process = new AtomicReference<>();

  @Override
  @SuppressWarnings("try") // standard error and the watch last as long as it serves
  public Integer call() throws IOException, InterruptedException {
    checkOptions();
    Upstream.Opener opener = opener();
    try (StateChoice.State kept = state.open();
        StandardError error = StandardError.install();
        Answering answering = desk.answering(kept.approvals(), "gateway")) {
      Approvals approvals = kept.approvals();
      ToolGuard.Builder builder =
          ToolGuard.builder(Policy.load(policy))
              .counterStore(kept.counters())
              .approvals(approvals)
              .listener(DecisionListener.logging())
              .resultClassifier(GuardedTools::nothingDone);
      ToolGuard guard = (pins == null ? builder : builder.pins(ToolPins.load(pins))).build();
      PolicyFit fit = PolicyFit.of(guard, allowSimilarNames);
      Settings settings =
          new Settings(
              guard,
              pins == null ? fit : fit.withPins(new PinFile(pins, guard)),
              opener,
              toolsOnly,
              !noSchemaCheck,
              Duration.ofSeconds(startSeconds),
              maxMebibytes * MIB,
              TimeSource.system(),
              desk.anybody() ? new Forms(approvals, TimeSource.system()) : null,
              Room.ofMemory());
      answering.start(guard);
      try (PolicyFile watch = PolicyWatch.watch(policy, guard)) {
        return port == null ? serveStdio(settings) : serveHttp(settings, port);
      }
    }
  }

  private void checkOptions() {
    desk.check();
    if ((url == null) == command.isEmpty()) {
      throw wrong("Give either --upstream URL or, after --, the command of a server.");
    }
    if (url != null
        && (!List.of("http", "https").contains(String.valueOf(url.getScheme()))
            || url.getHost() == null)) {
      throw wrong("--upstream takes an http or https URL.");
    }
    if (url == null && !(headers.isEmpty() && headersFromEnvironment.isEmpty())) {
      throw wrong("--header and --header-env go with --upstream.");
    }
    if (port != null && (port < 0 || port > 65535)) {
      throw wrong("--listen takes a port of 0 to 65535.");
    }
    if (startSeconds < 1 || maxMebibytes < 1 || maxMebibytes > 512) {
      throw wrong("--start-timeout is at least 1, --max-message 1 to 512.");
    }
    if (command.stream().anyMatch(text -> text.indexOf('\uFFFD') >= 0)) {
      throw wrong(
          "The locale has no letters for the command's name;"
              + " set LANG to one of UTF-8, such as C.UTF-8.");
    }
  }

  private ParameterException wrong(String why) {
    return new ParameterException(spec.commandLine(), why);
  }

  private Upstream.Opener opener() {
    int maxBytes = maxMebibytes * MIB;
    if (url == null) {
      UpstreamProcess.Limits limits = new UpstreamProcess.Limits(maxBytes, TAKES);
      return listener -> {
        UpstreamProcess started = UpstreamProcess.start(command, limits, listener);
        process.set(started);
        return started;
      };
    }
    HttpClient http = UpstreamUrl.http();
    try {
      UpstreamUrl.Address address =
          new UpstreamUrl.Address(
              http,
              url,
              UpstreamHeaders.of(headers, headersFromEnvironment, System.getenv()),
              maxBytes);
      return listener -> new UpstreamUrl(address, listener);
    } catch (IllegalArgumentException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  private int serveStdio(Settings settings) {
    // Nothing but protocol on standard output, whoever prints.
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    PrintStream printed = System.out;
    System.setOut(System.err);
    try {
      String why =
          new StdioFront(System.in, out, settings.maxBytes(), LAST_ANSWERS).serve(settings);
      UpstreamProcess ended = process.get();
      if (why == null) {
        return 0;
      }
      System.err.println("gateway: " + Quoted.line(why));
      return ended == null ? 1 : ended.exitCode();
    } finally {
      System.setOut(printed);
    }
  }

  private int serveHttp(Settings settings, int port) throws IOException, InterruptedException {
    Object greeting;
    try {
      greeting = Relay.rehearse(settings);
    } catch (IOException e) {
      System.err.println("gateway: " + Quoted.line(e.getMessage()));
      return 1;
    }
    try (HttpFront.Serving serving = HttpFront.start(settings, greeting, port)) {
      System.err.println("gateway: serving " + serving.url());
      new CountDownLatch(1).await(); // until a signal ends the program
      return 0;
    }
  }
}
