package dev.alcada.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.audit.AuditReport.Kind;
import dev.alcada.testing.ManualTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What somebody who can write the files, and has no key, can do to a log is found where it is. */
class TamperedLogTest {
  /** Three files, of 1 + 9, 1 + 9 and 1 + 9 lines: a day each. */
  private static void threeDays(Path directory) {
    ManualTime time = new ManualTime(LogFixture.NOON);
    try (AuditLog log =
        AuditLog.builder(directory, LogFixture.KEYS).timeSource(time).required().open()) {
      for (int day = 0; day < 3; day++) {
        for (int i = 0; i < 9; i++) {
          log.onDecision(LogFixture.event(10 * day + i));
        }
        time.advance(Duration.ofDays(1));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private interface Deed {
    void on(Path directory) throws IOException;
  }

  private interface LineDeed {
    void on(List<String> lines);
  }

  private record Case(String name, Deed deed, Kind kind, int file, long line) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Case lines(String name, int file, LineDeed deed, Kind kind, long line) {
    return new Case(
        name,
        directory -> {
          Path path = LogFixture.files(directory).get(file - 1);
          List<String> lines = LogFixture.lines(path);
          deed.on(lines);
          LogFixture.put(path, lines);
        },
        kind,
        file,
        line);
  }

  private static String with(String line, String was, String is) {
    assertThat(line).contains(was);
    return line.replace(was, is);
  }

  private static String otherTie(String line) {
    int at = line.length() - 3;
    return line.substring(0, at) + (line.charAt(at) == '0' ? '1' : '0') + line.substring(at + 1);
  }

  private static Path file(Path directory, int number) {
    return LogFixture.files(directory).get(number - 1);
  }

  static Stream<Case> deeds() {
    return Stream.of(
        lines(
            "a grant is changed",
            1,
            l -> l.set(4, with(l.get(4), "agent-7", "agent-8")),
            Kind.CHANGED,
            5),
        lines(
            "an outcome is changed",
            2,
            l -> l.set(2, with(l.get(2), "allowed", "denied")),
            Kind.CHANGED,
            3),
        lines(
            "an instant is changed",
            3,
            l -> l.set(9, with(l.get(9), "12:00:00.500000Z", "12:00:01.500000Z")),
            Kind.CHANGED,
            10),
        lines(
            "a number is changed",
            1,
            l -> l.set(4, with(l.get(4), "{\"seq\":5,", "{\"seq\":05,")),
            Kind.CHANGED,
            5),
        lines("a tie is changed", 1, l -> l.set(4, otherTie(l.get(4))), Kind.CHANGED, 5),
        lines(
            "a record and its tie are changed",
            1,
            l -> l.set(4, otherTie(with(l.get(4), "agent-7", "agent-8"))),
            Kind.CHANGED,
            5),
        lines(
            "spaces are put in",
            1,
            l -> l.set(4, l.get(4).replace("\",\"", "\", \"")),
            Kind.CHANGED,
            5),
        lines(
            "a member is put in",
            1,
            l -> l.set(4, with(l.get(4), "\"id\"", "\"x\":1,\"id\"")),
            Kind.CHANGED,
            5),
        lines("a line is emptied", 1, l -> l.set(4, ""), Kind.CHANGED, 5),
        lines(
            "two lines in a row are changed",
            1,
            l -> {
              l.set(4, l.get(4).replace("agent-7", "x"));
              l.set(5, l.get(5).replace("agent-7", "x"));
            },
            Kind.CHANGED,
            5),
        lines(
            "a header is changed",
            2,
            l -> l.set(0, with(l.get(0), "12:00:00", "12:00:01")),
            Kind.CHANGED,
            1),
        lines("a line is removed", 1, l -> l.remove(4), Kind.REMOVED, 5),
        lines("three lines are removed", 2, l -> l.subList(3, 6).clear(), Kind.REMOVED, 4),
        lines("the last line of a file is removed", 1, l -> l.remove(9), Kind.REMOVED, 1),
        lines("a header is removed", 2, l -> l.remove(0), Kind.REMOVED, 1),
        lines("a line is doubled", 1, l -> l.add(5, l.get(4)), Kind.DUPLICATED, 6),
        lines("a line comes again later", 1, l -> l.add(9, l.get(4)), Kind.DUPLICATED, 10),
        lines("two lines are swapped", 1, l -> Collections.swap(l, 4, 5), Kind.SWAPPED, 5),
        lines("a line is moved down", 1, l -> l.add(7, l.remove(4)), Kind.SWAPPED, 5),
        lines(
            "a made-up line is put in",
            1,
            l -> l.add(5, otherTie(l.get(5).replace("agent-7", "agent-8"))),
            Kind.INSERTED,
            6),
        lines(
            "a made-up line takes the tie before it",
            1,
            l ->
                l.add(
                    5,
                    l.get(5).substring(0, l.get(5).length() - 66)
                        + l.get(4).substring(l.get(4).length() - 66)),
            Kind.INSERTED,
            6),
        lines(
            "a line that is no record is put in",
            1,
            l -> l.add(5, "all is well"),
            Kind.INSERTED,
            6),
        lines("lines are cut off at the end", 3, l -> l.subList(6, 10).clear(), Kind.CUT, 7),
        lines("the last line is cut off", 3, l -> l.remove(9), Kind.CUT, 10),
        lines("all but the header is cut off", 3, l -> l.subList(1, 10).clear(), Kind.CUT, 2),
        lines(
            "it is said that no key was used",
            1,
            l ->
                l.set(
                    0,
                    l.get(0)
                        .replace("hmac-sha-256", "sha-256")
                        .replace("\"key\":\"2026-11\"", "\"key\":\"\"")),
            Kind.UNKNOWN_KEY,
            1),
        lines(
            "it is said that another key was used",
            2,
            l -> l.set(0, l.get(0).replace("2026-11\"", "2025-01\"")),
            Kind.UNKNOWN_KEY,
            1),
        lines(
            "it is said that the format is newer",
            1,
            l -> l.set(0, with(l.get(0), "\"format\":1", "\"format\":2")),
            Kind.FORMAT,
            1),
        new Case("the first file is removed", d -> Files.delete(file(d, 1)), Kind.REMOVED, 2, 1),
        new Case(
            "a file in the middle is removed", d -> Files.delete(file(d, 2)), Kind.REMOVED, 3, 1),
        new Case("the last file is removed", d -> Files.delete(file(d, 3)), Kind.CUT, 2, 11),
        new Case("two files are swapped", TamperedLogTest::swapFiles, Kind.SPLICED, 1, 1),
        new Case(
            "a file of another log takes a place", TamperedLogTest::spliced, Kind.SPLICED, 2, 1),
        new Case(
            "a file is there twice",
            d -> Files.copy(file(d, 2), d.resolve("audit-00000002-2026-12-24.jsonl")),
            Kind.FORKED,
            3,
            1),
        new Case(
            "the end is cut in the middle of a line", TamperedLogTest::cutInALine, Kind.CUT, 3, 10),
        new Case(
            "the anchor is removed",
            d -> Files.delete(d.resolve("anchor.json")),
            Kind.ANCHOR,
            0,
            1),
        new Case(
            "the anchor is changed",
            d ->
                Files.writeString(
                    d.resolve("anchor.json"),
                    Files.readString(d.resolve("anchor.json")).replace("\"seq\":30", "\"seq\":29")),
            Kind.ANCHOR,
            0,
            1),
        new Case(
            "the anchor is no anchor",
            d -> Files.writeString(d.resolve("anchor.json"), "{}"),
            Kind.ANCHOR,
            0,
            1),
        new Case(
            "the log is made anew without a key", TamperedLogTest::withoutAKey, Kind.ANCHOR, 0, 1),
        new Case(
            "the end is cut and the log opened again",
            TamperedLogTest::cutAndOpened,
            Kind.CUT,
            3,
            9));
  }

  private static void swapFiles(Path directory) throws IOException {
    Path other = directory.resolve("other");
    Files.move(file(directory, 1), other);
    Files.move(file(directory, 1), directory.resolve("audit-00000001-2026-11-28.jsonl"));
    Files.move(other, directory.resolve("audit-00000002-2026-11-29.jsonl"));
  }

  private static void spliced(Path directory) throws IOException {
    Path other = directory.resolve("other");
    threeDays(other);
    Files.copy(file(other, 2), file(directory, 2), StandardCopyOption.REPLACE_EXISTING);
  }

  private static void cutInALine(Path directory) throws IOException {
    Path last = file(directory, 3);
    byte[] bytes = Files.readAllBytes(last);
    Files.write(last, java.util.Arrays.copyOf(bytes, bytes.length - 20));
  }

  private static void withoutAKey(Path directory) throws IOException {
    for (Path file : LogFixture.files(directory)) {
      Files.delete(file);
    }
    Files.delete(directory.resolve("anchor.json"));
    LogFixture.write(directory, AuditKeys.none(), 0, 20);
  }

  private static void cutAndOpened(Path directory) throws IOException {
    Path last = file(directory, 3);
    List<String> lines = LogFixture.lines(last);
    LogFixture.put(last, lines.subList(0, 8));
    PrintErr.quietly(
        () -> {
          ManualTime time = new ManualTime(LogFixture.NOON.plus(Duration.ofDays(2)));
          try (AuditLog log =
              AuditLog.builder(directory, LogFixture.KEYS).timeSource(time).required().open()) {
            log.onDecision(LogFixture.event(1));
          }
        });
  }

  @ParameterizedTest
  @MethodSource("deeds")
  void isFoundWhereItIs(Case deed, @TempDir Path directory) throws IOException {
    threeDays(directory);
    List<String> names = names(directory);
    deed.deed.on(directory);
    AuditReport report = AuditLog.verify(directory, LogFixture.KEYS);

    assertThat(report.intact()).isFalse();
    AuditReport.Finding first = report.findings().get(0);
    assertThat(first.kind()).as(report.toString()).isEqualTo(deed.kind);
    assertThat(first.line()).as(report.toString()).isEqualTo(deed.line);
    if (deed.file == 0) {
      assertThat(first.file()).isEqualTo("anchor.json");
    } else if (deed.kind != Kind.FORKED) {
      List<String> now = deed.kind == Kind.REMOVED && deed.file > 1 ? names : names(directory);
      assertThat(first.file()).as(report.toString()).isIn(expected(now, deed));
    }
    assertThat(report.findings()).as(report.toString()).hasSizeLessThanOrEqualTo(12);
  }

  /** What is missing at the end of a file is missing before the next. */
  private static List<String> expected(List<String> names, Case deed) {
    List<String> expected = new ArrayList<>();
    expected.add(names.get(deed.file - 1));
    if (deed.kind == Kind.REMOVED && deed.line == 1 && deed.file < names.size()) {
      expected.add(names.get(deed.file));
    }
    return expected;
  }

  private static List<String> names(Path directory) {
    return LogFixture.files(directory).stream().map(path -> path.getFileName().toString()).toList();
  }

  @Test
  void theTableHasManyRows() {
    assertThat(deeds()).hasSizeGreaterThan(30);
  }

  @Test
  void anUntouchedLogIsIntact(@TempDir Path directory) throws IOException {
    threeDays(directory);

    AuditReport report = AuditLog.verify(directory, LogFixture.KEYS);
    assertThat(report.findings()).isEmpty();
    assertThat(report.notes()).isEmpty();
    assertThat(report.records()).isEqualTo(30);
    assertThat(report.last()).isEqualTo(30);
    assertThat(report).hasToString("intact, 30 records, the last is 30");
  }

  @Test
  void whoHasNoKeyCannotVerifyIt(@TempDir Path directory) throws IOException {
    threeDays(directory);

    assertThat(AuditLog.verify(directory, AuditKeys.none()).findings())
        .extracting(AuditReport.Finding::kind)
        .containsOnly(Kind.UNKNOWN_KEY, Kind.ANCHOR);
    assertThat(AuditLog.verify(directory, AuditKeys.of("2026-11", LogFixture.key(9))).findings())
        .extracting(AuditReport.Finding::kind)
        .contains(Kind.CHANGED);
  }

  @Test
  void aHeadThatWasKeptElsewhereFindsALogThatWasMadeAnew(@TempDir Path directory)
      throws IOException {
    Anchor kept;
    try (AuditLog log = AuditLog.builder(directory, AuditKeys.none()).required().open()) {
      log.onDecision(LogFixture.event(1));
      kept = Anchor.parse(log.head().toString());
    }
    assertThat(AuditLog.verify(directory, AuditKeys.none(), List.of(kept)).intact()).isTrue();
    Path file = LogFixture.files(directory).get(0);
    String chain = LogFixture.lines(file).get(0);
    for (Path each : List.of(file, directory.resolve("anchor.json"))) {
      Files.delete(each);
    }
    LogFixture.write(directory, AuditKeys.none(), 5, 6);

    assertThat(chain).contains(kept.chain());
    assertThat(AuditLog.verify(directory, AuditKeys.none()).intact()).isTrue();
    assertThat(AuditLog.verify(directory, AuditKeys.none(), List.of(kept)).findings())
        .extracting(AuditReport.Finding::kind)
        .containsExactly(Kind.SPLICED);
  }

  @Test
  void aTornLastLineIsANote(@TempDir Path directory) throws IOException {
    threeDays(directory);
    Files.writeString(
        file(directory, 3), "{\"seq\":31,\"ki", StandardCharsets.UTF_8, StandardOpenOption.APPEND);

    AuditReport report = AuditLog.verify(directory, LogFixture.KEYS);
    assertThat(report.intact()).isTrue();
    assertThat(report.notes()).singleElement().asString().contains("13 bytes of a torn line");
  }
}
