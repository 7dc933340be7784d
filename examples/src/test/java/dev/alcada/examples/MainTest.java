package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  @Test
  void saysHowToUseItWithoutArguments() {
    Printed printed = Printed.by();

    assertThat(printed.exit()).isZero();
    assertThat(printed.out()).contains("Usage:", "quickstart", "serve", "gateway");
    assertThat(printed.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "--nonsense",
        "serve --nonsense",
        "serve surplus",
        "gateway",
        "gateway --policy policies/create_connect_token.json",
        "gateway --policy policies/create_connect_token.json --upstream file:///x",
        "gateway --policy policies/create_connect_token.json --upstream http://127.0.0.1:1/ -- server",
        "gateway --policy policies/create_connect_token.json --listen 70000 -- server",
        "gateway --policy policies/create_connect_token.json --max-message 0 -- server",
      })
  void refusesWrongUsageOnStandardErrorWithCodeTwo(String arguments) {
    Printed printed = Printed.by(arguments.split(" "));

    assertThat(printed.exit()).isEqualTo(2);
    assertThat(printed.out()).isEmpty();
    assertThat(printed.err()).contains("Usage:");
  }

  /** The letters are made by the shell: this JVM may have none either. */
  @Test
  void saysWhatToSetWhereTheLocaleHasNoLettersForAFile() throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of("bash", "-c", "exec \"$@\" \"$(printf 'pol\\303\\255tica.json')\"", "bash"));
    command.addAll(ChildJvm.command(Main.class, "check"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().put("LC_ALL", "C");
    Process check = builder.start();
    String said = new String(check.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);

    assertThat(said.lines().findFirst())
        .contains(
            "Invalid value for positional parameter at index 0 (FILE): the locale has no letters"
                + " for this name; set LANG to one of UTF-8, such as C.UTF-8");
    assertThat(check.waitFor()).isEqualTo(2);
  }
}
