package dev.alcada.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.alcada.audit.AuditReport.Kind;
import dev.alcada.testing.ManualTime;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What somebody can do to a log who may make files in its directory, and has no key: neither what
 * is there nor anything elsewhere is written over, nobody waits for ever, and it is found.
 */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileDirectoryTest {
  private static final String SECOND = "audit-00000002-2026-11-29.jsonl";

  @TempDir private Path root;
  private Path directory;
  private Path elsewhere;
  private final ManualTime time = new ManualTime(LogFixture.NOON);

  @BeforeEach
  void aDirectoryAndAFileElsewhere() throws IOException {
    directory = Files.createDirectory(root.resolve("audit"));
    elsewhere = Files.writeString(root.resolve("elsewhere"), "precious\n");
  }

  private AuditLog.Builder builder(Path at) {
    return AuditLog.builder(at, LogFixture.KEYS).timeSource(time).required();
  }

  private AuditReport verified() throws IOException {
    return AuditLog.verify(directory, LogFixture.KEYS);
  }

  private List<Kind> kinds() throws IOException {
    return verified().findings().stream().map(AuditReport.Finding::kind).toList();
  }

  private static void pipe(Path at) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/mkfifo")), "there are no pipes");
    assertThat(new ProcessBuilder("/usr/bin/mkfifo", at.toString()).start().waitFor()).isZero();
  }

  private long decisions() throws IOException {
    long decisions = 0;
    for (Path file : LogFixture.files(directory)) {
      decisions +=
          Files.isRegularFile(file)
              ? LogFixture.lines(file).stream().filter(l -> l.contains("\"decision\"")).count()
              : 0;
    }
    return decisions;
  }

  /** Such languages write numbers in digits of their own. */
  @ParameterizedTest
  @ValueSource(strings = {"ar-EG", "fa-IR", "mr-IN", "th-TH-u-nu-thai"})
  void filesAreNamedAlikeInWhateverLanguageTheMachineSpeaks(String language) throws Exception {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(language));
    try {
      for (int run = 0; run < 3; run++) {
        try (AuditLog log = builder(directory).open()) {
          log.onDecision(LogFixture.event(run));
        }
      }
    } finally {
      Locale.setDefault(before);
    }

    assertThat(directory.resolve("audit-00000001-2026-11-28.jsonl")).exists();
    assertThat(decisions()).isEqualTo(3);
    assertThat(verified().findings()).isEmpty();
  }

  @Test
  void aLinkWhereTheNextFileBelongsIsNotWrittenThrough() throws Exception {
    PrintErr.quietly(
        () -> {
          try (AuditLog log = builder(directory).open()) {
            log.onDecision(LogFixture.event(1));
            Files.createSymbolicLink(directory.resolve(SECOND), elsewhere);
            time.advance(Duration.ofDays(1));
            log.onDecision(LogFixture.event(2));
          }
        });

    assertThat(elsewhere).hasContent("precious\n");
    assertThat(decisions()).isEqualTo(2);
    assertThat(kinds()).isNotEmpty();
    Files.delete(directory.resolve(SECOND));
    assertThat(kinds()).containsExactly(Kind.REMOVED);
  }

  /** By somebody who is as fast as the log itself. */
  @Test
  void aLinkThatIsPutInPlaceOfAFileAsItIsBegunIsNotWrittenThrough() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger replaced = new AtomicInteger();
    FutureTask<Void> replacing =
        new FutureTask<>(
            () -> {
              while (!over.get()) {
                replaced.addAndGet(replaceAll());
              }
              return null;
            });
    new Thread(replacing, "replacing").start();
    PrintErr.quietly(
        () -> {
          try (AuditLog log = builder(directory).open()) {
            for (int day = 0; day < 200; day++) {
              time.advance(Duration.ofDays(1));
              noted(log, day);
            }
          } catch (IOException e) {
            // Its first file was replaced.
          } finally {
            over.set(true);
          }
        });
    replacing.get();

    assertThat(elsewhere).hasContent("precious\n");
    assertThat(replaced).hasPositiveValue();
  }

  private static void noted(AuditLog log, int day) {
    try {
      log.onDecision(LogFixture.event(day));
    } catch (UncheckedIOException e) {
      // It denies the call.
    }
  }

  private int replaceAll() throws IOException {
    int replaced = 0;
    for (String name : Objects.requireNonNull(directory.toFile().list())) {
      Path file = directory.resolve(name);
      if (!name.equals("lock") && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        Path link = Files.createSymbolicLink(root.resolve("link"), elsewhere);
        Files.move(link, file, StandardCopyOption.ATOMIC_MOVE);
        replaced++;
      }
    }
    return replaced;
  }

  @Test
  void aFileThatStandsWhereTheNextBelongsIsKept() throws Exception {
    String said =
        PrintErr.quietly(
            () -> {
              try (AuditLog log = builder(directory).open()) {
                log.onDecision(LogFixture.event(1));
                Files.writeString(directory.resolve(SECOND), "of somebody else\n");
                time.advance(Duration.ofDays(1));
                log.onDecision(LogFixture.event(2));
                log.onDecision(LogFixture.event(3));
              }
            });

    assertThat(said).contains("that the audit log has not written").contains(SECOND);
    assertThat(directory.resolve(SECOND)).hasContent("of somebody else\n");
    assertThat(decisions()).isEqualTo(3);
    assertThat(kinds()).isNotEmpty();
  }

  @Test
  void aPipeWhereTheNextFileBelongsHoldsNobodyUp() throws Exception {
    PrintErr.quietly(
        () -> {
          try (AuditLog log = builder(directory).open()) {
            log.onDecision(LogFixture.event(1));
            pipe(directory.resolve(SECOND));
            time.advance(Duration.ofDays(1));
            log.onDecision(LogFixture.event(2));
          }
        });

    assertThat(decisions()).isEqualTo(2);
    assertThat(verified().findings().get(0).toString())
        .isEqualTo(SECOND + ":1: inserted: it is no file, but something else of such a name");
    assertThat(AuditLog.exportCsv(directory, LocalDate.of(2026, 11, 28), new StringBuilder()))
        .isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {SECOND, "lock"})
  void aPipeIsNoLogThatIsGoneOnWith(String name) throws Exception {
    LogFixture.write(directory, LogFixture.KEYS, 0, 1);
    Files.deleteIfExists(directory.resolve(name));
    pipe(directory.resolve(name));

    assertThatIOException()
        .isThrownBy(() -> builder(directory).open())
        .withMessageContaining(name + " is no file")
        .withMessageContaining("remove it");
    Files.delete(directory.resolve(name));
    builder(directory).open().close();
  }

  @Test
  void aLinkInPlaceOfTheAnchorOrTheLockIsNotWrittenThrough() throws Exception {
    Files.createSymbolicLink(directory.resolve("anchor.json"), elsewhere);
    PrintErr.quietly(() -> builder(directory).open().close());
    assertThat(elsewhere).hasContent("precious\n");
    assertThat(Files.isRegularFile(directory.resolve("anchor.json"))).isTrue();
    assertThat(verified().notes()).isEmpty();

    Files.delete(directory.resolve("lock"));
    Path made = root.resolve("made");
    Files.createSymbolicLink(directory.resolve("lock"), made);
    assertThatIOException().isThrownBy(() -> builder(directory).open());
    assertThat(made).doesNotExist();
  }

  @Test
  void aPipeInPlaceOfTheAnchorIsFound() throws Exception {
    LogFixture.write(directory, LogFixture.KEYS, 0, 1);
    Files.delete(directory.resolve("anchor.json"));
    pipe(directory.resolve("anchor.json"));

    assertThat(kinds()).containsExactly(Kind.ANCHOR);
  }

  /** As directories named {@code current} are. */
  @Test
  void aDirectoryThatALinkLeadsToIsTheOneThatIsWrittenWhereverTheLinkLeadsLater() throws Exception {
    Path other = Files.createDirectory(root.resolve("other"));
    LogFixture.write(other, LogFixture.KEYS, 0, 5);
    List<String> ofOther = LogFixture.lines(LogFixture.files(other).get(0));
    Path link = Files.createSymbolicLink(root.resolve("current"), directory);
    try (AuditLog log = builder(link).open()) {
      log.onDecision(LogFixture.event(1));
      Files.delete(link);
      Files.createSymbolicLink(link, other);
      log.onDecision(LogFixture.event(2));
      time.advance(Duration.ofDays(1));
      log.onDecision(LogFixture.event(3));
    }

    assertThat(verified().findings()).isEmpty();
    assertThat(decisions()).isEqualTo(3);
    assertThat(LogFixture.files(other)).hasSize(1);
    assertThat(LogFixture.lines(LogFixture.files(other).get(0))).isEqualTo(ofOther);
  }

  /** Or whoever can make a file, and remove none of ours, would have us remove ours. */
  @Test
  void aFileOfAnOldDayHasNoYoungerOneRetired() throws Exception {
    PrintErr.quietly(
        () -> {
          try (AuditLog log = builder(directory).retainDays(30).open()) {
            for (int day = 0; day < 4; day++) {
              log.onDecision(LogFixture.event(day));
              time.advance(Duration.ofDays(1));
            }
            Path planted = directory.resolve("audit-00000004-2001-01-01.jsonl");
            Files.writeString(planted, "");
            log.onDecision(LogFixture.event(4));
            Files.delete(planted);
          }
        });

    assertThat(decisions()).isEqualTo(5);
    assertThat(verified().findings()).isEmpty();
  }

  /** Or whoever removes all of a log leaves nothing to be found. */
  @Test
  void aDirectoryWithoutALogIsNotIntact() throws Exception {
    assertThat(verified().toString())
        .startsWith("anchor.json:1: removed: there is no log: neither its files nor its anchor");
  }

  @Test
  void aNameOfNoDayHindersNobody() throws Exception {
    LogFixture.write(directory, LogFixture.KEYS, 0, 3);
    Files.writeString(directory.resolve("audit-00000001-2026-99-99.jsonl"), "x\n");
    LogFixture.write(directory, LogFixture.KEYS, 3, 4);

    assertThat(verified().findings()).isEmpty();
    assertThat(decisions()).isEqualTo(4);
  }

  @ParameterizedTest
  @ValueSource(longs = {9, 200})
  void aLineWithoutAnEndIsFoundAndNotReadIntoTheMemory(long mebibytes) throws Exception {
    LogFixture.write(directory, LogFixture.KEYS, 0, 3);
    Path file = LogFixture.files(directory).get(0);
    try (RandomAccessFile more = new RandomAccessFile(file.toFile(), "rw")) {
      more.seek(more.length() + (mebibytes << 20)); // a hole, which takes no disk
      more.write('\n');
    }
    Files.writeString(file, "{\"seq\":5", StandardOpenOption.APPEND);

    assertThat(verified().findings())
        .singleElement()
        .hasToString(file.getFileName() + ":5: changed: the line is longer than any record");
    assertThat(AuditLog.exportCsv(directory, LocalDate.of(1, 1, 1), new StringBuilder())).isZero();
  }

  @Test
  void bytesThatAreNoTextKeepNoRecordFromAnExport() throws Exception {
    LogFixture.write(directory, LogFixture.KEYS, 0, 3);
    Path file = LogFixture.files(directory).get(0);
    Files.write(file, new byte[] {(byte) 0xff, '\n'}, StandardOpenOption.APPEND);

    assertThat(AuditLog.exportCsv(directory, LocalDate.of(2026, 11, 28), new StringBuilder()))
        .isEqualTo(3);
    assertThat(kinds()).containsExactly(Kind.CHANGED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"chain", "key", "format"})
  void noHeaderOfAFileBeginsALineOfAReport(String member) throws Exception {
    LogFixture.write(directory, LogFixture.KEYS, 0, 1);
    Path file = LogFixture.files(directory).get(0);
    String header = LogFixture.lines(file).get(0);
    String said =
        header.replaceFirst(
            "\"" + member + "\":(?:\"[^\"]*\"|1)",
            "\""
                + member
                + "\":\"\\\\u001b[2J\\\\nintact, 9 records\\\\u2028"
                + "x".repeat(5_000)
                + "\"");
    assertThat(said).isNotEqualTo(header);
    Files.writeString(
        directory.resolve("audit-00000002-2026-11-28.jsonl"), said + "\n", StandardCharsets.UTF_8);

    AuditReport report = verified();
    assertThat(report.findings()).isNotEmpty();
    assertThat(report.toString().split("\\R"))
        .hasSize(report.findings().size() + report.notes().size() + 1)
        .noneMatch(line -> line.startsWith("intact"))
        .allMatch(line -> line.length() < 500 && line.indexOf('\u001b') < 0);
    assertThatIOException()
        .isThrownBy(() -> builder(directory).open())
        .satisfies(e -> assertThat(String.valueOf(e.getMessage()).lines()).hasSize(1));
  }

  @Test
  void noAnchorBeginsALineOfTheProgramsLog() throws Exception {
    Files.writeString(directory.resolve("anchor.json"), "x\n[main] ERROR forged \u001b[2J\ny");

    String said = PrintErr.quietly(() -> builder(directory).open().close());

    assertThat(said).contains("whose anchor is x?[main] ERROR forged ");
    assertThat(said.lines()).noneMatch(line -> line.startsWith("[main] ERROR forged"));
    assertThat(said).doesNotContain("\u001b");
  }
}
