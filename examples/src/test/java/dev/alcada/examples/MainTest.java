package dev.alcada.examples;

import static org.assertj.core.api.Assertions.assertThat;

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
}
