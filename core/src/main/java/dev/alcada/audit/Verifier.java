package dev.alcada.audit;

import dev.alcada.audit.AuditReport.Finding;
import dev.alcada.audit.AuditReport.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a log from its first file to its last, and compares it with its anchors. */
final class Verifier {
  private static final byte[] HEADER = "\"kind\":\"header\"".getBytes(StandardCharsets.US_ASCII);

  private final Path directory;
  private final AuditKeys keys;
  private final List<Anchor> anchors;
  private final Findings found = new Findings();
  private final Map<Long, String> retired = new HashMap<>();
  private @Nullable Ties ties;
  private String chainId = "";
  private long records;

  /**
   * The first file that is there though it is not the first of the log, and what it goes on from.
   */
  private @Nullable LogFile begunLate;

  Verifier(Path directory, AuditKeys keys, Collection<Anchor> anchors) {
    this.directory = directory;
    this.keys = keys;
    this.anchors = new ArrayList<>(anchors);
  }

  AuditReport verify() throws IOException {
    List<LogFile> files = LogFile.in(directory);
    readAnchor(files.isEmpty());
    anchors.removeIf(this::made);
    LogFile before = null;
    LogFile last = null;
    long lastLines = 0;
    for (int i = 0; i < files.size(); i++) {
      LogFile file = files.get(i);
      if (before != null && before.number() == file.number()) {
        found.add(file, 1, Kind.FORKED, "there are two files of the number " + file.number());
        continue;
      }
      lastLines = read(file, before, i == files.size() - 1);
      before = file;
      last = file;
    }
    if (begunLate != null && !retired.containsKey(begunLate.number() - 1)) {
      found.addFirst(
          begunLate,
          1,
          Kind.REMOVED,
          "the files before it are missing, and the log does not say that they were retired");
    }
    compareEnd(last, lastLines);
    return new AuditReport(
        found.all(), found.notes(), records, ties == null ? 0 : ties.lastSequence());
  }

  // Anchors.

  private void readAnchor(boolean empty) throws IOException {
    String text = LogEnd.anchorText(directory);
    if (text == null) {
      found.add(
          LogFile.ANCHOR,
          1,
          empty ? Kind.REMOVED : Kind.ANCHOR,
          empty
              ? "there is no log: neither its files nor its anchor"
              : "it is missing, so a cut end cannot be told");
      return;
    }
    try {
      anchors.add(Anchor.parse(text));
    } catch (IllegalArgumentException e) {
      found.add(LogFile.ANCHOR, 1, Kind.ANCHOR, "it cannot be read, so a cut end cannot be told");
    }
  }

  private boolean made(Anchor anchor) {
    if (anchor.isGenuine(keys)) {
      return false;
    }
    found.add(LogFile.ANCHOR, 1, Kind.ANCHOR, "it was not made under one of the keys");
    return true;
  }

  private void compareEnd(@Nullable LogFile last, long lines) {
    String name = last == null ? LogFile.ANCHOR : last.name();
    long end = ties == null ? 0 : ties.lastSequence();
    for (Anchor anchor : anchors) {
      if (!anchor.chain().equals(chainId)) {
        found.add(
            name,
            1,
            last == null ? Kind.CUT : Kind.SPLICED,
            "the anchor is of the log " + anchor.chain() + ", which is not here");
      } else if (anchor.sequence() > end) {
        found.add(
            name,
            lines + 1,
            Kind.CUT,
            "the records " + (end + 1) + " to " + anchor.sequence() + " are missing at the end");
      }
    }
  }

  // Files.

  /** {@return how many lines it has} */
  private long read(LogFile file, @Nullable LogFile before, boolean last) throws IOException {
    if (!Files.isRegularFile(file.path())) {
      found.add(file, 1, Kind.INSERTED, "it is no file, but something else of such a name");
      return 0;
    }
    FileLines read =
        FileLines.read(
            file.path(),
            new FileLines.Taker() {
              @Override
              public void line(long number, byte[] bytes, int from, int to) {
                Verifier.this.line(file, before, number, bytes, from, to);
              }

              @Override
              public void tooLong(long number) {
                found.add(file, number, Kind.CHANGED, "the line is longer than any record");
              }
            });
    if (read.rest() > 0 || read.lines() == 0) {
      long line = read.lines();
      String what = file.name() + ":" + (line + 1) + ": " + read.rest() + " bytes of a torn line";
      if (last) {
        found.note(what + ", as a crash leaves one; the log is whole up to there");
      } else if (line == 0) {
        found.note(what + ", as a crash leaves one where a file is begun");
      } else {
        found.add(file, line + 1, Kind.CHANGED, "the line does not end");
      }
    }
    return read.lines();
  }

  private void line(
      LogFile file, @Nullable LogFile before, long number, byte[] bytes, int from, int to) {
    records++;
    if (number == 1) {
      header(file, before, bytes, from, to);
    }
    Ties known = ties;
    if (known == null) {
      return;
    }
    boolean genuine = known.line(file, number, bytes, from, to);
    if (genuine && number > 1) {
      note(file, number, known.line(), bytes);
    }
  }

  private void header(LogFile file, @Nullable LogFile before, byte[] bytes, int from, int to) {
    Map<String, @Nullable Object> header =
        contains(bytes, from, to, HEADER) ? LogFile.read(bytes, from, to - from) : null;
    if (header == null || !"header".equals(header.get("kind"))) {
      // The line itself is looked at as any other; the file is taken to go on as before.
      if (ties == null) {
        ties = new Ties(found, List.of(), null);
      }
      return;
    }
    if (LogFile.number(header.get("format")) != LogFile.FORMAT) {
      found.add(file, 1, Kind.FORMAT, "found format " + header.get("format") + ", expected 1");
    }
    String chain = LogFile.text(header.get("chain"));
    if (chainId.isEmpty()) {
      chainId = chain;
    } else if (!chain.equals(chainId)) {
      found.add(file, 1, Kind.SPLICED, "it is of the log " + chain + ", not of " + chainId);
    }
    compareNumbers(file, before, header);
    String key = LogFile.text(header.get("key"));
    boolean known = keys.knows(key) && (key.isEmpty() == keys.isEmpty());
    if (!known) {
      found.add(
          file,
          1,
          Kind.UNKNOWN_KEY,
          key.isEmpty()
              ? "it says that it was written without a key, and keys are given"
              : "it was written under the key \"" + key + "\", which is not given");
    }
    Chain under = known ? keys.chain(key) : null;
    Ties present = ties;
    if (present == null) {
      List<Anchor> own = anchors.stream().filter(each -> each.chain().equals(chain)).toList();
      ties = new Ties(found, own, under);
    } else {
      present.under(under);
    }
    Ties now = ties;
    if (now != null && file.equals(begunLate)) {
      now.beginAt(LogFile.number(header.get("seq")), LogFile.text(header.get("from")));
    }
  }

  private void compareNumbers(
      LogFile file, @Nullable LogFile before, Map<String, @Nullable Object> header) {
    long says = LogFile.number(header.get("file"));
    if (says != file.number()) {
      found.add(file, 1, Kind.SPLICED, "it says that it is file " + says);
    } else if (before == null) {
      if (file.number() > 1) {
        begunLate = file;
      }
    } else if (file.number() != before.number() + 1) {
      found.add(
          file,
          1,
          Kind.REMOVED,
          "the files " + (before.number() + 1) + " to " + (file.number() - 1) + " are missing");
    }
  }

  /** What a record says of the log itself. */
  private void note(LogFile file, long number, Line line, byte[] bytes) {
    boolean gap = line.isKind("gap");
    boolean recovered = line.isKind("recovered");
    boolean finding = line.isKind("finding");
    boolean gone = line.isKind("retired");
    if (!gap && !recovered && !finding && !gone) {
      return;
    }
    Map<String, @Nullable Object> record = LogFile.read(bytes, line.from, line.end() - line.from);
    if (record == null) {
      return;
    }
    String place = file.name() + ":" + number + ": ";
    if (gap) {
      found.note(place + record.get("lost") + " events could not be recorded");
    } else if (recovered) {
      found.note(place + record.get("torn_bytes") + " bytes of a torn line were cut off");
    } else if (finding) {
      found.add(file, number, Kind.CUT, "when the log was opened: " + record.get("finding"));
    } else {
      retired.put(LogFile.number(record.get("file")), "");
    }
  }

  private static boolean contains(byte[] bytes, int from, int to, byte[] wanted) {
    for (int at = from; at + wanted.length <= Math.min(to, from + 200); at++) {
      if (Arrays.equals(bytes, at, at + wanted.length, wanted, 0, wanted.length)) {
        return true;
      }
    }
    return false;
  }

  /** Findings in their order, so many as anybody reads. */
  static final class Findings {
    private static final int MOST = 1_000;

    private final List<Finding> all = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();

    int add(LogFile file, long line, Kind kind, String text) {
      return add(file.name(), line, kind, text);
    }

    /** {@return its place, or -1 if there are too many} */
    int add(String file, long line, Kind kind, String text) {
      if (all.size() >= MOST) {
        return -1;
      }
      all.add(new Finding(file, line, kind, LogPath.shown(text)));
      return all.size() - 1;
    }

    void addFirst(LogFile file, long line, Kind kind, String text) {
      all.add(0, new Finding(file.name(), line, kind, text));
    }

    /** Says better what was found. */
    void replace(int place, Kind kind, String text) {
      if (place >= 0) {
        Finding was = all.get(place);
        all.set(place, new Finding(was.file(), was.line(), kind, text));
      }
    }

    void note(String text) {
      if (notes.size() < MOST) {
        notes.add(LogPath.shown(text));
      }
    }

    List<Finding> all() {
      return all;
    }

    List<String> notes() {
      return notes;
    }
  }
}
