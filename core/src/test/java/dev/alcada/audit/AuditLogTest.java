package dev.alcada.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.alcada.decision.Caller;
import dev.alcada.decision.Decision;
import dev.alcada.decision.DecisionCode;
import dev.alcada.decision.ToolCall;
import dev.alcada.guard.Approvals;
import dev.alcada.guard.Outcome;
import dev.alcada.guard.ToolGuard;
import dev.alcada.policy.Policy;
import dev.alcada.testing.ManualTime;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a log holds, how it is opened, and what becomes of it when something fails. */
class AuditLogTest {
  private static final Policy POLICY =
      Policy.parse(
          """
          {"version": "1", "default": "deny", "tools": {
            "pay": {"limits": [
              {"counter": "money", "window": "day", "max": 100, "increment_from": "args.amount"}]},
            "wire": {"action": "require_approval"}}}
          """);
  private static final Caller CALLER = Caller.grant("agent-7").withSession("s-1");

  @TempDir private Path directory;
  private final ManualTime time = new ManualTime(LogFixture.NOON);

  private AuditLog.Builder builder() {
    return AuditLog.builder(directory, LogFixture.KEYS).timeSource(time);
  }

  private ToolGuard guard(DecisionListener log) {
    return ToolGuard.builder(POLICY)
        .timeSource(time)
        .approvals(Approvals.builder().timeSource(time).build())
        .argumentDigests(ArgumentDigests.of(new byte[16]))
        .listener(log)
        .build();
  }

  private List<String> lines() {
    return LogFixture.files(directory).stream()
        .flatMap(file -> LogFixture.lines(file).stream())
        .toList();
  }

  private AuditReport verified() throws IOException {
    return AuditLog.verify(directory, LogFixture.KEYS);
  }

  private static ToolCall pay(Object amount) {
    return ToolCall.of("pay", Map.of("amount", amount, "to", "hunter2"), CALLER);
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean() && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }

  @Test
  void aRecordOfEachDecisionSettlementAndApprovalIsALineWithoutAValueOfTheCall() throws Exception {
    try (AuditLog log = builder().open()) {
      ToolGuard guard = guard(log);
      guard.call(pay(30), call -> "paid");
      guard.call(pay(101), call -> "paid");
      guard.call(ToolCall.of("wire", Map.of(), CALLER), call -> "sent");
    }

    assertThat(lines())
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .startsWith("{\"seq\":1,\"kind\":\"header\",\"format\":1,\"chain\":\"")
                    .contains("\"file\":1,\"hash\":\"hmac-sha-256\",\"key\":\"2026-11\""),
            line ->
                assertThat(line)
                    .startsWith("{\"seq\":2,\"kind\":\"decision\",\"id\":\"")
                    .contains(
                        ",\"at\":\"2026-11-28T12:00:00.500000Z\",\"tool\":\"pay\","
                            + "\"grant\":\"agent-7\",\"session\":\"s-1\",\"outcome\":\"allowed\","
                            + "\"policy\":\""
                            + POLICY.revision()
                            + "\",\"arguments\":[\"amount\",\"to\"],\"arguments_digest\":\"",
                        "\"limits\":[{\"counter\":\"money\",\"scope\":\"grant\",\"window\":\"PT24H\","
                            + "\"max\":\"100\",\"amount\":\"30\",\"before\":\"0\",\"after\":\"30\"}]"),
            line ->
                assertThat(line)
                    .startsWith("{\"seq\":3,\"kind\":\"settlement\",\"id\":\"")
                    .contains("\"handler\":\"returned\",\"settled\":\"done\""),
            line ->
                assertThat(line)
                    .contains(
                        "\"outcome\":\"denied\",\"rule\":\"/tools/pay/limits/money\","
                            + "\"location\":\"/tools/pay/limits/0\",\"code\":\"limit_never\""),
            line -> assertThat(line).contains("\"kind\":\"approval\"", "\"change\":\"asked\""),
            line ->
                assertThat(line).contains("\"outcome\":\"approval_required\"", "\"approval\":\""));
    assertThat(String.join("\n", lines())).doesNotContain("hunter2");
    assertThat(verified().intact()).isTrue();
  }

  @Test
  void aFileIsBegunEachDayAndWhenOneIsFull() throws Exception {
    try (AuditLog log = builder().maxFileBytes(1 << 16).required().open()) {
      for (int i = 0; i < 500; i++) {
        log.onDecision(LogFixture.event(i));
      }
      time.advance(Duration.ofDays(1));
      log.onDecision(LogFixture.event(0));
    }

    List<Path> files = LogFixture.files(directory);
    assertThat(files).hasSizeGreaterThan(3);
    assertThat(files.get(0)).hasFileName("audit-00000001-2026-11-28.jsonl");
    assertThat(files.get(files.size() - 1).toString()).endsWith("-2026-11-29.jsonl");
    assertThat(files).allSatisfy(file -> assertThat(Files.size(file)).isLessThan(1 << 17));
    assertThat(verified().findings()).isEmpty();
    assertThat(verified().records()).isEqualTo(501 + files.size());
  }

  @Test
  void aClockThatJumpsHarmsNothing() throws Exception {
    try (AuditLog log = builder().retainDays(1).required().open()) {
      log.onDecision(LogFixture.event(1));
      time.setWall(LogFixture.NOON.plus(Duration.ofDays(3_650)));
      log.onDecision(LogFixture.event(2));
      time.setWall(LogFixture.NOON.minus(Duration.ofDays(3_650)));
      log.onDecision(LogFixture.event(3));
    }

    assertThat(LogFixture.files(directory)).hasSize(2);
    assertThat(verified().findings()).isEmpty();
  }

  @Test
  void oldFilesAreRemovedAndTheLogSaysSo() throws Exception {
    try (AuditLog log = builder().retainDays(2).required().open()) {
      for (int day = 0; day < 10; day++) {
        log.onDecision(LogFixture.event(day));
        time.advance(Duration.ofDays(1));
      }
    }

    assertThat(LogFixture.files(directory)).hasSizeBetween(3, 4);
    assertThat(verified().findings()).isEmpty();
    Files.delete(LogFixture.files(directory).get(0));
    assertThat(verified().findings())
        .extracting(AuditReport.Finding::kind)
        .containsExactly(AuditReport.Kind.REMOVED);
  }

  @Test
  void itGoesOnWhereItEndedUnderAnotherKeyToo() throws Exception {
    LogFixture.write(directory, LogFixture.KEYS, 0, 3);
    LogFixture.write(directory, LogFixture.KEYS, 3, 6);
    AuditKeys both = AuditKeys.of("2026-12", LogFixture.key(2)).and("2026-11", LogFixture.key(1));
    LogFixture.write(directory, both, 6, 9);

    assertThat(AuditLog.verify(directory, both).findings()).isEmpty();
    assertThat(AuditLog.verify(directory, both).records()).isEqualTo(11);
    assertThat(LogFixture.files(directory)).hasSize(2);
    assertThat(verified().findings())
        .extracting(AuditReport.Finding::kind)
        .contains(AuditReport.Kind.UNKNOWN_KEY);
  }

  @Test
  void withoutAKeyTheHeaderSaysSo() throws Exception {
    LogFixture.write(directory, AuditKeys.none(), 0, 3);

    assertThat(lines().get(0)).contains("\"hash\":\"sha-256\",\"key\":\"\"");
    assertThat(AuditLog.verify(directory, AuditKeys.none()).intact()).isTrue();
  }

  @Test
  void aLogThatIsNotOursToWriteIsLeftAlone() throws Exception {
    LogFixture.write(directory, LogFixture.KEYS, 0, 3);
    List<String> before = lines();
    assertThatIOException()
        .isThrownBy(() -> AuditLog.open(directory, AuditKeys.of("2026-12", LogFixture.key(2))))
        .withMessageContaining("under the key \"2026-11\"")
        .withMessageContaining("AuditKeys.of(id, key).and(\"2026-11\", itsKey)");
    assertThatIOException()
        .isThrownBy(() -> AuditLog.open(directory, AuditKeys.none()))
        .withMessageContaining("under the key");
    Path file = LogFixture.files(directory).get(0);
    LogFixture.put(
        file, List.of(before.get(0).replace("\"format\":1", "\"format\":2"), before.get(1)));
    assertThatIOException()
        .isThrownBy(() -> AuditLog.open(directory, LogFixture.KEYS))
        .withMessageContaining("line 1: found format 2, expected 1");
    LogFixture.put(file, List.of("{\"level\":\"info\"}"));
    assertThatIOException()
        .isThrownBy(() -> AuditLog.open(directory, LogFixture.KEYS))
        .withMessageContaining("no header of an audit log");
    assertThat(lines()).containsExactly("{\"level\":\"info\"}");
  }

  @Test
  void oneLogIsOpenInADirectory() throws Exception {
    try (AuditLog log = builder().open()) {
      assertThatIOException()
          .isThrownBy(() -> builder().open())
          .withMessageContaining("another audit log is open in")
          .withMessageContaining("a directory of its own");
      assertThat(log.failing()).isFalse();
    }
    builder().open().close();
  }

  @Test
  void aLineThatACrashHasTornIsCutOffAndThatIsRecorded() throws Exception {
    LogFixture.write(directory, LogFixture.KEYS, 0, 3);
    Path file = LogFixture.files(directory).get(0);
    Files.writeString(file, "{\"seq\":5,\"kind\"", StandardOpenOption.APPEND);
    LogFixture.write(directory, LogFixture.KEYS, 3, 4);

    assertThat(lines().get(4)).contains("\"kind\":\"recovered\",\"torn_bytes\":15");
    assertThat(verified().findings()).isEmpty();
    assertThat(verified().notes()).singleElement().asString().contains("15 bytes");
  }

  @Test
  void aCrashWhileAFileIsBegunLeavesNothingBehind() throws Exception {
    LogFixture.write(directory, LogFixture.KEYS, 0, 3);
    Files.writeString(directory.resolve("audit-00000002-2026-11-30.jsonl"), "{\"seq\":5,");
    LogFixture.write(directory, LogFixture.KEYS, 3, 4);

    assertThat(LogFixture.files(directory)).hasSize(1);
    assertThat(verified().findings()).isEmpty();
  }

  @Test
  void namesThatAreLongOrBreakLinesStayInTheirLine() throws Exception {
    String odd = "a\nb\r\u0085\u2028\u2029\u0000\"\\\ud800é€😀";
    try (AuditLog log = builder().required().open()) {
      log.onDecision(LogFixture.event(1, odd));
      log.onDecision(LogFixture.event(2, "x".repeat(10 << 20)));
      log.onDecision(LogFixture.event(3, "x".repeat(10 << 20) + "y"));
    }

    assertThat(lines()).hasSize(4);
    Map<String, ?> record =
        Objects.requireNonNull(
            LogFile.read(
                lines().get(1).getBytes(StandardCharsets.UTF_8),
                0,
                lines().get(1).getBytes(StandardCharsets.UTF_8).length));
    assertThat(record.get("tool")).isEqualTo(odd);
    assertThat(lines().get(1).chars()).allMatch(c -> c >= 0x20 && c != 0x85 && c != 0x2028);
    assertThat(lines()).allMatch(line -> line.length() < 3_000);
    // What is cut short is still told apart.
    assertThat(lines().get(2)).contains("xxx\\u2026sha256:");
    assertThat(tool(lines().get(2))).isNotEqualTo(tool(lines().get(3)));
    assertThat(verified().intact()).isTrue();
  }

  private static String tool(String line) {
    return line.substring(line.indexOf("\"tool\""), line.indexOf("\"grant\""));
  }

  @Test
  void aCallWithManyArgumentsAndLimitsMakesABoundedRecord() throws Exception {
    Map<String, Object> arguments = new java.util.HashMap<>();
    for (int i = 0; i < 5_000; i++) {
      arguments.put("argument \n" + i, i);
    }
    try (AuditLog log = builder().required().open()) {
      log.onDecision(
          DecisionEvent.builder(
                  LogFixture.NOON, ToolCall.of("pay", arguments, CALLER), Decision.Allowed.INSTANCE)
              .build());
    }

    assertThat(lines().get(1)).hasSizeLessThan(10_000).contains("\"arguments_more\":4900");
    assertThat(verified().intact()).isTrue();
  }

  @Test
  void aDirectoryThatVanishesStopsNoCallAndIsReportedOnceAndWhenItIsOver() throws Exception {
    String said =
        PrintErr.quietly(
            () -> {
              try (AuditLog log = builder().open()) {
                ToolGuard guard = guard(log);
                guard.call(pay(1), call -> "paid");
                await(() -> log.head().sequence() == 3);
                Path gone = directory.resolveSibling(directory.getFileName() + "-gone");
                Files.move(directory, gone);
                assertThat(guard.call(pay(1), call -> "paid"))
                    .isInstanceOf(Outcome.Completed.class);
                await(log::failing);
                assertThat(log.failing()).isTrue();
                Files.move(gone, directory);
                await(() -> !log.failing());
                assertThat(log.lost()).isZero();
              }
            });

    assertThat(said.lines().filter(line -> line.contains("cannot be written"))).hasSize(1);
    assertThat(said.lines().filter(line -> line.contains("is written again"))).hasSize(1);
    assertThat(verified().findings()).isEmpty();
    assertThat(lines().stream().filter(line -> line.contains("\"kind\":\"decision\""))).hasSize(2);
  }

  @Test
  void aFileThatIsRemovedWhileItIsWrittenIsFound() throws Exception {
    try (AuditLog log = builder().required().open()) {
      log.onDecision(LogFixture.event(1));
      Files.delete(LogFixture.files(directory).get(0));
      log.onDecision(LogFixture.event(2));
    }

    assertThat(verified().findings())
        .extracting(AuditReport.Finding::kind)
        .containsExactly(AuditReport.Kind.REMOVED);
    assertThat(lines()).hasSize(2);
  }

  @Test
  void aRequiredLogThatCannotBeWrittenStopsCallsAndNothingElse() throws Exception {
    boolean[] ran = new boolean[1];
    String said =
        PrintErr.quietly(
            () -> {
              try (AuditLog log = builder().required().open()) {
                ToolGuard guard = guard(log);
                Path gone = directory.resolveSibling(directory.getFileName() + "-gone");
                Files.move(directory, gone);
                for (int i = 0; i < 3; i++) {
                  assertThat(
                          guard
                              .call(
                                  pay(60),
                                  call -> {
                                    ran[0] = true;
                                    return "paid";
                                  })
                              .decision()
                              .code())
                      .isEqualTo(DecisionCode.NOT_RECORDED);
                }
                assertThat(log.lost()).isPositive();
                Files.move(gone, directory);
                assertThat(guard.call(pay(60), call -> "paid"))
                    .isInstanceOf(Outcome.Completed.class);
              }
            });

    assertThat(ran[0]).isFalse();
    assertThat(said).contains("is written again");
    assertThat(verified().findings()).isEmpty();
    assertThat(verified().notes()).anyMatch(note -> note.contains("could not be recorded"));
  }

  @Test
  void anInterruptedCallerHarmsNoLog() throws Exception {
    try (AuditLog log = builder().required().open()) {
      Thread.currentThread().interrupt();
      log.onDecision(LogFixture.event(1));
      assertThat(Thread.interrupted()).isTrue();
      log.onDecision(LogFixture.event(2));
    }

    assertThat(verified().records()).isEqualTo(3);
  }

  @Test
  void whatTheQueueHasNoRoomForIsWrittenDownAsLost() throws Exception {
    String said =
        PrintErr.quietly(
            () -> {
              try (AuditLog log = builder().capacity(10).open()) {
                Path gone = directory.resolveSibling(directory.getFileName() + "-gone");
                Files.move(directory, gone);
                log.onDecision(LogFixture.event(0));
                await(log::failing);
                for (int i = 1; i < 1_000; i++) {
                  log.onDecision(LogFixture.event(i));
                }
                assertThat(log.lost()).isPositive();
                assertThat(log.queued()).isEqualTo(10);
                Files.move(gone, directory);
              }
            });

    assertThat(verified().findings()).isEmpty();
    long kept = lines().stream().filter(line -> line.contains("\"kind\":\"decision\"")).count();
    long lost =
        verified().notes().stream()
            .mapToLong(note -> Long.parseLong(note.replaceAll(".*: ([0-9]+) events could.*", "$1")))
            .sum();
    assertThat(kept + lost).as(said).isEqualTo(1_000);
  }

  @Test
  void headsAreKeptElsewhereOnAThreadThatDelaysNothing() throws Exception {
    List<Anchor> kept = new CopyOnWriteArrayList<>();
    CountDownLatch blocked = new CountDownLatch(1);
    try (AuditLog log =
        builder()
            .anchors(
                head -> {
                  blocked.await();
                  kept.add(head);
                })
            .open()) {
      for (int i = 0; i < 100; i++) {
        log.onDecision(LogFixture.event(i));
      }
      await(() -> log.head().sequence() == 101);
      assertThat(log.head().sequence()).isEqualTo(101);
      assertThat(kept).isEmpty();
      blocked.countDown();
    }

    assertThat(kept).isNotEmpty();
    assertThat(kept.get(kept.size() - 1).sequence()).isEqualTo(101);
    assertThat(AuditLog.verify(directory, LogFixture.KEYS, kept).intact()).isTrue();
    assertThat(Anchor.parse(kept.get(0).toString())).isEqualTo(kept.get(0));
  }

  /** What a spreadsheet computes, in whatever width and behind whatever it leaves out. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "=1+1",
        "+1",
        "-1",
        "@SUM(1)",
        "\t=1",
        "\n=1",
        "\r=1",
        " =1",
        "\u00a0=1",
        "\ufeff=1",
        "\uff1d1+1",
        "\uff0b1",
        "\uff0d1",
        "\uff20SUM",
        "\u2212" + "1"
      })
  void noCellOfAnExportIsAFormula(String tool) throws Exception {
    try (AuditLog log = builder().required().open()) {
      log.onDecision(LogFixture.event(1, tool));
    }
    StringBuilder csv = new StringBuilder();
    AuditLog.exportCsv(directory, LocalDate.of(2026, 11, 28), csv);

    assertThat(csv.toString()).contains("\"'" + tool).doesNotContain("\"" + tool);
  }

  @Test
  void aDayIsExportedAsCommaSeparatedValues() throws Exception {
    try (AuditLog log = builder().required().open()) {
      log.onDecision(LogFixture.event(1, "=cmd|' /C calc'!A0\n\"x\""));
      log.onSettled(LogFixture.settled(1));
    }
    StringBuilder csv = new StringBuilder();

    assertThat(AuditLog.exportCsv(directory, LocalDate.of(2026, 11, 28), csv)).isEqualTo(2);
    assertThat(AuditLog.exportCsv(directory, LocalDate.of(2026, 11, 29), new StringBuilder()))
        .isZero();
    assertThat(csv.toString())
        .startsWith("seq,kind,at,id,tool,grant,")
        .contains("\"'=cmd|' /C calc'!A0\n\"\"x\"\"\"")
        .contains("\r\n\"3\",\"settlement\",\"2026-11-28T12:00:00.500000Z\",\"run-1\"");
  }

  @Test
  void settingsAreMadeOnceInTheirRangesAndFitTogether() {
    assertThatIllegalStateException()
        .isThrownBy(() -> builder().retainDays(1).retainDays(2))
        .withMessageContaining("retainDays");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder().maxFileBytes(1))
        .withMessageContaining("maxFileBytes must be 65536 to");
    assertThatIllegalStateException()
        .isThrownBy(() -> builder().required().capacity(1).open())
        .withMessageContaining("has no queue");
    assertThatIllegalArgumentException().isThrownBy(() -> AuditKeys.of("a b", new byte[32]));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AuditKeys.of("a", new byte[15]))
        .withMessageContaining("15 bytes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LogFixture.KEYS.and("2026-11", new byte[32]));
    assertThat(LogFixture.KEYS).hasToString("AuditKeys[2026-11]");
    assertThatThrownBy(() -> Anchor.parse("{}")).hasMessageContaining("no anchor");
  }

  @Test
  void aRequiredLogCannotWaitInAQueue() throws Exception {
    try (AuditLog log = builder().required().open()) {
      assertThatIllegalArgumentException().isThrownBy(() -> QueuedListener.builder(log));
    }
  }
}
