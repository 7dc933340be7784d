package dev.alcada.examples.evidence;

import dev.alcada.audit.Anchor;
import dev.alcada.audit.AuditKeys;
import dev.alcada.audit.AuditLog;
import dev.alcada.audit.AuditReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what of an audit log is not as it was written. */
@Command(
    name = "verify",
    sortOptions = false,
    description = "Says what of an audit log is not as it was written.",
    footer = {
      "",
      "Exits with 0 if the log is intact, else with 1.",
      "",
      "Examples:",
      "  verify audit --key 2026-11=audit.key",
      "  verify audit --key 2026-11=audit.key --anchors heads.jsonl",
    })
public final class VerifyLog implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "where the log's files are")
  private Path directory = Path.of("audit");

  @Option(
      names = "--key",
      paramLabel = "ID=FILE",
      description = "a key by its name in the log: the bytes of the file")
  private @Nullable Map<String, Path> keys;

  @Option(
      names = "--anchors",
      paramLabel = "FILE",
      description = "heads that were kept elsewhere, one a line")
  private @Nullable Path anchors;

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
    AuditKeys ring = AuditKeys.none();
    if (keys != null) {
      for (Map.Entry<String, Path> each : keys.entrySet()) {
        ring = ring.and(each.getKey(), Files.readAllBytes(each.getValue()));
      }
    }
    List<Anchor> heads = new ArrayList<>();
    if (anchors != null) {
      for (String line : Files.readAllLines(anchors)) {
        if (!line.isBlank()) {
          heads.add(Anchor.parse(line));
        }
      }
    }
    AuditReport report = AuditLog.verify(directory, ring, heads);
    PrintWriter out = spec.commandLine().getOut();
    out.println(report);
    out.flush();
    return report.intact() ? 0 : 1;
  }
}
