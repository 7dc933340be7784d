package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.examples.gateway.ListedTools;
import dev.alcada.policy.Policy;
import dev.alcada.tool.ToolPins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code advise}, {@code check} and {@code pin}. */
class ToolCommandsTest {
  private static final String TOOLS =
      """
      [{"name": "list_users", "description": "Lists users."},
       {"name": "send_mail", "description": "Sends a mail."},
       {"name": "delete_user", "description": "Deletes a user. \\u001b[2J"}]
      """;

  @TempDir Path directory;

  private Path file(String name, String text) throws IOException {
    Path file = directory.resolve(name);
    Files.writeString(file, text);
    return file;
  }

  private static Printed run(Object... arguments) {
    List<String> words = new ArrayList<>();
    for (Object argument : arguments) {
      words.add(argument.toString());
    }
    return Printed.by(words.toArray(new String[0]));
  }

  @Test
  void adviseTellsWhatToolsDoAndWritesAPolicy() throws IOException {
    Path tools = file("tools.json", TOOLS);
    Path out = directory.resolve("policy.yaml");

    Printed printed = run("advise", "--tools", tools, "--out", out);

    assertThat(printed.exit()).isZero();
    assertThat(printed.out().lines())
        .anyMatch(line -> line.matches("list_users +read +low +the name says .*"))
        .anyMatch(line -> line.matches("send_mail +write +medium +the name says .*"))
        .anyMatch(line -> line.matches("delete_user +destructive +critical +the name says .*"))
        .anyMatch(line -> line.startsWith("suspicious: \"delete_user\" /description"));
    assertThat(printed.out()).doesNotContain("\u001b");
    Policy policy = Policy.load(out);
    assertThat(policy.hide()).containsExactly("delete_user");
    assertThat(policy.warnings()).isEmpty();
    assertThat(run("advise", "--tools", tools, "--out", out).err())
        .contains("is there already; --merge adds to a policy");
    assertThat(Policy.load(out)).isEqualTo(policy);
  }

  @Test
  void withoutAFileThePolicyIsAllThatGoesToStandardOutput() throws IOException {
    Printed printed = run("advise", "--tools", file("tools.json", TOOLS));

    assertThat(Policy.parse(printed.out()).tools()).containsOnlyKeys("list_users", "send_mail");
    assertThat(printed.err()).contains("list_users");
  }

  @Test
  void adviseWritesJsonWhereTheFileIsCalledSo() throws IOException {
    Path out = directory.resolve("policy.json");
    run("advise", "--tools", file("tools.json", TOOLS), "--out", out);

    assertThat(Files.readString(out)).startsWith("{\n  \"version\": \"1\",");
  }

  @Test
  void mergeAddsWhatAPolicyDoesNotKnow() throws IOException {
    Path policy =
        file(
            "policy.yaml", "version: \"1\"\ndefault: deny # ours\ntools:\n  send_mail: {} # all\n");
    Path tools = file("tools.json", TOOLS);

    assertThat(run("advise", "--tools", tools, "--merge", policy).exit()).isZero();
    String merged = Files.readString(policy);
    assertThat(merged).contains("default: deny # ours", "send_mail: {} # all", "list_users");
    run("advise", "--tools", tools, "--merge", policy);
    assertThat(Files.readString(policy)).isEqualTo(merged);
  }

  /** Who reads it meanwhile has the policy that was there, or the whole of the new one. */
  @Test
  void mergeReplacesThePolicyAsAWhole() throws IOException {
    String before = "version: \"1\"\ndefault: deny\n";
    Path policy = file("policy.yaml", before);
    Files.setPosixFilePermissions(policy, PosixFilePermissions.fromString("rw-r-----"));
    Path link = Files.createSymbolicLink(policy.resolveSibling("link.yaml"), policy);
    Path read = Files.createLink(policy.resolveSibling("read.yaml"), policy);

    assertThat(run("advise", "--tools", file("tools.json", TOOLS), "--merge", link).exit())
        .isZero();

    assertThat(Files.readString(read)).isEqualTo(before);
    assertThat(link).isSymbolicLink();
    assertThat(Files.readString(policy)).contains("list_users");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(policy)))
        .isEqualTo("rw-r-----");
    assertThat(policy.getParent()).isDirectoryNotContaining("glob:**/.policy*");
  }

  @Test
  void checkSaysWhatDoesNotFitTheTools() throws IOException {
    Path tools = file("tools.json", TOOLS);
    Path misspelt =
        file(
            "policy.json",
            "{\"version\": \"1\", \"default\": \"deny\",\n \"tools\": {\"send_mial\": {}}}");

    Printed printed = run("check", "--strict", "--tools", tools, misspelt);
    assertThat(printed.exit()).isEqualTo(1);
    assertThat(printed.out())
        .contains(":2:")
        .contains("\"send_mial\" in tools matches no tool; did you mean \"send_mail\"?");
    Path right =
        file(
            "right.json",
            "{\"version\": \"1\", \"default\": \"deny\", \"tools\": {\"send_mail\": {}}}");
    assertThat(run("check", "--strict", "--tools", tools, right).exit())
        .as("notes are no failure")
        .isZero();
  }

  @Test
  void pinShowsWhatHasChangedAndWritesOnlyWhatIsAccepted() throws IOException {
    Path lock = directory.resolve("lock.json");
    Path tools = file("tools.json", TOOLS);

    Printed first = run("pin", "--lock", lock, "--tools", tools);
    assertThat(first.exit()).isEqualTo(1);
    assertThat(first.out())
        .contains("\"send_mail\" is new", "risk of \"delete_user\": destructive, critical");
    assertThat(lock).doesNotExist();
    assertThat(run("pin", "--lock", lock, "--accept", "--tools", tools).out())
        .contains("3 tools are accepted in ");
    assertThat(run("pin", "--lock", lock, "--tools", tools).out())
        .contains("Every tool is as it was accepted.");

    file(
        "tools.json",
        TOOLS
            .replace("Lists users.", "Lists and deletes users.")
            .replace("send_mail", "send_mai1"));
    Printed changed = run("pin", "--lock", lock, "--tools", tools);
    assertThat(changed.exit()).isEqualTo(1);
    assertThat(changed.out())
        .contains("\"list_users\" has changed\n  /description: ")
        .contains("risk of \"list_users\": read, low: ", "is now destructive, critical: ")
        .contains("\"send_mai1\" is new, and looks like \"send_mail\"")
        .contains("\"send_mail\" is gone");
    assertThat(ToolPins.load(lock).names()).contains("send_mail");

    run("pin", "--lock", lock, "--accept", "--only", "list_users", "--tools", tools);
    assertThat(ToolPins.load(lock).names())
        .containsExactlyInAnyOrder("delete_user", "list_users", "send_mail");
    assertThat(run("pin", "--lock", lock, "--accept", "--only", "nobody", "--tools", tools).err())
        .contains("the server lists no tool called \"nobody\"");
  }

  @Test
  void aServerIsAskedAsTheGatewayAsksIt() throws IOException {
    List<String> words = new ArrayList<>(List.of("pin", "--accept", "--lock"));
    words.add(directory.resolve("lock.json").toString());
    words.add("--");
    words.addAll(ListedTools.server(directory.resolve("ledger")));

    Printed printed = Printed.by(words.toArray(new String[0]));

    assertThat(printed.out()).contains("3 tools are accepted in ");
    assertThat(ToolPins.load(directory.resolve("lock.json")).names())
        .containsExactlyInAnyOrder("act", "pay", "other");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "advise",
        "advise --tools policies/memory.tools.json -- server",
        "advise --upstream file:///x",
        "advise --tools policies/memory.tools.json --out a --merge b",
        "pin --only a --tools policies/memory.tools.json",
        "pin",
      })
  void refusesWrongUsage(String arguments) {
    Printed printed = Printed.by(arguments.split(" "));

    assertThat(printed.exit()).isEqualTo(2);
    assertThat(printed.err()).contains("Usage:");
  }

  @Test
  void aListThatIsNoneIsToldInALine() throws IOException {
    Printed printed = run("advise", "--tools", file("tools.json", "{\"tools\": 7}"));

    assertThat(printed.exit()).isEqualTo(1);
    assertThat(printed.err().lines()).hasSize(1);
    assertThat(printed.err()).contains("tools");
  }
}
