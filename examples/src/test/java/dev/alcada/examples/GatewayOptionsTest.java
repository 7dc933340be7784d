package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.alcada.examples.gateway.Gateway;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@link Gateway} says of options that do not fit. */
class GatewayOptionsTest {
  @ParameterizedTest
  @CsvSource({
    "'', 'Give either --upstream URL or, after --, the command of a server.'",
    "--upstream http://a -- b, 'Give either --upstream URL or, after --, the command of a server.'",
    "--upstream ftp://a/b, '--upstream takes an http or https URL.'",
    "--upstream http:a, '--upstream takes an http or https URL.'",
    "--header A=b -- c, --header and --header-env go with --upstream.",
    "--header-env A=B -- c, --header and --header-env go with --upstream.",
    "--upstream http://a --header-env A=NO_SUCH_VARIABLE_HERE, --header-env: there is no environment variable NO_SUCH_VARIABLE_HERE",
    "--upstream http://a --header Host=verySecret, 'a header \"Host\" cannot be set'",
    "--upstream http://a --header verySecret, '--header takes NAME=VALUE.'",
    "--upstream http://a --header A=b --header a=verySecret, 'the header \"a\" is given twice'",
    "--listen 65536 -- c, --listen takes a port of 0 to 65535.",
    "--start-timeout 0 -- c, '--start-timeout is at least 1, --max-message 1 to 512.'",
    "--max-message 513 -- c, '--start-timeout is at least 1, --max-message 1 to 512.'",
    "-- p\uFFFD\uFFFDth, 'The locale has no letters for the command''s name; set LANG to one of UTF-8, such as C.UTF-8.'",
  })
  void theErrorNamesTheMend(String options, String said) {
    List<String> given = options.isEmpty() ? List.of() : List.of(options.split(" "));
    String[] arguments = new String[given.size() + 3];
    arguments[0] = "gateway";
    arguments[1] = "--policy";
    arguments[2] = "policies/create_connect_token.json";
    for (int i = 0; i < given.size(); i++) {
      arguments[i + 3] = given.get(i);
    }

    Printed printed = Printed.by(arguments);

    assertThat(printed.exit()).isEqualTo(2);
    assertThat(printed.err().lines().findFirst()).contains(said);
    assertThat(printed.err()).doesNotContain("verySecret");
  }
}
