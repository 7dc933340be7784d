package dev.alcada.examples.evidence;

import dev.alcada.examples.gateway.Quoted;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows an audit log as it is written. */
@Command(
    name = "tail",
    sortOptions = false,
    description = "Shows an audit log as it is written, a line a record.",
    footer = {
      "",
      "It does not verify the log.",
      "",
      "Examples:",
      "  tail audit",
      "  tail audit --outcome denied --tool create_charge",
    })
public final class TailLog implements Callable<Integer> {
  private static final long LOOK_AGAIN = TimeUnit.MILLISECONDS.toNanos(250);

  @Parameters(paramLabel = "DIR", description = "where the log's files are")
  private Path directory = Path.of("audit");

  @Option(names = "--tool", description = "records of this tool alone")
  private @Nullable String tool;

  @Option(
      names = "--outcome",
      description = "decisions of this outcome alone: allowed, denied or approval_required")
  private @Nullable String outcome;

  @Option(names = "--grant", description = "records of this grant alone")
  private @Nullable String grant;

  @Option(
      names = {"-n", "--lines"},
      defaultValue = "10",
      description = "so many records that are there already (default ${DEFAULT-VALUE})")
  private int lines = 10;

  @Option(names = "--no-follow", description = "end with what is there")
  private boolean ends;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this and exit")
  boolean help;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new IOException(directory + " is no directory");
    }
    PrintWriter out = spec.commandLine().getOut();
    LogLines log = new LogLines(directory);
    Deque<String> last = new ArrayDeque<>();
    for (String line = log.next(); line != null; line = log.next()) {
      String shown = shown(line);
      if (shown != null) {
        last.add(shown);
        if (last.size() > lines) {
          last.remove();
        }
      }
    }
    last.forEach(out::println);
    out.flush();
    while (!ends && !Thread.interrupted()) {
      String line = log.next();
      if (line == null) {
        out.flush();
        LockSupport.parkNanos(LOOK_AGAIN);
      } else {
        String shown = shown(line);
        if (shown != null) {
          out.println(shown);
        }
      }
    }
    return 0;
  }

  private @Nullable String shown(String line) {
    Map<String, @Nullable Object> record;
    try {
      record = Json.object(line);
    } catch (IllegalArgumentException e) {
      return "a line that is no record";
    }
    return wanted(record) ? Shown.of(record) : null;
  }

  private boolean wanted(Map<String, @Nullable Object> record) {
    return (tool == null || tool.equals(record.get("tool")))
        && (outcome == null || outcome.equals(record.get("outcome")))
        && (grant == null || grant.equals(record.get("grant")));
  }

  /** A record on one line, in which nothing begins another. */
  private static final class Shown {
    private static final List<String> FIRST = List.of("at", "kind", "outcome", "change", "handler");
    private static final List<String> THEN =
        List.of("tool", "grant", "session", "code", "rule", "settled", "failure", "approval", "id");

    private static final Pattern PLAIN = Pattern.compile("[\\p{L}\\p{N}_.:/@+~-]+");

    private Shown() {}

    static String of(Map<String, @Nullable Object> record) {
      StringBuilder line = new StringBuilder();
      for (String name : FIRST) {
        if (record.get(name) != null) {
          line.append(line.isEmpty() ? "" : " ").append(plain(record.get(name)));
        }
      }
      for (String name : THEN) {
        if (record.get(name) != null) {
          line.append(' ').append(name).append('=').append(plain(record.get(name)));
        }
      }
      return line.toString();
    }

    /** In quotes if there is anything in it that could be taken for more than one value. */
    private static String plain(@Nullable Object value) {
      String text = String.valueOf(value);
      return PLAIN.matcher(text).matches() ? text : Quoted.of(text);
    }
  }
}
