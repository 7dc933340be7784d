package dev.alcada.examples.desk;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** Answers what a running {@code gateway} or {@code serve} asks, from another terminal. */
@Command(
    name = "approvals",
    sortOptions = false,
    description = "Lists and answers what a running gateway, serve or approval-desk asks.",
    footer = {
      "",
      "You answer as the user of the operating system that runs the program asked.",
      "",
      "Examples:",
      "  approvals list",
      "  approvals approve 3f2a9c --note 'as agreed'",
    },
    subcommands = HelpCommand.class)
public final class ApprovalCommands implements Runnable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int SHORTEST_ID = 6;
  private static final Pattern WHOLE_ID = Pattern.compile("[0-9a-f]{32}");

  @Option(
      names = "--desk",
      paramLabel = "PORT",
      scope = ScopeType.INHERIT,
      description = "the port of the desk, if there are several")
  private @Nullable Integer port;

  @Option(
      names = "--desk-files",
      paramLabel = "DIR",
      scope = ScopeType.INHERIT,
      defaultValue = "${sys:user.home}/.alcada",
      description = "where the program asked has its desk file (default ${DEFAULT-VALUE})")
  private Path files = Path.of(".alcada");

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "show this and exit")
  boolean help;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public void run() {
    CommandLine.usage(spec, System.out);
  }

  @Command(description = "Shows what waits for an answer.")
  int list() throws IOException, InterruptedException {
    String requests = pending(address());
    out().print(requests.isEmpty() ? "Nothing waits for an answer.\n" : requests);
    out().flush();
    return 0;
  }

  @Command(description = "Lets a call run once.")
  int approve(
      @Parameters(paramLabel = "ID", description = "the request, or the first of its digits")
          String id,
      @Option(names = "--note", paramLabel = "TEXT", description = "what the agent is told")
          @Nullable String note)
      throws IOException, InterruptedException {
    return answer("approve", id, note);
  }

  @Command(description = "Denies a call.")
  int deny(
      @Parameters(paramLabel = "ID", description = "the request, or the first of its digits")
          String id,
      @Option(names = "--note", paramLabel = "TEXT", description = "what the agent is told")
          @Nullable String note)
      throws IOException, InterruptedException {
    return answer("deny", id, note);
  }

  private int answer(String answer, String id, @Nullable String note)
      throws IOException, InterruptedException {
    String address = address();
    String whole = WHOLE_ID.matcher(id).matches() ? id : whole(id, pending(address));
    String form =
        field("id", whole)
            + "&"
            + field("answer", answer)
            + "&"
            + field("note", note == null ? "" : note);
    HttpResponse<String> taken =
        send(
            HttpRequest.newBuilder(URI.create(address + "answer"))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Accept", "text/plain")
                .header("Origin", "http://" + URI.create(address).getAuthority())
                .POST(HttpRequest.BodyPublishers.ofString(form)));
    if (taken.statusCode() != 200) {
      throw new IOException(taken.body().strip());
    }
    out().print(taken.body());
    out().flush();
    return 0;
  }

  private static String field(String name, String value) {
    return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private static String whole(String id, String requests) throws IOException {
    List<String> found =
        requests
            .lines()
            .filter(line -> !line.startsWith(" "))
            .map(line -> line.substring(0, Math.max(0, line.indexOf(' '))))
            .filter(known -> id.length() >= SHORTEST_ID && known.startsWith(id))
            .toList();
    if (found.size() == 1) {
      return found.get(0);
    }
    throw new IOException(
        found.isEmpty()
            ? "no request with this id waits for an answer; `approvals list` shows those that do"
            : "several requests begin with these digits; give more of them");
  }

  private String pending(String address) throws IOException, InterruptedException {
    HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(address + "requests")));
    if (answer.statusCode() != 200) {
      throw new IOException("the program at this port has no desk any more");
    }
    return answer.body();
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    try {
      return HttpClient.newHttpClient()
          .send(
              request.timeout(PATIENCE).build(),
              HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new IOException("the program asked does not answer; has it ended?", e);
    }
  }

  private String address() throws IOException {
    try {
      if (port != null) {
        return DeskFile.address(files, port);
      }
      List<Integer> ports = DeskFile.ports(files);
      if (ports.size() > 1) {
        throw new IOException("there are several desks, choose one with --desk: " + ports);
      } else if (ports.isEmpty()) {
        throw new IOException(
            "no desk has a file in " + files + "; does the program run, and as this user?");
      }
      return DeskFile.address(files, ports.get(0));
    } catch (NoSuchFileException e) {
      throw new IOException(
          "no desk on port " + port + " has a file in " + files + "; see --desk-files", e);
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
