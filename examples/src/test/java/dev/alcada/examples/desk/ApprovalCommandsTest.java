package dev.alcada.examples.desk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.approval.Answer;
import dev.alcada.approval.ApprovalRequest;
import dev.alcada.examples.Printed;
import dev.alcada.guard.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line as the user of the operating system that runs the desk. */
@SuppressWarnings("NullAway.Init") // each test opens one
class ApprovalCommandsTest {
  @TempDir Path home;
  private Path files;
  private String user;
  private Desk desk;

  @BeforeEach
  void open() throws Exception {
    files = home.resolve("desks");
    user = Files.getOwner(home).getName();
    desk = Desk.open(0, List.of("somebody-else", user + ":treasury"), files);
  }

  @AfterEach
  void close() {
    desk.close();
  }

  private Printed approvals(String... args) {
    return Printed.by(
        Stream.concat(
                Stream.concat(Stream.of("approvals"), Arrays.stream(args)),
                Stream.of("--desk-files", files.toString()))
            .toArray(String[]::new));
  }

  @Test
  void listsWhatWaitsAndAnswersAsTheUser() throws Exception {
    List<ApprovalRequest> told = new ArrayList<>();
    desk.approvals().listen(told::add);
    assertThat(approvals("list").out()).isEqualTo("Nothing waits for an answer.\n");
    large("Invoice\u001b[2J\u202e");
    String id = told.get(0).id();

    Printed list = approvals("list");

    assertThat(list.exit()).isZero();
    assertThat(list.out())
        .startsWith(id + " until ")
        .contains("\n  The tool transfer needs your approval.\n", "\n  args.amount: 5000\n")
        .contains("args.reference: \"Invoice\\u{1b}[2J\\u{202e}\"");

    Printed approved = approvals("approve", id.substring(0, 8), "--note", "as agreed: é");
    assertThat(approved.err()).isEmpty();
    assertThat(approved.out()).isEqualTo("approved: transfer\n");
    assertThat(told.get(1).answer())
        .isEqualTo(
            Answer.approve(user).withRoles(Set.of("treasury")).withNote("as agreed: é"));
    assertThat(large("Invoice\u001b[2J\u202e")).isInstanceOf(Outcome.Completed.class);
  }

  @Test
  void deniesWithANote() throws Exception {
    large("x");
    String id = desk.approvals().pending().get(0).id();

    assertThat(approvals("deny", id, "--note", "ask rui first").out())
        .isEqualTo("denied: transfer\n");

    assertThat(large("x").decision().message()).contains("ask rui first");
  }

  @Test
  void saysWhatIsWrongWithAnId() throws Exception {
    assertThat(approvals("approve", "0123456789").err())
        .contains("no request with this id waits for an answer; `approvals list` shows");
    large("x");
    String id = desk.approvals().pending().get(0).id();
    assertThat(approvals("approve", id.substring(0, 5)).exit()).isEqualTo(1);
    assertThat(approvals("approve").exit()).isEqualTo(2);
    assertThat(desk.approvals().pending()).hasSize(1);
  }

  @Test
  void theFileIsItsOwnersAloneAndGoesWithTheDesk() throws Exception {
    Path file = files.resolve("desk-" + desk.port());

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(files)))
        .isEqualTo("rwx------");
    assertThat(Files.readString(file)).startsWith("http://127.0.0.1:" + desk.port() + "/");
    desk.urls().values().forEach(url -> assertThat(file).content().doesNotContain(url));

    desk.close();

    assertThat(files).isEmptyDirectory();
    assertThat(approvals("list").err())
        .contains("no desk has a file in " + files + "; does the program run, and as this user?");
    desk = Desk.open(0, List.of(), files);
  }

  @Test
  void choosesAmongSeveralDesks() throws Exception {
    try (Desk other = Desk.open(0, List.of(), files)) {
      assertThat(approvals("list").err())
          .contains("there are several desks, choose one with --desk:");
      assertThat(approvals("list", "--desk", "" + other.port()).exit()).isZero();
    }
    assertThat(approvals("list", "--desk", "1").err())
        .contains("no desk on port 1 has a file in " + files);
  }

  @Test
  void saysThatTheProgramHasEndedWhereItsFileIsLeft() throws Exception {
    Path file = files.resolve("desk-" + desk.port());
    String left = Files.readString(file);
    desk.close();
    Files.writeString(file, left);

    assertThat(approvals("list").err()).contains("does not answer; has it ended?");

    Files.writeString(file, "http://evil.example/");
    assertThat(approvals("list").err()).contains("holds no address");
    Files.delete(file);
    desk = Desk.open(0, List.of(), files);
  }

  private Outcome<String> large(String reference) throws Exception {
    return desk.transfer(
        Map.of("from", "company", "to", "ines", "amount", 5000, "reference", reference));
  }
}
